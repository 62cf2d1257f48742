// The digest that says which documents, or which result, are meant.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace firedrill {

class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  /// 64 hexadecimal digits in lower case. Ends the digest: to be asked once.
  std::string hex();

 private:
  struct Release {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Release> context_;  // of OpenSSL, which stays out of this header
};

}  // namespace firedrill

// A text that must not be seen: nothing prints, formats or compares it by accident.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace firedrill::aws {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// The text itself. Call it where the secret is used and nowhere else.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

// Whoever writes one to a stream or hands it to fmt gets a compiler error here, not a leak.
std::ostream& operator<<(std::ostream&, const Secret&) = delete;

}  // namespace firedrill::aws

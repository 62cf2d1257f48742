// At most one live run an account, on this machine: what two of them did could not be told apart.
#pragma once

#include <memory>
#include <string>

namespace firedrill::live {

class RunLock {
 public:
  /// Nothing, with the reason in `problem`, when another run holds it or it cannot be made. The
  /// lock is a file in `folder` and ends with this object, or with the process.
  static std::unique_ptr<RunLock> take(const std::string& folder, const std::string& account,
                                       std::string& problem);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  explicit RunLock(int file) : file_(file) {}
  int file_;
};

}  // namespace firedrill::live

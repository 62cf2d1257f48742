#include "engine/live/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace firedrill::live {

std::unique_ptr<RunLock> RunLock::take(const std::string& folder, const std::string& account,
                                       std::string& problem) {
  const std::string path = fmt::format("{}/firedrill-live-{}.lock", folder, account);
  // Never removed: whoever waits for the name of a removed file would lock another one.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file < 0) {
    problem = fmt::format("the lock {} cannot be made: {}", path, std::strerror(errno));
    return nullptr;
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    problem = fmt::format("another run is under way in account {} (lock {})", account, path);
    ::close(file);
    return nullptr;
  }
  return std::unique_ptr<RunLock>(new RunLock(file));
}

RunLock::~RunLock() { ::close(file_); }

}  // namespace firedrill::live

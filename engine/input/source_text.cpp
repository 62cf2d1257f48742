#include "engine/input/source_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/input/json_text.hpp"

namespace firedrill {
namespace {

class File {
 public:
  // Non-blocking, because opening a FIFO that nobody writes to would wait forever.
  explicit File(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

SourceText refusal(std::string message) { return {false, false, {}, std::move(message)}; }

SourceText system_refusal(int error) {
  return refusal(fmt::format("cannot read the file: {}", std::strerror(error)));
}

}  // namespace

SourceText read_source_text(const std::string& path) {
  // A path with a NUL would be cut there and another file opened.
  if (path.find('\0') != std::string::npos) return refusal("cannot read the file: not a path");
  const File file(path);
  struct stat status {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0) {
    return system_refusal(errno);
  }
  if (S_ISDIR(status.st_mode)) return refusal("cannot read the file: it is a directory");
  if (!S_ISREG(status.st_mode)) return refusal("cannot read the file: it is not a regular file");
  const std::size_t limit = JsonLimits{}.bytes;
  const auto too_large = [limit] {
    return SourceText{false, true, {}, fmt::format("the file is larger than {} bytes", limit)};
  };
  if (status.st_size > static_cast<off_t>(limit)) return too_large();

  std::string text;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t got = ::read(file.descriptor(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_refusal(errno);
    if (got == 0) return {true, false, std::move(text), {}};
    text.append(buffer, static_cast<std::size_t>(got));
    // The size was true when asked for; a file can grow, and those in /proc claim to be empty.
    if (text.size() > limit) return too_large();
  }
}

}  // namespace firedrill

#include "tools/firedrill/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace firedrill {
namespace {

[[noreturn]] void fail(std::string_view where, int error) {
  throw OutputError(fmt::format("cannot write {}: {}", where, std::strerror(error)));
}

void write_all(int descriptor, std::string_view text, std::string_view where) {
  while (!text.empty()) {
    const ssize_t done = ::write(descriptor, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail(where, errno);
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

void write_open(int descriptor, std::string_view text, std::string_view where) {
  try {
    write_all(descriptor, text, where);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  // Some file systems tell only now that there was no room.
  if (::close(descriptor) != 0) fail(where, errno);
}

/// Where the bytes really go: a link stays a link.
std::string behind_links(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(path, error);
  return error ? path : real.string();
}

bool is_special(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

}  // namespace

void write_stdout(std::string_view text) { write_all(STDOUT_FILENO, text, "standard output"); }

void write_file(const std::string& path, std::string_view text) {
  if (path == "-") {
    write_stdout(text);
    return;
  }
  if (is_special(path)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) fail(path, errno);
    write_open(descriptor, text, path);
    return;
  }
  const std::string target = behind_links(path);
  const std::string part = fmt::format("{}.part-{}", target, ::getpid());
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(path, errno);
  try {
    write_open(descriptor, text, path);
    if (::rename(part.c_str(), target.c_str()) != 0) fail(path, errno);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
}

void check_writable(const std::string& path) {
  if (path == "-") return;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(path, EISDIR);
    if (!S_ISREG(status.st_mode)) return;
  }
  const auto folder = std::filesystem::path(behind_links(path)).parent_path();
  const std::string where = folder.empty() ? "." : folder.string();
  if (::access(where.c_str(), W_OK | X_OK) != 0) fail(path, errno);
}

}  // namespace firedrill

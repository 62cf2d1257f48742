// Writing that is checked: a full disk or a closed pipe is an error, never a short file.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace firedrill {

/// The message names the place and the reason.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// All of it, or OutputError.
void write_stdout(std::string_view text);

/// Regular files appear whole or not at all: written beside, then renamed. Devices and pipes are
/// written to as they are. `-` is stdout.
void write_file(const std::string& path, std::string_view text);

/// Whether `write_file` would be allowed to, as far as can be told before hours of work;
/// OutputError if not.
void check_writable(const std::string& path);

}  // namespace firedrill

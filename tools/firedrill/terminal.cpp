#include "tools/firedrill/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace firedrill {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool forced(std::string_view value) { return !value.empty() && value != "0"; }

bool names_utf8(std::string_view locale) {
  std::string plain;
  for (const char c : locale) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  return plain.find("utf8") != std::string::npos;
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool wants_color(ColorMode mode, int descriptor) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  if (!environment("NO_COLOR").empty()) return false;
  if (forced(environment("CLICOLOR_FORCE")) || forced(environment("FORCE_COLOR"))) return true;
  if (environment("CLICOLOR") == "0" || environment("TERM") == "dumb") return false;
  return is_terminal(descriptor);
}

int terminal_width(int descriptor) {
  int width = 0;
  const std::string_view columns = environment("COLUMNS");
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (width <= 0) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  }
  return width <= 0 ? 80 : std::clamp(width, 40, 200);
}

bool wants_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = environment(name);
    if (!locale.empty()) return names_utf8(locale);
  }
  return false;
}

}  // namespace firedrill

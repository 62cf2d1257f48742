#include "reports/markdown.hpp"

#include "reports/text_cells.hpp"

namespace firedrill {

std::string plain_markdown(std::string_view text, std::string_view active) {
  std::string out;
  for (const char c : printable(text, true)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (active.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace firedrill

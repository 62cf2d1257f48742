// Texts of documents between Markdown of ours.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace firedrill {

/// `text` on one line that starts nothing: no HTML, and none of the `active` characters of
/// Markdown, which differ from place to place, is left without a backslash.
std::string plain_markdown(std::string_view text, std::string_view active);

/// A page that grows by lines.
class MarkdownPage {
 public:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  MarkdownPage& operator+=(std::string_view text) {
    text_ += text;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace firedrill

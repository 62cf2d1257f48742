// Text in columns, wrapped: what the printed plan is made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace firedrill {

class TextPage {
 public:
  TextPage(int width, bool unicode);

  /// `FAULTS`, with a blank line before it.
  void heading(std::string_view text);
  /// Wrapped words: the first line begins at column `indent`, the others at `hang`.
  void line(int indent, int hang, std::string_view text);
  /// `label` at `indent`, and `text` at `column` beside it; below it when the label is too long.
  /// Nothing when the text is empty.
  void field(int indent, int column, std::string_view label, std::string_view text);

  std::string take() { return std::move(page_); }

 private:
  std::size_t width_;
  bool unicode_;
  std::string page_;
};

/// `95 %`, `1.2 %`.
std::string percent(double share);
/// `10,000`.
std::string thousands(std::int64_t number);

}  // namespace firedrill

// What every text of one report has: a width, colours, headings, and the lines at its head.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/report.hpp"
#include "reports/text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {

/// Text is added at the end; nothing is ever wider than the options say, but commands to copy.
class ReportText {
 public:
  ReportText(const Report& report, const TextOptions& options);

  std::size_t width() const { return width_; }
  const Paint& paint() const { return paint_; }
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }

  void add(std::string_view text) { text_ += text; }
  /// An empty line, then `text` painted, then `rest`: below it, where both are too wide.
  void heading(std::string_view text, std::string_view rest = {});
  /// A wrapped text whose beginning `lead` is painted.
  void led(std::size_t hang, Ink ink, const std::string& lead, std::string_view rest);
  void prose(std::size_t indent, std::size_t hang, std::string_view text);

  /// The verdict, what was asked, and how many drills answer it.
  void head();
  void failures();
  void files();

  std::string take() { return std::move(text_); }

 private:
  const Report& report_;
  const TextOptions& options_;
  std::size_t width_;
  Paint paint_;
  std::string text_;
};

Ink ink_of(Severity severity);
/// `about 3,800`: two digits are more than such an estimate is good for.
std::string about(std::int64_t drills);

}  // namespace firedrill

// Style and script of the page: files of this folder that are part of the program.
#pragma once

#include <string>
#include <string_view>

namespace firedrill::html {

/// Text that is written into a page unescaped. Only the two functions below make one.
class Asset {
 public:
  std::string_view text() const { return text_; }
  /// `sha256-BASE64`, as a Content-Security-Policy names it.
  std::string csp_source() const;

 private:
  explicit Asset(std::string_view text) : text_(text) {}
  std::string_view text_;
  friend Asset page_style();
  friend Asset page_script();
};

/// page.css
Asset page_style();
/// page.js
Asset page_script();

}  // namespace firedrill::html

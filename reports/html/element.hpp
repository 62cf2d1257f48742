// Markup that cannot hold unescaped text: names are literals of the program, everything else is
// escaped on its way in. No other file of this folder writes an angle bracket.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "reports/html/assets.hpp"

namespace firedrill::html {

/// The name of an element or attribute. A document can never choose one.
class Name {
 public:
  consteval Name(const char* literal) : text_(literal) {}  // NOLINT(google-explicit-constructor)
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// One element of HTML or SVG, and what is in it.
class Element {
 public:
  explicit Element(Name tag) : tag_(tag) {}

  /// Attributes are written in the order in which they are set.
  Element& set(Name attribute, std::string_view value);
  /// At most two digits after the point, none that do not count: `12.5`.
  Element& set(Name attribute, double value);
  Element& flag(Name attribute);

  /// `text` as it is to be read. What would act on a reader is gone: control characters, marks that
  /// turn the direction of reading, broken UTF-8.
  Element& text(std::string_view text);
  Element& add(const Element& child);
  Element& add(std::initializer_list<Element> children);

  /// Style or script that is a part of the program, as it is.
  Element& asset(const Asset& asset);
  /// JSON that a script will read. `<` is written `\u003c`, so that nothing in it ends the element.
  Element& data(std::string_view json);

  bool empty() const { return inside_.empty(); }
  std::string markup() const;

 private:
  Name tag_;
  std::string attributes_;
  std::string inside_;
};

/// The whole document, with its doctype and a line end.
std::string document(const Element& root);

/// The common case: one element around one text.
Element element(Name tag, std::string_view text);

}  // namespace firedrill::html

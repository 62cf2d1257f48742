#include "reports/html/element.hpp"

#include <fmt/format.h>

#include <cmath>

#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

/// Of content and of attributes in double quotes alike.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text, true)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Elements that have no content and no end tag in HTML.
bool is_void(std::string_view tag) {
  return tag == "meta" || tag == "input" || tag == "br" || tag == "hr" || tag == "link";
}

}  // namespace

Element& Element::set(Name attribute, std::string_view value) {
  attributes_ += fmt::format(" {}=\"{}\"", attribute.text(), escaped(value));
  return *this;
}

Element& Element::set(Name attribute, double value) {
  const double rounded = std::round(value * 100) / 100;
  // Minus zero would show.
  attributes_ += fmt::format(" {}=\"{}\"", attribute.text(), rounded == 0 ? 0.0 : rounded);
  return *this;
}

Element& Element::flag(Name attribute) {
  attributes_ += fmt::format(" {}", attribute.text());
  return *this;
}

Element& Element::text(std::string_view text) {
  inside_ += escaped(text);
  return *this;
}

Element& Element::add(const Element& child) {
  inside_ += child.markup();
  return *this;
}

Element& Element::add(std::initializer_list<Element> children) {
  for (const Element& child : children) add(child);
  return *this;
}

Element& Element::asset(const Asset& asset) {
  inside_ += asset.text();
  return *this;
}

Element& Element::data(std::string_view json) {
  // A script shows these texts: what would turn the direction of reading is gone here as well.
  for (const char c : printable(json, true)) {
    inside_ += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  return *this;
}

std::string Element::markup() const {
  if (is_void(tag_.text())) return fmt::format("<{}{}>", tag_.text(), attributes_);
  return fmt::format("<{0}{1}>{2}</{0}>", tag_.text(), attributes_, inside_);
}

std::string document(const Element& root) { return "<!DOCTYPE html>\n" + root.markup() + '\n'; }

Element element(Name tag, std::string_view text) { return Element(tag).text(text); }

}  // namespace firedrill::html

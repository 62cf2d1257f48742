#include "reports/html/table.hpp"

namespace firedrill::html {

Table::Table(std::string_view caption, std::vector<std::string> columns)
    : caption_(caption), columns_(std::move(columns)) {}

Table::Row& Table::Row::cell(std::string_view text) {
  if (!first_) return cell(Element("span").text(text));
  first_ = false;
  row_.add(Element("th").set("scope", "row").add(html::element("bdi", text)));
  return *this;
}

Table::Row& Table::Row::number(std::string_view text) {
  first_ = false;
  row_.add(Element("td").set("class", "number").set("align", "right").text(text));
  return *this;
}

Table::Row& Table::Row::cell(const Element& content) {
  Element cell(first_ ? Name("th") : Name("td"));
  if (first_) cell.set("scope", "row");
  first_ = false;
  row_.add(cell.add(content));
  return *this;
}

Table::Row& Table::Row::set(Name attribute, std::string_view value) {
  row_.set(attribute, value);
  return *this;
}

Table& Table::add(const Row& row) {
  body_.add(row.row_);
  ++rows_;
  return *this;
}

Element Table::element() const {
  Element head("tr");
  for (const std::string& column : columns_) {
    head.add(Element("th").set("scope", "col").text(column));
  }
  // The border is for where the style sheet is taken away.
  Element table("table");
  table.set("border", "1");
  if (!caption_.empty()) table.add(html::element("caption", caption_));
  if (!columns_.empty()) table.add(Element("thead").add(head));
  return table.add(body_);
}

Element scrolling(std::string_view label, const Element& content) {
  return Element("div")
      .set("class", "scroll")
      .set("tabindex", "0")
      .set("role", "region")
      .set("aria-label", label)
      .add(content);
}

}  // namespace firedrill::html

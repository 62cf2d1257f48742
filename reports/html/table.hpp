// Tables that read well with and without a style sheet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/html/element.hpp"

namespace firedrill::html {

/// A heading for every column, and rows whose first cell is their heading.
class Table {
 public:
  explicit Table(std::string_view caption, std::vector<std::string> columns = {});

  class Row {
   public:
    Row& cell(std::string_view text);
    /// Right-aligned.
    Row& number(std::string_view text);
    Row& cell(const Element& content);
    Row& set(Name attribute, std::string_view value);

   private:
    Element row_{"tr"};
    bool first_ = true;
    friend class Table;
  };
  Table& add(const Row& row);
  bool empty() const { return rows_ == 0; }
  Element element() const;

 private:
  std::string caption_;
  std::vector<std::string> columns_;
  Element body_{"tbody"};
  std::size_t rows_ = 0;
};

/// Wide content scrolls in itself, by keyboard too, and the page does not.
Element scrolling(std::string_view label, const Element& content);

}  // namespace firedrill::html

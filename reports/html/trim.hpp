// What a page has room for.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/comparison.hpp"
#include "reports/report.hpp"

namespace firedrill::html {

/// `report` with at most `rows` of what is listed by the row; of assumptions, which are short,
/// twice as many. Targets that are missed stay before those that are open and those that are met;
/// those that the report names as the worst stay always. What went is said in `left_out`, in words.
Report trimmed(const Report& report, std::size_t rows, std::vector<std::string>& left_out);

/// The same of a comparison: what became worse stays before what became better.
Comparison trimmed(const Comparison& comparison, std::size_t rows);

}  // namespace firedrill::html

// What any drill of the first ones achieved, for the script of the page to show.
#pragma once

#include "reports/html/element.hpp"
#include "reports/report.hpp"

namespace firedrill::html {

/// Hidden until the script shows it: without it there is nothing to pick with.
Element picker_section(const Report& report);

}  // namespace firedrill::html

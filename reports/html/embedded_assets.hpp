// Made at build time from page.css and page.js.
#pragma once

#include <string_view>

namespace firedrill {

std::string_view embedded_page_css();
std::string_view embedded_page_js();

}  // namespace firedrill

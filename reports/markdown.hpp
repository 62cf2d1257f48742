// Texts of documents between Markdown of ours.
#pragma once

#include <string>
#include <string_view>

namespace firedrill {

/// `text` on one line that starts nothing: no HTML, and none of the `active` characters of
/// Markdown, which differ from place to place, is left without a backslash.
std::string plain_markdown(std::string_view text, std::string_view active);

}  // namespace firedrill

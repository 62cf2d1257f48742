// Text in columns for a terminal: what may be shown, how wide it is, how it is painted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/study/statistics.hpp"

namespace firedrill {

/// `text` without anything that a terminal would act upon or that would turn the reading direction:
/// control characters, bidirectional marks and broken UTF-8 become blanks. Without `unicode` the
/// result is ASCII.
std::string printable(std::string_view text, bool unicode);

/// The same line by line: line ends stay.
std::string printable_lines(std::string_view text, bool unicode);

/// Characters of a printable text, one column each.
std::size_t columns(std::string_view text);

/// Filled with blanks to `width`; a longer text is cut and ends in `~`.
std::string cell(std::string_view text, std::size_t width);
std::string right_cell(std::string_view text, std::size_t width);

/// Words of printable text wrapped to `width`: the first line begins at column `indent`, the others
/// at `hang`. Ends with a line end; nothing for an empty text.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t hang, std::size_t width);

enum class Ink : std::uint8_t { kPlain, kGood, kBad, kDoubtful, kStrong, kFaint };

class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}
  std::string operator()(Ink ink, std::string_view text) const;

 private:
  bool colour_;
};

/// `✓` met, `✗` missed, `?` neither, with what ASCII has for them.
std::string symbol(Verdict verdict, bool unicode);
Ink ink_of(Verdict verdict);

/// `1h 52m`, or `never` for a time that is not within the horizon.
std::string human_ms(const std::optional<std::int64_t>& ms);

}  // namespace firedrill

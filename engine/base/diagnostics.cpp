#include "engine/base/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace firedrill {
namespace {

// A source line is shown in full up to this many characters, else a window of it around the caret.
constexpr std::size_t kShownMax = 96;
// Of a message, which may quote a name of thousands of characters: its beginning and its end.
constexpr std::size_t kMessageMax = 800;
constexpr std::size_t kMessageEnd = 120;

/// One line of a text without its line end; empty past the last line.
std::string_view line_of(std::string_view text, std::uint32_t line) {
  std::size_t begin = 0;
  for (std::uint32_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  std::string_view rest = text.substr(begin);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// One character as shown, and the offset of the byte after it.
struct Character {
  std::string_view shown;
  std::size_t end = 0;
};

/// Marks that would show a line in another order than it is: U+200E, U+200F, U+202A to U+202E and
/// U+2066 to U+2069.
bool reorders(std::string_view bytes) {
  if (bytes.size() != 3 || bytes[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(bytes[2]);
  if (bytes[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE);
  return bytes[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

/// Splits into characters, so that a caret stands right below non-ASCII text and a cut never tears
/// one. What a terminal would act upon (control characters, stray bytes, reordering marks) becomes
/// '?'.
std::vector<Character> characters(std::string_view text) {
  std::vector<Character> result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && end < i + 4 && is_continuation(text[end])) ++end;
    const std::string_view bytes = text.substr(i, end - i);
    const auto first = static_cast<unsigned char>(bytes.front());
    const bool c1_control =
        bytes.size() == 2 && first == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0;
    const bool torn = first >= 0x80 && (bytes.size() == 1 || first < 0xC2);
    if (first == '\t') {
      result.push_back({" ", end});
    } else if (first < 0x20 || first == 0x7F || torn || reorders(bytes) || c1_control) {
      result.push_back({"?", end});
    } else {
      result.push_back({bytes, end});
    }
    i = end;
  }
  return result;
}

/// Messages quote what the author wrote, which may hold anything.
std::string one_line(std::string_view text) {
  std::string result;
  for (const Character& c : characters(text)) result += c.shown;
  return result;
}

/// The same, with the middle of what is longer than anybody reads left out.
std::string message_line(std::string_view text) {
  const std::vector<Character> all = characters(text);
  std::string result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all.size() > kMessageMax && i == kMessageMax - kMessageEnd) {
      result += fmt::format("... ({} characters) ...", all.size() - kMessageMax);
      i = all.size() - kMessageEnd;
    }
    result += all[i].shown;
  }
  return result;
}

struct Excerpt {
  std::string text;
  std::size_t caret = 0;  // characters before the caret
};

Excerpt excerpt(std::string_view line, std::uint32_t column) {
  const std::vector<Character> all = characters(line);
  const std::size_t target = column == 0 ? 0 : column - 1;
  std::size_t caret = 0;
  while (caret < all.size() && all[caret].end <= target) ++caret;

  std::size_t from = 0;
  if (all.size() > kShownMax && caret > kShownMax / 2) {
    from = std::min(caret - kShownMax / 2, all.size() - kShownMax);
  }
  const std::size_t to = std::min(all.size(), from + kShownMax);
  Excerpt result;
  if (from > 0) result.text = "...";
  for (std::size_t i = from; i < to; ++i) result.text += all[i].shown;
  if (to < all.size()) result.text += "...";
  result.caret = caret - from + (from > 0 ? 3 : 0);
  return result;
}

/// Damerau-Levenshtein distance (adjacent swaps count one), over bytes.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::uint32_t SourceFiles::add(std::string path, std::string text) {
  files_.push_back({std::move(path), std::move(text)});
  return static_cast<std::uint32_t>(files_.size() - 1);
}

void Diagnostics::error(Rule rule, Origin origin, std::string message, std::string remedy) {
  list_.push_back({rule, origin, std::move(message), std::move(remedy)});
}

void Diagnostics::sort() {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.origin.file, d.origin.line, d.origin.column, d.rule, d.message, d.remedy);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  list_.erase(std::unique(list_.begin(), list_.end(),
                          [&](const auto& a, const auto& b) { return key(a) == key(b); }),
              list_.end());
}

std::string rule_id(Rule rule) { return fmt::format("FD{:03}", static_cast<unsigned>(rule)); }

const std::vector<RuleDescription>& rule_descriptions() {
  static const std::vector<RuleDescription> kRules = {
      {Rule::kCannotRead, "cannot-read", "A file is missing, unreadable, or not a regular file."},
      {Rule::kTooLarge, "too-large", "A file, its nesting, a string or a count exceeds its limit."},
      {Rule::kNotJson, "not-json", "A file is not well-formed JSON in UTF-8."},
      {Rule::kDuplicateKey, "duplicate-key", "An object holds the same key twice."},
      {Rule::kWrongKind, "wrong-kind",
       "The apiVersion or kind of a document is missing or not the expected one."},
      {Rule::kUnknownKey, "unknown-key", "An object holds a key that its schema does not know."},
      {Rule::kMissingKey, "missing-key", "A required key is absent."},
      {Rule::kWrongType, "wrong-type",
       "A value has the wrong JSON type, or the wrong form for a duration, size, rate or time of "
       "day."},
      {Rule::kOutOfRange, "out-of-range",
       "A value is negative, zero or too large where it cannot be."},
      {Rule::kUnknownChoice, "unknown-choice", "A word is not one of those that can stand there."},
      {Rule::kDuplicateName, "duplicate-name", "Two things of one kind share a name."},
      {Rule::kUnknownName, "unknown-name", "A reference names something that does not exist."},
      {Rule::kCycle, "cycle", "Steps or services depend on each other in a circle."},
      {Rule::kImpossible, "impossible", "Values that are fine alone contradict each other."},
      {Rule::kNoSource, "no-source", "A timing has no source or no confidence."},
      {Rule::kWrongTarget, "wrong-target",
       "A name exists, but is not of the kind that is needed where it stands."},
      {Rule::kNothingToJudge, "nothing-to-judge", "A scenario has no target."},
      {Rule::kUnsupported, "unsupported",
       "A document is valid, but this back end cannot carry it out."},
  };
  return kRules;
}

std::string render(const Diagnostic& diagnostic, const SourceFiles& sources) {
  const Origin at = diagnostic.origin;
  const bool known = at.file < sources.size();
  std::string text;
  if (known) {
    text += one_line(sources.path(at.file));
    if (at.line != 0) text += fmt::format(":{}:{}", at.line, at.column);
    text += ": ";
  }
  text +=
      fmt::format("error[{}]: {}\n", rule_id(diagnostic.rule), message_line(diagnostic.message));
  if (known && at.line != 0) {
    const Excerpt line = excerpt(line_of(sources.text(at.file), at.line), at.column);
    text += fmt::format("{}\n{}^\n", line.text, std::string(line.caret, ' '));
  }
  if (!diagnostic.remedy.empty()) text += fmt::format("help: {}\n", one_line(diagnostic.remedy));
  return text;
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  const std::size_t limit = word.size() / 3;
  std::string best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t apart = candidate.size() > word.size() ? candidate.size() - word.size()
                                                             : word.size() - candidate.size();
    if (apart >= best_distance) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(word, candidates);
  return nearest.empty() ? std::string() : fmt::format(" (did you mean \"{}\"?)", nearest);
}

}  // namespace firedrill

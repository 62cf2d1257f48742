#include "engine/plan/print_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace firedrill {
namespace {

constexpr int kWidthMin = 40;

struct Replacement {
  std::string_view character;
  std::string_view ascii;
};
constexpr Replacement kAscii[] = {{"≤", "<="}, {"≥", ">="},      {"→", "->"}, {"–", "-"},
                                  {"—", "-"},  {"×", "x"},       {"·", "-"},  {"…", "..."},
                                  {"‘", "'"},  {"’", "'"},       {"“", "\""}, {"”", "\""},
                                  {"„", "\""}, {"§", "section "}};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string to_ascii(std::string_view character) {
  for (const Replacement& r : kAscii) {
    if (r.character == character) return std::string(r.ascii);
  }
  return "?";
}

/// One string a character. Control characters become blanks: a terminal would act upon them.
std::vector<std::string> characters(std::string_view text, bool unicode) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && is_continuation(text[end])) ++end;
    const std::string_view one = text.substr(i, end - i);
    const auto first = static_cast<unsigned char>(one[0]);
    const bool c1_control =
        first == 0xC2 && one.size() == 2 && static_cast<unsigned char>(one[1]) < 0xA0;
    if (first < 0x20 || first == 0x7F || c1_control) {
      all.emplace_back(" ");
    } else if (first < 0x80 || unicode) {
      all.emplace_back(one);
    } else {
      for (const char c : to_ascii(one)) all.emplace_back(1, c);
    }
    i = end;
  }
  return all;
}

struct Word {
  std::string text;
  std::size_t width = 0;
};

/// Words of at most `width_max` columns; a longer one is cut.
std::vector<Word> words(std::string_view text, bool unicode, std::size_t width_max) {
  std::vector<Word> all;
  Word word;
  const auto end_word = [&] {
    if (word.width > 0) all.push_back(std::move(word));
    word = {};
  };
  for (const std::string& c : characters(text, unicode)) {
    if (c == " " || word.width == width_max) end_word();
    if (c == " ") continue;
    word.text += c;
    ++word.width;
  }
  end_word();
  return all;
}

std::string blanks(int count) { return std::string(static_cast<std::size_t>(count), ' '); }

}  // namespace

TextPage::TextPage(int width, bool unicode)
    : width_(static_cast<std::size_t>(std::max(width, kWidthMin))), unicode_(unicode) {}

void TextPage::heading(std::string_view text) {
  if (!page_.empty()) page_ += '\n';
  line(0, 2, text);
}

void TextPage::line(int indent, int hang, std::string_view text) {
  const auto begin = static_cast<std::size_t>(std::max(indent, hang));
  std::string row = blanks(indent);
  std::size_t column = static_cast<std::size_t>(indent);
  bool fresh = true;
  for (const Word& word : words(text, unicode_, width_ - begin)) {
    if (!fresh && column + 1 + word.width > width_) {
      page_ += row + '\n';
      row = blanks(hang);
      column = static_cast<std::size_t>(hang);
      fresh = true;
    }
    if (!fresh) {
      row += ' ';
      ++column;
    }
    row += word.text;
    column += word.width;
    fresh = false;
  }
  if (!fresh) page_ += row + '\n';
}

void TextPage::field(int indent, int column, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  const auto shown = characters(label, unicode_);
  const auto gap = static_cast<std::size_t>(column - indent);
  if (shown.size() >= gap) {
    line(indent, indent, label);
    line(column, column, text);
    return;
  }
  // The label takes the place of blanks in the first line of the text.
  const std::size_t at = page_.size();
  line(column, column, text);
  std::string head = blanks(indent);
  for (const std::string& c : shown) head += c;
  if (page_.size() > at) {
    page_.replace(at, static_cast<std::size_t>(indent) + shown.size(), head);
  }
}

std::string percent(double share) { return fmt::format("{:g} %", std::round(share * 1e4) / 100.0); }

std::string thousands(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > (number < 0 ? 1 : 0); i -= 3) {
    text.insert(static_cast<std::size_t>(i), ",");
  }
  return text;
}

}  // namespace firedrill

#include "reports/text_cells.hpp"

#include <algorithm>

#include "engine/base/time.hpp"

namespace firedrill {
namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return {first, 1, true};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return {};
  std::uint32_t code = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte(at + i) & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[bytes] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, bytes, true};
}

bool steers(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

std::string_view ascii_of(std::uint32_t code) {
  switch (code) {
    case 0x2018:
    case 0x2019:
      return "'";
    case 0x201C:
    case 0x201D:
      return "\"";
    case 0x2013:
    case 0x2014:
    case 0xB7:
      return "-";
    case 0x2026:
      return "...";
    case 0x2192:
      return "->";
    case 0x2264:
      return "<=";
    case 0x2265:
      return ">=";
    case 0xD7:
      return "x";
    default:
      return "?";
  }
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t bytes_of(std::string_view text, std::size_t characters) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (!continues(text[i])) {
      if (characters == 0) break;
      --characters;
    }
    ++i;
  }
  return i;
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  return width == 0 ? std::string() : std::string(text.substr(0, bytes_of(text, width - 1))) + '~';
}

}  // namespace

std::string printable(std::string_view text, bool unicode) {
  std::string shown;
  for (std::size_t i = 0; i < text.size();) {
    const Decoded one = decode(text, i);
    if (!one.valid || steers(one.code)) {
      shown += ' ';
    } else if (one.code < 0x80 || unicode) {
      shown += text.substr(i, one.bytes);
    } else {
      shown += ascii_of(one.code);
    }
    i += one.bytes;
  }
  return shown;
}

std::string printable_lines(std::string_view text, bool unicode) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines += printable(text.substr(0, end), unicode);
    if (end == std::string_view::npos) break;
    lines += '\n';
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cell(std::string_view text, std::size_t width) {
  std::string shown = cut(text, width);
  return shown + std::string(width - std::min(width, columns(shown)), ' ');
}

std::string right_cell(std::string_view text, std::size_t width) {
  std::string shown = cut(text, width);
  return std::string(width - std::min(width, columns(shown)), ' ') + shown;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t hang,
                    std::size_t width) {
  std::string all;
  std::string row(indent, ' ');
  std::size_t column = indent;
  bool fresh = true;
  const auto end_row = [&] {
    all += row + '\n';
    row.assign(hang, ' ');
    column = hang;
    fresh = true;
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find(' ', i), text.size());
    std::string_view word = text.substr(i, end - i);
    i = end + 1;
    while (!word.empty()) {
      const std::size_t space = fresh ? 0 : 1;
      if (!fresh && column + space + columns(word) > width) {
        end_row();
        continue;
      }
      const std::size_t room = width > column + space ? width - column - space : 1;
      const std::string_view part = word.substr(0, bytes_of(word, room));
      if (!fresh) row += ' ';
      row += part;
      column += space + columns(part);
      fresh = false;
      word.remove_prefix(part.size());
    }
  }
  if (!fresh) end_row();
  return all;
}

std::string Paint::operator()(Ink ink, std::string_view text) const {
  const char* code = nullptr;
  switch (ink) {
    case Ink::kPlain:
      break;
    case Ink::kGood:
      code = "32";
      break;
    case Ink::kBad:
      code = "31";
      break;
    case Ink::kDoubtful:
      code = "33";
      break;
    case Ink::kStrong:
      code = "1";
      break;
    case Ink::kFaint:
      code = "2";
      break;
  }
  if (!colour_ || code == nullptr) return std::string(text);
  return std::string("\033[") + code + 'm' + std::string(text) + "\033[0m";
}

std::string symbol(Verdict verdict, bool unicode) {
  switch (verdict) {
    case Verdict::kMet:
      return unicode ? "✓" : "+";
    case Verdict::kMissed:
      return unicode ? "✗" : "x";
    case Verdict::kInconclusive:
      break;
  }
  return "?";
}

Ink ink_of(Verdict verdict) {
  if (verdict == Verdict::kMet) return Ink::kGood;
  return verdict == Verdict::kMissed ? Ink::kBad : Ink::kDoubtful;
}

std::string human_ms(const std::optional<std::int64_t>& ms) {
  return ms ? to_human(Duration::milliseconds(*ms)) : "never";
}

}  // namespace firedrill

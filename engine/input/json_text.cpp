#include "engine/input/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>
#include <utility>

namespace firedrill {
namespace {

/// Carries one diagnostic from the depth of the parser to `parse_json`; never leaves this file.
struct Stop {
  Rule rule;
  std::size_t offset;
  std::string message;
  std::string remedy;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Length of the well-formed UTF-8 sequence at the front, 0 when there is none (RFC 3629, table 3-7
/// of the Unicode standard: no overlong forms, no surrogates, nothing past U+10FFFF).
std::size_t utf8_length(std::string_view s) {
  const auto at = [&](std::size_t i) {
    return i < s.size() ? static_cast<unsigned>(static_cast<unsigned char>(s[i])) : 0U;
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = within(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = within(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class Parser {
 public:
  Parser(std::string_view text, std::uint32_t file, Diagnostics& diagnostics,
         const JsonLimits& limits)
      : text_(text), file_(file), diagnostics_(diagnostics), limits_(limits) {}

  std::optional<JsonValue> parse() {
    try {
      return document();
    } catch (const Stop& stop) {
      diagnostics_.error(stop.rule, origin(stop.offset), stop.message, stop.remedy);
      return std::nullopt;
    }
  }

 private:
  JsonValue document() {
    if (text_.size() > limits_.bytes) {
      throw Stop{Rule::kTooLarge, 0,
                 fmt::format("the file has {} bytes, more than the limit of {}", text_.size(),
                             limits_.bytes),
                 "split the document or remove what is not needed"};
    }
    if (text_.starts_with("\xEF\xBB\xBF")) {
      throw Stop{Rule::kNotJson, 0, "the file starts with a byte order mark",
                 "save it as UTF-8 without a byte order mark"};
    }
    skip_space();
    if (at_end()) throw Stop{Rule::kNotJson, 0, "the file is empty", "write a JSON object"};
    JsonValue root = value(0);
    skip_space();
    if (!at_end()) fail("unexpected text after the end of the document");
    return root;
  }

  bool at_end() const { return next_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[next_]; }

  /// Lines are counted once, from the last position asked for; asked out of order it starts over.
  Origin origin(std::size_t offset) {
    if (offset < counted_) {
      counted_ = 0;
      line_ = 1;
      line_begin_ = 0;
    }
    for (; counted_ < offset; ++counted_) {
      if (text_[counted_] == '\n') {
        ++line_;
        line_begin_ = counted_ + 1;
      }
    }
    return {file_, line_, static_cast<std::uint32_t>(offset - line_begin_ + 1)};
  }

  [[noreturn]] void fail(std::string message) const { fail_at(next_, std::move(message)); }
  [[noreturn]] void fail_at(std::size_t offset, std::string message) const {
    if (offset >= text_.size()) message += ", but the file ends here";
    throw Stop{Rule::kNotJson, std::min(offset, text_.size()), std::move(message), {}};
  }

  void skip_space() {
    while (!at_end() && (text_[next_] == ' ' || text_[next_] == '\n' || text_[next_] == '\r' ||
                         text_[next_] == '\t')) {
      ++next_;
    }
  }

  JsonValue value(std::size_t depth) {
    if (++values_ > limits_.values) {
      throw Stop{Rule::kTooLarge, next_,
                 fmt::format("the document has more than {} values", limits_.values),
                 "split the document"};
    }
    JsonValue result;
    result.at = origin(next_);
    switch (peek()) {
      case '{':
        object(result, depth + 1);
        break;
      case '[':
        array(result, depth + 1);
        break;
      case '"':
        result.type = JsonType::kString;
        result.text = string();
        break;
      case 't':
        word(result, "true", JsonType::kBool, true);
        break;
      case 'f':
        word(result, "false", JsonType::kBool, false);
        break;
      case 'n':
        word(result, "null", JsonType::kNull, false);
        break;
      default:
        number(result);
    }
    return result;
  }

  void word(JsonValue& result, std::string_view expected, JsonType type, bool boolean) {
    if (!text_.substr(next_).starts_with(expected)) fail("expected a value");
    next_ += expected.size();
    result.type = type;
    result.boolean = boolean;
  }

  void check_depth(std::size_t depth) const {
    if (depth > limits_.depth) {
      throw Stop{
          Rule::kTooLarge, next_, fmt::format("nested deeper than {} levels", limits_.depth), {}};
    }
  }

  void array(JsonValue& result, std::size_t depth) {
    check_depth(depth);
    result.type = JsonType::kArray;
    ++next_;
    skip_space();
    if (peek() == ']') {
      ++next_;
      return;
    }
    while (true) {
      skip_space();
      if (peek() == ']') fail("expected a value after ','");
      result.items.push_back(value(depth));
      skip_space();
      const char c = peek();
      if (c != ',' && c != ']') fail("expected ',' or ']' after value");
      ++next_;
      if (c == ']') return;
    }
  }

  void object(JsonValue& result, std::size_t depth) {
    check_depth(depth);
    result.type = JsonType::kObject;
    ++next_;
    skip_space();
    if (peek() == '}') {
      ++next_;
      return;
    }
    std::unordered_set<std::string> seen;
    while (true) {
      skip_space();
      if (peek() == '}') fail("expected a key after ','");
      if (peek() != '"') fail("expected a key in double quotes");
      const Origin key_at = origin(next_);
      std::string key = string();
      skip_space();
      if (peek() != ':') fail("expected ':' after key");
      ++next_;
      skip_space();
      JsonValue member = value(depth);
      if (seen.insert(key).second) {
        result.members.push_back({std::move(key), key_at, std::move(member)});
      } else {
        diagnostics_.error(Rule::kDuplicateKey, key_at,
                           fmt::format("the key \"{}\" stands twice in this object", key),
                           "remove one of the two");
      }
      skip_space();
      const char c = peek();
      if (c != ',' && c != '}') fail("expected ',' or '}' after value");
      ++next_;
      if (c == '}') return;
    }
  }

  std::string string() {
    const std::size_t begin = next_++;
    std::string result;
    while (true) {
      if (at_end()) fail("expected '\"' at the end of a string");
      const char c = text_[next_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) {
        fail(c == '\n' ? "a string ends before its closing '\"'"
                       : "a control character in a string must be escaped");
      }
      if (c == '\\') {
        escape(result);
      } else {
        const std::size_t length = utf8_length(text_.substr(next_, 4));
        if (length == 0) {
          throw Stop{Rule::kNotJson, next_, "invalid UTF-8", "save the file as UTF-8"};
        }
        result.append(text_.substr(next_, length));
        next_ += length;
      }
      if (result.size() > limits_.string_bytes) {
        throw Stop{Rule::kTooLarge,
                   begin,
                   fmt::format("a string is longer than {} bytes", limits_.string_bytes),
                   {}};
      }
    }
    ++next_;
    return result;
  }

  void escape(std::string& result) {
    const std::size_t begin = next_++;
    const char c = peek();
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto i = kLetters.find(c); !at_end() && i != std::string_view::npos) {
      result += kMeanings[i];
      ++next_;
      return;
    }
    if (c != 'u') fail_at(begin, "unknown escape in a string");
    ++next_;
    std::uint32_t code = hex4(begin);
    if (code >= 0xD800 && code <= 0xDBFF && text_.substr(next_).starts_with("\\u")) {
      next_ += 2;
      const std::uint32_t low = hex4(begin);
      if (low < 0xDC00 || low > 0xDFFF) fail_at(begin, "half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xD800 && code <= 0xDFFF) {
      fail_at(begin, "half of a surrogate pair");
    }
    if (code == 0) fail_at(begin, "a string holds the character NUL");
    append_utf8(result, code);
  }

  std::uint32_t hex4(std::size_t escape_begin) {
    std::uint32_t code = 0;
    const std::string_view digits = text_.substr(std::min(next_, text_.size()), 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4) {
      fail_at(escape_begin, "expected four hexadecimal digits after \\u");
    }
    next_ += 4;
    return code;
  }

  void digits() {
    if (!is_digit(peek())) fail("expected a digit");
    while (is_digit(peek())) ++next_;
  }

  void number(JsonValue& result) {
    const std::size_t begin = next_;
    if (peek() != '-' && !is_digit(peek())) fail("expected a value");
    if (peek() == '-') ++next_;
    if (peek() == '0') {
      ++next_;
      if (is_digit(peek())) fail("a number starts with 0");
    } else {
      digits();
    }
    bool whole = true;
    if (peek() == '.') {
      whole = false;
      ++next_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++next_;
      if (peek() == '+' || peek() == '-') ++next_;
      digits();
    }
    result.type = JsonType::kNumber;
    set_number(result, begin, whole);
  }

  void set_number(JsonValue& result, std::size_t begin, bool whole) {
    const std::string_view written = text_.substr(begin, next_ - begin);
    if (written.size() > limits_.string_bytes) {
      throw Stop{Rule::kTooLarge,
                 begin,
                 fmt::format("a number is longer than {} bytes", limits_.string_bytes),
                 {}};
    }
    const char* first = written.data();
    const char* last = first + written.size();
    if (whole) {
      std::int64_t integer = 0;
      if (std::from_chars(first, last, integer).ec != std::errc()) {
        // Other programs read such a number as a negative or a rounded one.
        throw Stop{Rule::kOutOfRange, begin, "a whole number does not fit 64 bits", {}};
      }
      result.integer = integer;
    }
    if (std::from_chars(first, last, result.number).ec == std::errc::result_out_of_range) {
      // from_chars does not say which end of the range was left; strtod does.
      result.number = std::strtod(std::string(written).c_str(), nullptr);
      if (!std::isfinite(result.number)) {
        throw Stop{Rule::kOutOfRange, begin, "a number is too large", {}};
      }
    }
  }

  std::string_view text_;
  std::uint32_t file_;
  Diagnostics& diagnostics_;
  const JsonLimits& limits_;
  std::size_t next_ = 0;
  std::size_t values_ = 0;
  std::size_t counted_ = 0;
  std::uint32_t line_ = 1;
  std::size_t line_begin_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::optional<JsonValue> parse_json(const SourceFiles& sources, std::uint32_t file,
                                    Diagnostics& diagnostics, const JsonLimits& limits) {
  return Parser(sources.text(file), file, diagnostics, limits).parse();
}

std::string_view json_type_name(JsonType type) {
  switch (type) {
    case JsonType::kNull:
      return "null";
    case JsonType::kBool:
      return "true or false";
    case JsonType::kNumber:
      return "a number";
    case JsonType::kString:
      return "a string";
    case JsonType::kArray:
      return "an array";
    case JsonType::kObject:
      return "an object";
  }
  return "a value";
}

Origin origin_at(const JsonValue& root, std::string_view pointer) {
  const JsonValue* here = &root;
  while (!pointer.empty() && pointer.front() == '/') {
    pointer.remove_prefix(1);
    const std::string_view written = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(written.size());
    std::string token;
    for (std::size_t i = 0; i < written.size(); ++i) {
      const bool escaped = written[i] == '~' && i + 1 < written.size();
      token += escaped ? (written[++i] == '1' ? '/' : '~') : written[i];
    }
    const JsonValue* below = here->find(token);
    std::size_t index = 0;
    const auto parsed = std::from_chars(token.data(), token.data() + token.size(), index);
    if (here->type == JsonType::kArray && parsed.ec == std::errc() && index < here->items.size()) {
      below = &here->items[index];
    }
    if (below == nullptr) break;
    here = below;
  }
  return here->at;
}

}  // namespace firedrill

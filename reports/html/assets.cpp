#include "reports/html/assets.hpp"

#include <cstdint>

#include "engine/plan/sha256.hpp"
#include "reports/html/embedded_assets.hpp"

namespace firedrill::html {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t nibble(char digit) {
  return static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/// 32 bytes as hexadecimal digits to base64: twelve bits are three of those and two of these.
std::string base64_of_hex(std::string_view hex) {
  std::string text;
  std::size_t i = 0;
  for (; i + 3 <= hex.size(); i += 3) {
    const std::uint32_t bits = nibble(hex[i]) << 8U | nibble(hex[i + 1]) << 4U | nibble(hex[i + 2]);
    text += kBase64[bits >> 6U];
    text += kBase64[bits & 63U];
  }
  if (i < hex.size()) {  // 64 digits leave one: four bits, filled up with two of zero
    text += kBase64[nibble(hex[i]) << 2U];
    text += '=';
  }
  return text;
}

}  // namespace

std::string Asset::csp_source() const {
  Sha256 hash;
  hash.add(text_);
  return "sha256-" + base64_of_hex(hash.hex());
}

Asset page_style() { return Asset(embedded_page_css()); }
Asset page_script() { return Asset(embedded_page_js()); }

}  // namespace firedrill::html

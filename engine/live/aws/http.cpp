#include "engine/live/aws/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace firedrill::aws {
namespace {

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool host_character(char c) { return unreserved(c) || c == ':' || c == '[' || c == ']'; }

// All four numbers, so that 127.0.0.1.example.com is not taken for this machine.
bool ipv4_loopback(std::string_view host) {
  int parts = 0;
  int first = -1;
  while (!host.empty()) {
    const std::string_view part = host.substr(0, host.find('.'));
    int number = -1;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size() || number < 0 || number > 255) {
      return false;
    }
    if (parts++ == 0) first = number;
    if (part.size() == host.size()) break;
    host.remove_prefix(part.size() + 1);
  }
  return parts == 4 && first == 127;
}

}  // namespace

std::string Endpoint::origin() const {
  const std::string scheme = tls ? "https://" : "http://";
  return scheme + host + (port == 0 ? "" : fmt::format(":{}", port));
}

bool Endpoint::loopback() const {
  return host == "localhost" || host == "[::1]" || ipv4_loopback(host);
}

std::optional<Endpoint> parse_endpoint(std::string_view url, std::string& why_not) {
  Endpoint endpoint;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    endpoint.tls = false;
  } else {
    why_not = "an endpoint begins with https:// or http://";
    return std::nullopt;
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.empty() || !std::ranges::all_of(url, host_character)) {
    why_not = "an endpoint is a host and a port, without user, path or query";
    return std::nullopt;
  }
  const std::size_t colon = url.rfind(':');
  if (colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos) {
    const std::string_view port = url.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (error != std::errc() || end != port.data() + port.size() || endpoint.port < 1 ||
        endpoint.port > 65535) {
      why_not = "the port of the endpoint is no number from 1 to 65535";
      return std::nullopt;
    }
    url = url.substr(0, colon);
  }
  endpoint.host = lower_case(url);
  if (endpoint.host.empty()) {
    why_not = "the endpoint has no host";
    return std::nullopt;
  }
  if (!endpoint.tls && !endpoint.loopback()) {
    why_not = "plain http is for this machine only: use https";
    return std::nullopt;
  }
  return endpoint;
}

std::optional<std::string> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string percent_encoded(std::string_view text, bool keep_slash) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c) || (keep_slash && c == '/')) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string canonical_query(const Fields& query) {
  Fields encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encoded(name), percent_encoded(value));
  }
  std::ranges::sort(encoded);
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text += name + '=' + value;
  }
  return text;
}

std::string url_of(const HttpRequest& request) {
  std::string url = request.endpoint.origin() + request.path;
  if (!request.query.empty()) url += '?' + canonical_query(request.query);
  return url;
}

std::string base64_encoded(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[at + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace firedrill::aws

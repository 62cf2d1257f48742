// Signing by libcurl, and what it must not be given.
#include <curl/curl.h>
#include <curl/curlver.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/live/aws/signer.hpp"

namespace firedrill::aws {
namespace {

constexpr unsigned kPlusWrongFrom = 0x080e00;  // 8.14.0 decodes %2B of a query
constexpr unsigned kPlusRightFrom = 0x081300;  // 8.19.0 (curl pull request 20543)

bool plain_path(std::string_view path) {
  return std::ranges::all_of(path, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '/';
  });
}

bool has_dot_segment(std::string_view path) {
  return path.find("/./") != std::string_view::npos ||
         path.find("/../") != std::string_view::npos || path.ends_with("/.") ||
         path.ends_with("/..");
}

// Headers are sorted wrongly when one name begins with another, and a name given twice is signed
// once. A date of our own would be sent beside libcurl's.
std::string header_fault(const HttpRequest& request) {
  std::set<std::string> names;
  for (const auto& [name, value] : request.headers) {
    const std::string lower = lower_case(name);
    if (value.empty()) return fmt::format("header {} has no value", lower);
    if (value.find_first_of("\r\n") != std::string::npos) {
      return fmt::format("header {} has a line break", lower);
    }
    if (lower == "x-amz-date" || lower == "authorization") {
      return fmt::format("header {} is the signer's own", lower);
    }
    if (!names.insert(lower).second) return fmt::format("header {} stands twice", lower);
  }
  names.insert({"host", "x-amz-date"});
  for (auto name = names.begin(), next = std::next(name); next != names.end(); ++name, ++next) {
    if (next->starts_with(*name)) {
      return fmt::format("header {} begins with the name of header {}", *next, *name);
    }
  }
  return {};
}

std::string query_fault(const HttpRequest& request, unsigned version) {
  std::set<std::string> names;
  for (const auto& [name, value] : request.query) {
    if (!names.insert(name).second) return fmt::format("query parameter {} stands twice", name);
    const bool plus = name.find('+') != std::string::npos || value.find('+') != std::string::npos;
    if (plus && version >= kPlusWrongFrom && version < kPlusRightFrom) {
      return "this libcurl signs a query with a plus sign wrongly (8.14 to 8.18)";
    }
  }
  return {};
}

class CurlSigner : public Signer {
 public:
  explicit CurlSigner(unsigned version) : version_(version) {}

  SignResult sign(const HttpRequest& request, const SigningScope& scope,
                  const Credentials& credentials, UtcInstant) const override {
    SignResult result;
    result.refusal = fault(request, scope);
    if (!result.refusal.empty()) return result;
    SignedRequest signed_request{request, TransportSignature{}};
    signed_request.by_transport->provider =
        fmt::format("aws:amz:{}:{}", scope.region, scope.service);
    signed_request.by_transport->user = credentials.access_key_id;
    signed_request.by_transport->password = credentials.secret_access_key;
    if (!credentials.session_token.empty()) {
      signed_request.request.headers.emplace_back("X-Amz-Security-Token",
                                                  credentials.session_token.reveal());
    }
    result.signed_request = std::move(signed_request);
    return result;
  }

 private:
  std::string fault(const HttpRequest& request, const SigningScope& scope) const {
    const bool s3 = scope.service == "s3";
    if (!s3 && !plain_path(request.path)) {
      return "libcurl cannot sign a path with escapes outside S3: " + request.path;
    }
    if (has_dot_segment(request.path)) {
      return "libcurl folds dot segments of a path: " + request.path;
    }
    const auto hash = [](const auto& header) {
      return lower_case(header.first) == "x-amz-content-sha256";
    };
    if (s3 && std::ranges::none_of(request.headers, hash)) {
      return "S3 needs the header x-amz-content-sha256";
    }
    const std::string header = header_fault(request);
    return header.empty() ? query_fault(request, version_) : header;
  }

  unsigned version_;
};

}  // namespace

std::unique_ptr<Signer> make_curl_signer(unsigned libcurl_version) {
  if (libcurl_version == 0) libcurl_version = curl_version_info(CURLVERSION_NOW)->version_num;
  return std::make_unique<CurlSigner>(libcurl_version);
}

}  // namespace firedrill::aws

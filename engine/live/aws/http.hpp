// Requests and responses as values, and where they go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firedrill::aws {

struct Endpoint {
  bool tls = true;
  std::string host;  // IPv6 addresses in brackets
  int port = 0;      // 0: the scheme's own

  /// `https://host`, with the port when it is not the scheme's.
  std::string origin() const;
  /// 127.0.0.0/8, ::1 or localhost.
  bool loopback() const;
  bool operator==(const Endpoint&) const = default;
};

/// Nothing when the text is no `http(s)://host[:port]`: paths, queries and user names are refused,
/// and so is plain http to anywhere but this machine.
std::optional<Endpoint> parse_endpoint(std::string_view url, std::string& why_not);

using Fields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  Endpoint endpoint;
  std::string path = "/";  // percent-encoded
  Fields query;            // as the caller means it, not yet encoded
  Fields headers;          // without Host, Content-Length and what a signer adds
  std::string body;
};

struct HttpResponse {
  int status = 0;
  Fields headers;  // names in lower case
  std::string body;

  /// The first header of that name (in lower case), or nothing.
  std::optional<std::string> header(std::string_view name) const;
};

/// Every byte but `A-Za-z0-9-._~` as %XX, and `/` too unless it is kept.
std::string percent_encoded(std::string_view text, bool keep_slash = false);

/// The query encoded and sorted as a signature wants it, each name with its `=`.
std::string canonical_query(const Fields& query);

/// Origin, path and query.
std::string url_of(const HttpRequest& request);

std::string base64_encoded(std::string_view bytes);
std::string lower_case(std::string_view text);

}  // namespace firedrill::aws

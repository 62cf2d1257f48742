// Signing by the rules themselves: AWS General Reference, "Create a signed AWS API request".
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "engine/live/aws/signer.hpp"
#include "engine/live/aws/timestamp.hpp"

namespace firedrill::aws {
namespace {

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot hash");
  }
  return {digest, digest + length};
}

std::string hmac(std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
           &length) == nullptr) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  return {digest, digest + length};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string trimmed(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

struct CanonicalHeaders {
  std::string lines;
  std::string names;
};

CanonicalHeaders canonical_headers(const HttpRequest& request) {
  std::map<std::string, std::string> sorted;
  sorted["host"] = request.endpoint.origin().substr(request.endpoint.tls ? 8 : 7);
  for (const auto& [name, value] : request.headers) {
    std::string& line = sorted[lower_case(name)];
    line += (line.empty() ? "" : ",") + trimmed(value);
  }
  CanonicalHeaders headers;
  for (const auto& [name, value] : sorted) {
    headers.lines += name + ':' + value + '\n';
    headers.names += (headers.names.empty() ? "" : ";") + name;
  }
  return headers;
}

class OpenSslSigner : public Signer {
 public:
  SignResult sign(const HttpRequest& request, const SigningScope& scope,
                  const Credentials& credentials, UtcInstant now) const override {
    SignedRequest result{request, std::nullopt};
    HttpRequest& sent = result.request;
    std::string date = utc_text(now);
    std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
    sent.headers.emplace_back("X-Amz-Date", date);
    if (!credentials.session_token.empty()) {
      sent.headers.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
    }
    // S3 takes the path as it is sent; every other service encodes it once more.
    const bool s3 = scope.service == "s3";
    const CanonicalHeaders headers = canonical_headers(sent);
    const std::string canonical = fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}", sent.method, s3 ? sent.path : percent_encoded(sent.path, true),
        canonical_query(sent.query), headers.lines, headers.names, sha256_hex(sent.body));
    const std::string day = date.substr(0, 8);
    const std::string credential_scope =
        fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
    const std::string to_sign =
        fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", date, credential_scope, sha256_hex(canonical));
    std::string key = hmac("AWS4" + credentials.secret_access_key.reveal(), day);
    for (const std::string_view part :
         {std::string_view(scope.region), std::string_view(scope.service),
          std::string_view("aws4_request")}) {
      key = hmac(key, part);
    }
    sent.headers.emplace_back(
        "Authorization",
        fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                    credentials.access_key_id, credential_scope, headers.names,
                    hex(hmac(key, to_sign))));
    return {std::move(result), ""};
  }
};

}  // namespace

std::string sha256_hex(std::string_view bytes) { return hex(sha256(bytes)); }
std::string sha256_base64(std::string_view bytes) { return base64_encoded(sha256(bytes)); }

std::unique_ptr<Signer> make_openssl_signer() { return std::make_unique<OpenSslSigner>(); }

}  // namespace firedrill::aws

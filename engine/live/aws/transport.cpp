#include "engine/live/aws/transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace firedrill::aws {
namespace {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter>;

// What the callbacks of one transfer write to.
struct Transfer {
  HttpResponse response;
  std::size_t limit = 0;
  bool too_large = false;
  const std::function<bool()>* cancelled = nullptr;
};

std::size_t take_body(char* data, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.response.body.size() + count > transfer.limit) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, count);
  return count;
}

std::size_t take_header(char* data, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::string_view line(data, count);
  // An interim answer (100 Continue) has headers of its own.
  if (line.starts_with("HTTP/")) transfer.response.headers.clear();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string_view value = line.substr(colon + 1);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!value.empty() && blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && blank(value.back())) value.remove_suffix(1);
  transfer.response.headers.emplace_back(lower_case(line.substr(0, colon)), std::string(value));
  return count;
}

int ask_for_cancellation(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& transfer = *static_cast<Transfer*>(user);
  return *transfer.cancelled && (*transfer.cancelled)() ? 1 : 0;
}

TransportError error_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return TransportError::kNone;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return TransportError::kUnreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportError::kTimeout;
    case CURLE_ABORTED_BY_CALLBACK:
      return TransportError::kCancelled;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return TransportError::kTls;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return TransportError::kRefused;
    default:
      return TransportError::kBroken;
  }
}

class CurlTransport : public Transport {
 public:
  explicit CurlTransport(TransportLimits limits) : limits_(std::move(limits)) {
    // The only global: once for the process, before any handle.
    static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (kReady != CURLE_OK) throw std::runtime_error("libcurl does not start");
  }

  TransportResult send(const SignedRequest& request, const SendOptions& options) override;

 private:
  CurlHandle take();
  void give_back(CurlHandle handle);
  void set_rules(CURL* curl, const SignedRequest& request, const SendOptions& options) const;

  TransportLimits limits_;
  std::mutex mutex_;
  std::vector<CurlHandle> idle_;  // with their open connections
};

CurlHandle CurlTransport::take() {
  const std::lock_guard lock(mutex_);
  if (!idle_.empty()) {
    CurlHandle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }
  CurlHandle handle(curl_easy_init());
  if (!handle) throw std::runtime_error("libcurl gives no handle");
  return handle;
}

void CurlTransport::give_back(CurlHandle handle) {
  curl_easy_reset(handle.get());  // keeps the connections, forgets the secrets
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

// Method and body. A body goes by POSTFIELDS whatever the method, so that libcurl can hash it.
void set_content(CURL* curl, const HttpRequest& request) {
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    return;
  }
  const bool takes_body = request.method == "POST" || request.method == "PUT" ||
                          request.method == "PATCH" || !request.body.empty();
  if (takes_body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  if (request.method != (takes_body ? "POST" : "GET")) {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_signature(CURL* curl, const TransportSignature& signature) {
  curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, signature.provider.c_str());
  // Apart, since USERPWD splits at a colon.
  curl_easy_setopt(curl, CURLOPT_USERNAME, signature.user.c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, signature.password.reveal().c_str());
}

void CurlTransport::set_rules(CURL* curl, const SignedRequest& request,
                              const SendOptions& options) const {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, request.request.endpoint.tls ? "https" : "http");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!limits_.ca_bundle.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, limits_.ca_bundle.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  if (request.request.endpoint.loopback()) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  const auto total =
      options.timeout.count() > 0 ? std::min(options.timeout, limits_.total) : limits_.total;
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(limits_.connect, total).count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(total.count()));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "firedrill");
  if (options.fresh_connection) {
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  }
}

TransportResult CurlTransport::send(const SignedRequest& request, const SendOptions& options) {
  TransportResult result;
  const Endpoint& endpoint = request.request.endpoint;
  if (!endpoint.tls && !endpoint.loopback()) {
    result.error = TransportError::kRefused;
    result.message = "plain http is for this machine only";
    return result;
  }
  CurlHandle handle = take();
  CURL* curl = handle.get();
  Transfer transfer;
  transfer.limit = limits_.response_bytes;
  transfer.cancelled = &options.cancelled;
  char reason[CURL_ERROR_SIZE] = "";
  const std::string url = url_of(request.request);
  CurlList headers;
  for (const auto& [name, value] : request.request.headers) {
    headers.reset(curl_slist_append(headers.release(), (name + ": " + value).c_str()));
  }
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_for_cancellation);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  set_rules(curl, request, options);
  set_content(curl, request.request);
  if (request.by_transport) {
    set_signature(curl, *request.by_transport);
  } else {
    // The path is signed already as it stands: dot segments are part of an S3 key.
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  }
  const CURLcode code = curl_easy_perform(curl);

  result.error = transfer.too_large ? TransportError::kTooLarge : error_of(code);
  if (code != CURLE_OK) {
    result.message = *reason != '\0' ? reason : curl_easy_strerror(code);
  }
  long request_bytes = 0;
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  result.request_sent = request_bytes > 0;
  transfer.response.status = static_cast<int>(status);
  result.response = std::move(transfer.response);
  give_back(std::move(handle));
  return result;
}

}  // namespace

std::unique_ptr<Transport> make_curl_transport(TransportLimits limits) {
  return std::make_unique<CurlTransport>(std::move(limits));
}

}  // namespace firedrill::aws

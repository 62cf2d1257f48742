// The AWS client over a transport whose every answer the test has written, with a clock that only
// moves when somebody sleeps.
#include <catch2/catch.hpp>
#include <deque>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/live/aws/client.hpp"

namespace {

using namespace firedrill::aws;
using namespace std::chrono_literals;
using nlohmann::json;

class StillClock : public Clock {
 public:
  Instant now() const override { return Instant(span); }
  UtcInstant utc_now() const override { return UtcInstant(std::chrono::hours(24 * 20'000)) + span; }
  void sleep(std::chrono::milliseconds wanted, const std::function<bool()>&) override {
    span += wanted;
    slept.push_back(wanted.count());
  }
  std::chrono::microseconds span{0};
  std::vector<std::int64_t> slept;
};

class ScriptedTransport : public Transport {
 public:
  TransportResult send(const SignedRequest& request, const SendOptions& options) override {
    sent.push_back(request.request);
    timeouts_ms.push_back(options.timeout.count());
    fresh.push_back(options.fresh_connection);
    if (answers.empty()) throw std::logic_error("the test has written no answer for this");
    TransportResult answer = answers.front();
    answers.pop_front();
    return answer;
  }
  std::deque<TransportResult> answers;
  std::vector<HttpRequest> sent;
  std::vector<std::int64_t> timeouts_ms;
  std::vector<bool> fresh;
};

class OneKey : public CredentialSource {
 public:
  CredentialsResult get() override {
    return {Credentials{"A" + std::to_string(forgotten), Secret("S"), Secret(), std::nullopt}, ""};
  }
  void forget() override { ++forgotten; }
  int forgotten = 0;
};

class Watcher : public CallObserver {
 public:
  void before(const Attempt& attempt) override {
    if (refuse) throw std::runtime_error("the journal is full");
    digest = attempt.request_digest;
    lines.push_back("before " + std::to_string(attempt.number) + ' ' + attempt.access_key_id);
  }
  void after(const Attempt& attempt, const Outcome& outcome, const std::string&) override {
    lines.push_back("after " + std::to_string(attempt.number) + ' ' +
                    std::string(to_text(outcome.state)));
  }
  bool refuse = false;
  std::vector<std::string> lines;
  std::string digest;
};

TransportResult answered(int status, std::string body, Fields headers = {}) {
  TransportResult result;
  result.request_sent = true;
  result.response = {status, std::move(headers), std::move(body)};
  return result;
}

TransportResult failed(TransportError error, bool request_sent) {
  TransportResult result;
  result.error = error;
  result.request_sent = request_sent;
  return result;
}

struct Rig {
  StillClock clock;
  ScriptedTransport transport;
  OneKey credentials;
  Watcher watcher;
  std::unique_ptr<Signer> signer = make_curl_signer(0x075801);
  ClientOptions options{
      .environment = [](const std::string&) -> std::optional<std::string> { return std::nullopt; }};
  CallContext context{.region = "eu-west-1"};

  Reply call(const char* service, const char* operation, const json& parameters) {
    Client client(
        {transport, *signer, credentials, clock, [] { return std::uint64_t{1} << 63; }, &watcher},
        options);
    return client.call(*find_operation(service, operation), parameters, context);
  }
};

const json kService = {{"service", "payments"}, {"desiredCount", 2}};
constexpr const char* kThrottled = R"({"__type":"ThrottlingException"})";

}  // namespace

TEST_CASE("a throttled call waits half the ceiling, twice as long each time, and ends") {
  Rig rig;
  for (int k = 0; k < 3; ++k) rig.transport.answers.push_back(answered(400, kThrottled));
  const Reply reply = rig.call("ecs", "UpdateService", kService);
  CHECK(reply.outcome.state == OutcomeState::kFailed);
  CHECK(reply.attempts == 3);
  CHECK(rig.clock.slept == std::vector<std::int64_t>{500, 1000});  // half of 1 s and of 2 s
  CHECK(reply.waiting == 1500ms);
  CHECK(reply.took == 1500ms);
  CHECK(rig.watcher.lines == std::vector<std::string>{"before 1 A0", "after 1 failed",
                                                      "before 2 A0", "after 2 failed",
                                                      "before 3 A0", "after 3 failed"});
}

TEST_CASE("the same token goes with every attempt") {
  Rig rig;
  rig.transport.answers = {failed(TransportError::kBroken, true), answered(200, "{}")};
  const Reply reply =
      rig.call("secretsmanager", "PutSecretValue", {{"SecretId", "db"}, {"SecretString", "x"}});
  CHECK(reply.outcome.ok());
  REQUIRE(rig.transport.sent.size() == 2);
  CHECK(rig.transport.sent[0].body == rig.transport.sent[1].body);
  CHECK_FALSE(reply.parameters.at("ClientRequestToken").get<std::string>().empty());
}

TEST_CASE("a deadline that leaves no time for the wait ends the call") {
  Rig rig;
  rig.context.deadline = Instant(400ms);
  rig.transport.answers = {answered(400, kThrottled)};
  const Reply reply = rig.call("ecs", "UpdateService", kService);
  CHECK(reply.attempts == 1);
  CHECK(reply.outcome.failure->kind == FailureKind::kThrottled);
  CHECK(rig.clock.slept.empty());
  CHECK(rig.transport.timeouts_ms == std::vector<std::int64_t>{400});
}

TEST_CASE("a call that is stopped before it is sent has no effect") {
  Rig rig;
  rig.context.cancelled = [] { return true; };
  const Reply reply = rig.call("ecs", "UpdateService", kService);
  CHECK(reply.outcome.state == OutcomeState::kFailed);
  CHECK(reply.outcome.failure->kind == FailureKind::kCancelled);
  CHECK(rig.transport.sent.empty());
}

TEST_CASE("a change that was stopped while under way is unknown, a read is not") {
  Rig rig;
  rig.transport.answers = {failed(TransportError::kCancelled, true),
                           failed(TransportError::kCancelled, true)};
  CHECK(rig.call("ecs", "UpdateService", kService).outcome.state == OutcomeState::kUnknown);
  CHECK(rig.call("ecs", "DescribeServices", {{"services", {"x"}}}).outcome.state ==
        OutcomeState::kFailed);
}

TEST_CASE("without a record there is no call") {
  Rig rig;
  rig.watcher.refuse = true;
  CHECK_THROWS_WITH(rig.call("ecs", "UpdateService", kService), "the journal is full");
  CHECK(rig.transport.sent.empty());
}

TEST_CASE("expired credentials are renewed once") {
  Rig rig;
  const char* kExpired = R"({"__type":"ExpiredTokenException"})";
  rig.transport.answers = {answered(400, kExpired), answered(200, "{}")};
  CHECK(rig.call("ecs", "UpdateService", kService).outcome.ok());
  CHECK(rig.watcher.lines ==
        std::vector<std::string>{"before 1 A0", "after 1 failed", "before 2 A1", "after 2 ok"});
  CHECK(rig.clock.slept.empty());
  rig.transport.answers = {answered(400, kExpired), answered(400, kExpired)};
  CHECK(rig.call("ecs", "UpdateService", kService).outcome.failure->kind == FailureKind::kExpired);
}

TEST_CASE("the digest of a request knows what it asks for, not its secret") {
  Rig rig;
  const auto digest = [&](const char* secret_id, const char* text) {
    rig.transport.answers = {answered(200, "{}")};
    rig.call("secretsmanager", "PutSecretValue",
             {{"SecretId", secret_id}, {"SecretString", text}, {"ClientRequestToken", "t"}});
    return rig.watcher.digest;
  };
  const std::string one = digest("db", "first");
  CHECK(one.size() == 64);
  CHECK(digest("db", "second") == one);
  CHECK(digest("cache", "first") != one);
}

TEST_CASE("changes get a connection of their own") {
  Rig rig;
  rig.transport.answers = {answered(200, "{}"), answered(200, "{}")};
  rig.call("ecs", "DescribeServices", {{"services", {"x"}}});
  rig.call("ecs", "UpdateService", kService);
  CHECK(rig.transport.fresh == std::vector<bool>{false, true});
}

TEST_CASE("a bucket is in the host of AWS, and in the path elsewhere") {
  Rig rig;
  const json object = {{"Bucket", "docs"}, {"Key", "a b"}};
  rig.transport.answers = {answered(200, ""), answered(200, ""), answered(200, "")};
  rig.call("s3", "HeadObject", object);
  CHECK(rig.transport.sent[0].endpoint.host == "docs.s3.eu-west-1.amazonaws.com");
  CHECK(rig.transport.sent[0].path == "/a%20b");
  // A dot in the name would not fit the certificate.
  rig.call("s3", "HeadObject", {{"Bucket", "docs.bank"}, {"Key", "k"}});
  CHECK(rig.transport.sent[1].path == "/docs.bank/k");
  rig.options.profile_endpoint = "https://storage.example";
  rig.call("s3", "HeadObject", object);
  CHECK(url_of(rig.transport.sent[2]) == "https://storage.example/docs/a%20b");
}

TEST_CASE("calls of one service keep to its rate") {
  Rig rig;
  rig.options.rate = {.per_second = 4, .burst = 1};
  Client client({rig.transport, *rig.signer, rig.credentials, rig.clock,
                 [] { return std::uint64_t{0}; }, nullptr},
                rig.options);
  for (int k = 0; k < 3; ++k) {
    rig.transport.answers.push_back(answered(200, "{}"));
    client.call(*find_operation("ecs", "ListTasks"), json::object(), rig.context);
  }
  CHECK(rig.clock.slept == std::vector<std::int64_t>{250, 250});
}

#include "engine/live/aws_session.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/live/aws/command.hpp"
#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

/// A journal is kept of what changes something; looks are many and change nothing.
class ChangesOnly : public aws::CallObserver {
 public:
  explicit ChangesOnly(aws::CallObserver* observer) : observer_(observer) {}

  void before(const aws::Attempt& attempt) override {
    if (tells_of(attempt)) observer_->before(attempt);
  }
  void after(const aws::Attempt& attempt, const aws::Outcome& outcome,
             const std::string& request_id) override {
    if (tells_of(attempt)) observer_->after(attempt, outcome, request_id);
  }

 private:
  bool tells_of(const aws::Attempt& attempt) const {
    return observer_ != nullptr && attempt.operation.kind != aws::OperationKind::kRead;
  }
  aws::CallObserver* observer_;
};

class CurlSession : public AwsSession {
 public:
  explicit CurlSession(const SessionOptions& options)
      : transport_(aws::make_curl_transport(
            {.ca_bundle = options.environment("AWS_CA_BUNDLE").value_or("")})),
        signer_(aws::make_curl_signer()),
        credentials_({.environment = options.environment}, aws::system_clock()),
        changes_(options.observer),
        client_({*transport_, *signer_, credentials_, aws::system_clock(),
                 aws::system_random_bits(), &changes_},
                client_options(options)),
        environment_(options.environment),
        commands_(command_options(options), credentials_, aws::system_clock(), &changes_),
        command_rate_({options.calls_per_s, 2 * options.calls_per_s}, {}) {}

  aws::Reply call(const AwsRequest& request, const CallControl& control) override {
    aws::CallContext context{request.region, control.deadline, nullptr};
    // A change under way is finished: its outcome would be unknown otherwise.
    if (request.operation->kind == aws::OperationKind::kRead) context.cancelled = control.cancelled;
    if (is_command(request)) return run(request, context);
    return client_.call(*request.operation, request.parameters, context);
  }

  aws::EndpointResult endpoint(std::string_view service, const std::string& region) override {
    return aws::command_endpoint(service, region, environment_, {});
  }

  std::string access_key_id() override {
    const aws::CredentialsResult now = credentials_.get();
    return now.credentials ? now.credentials->access_key_id : std::string();
  }

  aws::Client& client() override { return client_; }
  aws::Transport& web() override { return *transport_; }

 private:
  aws::Reply run(const AwsRequest& request, const aws::CallContext& context) {
    aws::Clock& clock = aws::system_clock();
    clock.sleep(command_rate_.reserve(called_service(request), clock.now()), context.cancelled);
    const aws::CommandReply answer = commands_.run(command_words(request), context);
    aws::Reply reply;
    reply.outcome = answer.outcome;
    // Not every command prints JSON: what it prints is then a text.
    reply.value = AwsValue::parse(answer.output, nullptr, false);
    if (reply.value.is_discarded()) reply.value = answer.output;
    reply.parameters = request.parameters;
    reply.attempts = answer.started.empty() ? 0 : 1;
    reply.started = answer.began;
    reply.ended = answer.ended;
    return reply;
  }

  static aws::CommandOptions command_options(const SessionOptions& options) {
    aws::CommandOptions commands;
    commands.allowed = options.allow_commands;
    commands.environment = options.environment;
    return commands;
  }

  static aws::ClientOptions client_options(const SessionOptions& options) {
    aws::ClientOptions client;
    client.environment = options.environment;
    client.rate = {options.calls_per_s, 2 * options.calls_per_s};
    return client;
  }

  std::unique_ptr<aws::Transport> transport_;
  std::unique_ptr<aws::Signer> signer_;
  aws::StandardCredentials credentials_;
  ChangesOnly changes_;
  aws::Client client_;
  aws::Environment environment_;
  aws::CommandExecutor commands_;
  aws::RateLimit command_rate_;
};

}  // namespace

std::unique_ptr<AwsSession> make_aws_session(const SessionOptions& options) {
  return std::make_unique<CurlSession>(options);
}

std::string failure_text(const aws::Outcome& outcome) {
  if (!outcome.failure) return std::string(to_text(outcome.state));
  const aws::Failure& failure = *outcome.failure;
  if (failure.code.empty()) {
    return fmt::format("{}: {}", to_text(failure.kind), failure.message);
  }
  return fmt::format("{} ({}): {}", to_text(failure.kind), failure.code, failure.message);
}

AccountFacts read_account(Caller& caller, const std::string& region, const CallControl& control) {
  AccountFacts facts;
  const aws::Reply who = caller.call(
      request_of("sts", "GetCallerIdentity", region, nlohmann::json::object()), control);
  if (!who.outcome.ok()) {
    facts.error = "who makes the calls cannot be asked: " + failure_text(who.outcome);
    return facts;
  }
  const aws::Reply named = caller.call(
      request_of("iam", "ListAccountAliases", "us-east-1", nlohmann::json::object()), control);
  if (!named.outcome.ok()) {
    facts.error = "the alias of the account cannot be read: " + failure_text(named.outcome);
    return facts;
  }
  facts.identity = Identity{text_of(who.value, "Account"), text_of(who.value, "Arn")};
  for (const nlohmann::json& alias : named.value.value("AccountAliases", nlohmann::json::array())) {
    if (alias.is_string()) facts.aliases.push_back(alias.get<std::string>());
  }
  return facts;
}

}  // namespace firedrill::live

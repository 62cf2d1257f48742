#include "engine/live/aws/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/live/aws/child_process.hpp"
#include "engine/live/aws/decode.hpp"
#include "engine/live/aws/endpoint.hpp"
#include "engine/live/aws/signer.hpp"

namespace firedrill::aws {
namespace {

// Exit statuses of the AWS CLI, version 2 (AWS CLI User Guide, "Command line return codes").
// Version 1 says 255 to everything.
constexpr int kUsage = 252;
constexpr int kConfiguration = 253;

// Options that would change who asks, where or how safely, and those that hold a secret, which has
// no place among the words of a program. The CLI takes beginnings of them too.
constexpr std::array<std::string_view, 18> kRefusedOptions = {
    "--endpoint-url",    "--profile",         "--no-verify-ssl",
    "--ca-bundle",       "--no-sign-request", "--debug",
    "--cli-auto-prompt", "--cli-input-json",  "--cli-input-yaml",
    "--region",          "--output",          "--secret-string",
    "--secret-binary",   "--plaintext",       "--password",
    "--auth-token",      "--private-key",     "--master-user-password"};

// Commands that change this machine or hand out credentials rather than call a service.
constexpr std::array<std::string_view, 4> kRefusedCommands = {"configure", "sso", "login",
                                                              "history"};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// `<target>`, `$VAR`, `${VAR}`, `$(command)`: something that nobody has filled in. `$.field` is a
// pattern of CloudWatch Logs.
bool unresolved(std::string_view word) {
  for (std::size_t k = 0; k + 1 < word.size(); ++k) {
    const char next = word[k + 1];
    if (word[k] == '$' && (letter(next) || next == '{' || next == '(')) return true;
    if (word[k] == '<' && letter(next) && word.find('>', k) != std::string_view::npos) return true;
  }
  return false;
}

std::string_view refused_option(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  if (!name.starts_with("--") || name.size() < 4) return {};
  for (const std::string_view refused : kRefusedOptions) {
    if (refused.starts_with(name)) return refused;
  }
  return {};
}

// "An error occurred (Code) when calling the X operation: text"
Failure failure_of(const std::string& errors) {
  Failure failure;
  failure.message = errors.substr(0, 2000);
  const std::string_view mark = "An error occurred (";
  const std::size_t open = errors.find(mark);
  const std::size_t close = errors.find(')', open == std::string::npos ? 0 : open);
  if (open != std::string::npos && close != std::string::npos) {
    failure.code = errors.substr(open + mark.size(), close - open - mark.size());
    failure.kind = failure_kind(failure.code, 0);
  } else {
    failure.kind = FailureKind::kInterrupted;
  }
  return failure;
}

Failure failure_of(const ChildResult& child) {
  switch (child.end) {
    case ChildEnd::kNotStarted:
      return {FailureKind::kInvalidRequest, "", "the AWS CLI cannot be started", 0};
    case ChildEnd::kTimedOut:
      return {FailureKind::kInterrupted, "", "the command took too long and was ended", 0};
    case ChildEnd::kTooMuch:
      return {FailureKind::kUnreadable, "", "the command printed too much and was ended", 0};
    case ChildEnd::kCancelled:
      return {FailureKind::kCancelled, "", "cancelled", 0};
    case ChildEnd::kSignalled:
      return {FailureKind::kInterrupted, "", fmt::format("ended by signal {}", child.status), 0};
    case ChildEnd::kExited:
      break;
  }
  if (child.status == kUsage) {
    return {FailureKind::kInvalidRequest, "", child.errors.substr(0, 2000), 0};
  }
  if (child.status == kConfiguration) {
    return {FailureKind::kNoCredentials, "", "the AWS CLI lacks credentials or configuration", 0};
  }
  return failure_of(child.errors);
}

}  // namespace

std::string command_fault(const std::vector<std::string>& words, const CommandOptions& options) {
  if (!options.allowed) return "commands are not allowed here";
  if (words.size() < 3 || words[0] != "aws") return "only `aws SERVICE OPERATION ...` can run";
  if (words[1].starts_with('-') || words[2].starts_with('-')) {
    return "service and operation come before the options";
  }
  if (std::ranges::find(kRefusedCommands, words[1]) != kRefusedCommands.end()) {
    return fmt::format("`aws {}` changes this machine or hands out credentials", words[1]);
  }
  for (const std::string& word : words) {
    if (word.find('\0') != std::string::npos) return "a word holds a zero byte";
    if (unresolved(word)) return fmt::format("\"{}\" is not resolved", word);
    const std::string_view option = refused_option(word);
    if (!option.empty()) return fmt::format("{} is not for a runbook to set", option);
    const bool file =
        word.find("file://") != std::string::npos || word.find("fileb://") != std::string::npos;
    if (file && !options.files_allowed) return fmt::format("\"{}\" reads a file", word);
  }
  return {};
}

CommandExecutor::CommandExecutor(CommandOptions options, CredentialSource& credentials,
                                 Clock& clock, CallObserver* observer)
    : options_(std::move(options)), credentials_(credentials), clock_(clock), observer_(observer) {}

namespace {

// A command that changes something and gives no clear answer may have had its effect.
Outcome outcome_of(const ChildResult& child, OperationKind kind) {
  if (child.end == ChildEnd::kExited && child.status == 0) return {OutcomeState::kOk, std::nullopt};
  Outcome outcome{OutcomeState::kFailed, failure_of(child)};
  if (kind != OperationKind::kRead && ambiguous(*outcome.failure)) {
    outcome.state = OutcomeState::kUnknown;
  }
  return outcome;
}

ChildOptions child_options(const CommandOptions& options, const Credentials& credentials,
                           const CallContext& context, Instant now) {
  ChildOptions child;
  child.timeout = options.timeout;
  if (context.deadline != Instant::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(context.deadline - now);
    child.timeout = std::clamp(left, std::chrono::milliseconds(0), options.timeout);
  }
  child.output_bytes = options.output_bytes;
  child.cancelled = context.cancelled;
  child.environment = {{"AWS_ACCESS_KEY_ID", credentials.access_key_id},
                       {"AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.reveal()},
                       {"AWS_MAX_ATTEMPTS", "1"},
                       {"AWS_PAGER", ""},
                       {"AWS_CLI_AUTO_PROMPT", "off"},
                       {"AWS_EC2_METADATA_DISABLED", "true"},
                       {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"},
                       // No profile, plugin or setting of a file has a say.
                       {"AWS_CONFIG_FILE", "/dev/null"},
                       {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}};
  child.without = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"};
  if (!credentials.session_token.empty()) {
    child.environment["AWS_SESSION_TOKEN"] = credentials.session_token.reveal();
  }
  return child;
}

}  // namespace

CommandReply CommandExecutor::run(const std::vector<std::string>& words,
                                  const CallContext& context) {
  CommandReply reply;
  reply.began = reply.ended = clock_.utc_now();
  const auto refuse = [&](FailureKind kind, std::string why) {
    reply.outcome = {OutcomeState::kFailed, Failure{kind, "", std::move(why), 0}};
    return reply;
  };
  const std::string fault = command_fault(words, options_);
  if (!fault.empty()) return refuse(FailureKind::kInvalidRequest, fault);
  const EndpointResult where = command_endpoint(command_service(words), context.region,
                                                options_.environment, options_.profile_endpoint);
  if (!where.endpoint) return refuse(FailureKind::kInvalidRequest, where.error);
  const std::string origin = where.endpoint->endpoint.origin();
  const CredentialsResult found = credentials_.get();
  if (!found.credentials) return refuse(FailureKind::kNoCredentials, found.error);
  if (clock_.now() >= context.deadline || (context.cancelled && context.cancelled())) {
    return refuse(FailureKind::kCancelled, "stopped before it was started");
  }
  reply.started = words;
  reply.started[0] = options_.aws_cli;
  for (const char* word : {"--region", context.region.c_str(), "--output", "json"}) {
    reply.started.emplace_back(word);
  }
  if (where.endpoint->overridden) {
    reply.started.emplace_back("--endpoint-url");
    reply.started.push_back(origin);
  }
  const nlohmann::json parameters = {{"argv", words}};
  const Operation& operation = command_operation(command_kind(words));
  const Attempt record = {operation,
                          context.region,
                          parameters,
                          origin,
                          found.credentials->access_key_id,
                          sha256_hex(fmt::format("{}\n{}", context.region, parameters.dump())),
                          1,
                          clock_.utc_now()};
  if (observer_ != nullptr) observer_->before(record);
  const ChildResult child =
      run_child(reply.started, child_options(options_, *found.credentials, context, clock_.now()));
  reply.ended = clock_.utc_now();
  reply.output = child.output;
  reply.outcome = outcome_of(child, operation.kind);
  if (observer_ != nullptr) observer_->after(record, reply.outcome, "");
  return reply;
}

}  // namespace firedrill::aws

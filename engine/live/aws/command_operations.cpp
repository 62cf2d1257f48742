// What a command is for: its service, its kind, where it is sent, what IAM calls it.
#include <algorithm>
#include <array>

#include "engine/live/aws/command.hpp"
#include "engine/live/aws/iam_action.hpp"
#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

constexpr std::array<Operation, 3> kCommands = {
    {{kCommandService, "Read", OperationKind::kRead, always_repeatable, "reads only", ""},
     {kCommandService, "Change", OperationKind::kChange, never_repeatable,
      "what a second one would do is not known", "the command that the staging document gives"},
     {kCommandService, "ChangeForGood", OperationKind::kIrreversible, never_repeatable,
      "what a second one would do is not known", ""}}};

// As the table calls it.
std::string_view table_name(std::string_view service) {
  return service == "s3api" ? std::string_view("s3") : service;
}

const Operation* operation_of(const std::vector<std::string>& words) {
  if (words.size() < 3) return nullptr;
  std::string wanted = words[2];
  std::erase(wanted, '-');
  for (const Operation& operation : operations()) {
    if (operation.service == command_service(words) && lower_case(operation.name) == wanted) {
      return &operation;
    }
  }
  return nullptr;
}

}  // namespace

std::span<const Operation> command_operations() { return kCommands; }

const Operation& command_operation(OperationKind kind) {
  return *std::ranges::find(kCommands, kind, &Operation::kind);
}

std::string_view command_service(const std::vector<std::string>& words) {
  return words.size() < 2 ? std::string_view() : table_name(words[1]);
}

OperationKind command_kind(const std::vector<std::string>& words) {
  if (const Operation* known = operation_of(words)) return known->kind;
  if (words.size() < 3) return OperationKind::kIrreversible;
  constexpr std::array<std::string_view, 6> kReads = {"describe-", "get-",    "list-",
                                                      "lookup-",   "filter-", "head-"};
  constexpr std::array<std::string_view, 3> kReadCommands = {"wait", "ls", "tail"};
  constexpr std::array<std::string_view, 12> kChanges = {
      "create-", "update-", "put-",    "modify-",   "set-",   "enable-",
      "attach-", "add-",    "detach-", "register-", "start-", "tag-"};
  const std::string& verb = words[2];
  const auto begins = [&](std::string_view prefix) { return verb.starts_with(prefix); };
  if (std::ranges::any_of(kReads, begins) ||
      std::ranges::find(kReadCommands, verb) != kReadCommands.end()) {
    return OperationKind::kRead;
  }
  return std::ranges::any_of(kChanges, begins) ? OperationKind::kChange
                                               : OperationKind::kIrreversible;
}

std::string command_action(const std::vector<std::string>& words) {
  if (words.size() < 3 || words[1] == "s3" || words[2] == "wait") return {};
  if (const Operation* known = operation_of(words)) {
    const std::vector<std::string> actions = iam_actions(*known, nlohmann::json::object());
    return actions.empty() ? std::string() : actions.front();
  }
  std::string action = words[2];
  std::erase(action, '-');
  return std::string(iam_prefix(command_service(words))) + ':' + action;
}

EndpointResult command_endpoint(std::string_view service, const std::string& region,
                                const Environment& environment,
                                const std::string& profile_endpoint) {
  const bool known = std::ranges::any_of(
      operations(), [&](const Operation& o) { return o.service == table_name(service); });
  if (known) return resolve_endpoint(table_name(service), region, environment, profile_endpoint);
  // A service outside the table has no variable of its own here.
  const Environment common = [&](const std::string& name) {
    return name == "AWS_ENDPOINT_URL_STS" ? std::nullopt : environment(name);
  };
  EndpointResult found = resolve_endpoint("sts", region, common, profile_endpoint);
  if (found.endpoint && !found.endpoint->overridden) {
    found.endpoint->endpoint.host = std::string(service) + "." + region + ".amazonaws.com";
  }
  return found;
}

}  // namespace firedrill::aws

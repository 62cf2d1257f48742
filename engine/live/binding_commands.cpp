// Steps that are done by commands of the AWS CLI, bound as calls are: with a look before and after,
// the tags of what is changed, and the command that puts it back.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "engine/live/aws/command.hpp"
#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

AwsRequest request_of_command(const std::vector<std::string>& words, const std::string& region) {
  return request_of(aws::kCommandService, aws::command_operation(aws::command_kind(words)).name,
                    region, {{"argv", words}});
}

/// The tasks that a command asks for, which are limited as those of a call are; -1: none.
std::int64_t desired_count(const std::vector<std::string>& words) {
  const std::string_view option = "--desired-count";
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view value;
    if (words[i] == option && i + 1 < words.size()) value = words[i + 1];
    if (words[i].starts_with(std::string(option) + "="))
      value = std::string_view(words[i]).substr(option.size() + 1);
    std::int64_t count = -1;
    const auto end = value.data() + value.size();
    if (!value.empty() && std::from_chars(value.data(), end, count).ptr == end) return count;
  }
  return -1;
}

void check(const StagingCommandSpec& spec, const PlannedCall& call) {
  const OperationRule& rule = rule_of(call.operation);
  if (rule.kind != OperationClass::kHuman && rule.kind != OperationClass::kCall) {
    throw BindError(fmt::format("{} waits or looks, which no command does", rule.name));
  }
  if (find_binding(call.operation) != nullptr) {
    throw BindError(fmt::format("{} is bound already: leave its command out", rule.name));
  }
  if (aws::command_kind(spec.run) == aws::OperationKind::kRead) return;
  if (spec.resource.empty() || spec.look.empty()) {
    throw BindError("the command changes something: it needs \"resource\" and \"look\"");
  }
  if (aws::command_kind(spec.look) != aws::OperationKind::kRead) {
    throw BindError("its \"look\" does not only read");
  }
}

Inverse inverse_of(const StagingCommandSpec& spec) {
  const AwsRequest undo = request_of_command(spec.undo, spec.region.text);
  const std::string words = command_text(undo);
  return {std::string(undo.operation->service), std::string(undo.operation->name), undo.region,
          undo.parameters,
          // Another command about the same resource puts back something else.
          fmt::format("{} by {}", spec.resource, words), words};
}

}  // namespace

const StagingCommandSpec* command_of(const Resources& resources, const PlannedCall& call,
                                     StepIndex by) {
  return by.valid() ? resources.command(resources.name_of(by, call)) : nullptr;
}

bool is_command(const AwsRequest& request) {
  return request.operation->service == aws::kCommandService;
}

std::string called_service(const AwsRequest& request) {
  if (!is_command(request)) return std::string(request.operation->service);
  return std::string(aws::command_service(command_words(request)));
}

std::vector<std::string> command_words(const AwsRequest& request) {
  return request.parameters.value("argv", std::vector<std::string>());
}

std::string command_text(const AwsRequest& request) {
  return fmt::format("{}", fmt::join(command_words(request), " "));
}

BoundCall bind_command(const StagingCommandSpec& spec, const PlannedCall& planned) {
  check(spec, planned);
  BoundCall call;
  call.request = request_of_command(spec.run, spec.region.text);
  call.resource = spec.resource.empty() ? command_text(call.request) : spec.resource;
  call.desired_count = desired_count(spec.run);
  if (!call.changes()) return call;
  call.undoable = !spec.undo.empty();
  call.look = request_of_command(spec.look, spec.region.text);
  call.prepare = [&spec](const AwsValue& answer, AwsRequest&) {
    Prepared prepared;
    prepared.arn = spec.resource;
    prepared.tag_look = tags_by_arn(spec.region.text, spec.resource);
    prepared.state = answer.dump();
    prepared.difference = fmt::format("changes what `{}` prints", fmt::join(spec.look, " "));
    if (!spec.undo.empty()) prepared.inverses.push_back(inverse_of(spec));
    return prepared;
  };
  return call;
}

}  // namespace firedrill::live

// What people are asked in a live drill.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/live/live_world.hpp"
#include "engine/plan/print.hpp"

namespace firedrill::live {
namespace {

PromptKind kind_of(AskKind kind) {
  switch (kind) {
    case AskKind::kAcknowledge:
    case AskKind::kJoin:
      return PromptKind::kPage;
    case AskKind::kDecide:
    case AskKind::kApprove:
      return PromptKind::kDecision;
    case AskKind::kPost:
      return PromptKind::kMessage;
    default:
      return PromptKind::kWork;
  }
}

std::string_view words_of(AskKind kind) {
  switch (kind) {
    case AskKind::kAcknowledge:
      return "an alarm has fired: acknowledge the page";
    case AskKind::kJoin:
      return "join the incident";
    case AskKind::kTriage:
      return "assess what is going on, set the severity, choose the runbook";
    case AskKind::kApprove:
      return "may it be done?";
    case AskKind::kPost:
      return "post a status update";
    default:
      return "";
  }
}

}  // namespace

std::vector<std::string> approvals_of(const Plan& plan) {
  std::vector<std::string> names;
  const auto approved = [&](ChangeIndex change) {
    return change.valid() && plan.changes[change.value].approved_by.valid();
  };
  for (const PlannedRunbook& runbook : plan.runbooks) {
    if (approved(runbook.change)) names.push_back(runbook.name + "/approval");
  }
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    if (approved(plan.steps[i].change)) names.push_back(step_path(plan, {i}) + "/approval");
  }
  return names;
}

Task<Answer> LiveWorld::ask(const Ask& request) {
  const bool step = request.kind == AskKind::kWork && request.step.valid();
  // What a machine does needs no hands: its command is not typed.
  if (step && !by_person(parts_.plan.step(request.step).call, request.step))
    return machine_answer();
  return prompt(request);
}

Task<Answer> LiveWorld::machine_answer() {
  auto next = sleep_for(agenda(), Duration{});
  co_await next;
  co_return Answer{.person = {}, .started = agenda().now(), .freed_by = {}};
}

Prompt LiveWorld::prompt_for(const Ask& request) const {
  const Plan& plan = parts_.plan;
  const PlannedRole& role = plan.roles[request.role.value];
  std::vector<std::string> names;
  for (const PersonIndex person : role.persons) names.push_back(plan.persons[person.value]);
  Prompt prompt;
  prompt.kind = kind_of(request.kind);
  prompt.who = role.name;
  prompt.people = fmt::format("{}", fmt::join(names, ", "));
  prompt.what = words_of(request.kind);
  prompt.severity = request.severity;
  const auto approval = approvals_.find(request.key.value);
  if (request.kind == AskKind::kApprove && approval != approvals_.end()) {
    prompt.step = approval->second;
  }
  if (request.step.valid()) {
    const PlannedStep& step = plan.step(request.step);
    prompt.step = step_path(plan, request.step);
    prompt.runbook = step.runbook;
    prompt.what = step.title.empty() ? step.id : step.title;
    if (rule_of(step.call.operation).kind != OperationClass::kHuman) {
      prompt.what += "\n" + parts_.platform.describe(step.call, request.step);
    }
    if (step.verify) {
      const PlannedCall& probe = step.verify->probe;
      prompt.check = fmt::format(
          "{}{}{}", step.verify->is ? "" : "not: ", describe_call(plan, probe),
          probe.alarm.valid() ? " " + plan.alarms[probe.alarm.value].name : std::string());
    }
  }
  return prompt;
}

/// An approval is asked for by key alone.
void LiveWorld::name_approvals() {
  for (const std::string& name : approvals_of(parts_.plan)) {
    approvals_[entity_key(name).value] = name;
  }
}

Task<Answer> LiveWorld::prompt(Ask request) {
  const PlannedRole& role = parts_.plan.roles[request.role.value];
  if (role.absent || role.persons.empty()) {
    auto forever = never_.wait();
    co_await forever;
  }
  const TimePoint asked = agenda().now();
  Task<PromptAnswer> answer = parts_.console.ask(prompt_for(request));
  if (request.kind == AskKind::kApprove) {
    const PromptAnswer said = co_await answer;
    if (said.end != PromptEnd::kDone) {
      // The procedure knows no refusal. Nothing is changed that somebody has said no to.
      parts_.stop.stop(fmt::format("{} has not been given", approvals_[request.key.value]));
      auto forever = never_.wait();
      co_await forever;
    }
  } else if (request.step.valid()) {
    Within<PromptAnswer> within(agenda(), asked + options_.step_limit, answer);
    if (!co_await within) {
      parts_.stop.stop(fmt::format("{} has taken longer than {}",
                                   step_path(parts_.plan, request.step),
                                   to_human(options_.step_limit)));
      auto forever = never_.wait();
      co_await forever;
    }
    answered_[request.step.value] = answer.result();
  } else {
    co_await answer;
  }
  co_return Answer{.person = role.persons[0], .started = asked, .freed_by = {}};
}

}  // namespace firedrill::live

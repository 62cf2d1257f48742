#include "engine/live/aws_platform.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

Failure failure_of(aws::FailureKind kind) {
  using K = aws::FailureKind;
  switch (kind) {
    case K::kUnreachable:
    case K::kUntrusted:
      return Failure::kUnreachable;
    case K::kInterrupted:
    case K::kUnreadable:
      return Failure::kLostReply;
    case K::kCancelled:
      return Failure::kTimedOut;
    case K::kThrottled:
      return Failure::kThrottled;
    case K::kNotFound:
      return Failure::kNotFound;
    case K::kConflict:
      return Failure::kConflict;
    case K::kServerError:
      return Failure::kServiceError;
    default:
      return Failure::kRefused;
  }
}

/// Gives the place under the limits back, whatever happens.
class Place {
 public:
  explicit Place(BlastRadius& radius) : radius_(radius) {}
  ~Place() { radius_.leave(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  BlastRadius& radius_;
};

}  // namespace

Outcome outcome_of(const aws::Outcome& outcome) {
  const Failure why = outcome.failure ? failure_of(outcome.failure->kind) : Failure::kNone;
  switch (outcome.state) {
    case aws::OutcomeState::kOk:
      return {};
    case aws::OutcomeState::kUnknown:
      return Outcome::unknown(Failure::kLostReply);
    case aws::OutcomeState::kFailed:
      break;
  }
  return Outcome::failed(why);
}

AwsPlatform::AwsPlatform(AwsPlatformParts parts)
    : parts_(std::move(parts)), radius_(parts_.resources.staging().limits) {}

bool AwsPlatform::performs(const PlannedCall& call, StepIndex by) const {
  return done_by_machine(parts_.resources, call, by);
}

std::string AwsPlatform::describe(const PlannedCall& call, StepIndex by) const {
  std::string text(rule_of(call.operation).name);
  for (const ComponentIndex component : call.components) {
    const ResourceSpec* resource = parts_.resources.find(component);
    text += " " + (resource == nullptr ? parts_.resources.plan().component(component).name
                                       : resource->id);
  }
  if (call.target.valid()) {
    const ResourceSpec* to = parts_.resources.find(call.target);
    text += " -> " + (to == nullptr || to->address.empty()
                          ? parts_.resources.plan().component(call.target).name
                          : to->address);
  }
  const StagingFaultSpec* fault = parts_.resources.fault(call.fault);
  if (fault != nullptr && !fault->instructions.empty()) text += ": " + fault->instructions;
  const StagingCommandSpec* command = command_of(parts_.resources, call, by);
  if (command != nullptr) text += fmt::format(": {}", fmt::join(command->run, " "));
  return text;
}

Verdict AwsPlatform::check_identity(const CallControl& control) {
  const std::string key = parts_.caller.access_key_id();
  {
    const std::lock_guard lock(mutex_);
    if (!key.empty() && key == known_key_) return std::nullopt;
  }
  const StagingDocument& staging = parts_.resources.staging();
  const AccountFacts facts = read_account(parts_.caller, staging.regions.front().text, control);
  if (!facts.identity) return Refusal{2, facts.error};
  if (const Verdict no = check_account(staging.accounts, *facts.identity)) return no;
  if (const Verdict no = check_alias(staging.accounts, facts.aliases, {})) return no;
  if (const Verdict no = check_role(staging, *facts.identity)) return no;
  const std::lock_guard lock(mutex_);
  known_key_ = key;
  identity_ = *facts.identity;
  return std::nullopt;
}

Verdict AwsPlatform::check_place(const AwsRequest& request, const CallControl& control) {
  const StagingDocument& staging = parts_.resources.staging();
  if (const Verdict no = check_region(staging, request.region)) return no;
  const auto endpoint = parts_.caller.endpoint(called_service(request), request.region);
  if (const Verdict no = check_endpoint(staging, endpoint)) return no;
  return check_identity(control);
}

namespace {

/// Of a list by ARN only the entry of the ARN that was asked for: others may be answered too.
/// Nothing: it is not among these.
std::optional<AwsValue> tags_answered(const AwsValue& answer, const AwsRequest& asked) {
  const auto list = answer.find("ResourceTagMappingList");
  if (list == answer.end()) return answer.value("ResourceTagSet", answer);
  const AwsValue& arns = asked.parameters.at("ResourceARNList");
  const auto found = std::find_if(list->begin(), list->end(), [&](const AwsValue& entry) {
    return text_of(entry, "ResourceARN") == arns.front();
  });
  return found == list->end() ? std::nullopt : std::optional<AwsValue>(*found);
}

constexpr int kPagesMax = 100;  // of an answer that never ends

}  // namespace

void AwsPlatform::read_tags(Looked& looked, const CallControl& control) {
  const StagingDocument& staging = parts_.resources.staging();
  std::optional<AwsValue> found;
  for (int page = 0; looked.prepared.tag_look && !found && page < kPagesMax; ++page) {
    AwsRequest& ask = *looked.prepared.tag_look;
    const aws::Reply reply = parts_.caller.call(ask, control);
    if (!reply.outcome.ok()) {
      looked.unreadable = "its tags: " + failure_text(reply.outcome);
      looked.why = failure_of(reply.outcome.failure->kind);
      return;
    }
    found = tags_answered(reply.value, ask);
    const std::string next = text_of(reply.value, "PaginationToken");
    if (next.empty()) break;
    ask.parameters["PaginationToken"] = next;
  }
  if (looked.prepared.tag_look) looked.prepared.tagged = found.value_or(AwsValue::object());
  looked.refused = check_tag(staging.opt_in_tag, looked.prepared.tagged, looked.call.resource);
}

Looked AwsPlatform::look(BoundCall call, const std::string& step, const CallControl& control) {
  Looked looked{std::move(call), {}, {}, {}, {}};
  const StagingDocument& staging = parts_.resources.staging();
  BoundCall& bound = looked.call;
  if ((looked.refused = check_place(bound.request, control))) return looked;
  if (bound.look) {
    if ((looked.refused = check_place(*bound.look, control))) return looked;
    const aws::Reply reply = parts_.caller.call(*bound.look, control);
    if (!reply.outcome.ok()) {
      looked.unreadable = failure_text(reply.outcome);
      looked.why = outcome_of(reply.outcome).why;
      return looked;
    }
    looked.prepared = bound.prepare(reply.value, bound.request);
    if (!looked.prepared.refusal.empty()) {
      looked.refused = Refusal{6, looked.prepared.refusal};
      return looked;
    }
  }
  if (!bound.changes()) return looked;
  const std::string& arn = looked.prepared.arn;
  if (!arn.empty() && (looked.refused = check_arn(staging, identity_.account, arn))) return looked;
  for (const Verdict& verdict :
       {check_approval(parts_.resources, bound, step), check_counts(staging.limits, bound),
        check_open_to_all(staging.limits, bound.request.parameters),
        check_lock_token(bound.request), check_placeholders(bound.request.parameters),
        check_command(staging.limits, bound.request)}) {
    if (verdict) {
      looked.refused = verdict;
      return looked;
    }
  }
  read_tags(looked, control);
  return looked;
}

Outcome AwsPlatform::refused(const Refusal& refusal) {
  parts_.tell(fmt::format("guard {} refuses: {}", refusal.guard, refusal.why));
  const std::lock_guard lock(mutex_);
  refusals_.push_back(refusal);
  return Outcome::failed(Failure::kRefused);
}

Outcome AwsPlatform::heard(const AwsRequest& request, const aws::Reply& reply) {
  if (!reply.outcome.ok()) {
    parts_.tell(fmt::format("{} {}: {}", request.operation->service, request.operation->name,
                            failure_text(reply.outcome)));
  }
  return outcome_of(reply.outcome);
}

Outcome AwsPlatform::send(const AwsRequest& request, const CallControl& control) {
  return heard(request, parts_.caller.call(request, control));
}

Outcome AwsPlatform::make(BoundCall call, const std::string& step, const PlannedCall& planned,
                          const CallControl& control) {
  Looked looked = look(std::move(call), step, control);
  if (looked.refused) {
    return refused({looked.refused->guard, step + ": " + looked.refused->why});
  }
  if (!looked.unreadable.empty()) {
    parts_.tell(fmt::format("{}: {}", looked.call.resource, looked.unreadable));
    return Outcome::failed(looked.why);
  }
  if (looked.prepared.nothing_to_do) return {};
  if (!looked.call.changes()) return send(looked.call.request, control);
  if (const Verdict no = radius_.enter(looked.call.resource)) return refused(*no);
  const Place place(radius_);
  for (const Inverse& inverse : looked.prepared.inverses) parts_.inverses.keep(inverse);
  {
    const std::lock_guard lock(mutex_);
    changed_.push_back({looked.call, looked.prepared});
    if (planned.fault.valid()) {
      auto& kept = fault_inverses_[planned.fault];
      kept.insert(kept.end(), looked.prepared.inverses.begin(), looked.prepared.inverses.end());
    }
  }
  const aws::Reply reply = parts_.caller.call(looked.call.request, control);
  if (reply.outcome.ok() && looked.call.after) keep_late(looked.call.after(reply.value), planned);
  return heard(looked.call.request, reply);
}

/// What could be named only by the answer.
void AwsPlatform::keep_late(const std::vector<Inverse>& inverses, const PlannedCall& planned) {
  for (const Inverse& inverse : inverses) parts_.inverses.keep(inverse);
  const std::lock_guard lock(mutex_);
  if (!planned.fault.valid()) return;
  auto& kept = fault_inverses_[planned.fault];
  kept.insert(kept.end(), inverses.begin(), inverses.end());
}

Outcome AwsPlatform::perform(const PlannedCall& call, StepIndex by, const CallControl& control) {
  if (!performs(call, by)) return Outcome::failed(Failure::kRefused);
  try {
    const std::string step = parts_.resources.name_of(by, call);
    for (BoundCall& bound : bound_calls(parts_.resources, call, by)) {
      const Outcome outcome = make(std::move(bound), step, call, control);
      if (!outcome.ok()) return outcome;
    }
  } catch (const BindError& error) {
    return refused({6, error.what()});
  }
  return {};
}

Outcome AwsPlatform::revert(const PlannedCall& fault, const CallControl& control) {
  std::vector<Inverse> inverses;
  {
    const std::lock_guard lock(mutex_);
    inverses.swap(fault_inverses_[fault.fault]);
  }
  Outcome worst;
  for (auto inverse = inverses.rbegin(); inverse != inverses.rend(); ++inverse) {
    const Outcome outcome = undo(*inverse, control);
    if (!outcome.ok()) worst = outcome;
  }
  return worst;
}

Outcome AwsPlatform::settle(const PlannedCall& call, StepIndex by, const CallControl& control) {
  if (!performs(call, by)) return Outcome::unknown(Failure::kLostReply);
  try {
    const std::string step = parts_.resources.name_of(by, call);
    for (BoundCall& bound : bound_calls(parts_.resources, call, by)) {
      const Looked looked = look(std::move(bound), step, control);
      if (!looked.call.changes()) continue;
      if (!looked.prepared.in_effect) return Outcome::unknown(Failure::kLostReply);
      if (!*looked.prepared.in_effect) return Outcome::failed(Failure::kLostReply);
    }
  } catch (const BindError&) {
    return Outcome::unknown(Failure::kLostReply);
  }
  return {};
}

Outcome AwsPlatform::undo(const Inverse& inverse, const CallControl& control) {
  AwsRequest request =
      request_of(inverse.service, inverse.operation, inverse.region, inverse.parameters);
  if (const Verdict no = check_place(request, control)) return refused(*no);
  // The token of a list is that of the day, not that of before the change.
  if (inverse.operation == "UpdateDistribution") {
    const aws::Reply now =
        parts_.caller.call(request_of("cloudfront", "GetDistributionConfig", inverse.region,
                                      {{"Id", inverse.parameters.value("Id", "")}}),
                           control);
    if (!now.outcome.ok()) return outcome_of(now.outcome);
    request.parameters["IfMatch"] = text_of(now.value, "ETag");
  }
  for (const Verdict& no : {check_lock_token(request), check_placeholders(request.parameters),
                            check_command(parts_.resources.staging().limits, request)}) {
    if (no) return refused(*no);
  }
  return send(request, control);
}

bool AwsPlatform::observes(const PlannedCall& probe) const {
  return find_probe_binding(probe.operation) != nullptr;
}

Observation AwsPlatform::observe(const PlannedCall& probe, const CallControl& control) {
  const ProbeBinding* binding = find_probe_binding(probe.operation);
  if (binding == nullptr) return {};
  const Reader read = [&](const AwsRequest& request) -> std::optional<AwsValue> {
    if (check_place(request, control)) return std::nullopt;
    const aws::Reply reply = parts_.caller.call(request, control);
    if (reply.outcome.ok()) return reply.value;
    // What is not there yet has been seen: it is not as the probe wants it.
    if (reply.outcome.failure && reply.outcome.failure->kind == aws::FailureKind::kNotFound) {
      return AwsValue::object();
    }
    return std::nullopt;
  };
  try {
    return binding->observe(parts_.resources, probe, read);
  } catch (const BindError& error) {
    parts_.tell(error.what());
    return {};
  }
}

namespace {

/// States by name of the alarms of one region; nothing when they cannot be read.
std::optional<std::map<std::string, std::string>> alarm_states(
    Caller& caller, const std::string& region, const std::vector<std::string>& names,
    const CallControl& control) {
  std::map<std::string, std::string> states;
  constexpr std::size_t kNamesOfOneCall = 100;
  for (std::size_t from = 0; from < names.size(); from += kNamesOfOneCall) {
    const std::size_t to = std::min(names.size(), from + kNamesOfOneCall);
    const AwsValue part(std::vector<std::string>(names.begin() + static_cast<std::ptrdiff_t>(from),
                                                 names.begin() + static_cast<std::ptrdiff_t>(to)));
    const aws::Reply reply = caller.call(
        request_of("cloudwatch", "DescribeAlarms", region,
                   {{"AlarmNames", part}, {"AlarmTypes", {"MetricAlarm", "CompositeAlarm"}}}),
        control);
    if (!reply.outcome.ok()) return std::nullopt;
    for (const char* list : {"MetricAlarms", "CompositeAlarms"}) {
      for (const AwsValue& alarm : reply.value.value(list, AwsValue::array())) {
        states[text_of(alarm, "AlarmName")] = text_of(alarm, "StateValue");
      }
    }
  }
  return states;
}

}  // namespace

std::optional<std::vector<AlarmIndex>> AwsPlatform::alarms_on(const CallControl& control) {
  std::map<std::string, std::vector<std::string>> names;
  const auto count = static_cast<std::uint32_t>(parts_.resources.plan().alarms.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const StagingAlarmSpec* alarm = parts_.resources.alarm({i});
    if (alarm != nullptr) names[alarm->region.text].push_back(alarm->id);
  }
  std::map<std::string, std::map<std::string, std::string>> states;
  for (const auto& [region, list] : names) {
    auto found = alarm_states(parts_.caller, region, list, control);
    if (!found) return std::nullopt;
    states[region] = std::move(*found);
  }
  std::vector<AlarmIndex> on;
  for (std::uint32_t i = 0; i < count; ++i) {
    const StagingAlarmSpec* alarm = parts_.resources.alarm({i});
    if (alarm != nullptr && states[alarm->region.text][alarm->id] == "ALARM") on.push_back({i});
  }
  return on;
}

StopCheck AwsPlatform::stop_conditions(const CallControl& control) {
  const auto& conditions = parts_.resources.staging().stop_conditions;
  std::map<std::string, std::vector<std::string>> names;
  for (const StopConditionSpec& c : conditions) names[c.region.text].push_back(c.alarm);
  for (const auto& [region, list] : names) {
    const auto states = alarm_states(parts_.caller, region, list, control);
    for (const StopConditionSpec& condition : conditions) {
      if (condition.region.text != region) continue;
      std::optional<std::string> state;
      if (states && states->contains(condition.alarm)) state = states->at(condition.alarm);
      if (const Verdict no = check_stop_alarm(condition, state)) return {true, no->why};
    }
  }
  return {};
}

namespace {

/// What the calls that put back a state say of it; equal for equal states.
std::vector<std::string> fingerprint(const Prepared& prepared) {
  std::vector<std::string> parts;
  for (const Inverse& inverse : prepared.inverses) {
    parts.push_back(inverse.operation + inverse.parameters.dump());
  }
  if (!prepared.state.empty()) parts.push_back(prepared.state);
  return parts;
}

/// What kind of state a change was about: two such changes of one resource have one beginning.
std::string aspect(const BoundCall& call, const Prepared& prepared) {
  std::string text = call.resource;
  for (const Inverse& inverse : prepared.inverses) {
    for (const auto& [key, value] : inverse.parameters.items()) text += " " + key;
  }
  if (!prepared.state.empty()) text += " " + call.look->parameters.dump();
  return text;
}

}  // namespace

/// Nothing when the resource is again as it was before the first change of that kind.
std::optional<std::string> AwsPlatform::difference_now(const Changed& first,
                                                       const CallControl& control) {
  const aws::Reply reply = parts_.caller.call(*first.call.look, control);
  const std::string unknown =
      first.call.resource + ": cannot be read; then " + first.before.difference;
  if (!reply.outcome.ok()) return unknown;
  AwsRequest as_made = first.call.request;
  const Prepared now = first.call.prepare(reply.value, as_made);
  const bool made = !first.call.goes_on_costing.empty();
  const bool comparable = !first.before.inverses.empty() || !first.before.state.empty();
  const bool differs = made || !comparable ? now.in_effect.value_or(made || !first.call.undoable)
                                           : fingerprint(now) != fingerprint(first.before);
  if (!differs) return std::nullopt;
  if (made) return "goes on costing money: " + first.call.goes_on_costing;
  return fmt::format("{}: {}", first.call.resource, first.before.difference);
}

std::vector<std::string> AwsPlatform::leftovers(const CallControl& control) {
  std::vector<Changed> changed;
  {
    const std::lock_guard lock(mutex_);
    changed = changed_;
  }
  std::vector<std::string> lines;
  std::set<std::string> seen;
  for (const Changed& change : changed) {
    if (!seen.insert(aspect(change.call, change.before)).second) continue;
    if (auto line = difference_now(change, control)) lines.push_back(std::move(*line));
  }
  return lines;
}

std::vector<Refusal> AwsPlatform::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

}  // namespace firedrill::live

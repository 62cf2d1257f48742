#include "models/principal.hpp"

#include <algorithm>

#include "models/detector.hpp"

namespace firedrill {

Principal::Principal(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      change_(context, self, "change"),
      session_(context, self, "session"),
      delivery_(context, self, "delivery") {}

void Principal::connect(const Parts& parts) {
  parts_ = &parts;
  detector_ = parts.as<Detector>(planned().reference("detector"));
}

Outcome Principal::take(const PlannedCall& call, StepIndex by) {
  if (!rule_of(call.operation).mutating) return {};
  if (detector_ != nullptr) detector_->answered();
  switch (call.operation) {
    case Operation::kIamPutRolePolicy:
    case Operation::kIamPutUserPolicy:
      if (is_role() != (call.operation == Operation::kIamPutRolePolicy)) {
        return Outcome::failed(Failure::kNotFound);
      }
      tasks_.spawn(deny(true, ++newest_, by));
      return {};
    case Operation::kIamDeleteRolePolicy:
      tasks_.spawn(deny(false, ++newest_, by));
      return {};
    case Operation::kIamDeactivateAccessKey:
      if (is_role()) return Outcome::failed(Failure::kNotFound);
      tasks_.spawn(deactivate(by));
      return {};
    case Operation::kIamCreateRole:
      tasks_.spawn(replace(clean_role_since_, by));
      return {};
    case Operation::kIamCreateAccessKey:
      if (is_role()) return Outcome::failed(Failure::kNotFound);
      tasks_.spawn(replace(new_key_since_, by));
      return {};
    default:
      return Component::take(call, by);
  }
}

Task<void> Principal::deny(bool denied, int number, StepIndex by) {
  auto propagated = sleep_for(context_.agenda, change_.duration());
  co_await propagated;
  if (number < deployed_) co_return;  // a later one was faster
  deployed_ = number;
  denied_ = denied;
  if (denied) end_misuse(by);
  context_.change(by);
}

Task<void> Principal::deactivate(StepIndex by) {
  auto propagated = sleep_for(context_.agenda, change_.duration());
  co_await propagated;
  key_active_ = false;
  context_.change(by);
  if (misused_by_ != Means::kKey) co_return;
  context_.note(Note::kSessionsGoOn, self_.value, by);
  auto run_out = sleep_for(context_.agenda, session_.duration());
  co_await run_out;
  end_misuse(by);
  context_.change(by);
}

Task<void> Principal::replace(TimePoint& replaced_at, StepIndex by) {
  auto propagated = sleep_for(context_.agenda, change_.duration());
  co_await propagated;
  replaced_at = context_.now();
  context_.change(by);
}

Outcome Principal::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultCredentialCompromised) {
    return Component::strike(fault, begins);
  }
  if (!begins) {
    end_misuse({});
  } else if (misused_by_ == Means::kNone && !denied_) {
    misused_by_ = fault.word == "key" ? Means::kKey : Means::kSession;
    seen_to_end_ = TimePoint::never();
    if (detector_ != nullptr) detector_->misused(true);
  }
  return {};
}

void Principal::end_misuse(StepIndex by) {
  if (misused_by_ == Means::kNone) return;
  misused_by_ = Means::kNone;
  seen_to_end_ = context_.now() + delivery_.duration();
  if (detector_ != nullptr) detector_->misused(false);
  context_.note(Note::kAccessEnded, self_.value, by);
}

/// What is looked at is CloudTrail, which tells of the last calls only once they are delivered.
Observation Principal::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeAccessEnded) return Component::look(probe);
  return {true, misused_by_ == Means::kNone && seen_to_end_ <= context_.now()};
}

double Principal::passes(const Path& path) const {
  if (!denied_ && (is_role() || key_active_)) return 1;
  const TimePoint key_since = denied_ ? TimePoint::never() : new_key_since_;
  const TimePoint usable_since = std::min(clean_role_since_, key_since);
  const Component* site = path.site.valid() ? parts_->find(path.site) : nullptr;
  if (site == nullptr || usable_since == TimePoint::never()) return 0;
  const std::vector<TimePoint> starts = site->task_starts();
  if (starts.empty()) return 0;
  const auto since = std::count_if(starts.begin(), starts.end(),
                                   [&](TimePoint start) { return start >= usable_since; });
  return static_cast<double>(since) / static_cast<double>(starts.size());
}

}  // namespace firedrill

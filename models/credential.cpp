#include "models/credential.hpp"

#include <algorithm>

namespace firedrill {
namespace {

// How often what fades is looked at anew: shares then differ by at most a twentieth.
constexpr int kFadingSteps = 20;
constexpr int kMostAccessKeys = 2;  // of one identity

}  // namespace

Credential::Credential(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      change_(context, self, "change"),
      token_residual_(context, self, "token_residual"),
      session_life_(fixed("session_life")),
      form_(form_of(spec_as<CredentialSpec>())),
      overlap_(spec_as<CredentialSpec>().overlap) {}

Credential::Form Credential::form_of(const CredentialSpec& spec) {
  if (spec.form == "access-key") return Form::kAccessKey;
  return spec.form == "signing-key" ? Form::kSigningKey : Form::kDatabaseUser;
}

Outcome Credential::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kPsqlAlterUser:
      return alter(by);
    case Operation::kPsqlTerminateSessions:
      return terminate(by);
    case Operation::kIamCreateAccessKey:
      return create_key(by);
    case Operation::kIamDeactivateAccessKey:
    case Operation::kIamDeleteAccessKey:
      return deactivate(by);
    default:
      return Component::take(call, by);
  }
}

Outcome Credential::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultCredentialExposed:
      if (!begins) return {};  // what is known outside stays known
      exposed_ = newest();
      exposed_tokens_ = form_ == Form::kAccessKey ? token_residual_.duration() : session_life_;
      return {};
    case Operation::kFaultCredentialRevoked:
      if (begins) refuse(newest(), context_.now());
      return {};
    default:
      return Component::strike(fault, begins);
  }
}

Observation Credential::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeExposedRefused) return {};
  if (exposed_ < 0) return {true, true};
  const Version& version = versions_[static_cast<std::size_t>(exposed_)];
  if (accepts(exposed_)) return {true, false};
  const TimePoint ends = std::min(version.refused + exposed_tokens_, version.sessions_end);
  return {true, ends <= context_.now()};
}

std::optional<double> Credential::metric(Operation metric) const {
  if (metric != Operation::kMetricCredentialExposed) return std::nullopt;
  return exposed_ >= 0 && accepts(exposed_) ? 1.0 : 0.0;
}

double Credential::sessions_left(int index) const {
  const Version& version = versions_[static_cast<std::size_t>(index)];
  const TimePoint now = context_.now();
  if (accepts(index)) return 1;
  if (form_ != Form::kDatabaseUser || version.sessions_end <= now || session_life_.us == 0) {
    return 0;
  }
  return std::max(0.0, 1 - to_seconds(now - version.refused) / to_seconds(session_life_));
}

void Credential::rotate(StepIndex by) {
  versions_.emplace_back();
  refuse_before(overlap_ ? newest() - 1 : newest(), context_.now());
  context_.change(by);
}

Outcome Credential::alter(StepIndex by) {
  if (form_ != Form::kDatabaseUser) return Outcome::failed(Failure::kRefused);
  versions_.emplace_back();
  refuse_before(newest(), context_.now());
  context_.change(by);
  return {};
}

Outcome Credential::terminate(StepIndex by) {
  if (form_ != Form::kDatabaseUser) return Outcome::failed(Failure::kRefused);
  for (int i = 0; i <= newest(); ++i) {
    if (!accepts(i)) versions_[static_cast<std::size_t>(i)].sessions_end = context_.now();
  }
  context_.change(by);
  return {};
}

Outcome Credential::create_key(StepIndex by) {
  if (form_ != Form::kAccessKey) return Outcome::failed(Failure::kRefused);
  int accepted = 0;
  for (int i = 0; i <= newest(); ++i) accepted += accepts(i) ? 1 : 0;
  if (accepted >= kMostAccessKeys) return Outcome::failed(Failure::kRefused);
  versions_.emplace_back();
  context_.change(by);
  return {};
}

/// The oldest key that is still accepted, once the change is known everywhere.
Outcome Credential::deactivate(StepIndex) {
  if (form_ != Form::kAccessKey) return Outcome::failed(Failure::kRefused);
  const int oldest = oldest_accepted();
  // Deleting what is inactive already changes nothing.
  if (oldest < 0 || (oldest == newest() && newest() > 0)) return {};
  refuse(oldest, context_.now() + change_.duration());
  return {};
}

int Credential::oldest_accepted() const {
  for (int i = 0; i <= newest(); ++i) {
    if (refused_at(i) == TimePoint::never()) return i;
  }
  return -1;
}

void Credential::refuse(int index, TimePoint at) {
  Version& version = versions_[static_cast<std::size_t>(index)];
  if (version.refused <= at) return;
  version.refused = at;
  tasks_.spawn(fade(at, session_life_));
}

void Credential::refuse_before(int version, TimePoint at) {
  for (int i = 0; i < version; ++i) refuse(i, at);
}

/// Says step by step that fewer of those who are logged in are left.
Task<void> Credential::fade(TimePoint from, Duration over) {
  for (int step = 0; step <= kFadingSteps; ++step) {
    auto next = sleep_until(context_.agenda, from + Duration{over.us * step / kFadingSteps});
    co_await next;
    context_.change({});
  }
}

}  // namespace firedrill

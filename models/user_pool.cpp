#include "models/user_pool.hpp"

#include <algorithm>

namespace firedrill {
namespace {

// Tokens run out continuously; the log gets the share at these fractions of their life.
constexpr int kRunOutSteps = 40;

}  // namespace

Outcome UserPool::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kCognitoUpdateClient:
      if (cause_ == "client-changed") repair(by);
      return {};
    case Operation::kCognitoSetMfa:
      if (cause_ == "second-factor") repair(by);
      return {};
    case Operation::kCognitoTestSignIn:
      return failing() ? Outcome::failed(Failure::kRefused) : Outcome{};
    case Operation::kCognitoDisableUser:
      return {};
    default:
      return Component::take(call, by);
  }
}

Outcome UserPool::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultSignIns) return Component::strike(fault, begins);
  if (!begins) {
    repair({});
    return {};
  }
  cause_ = fault.word;
  share_ = fault.share;
  if (!failing()) {
    failing_since_ = context_.now();
    running_out_ = run_out();
    running_out_.start(nullptr);
  }
  context_.change({});
  return {};
}

void UserPool::repair(StepIndex by) {
  cause_.clear();
  share_ = 0;
  failing_since_ = TimePoint::never();
  running_out_ = {};
  context_.change(by);
}

Task<void> UserPool::run_out() {
  const TimePoint since = failing_since_;
  for (int i = 1; i <= kRunOutSteps; ++i) {
    auto step =
        sleep_until(context_.agenda, since + Duration{spec().token_life.us * i / kRunOutSteps});
    co_await step;
    context_.change({});
  }
}

Observation UserPool::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeSignInsWork:
      return {region_up(), !failing()};
    case Operation::kProbeSignInsFailBy:
      return {region_up(), cause_ == probe.word};
    default:
      return Component::look(probe);
  }
}

std::optional<double> UserPool::metric(Operation metric) const {
  if (metric != Operation::kMetricSignInsFailed) return Component::metric(metric);
  if (!region_up()) return std::nullopt;
  return share_;
}

double UserPool::refused_tokens() const {
  return cause_ == "second-factor" ? share_ * spec().sign_in_share.value : share_;
}

double UserPool::passes(const Path&) const {
  if (!region_up()) return 0;
  if (!failing()) return 1;
  const double ended = to_seconds(context_.now() - failing_since_) / to_seconds(spec().token_life);
  return 1.0 - refused_tokens() * std::min(1.0, ended);
}

}  // namespace firedrill

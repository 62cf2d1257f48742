#include "models/lambda.hpp"

#include <algorithm>
#include <cmath>

#include "models/lognormal.hpp"

namespace firedrill {
namespace {

// Lambda developer guide, configuration-memory: at 1,769 MB a function has one whole processor.
constexpr double kBytesOfOneProcessor = 1769.0 * 1024 * 1024;
// Lambda developer guide, configuration-concurrency: at least so much stays unreserved.
constexpr std::int64_t kUnreservedAtLeast = 100;

}  // namespace

double LambdaAccount::pool() const {
  double left = static_cast<double>(spec_as<LambdaAccountSpec>().concurrency);
  for (const LambdaFunction* function : functions_) {
    left -= static_cast<double>(function->reserved());
  }
  return std::max(0.0, left);
}

double LambdaAccount::granted(const LambdaFunction& to) const {
  if (to.reserved() > 0) return static_cast<double>(to.reserved());
  double needed = 0;
  for (const LambdaFunction* function : functions_) {
    if (function->reserved() == 0) needed += function->needed();
  }
  const double left = pool();
  if (needed <= left) return left - (needed - to.needed());
  return left * to.needed() / needed;
}

bool LambdaAccount::can_reserve(const LambdaFunction& to, std::int64_t concurrency) const {
  const double left = pool() + static_cast<double>(to.reserved() - concurrency);
  return left >= static_cast<double>(kUnreservedAtLeast);
}

LambdaFunction::LambdaFunction(DrillContext& context, const Regions& regions, ComponentIndex self)
    : ServiceSite(context, regions, self),
      cold_start_(context, self, "cold_start"),
      latest_{.error_share = 0, .timeout = spec().timeout, .memory_bytes = spec().memory.bytes},
      versions_{latest_},
      reserved_(spec().reserved_concurrency) {}

void LambdaFunction::connect(const Parts& parts) {
  account_ = parts.as<LambdaAccount>(planned().reference("account"));
  account_->join(*this);
  api_ = parts.as<ManagedApi>(front());
}

Outcome LambdaFunction::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kLambdaUpdateConfiguration:
      return configure(call, by);
    case Operation::kLambdaPublishVersion:
      versions_.push_back(latest_);
      return {};
    case Operation::kLambdaUpdateAlias:
      return point_alias(call, by);
    case Operation::kLambdaPutConcurrency:
      return reserve(call, by);
    case Operation::kLambdaDeleteConcurrency:
      reserved_ = 0;
      context_.change(by);
      return {};
    default:
      return ServiceSite::take(call, by);
  }
}

Outcome LambdaFunction::configure(const PlannedCall& call, StepIndex by) {
  if (call.duration) latest_.timeout = *call.duration;
  const double mebibytes = call.trait("memory_mib");
  if (mebibytes > 0) latest_.memory_bytes = mebibytes * 1024 * 1024;
  if (spec().invoked_by_alias) {
    context_.note(Note::kChangeWithoutEffect, self_.value, by);
  } else {
    begin_anew(by);
  }
  return {};
}

Outcome LambdaFunction::point_alias(const PlannedCall& call, StepIndex by) {
  const bool back = call.word == "previous";
  if (!spec().invoked_by_alias || (back && alias_ == 0)) return Outcome::failed(Failure::kNotFound);
  const std::size_t to = back ? alias_ - 1 : versions_.size() - 1;
  if (to != alias_) {
    alias_ = to;
    begin_anew(by);
  }
  return {};
}

/// What is reserved is the most that it gets, too: to reserve less than it could use takes from it.
Outcome LambdaFunction::reserve(const PlannedCall& call, StepIndex by) {
  if (!account_->can_reserve(*this, call.count)) return Outcome::failed(Failure::kRefused);
  const double before = granted();
  reserved_ = call.count;
  if (granted() < before) context_.note(Note::kLimitLowered, self_.value, by);
  context_.change(by);
  return {};
}

Outcome LambdaFunction::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultBadFunctionVersion:
      strike_version(fault, begins);
      break;
    case Operation::kFaultFunctionSlow:
      slow_factor_ = begins ? fault.factor : 1.0;
      break;
    case Operation::kFaultFunctionMemory:
      memory_factor_ = begins ? fault.factor : 1.0;
      break;
    default:
      return ServiceSite::strike(fault, begins);
  }
  context_.change({});
  return {};
}

/// A pipeline publishes what is bad and moves the alias to it. Code that is repaired elsewhere
/// repairs that version.
void LambdaFunction::strike_version(const PlannedCall& fault, bool begins) {
  latest_.error_share = begins ? fault.share : 0.0;
  if (begins && !struck_) {
    struck_ = versions_.size();
    versions_.push_back(latest_);
    alias_ = *struck_;
    begin_anew({});
  } else if (struck_) {
    versions_[*struck_].error_share = latest_.error_share;
    if (!begins) struck_.reset();
  }
}

void LambdaFunction::begin_anew(StepIndex by) {
  environments_since_ = context_.now();
  initialising_s_ = to_seconds(cold_start_.duration());
  warming_up_ = warm_up(by);
  warming_up_.start(nullptr);
  context_.change(by);
}

Task<void> LambdaFunction::warm_up(StepIndex by) {
  auto initialised = sleep_for(context_.agenda, duration_from_seconds(initialising_s_));
  co_await initialised;
  initialising_s_ = 0;
  context_.change(by);
}

Observation LambdaFunction::look(const PlannedCall& probe) const {
  if (probe.operation == Operation::kProbeFunctionKnownGood) {
    return {region_up(), active().error_share <= 0};
  }
  if (probe.operation != Operation::kProbeFunctionTrouble) return ServiceSite::look(probe);
  const double share = probe.word == "throttled"       ? throttled_share()
                       : probe.word == "timeouts"      ? timed_out_share()
                       : probe.word == "out-of-memory" ? killed_share()
                                                       : active().error_share;
  return {region_up(), share >= probe.share};
}

std::optional<double> LambdaFunction::metric(Operation metric) const {
  if (!region_up()) return std::nullopt;
  switch (metric) {
    case Operation::kMetricFunctionErrors:
      return failing_share();
    case Operation::kMetricFunctionThrottled:
      return throttled_share();
    case Operation::kMetricFunctionDuration: {
      const double p95_s = to_seconds(spec().duration_p95) * duration_factor(active());
      return std::min(p95_s + initialising_s_, to_seconds(active().timeout));
    }
    default:
      return ServiceSite::metric(metric);
  }
}

double LambdaFunction::passes(const Path&) const { return 1.0 - failing_share(); }

std::int64_t LambdaFunction::healthy() const {
  if (!region_up() || down()) return 0;
  return static_cast<std::int64_t>(std::floor(granted() / slowdown()));
}

double LambdaFunction::throttled_share() const {
  const double needs = needed();
  return needs > 0 ? 1.0 - std::min(1.0, granted() / needs) : 0.0;
}

/// How many times as long an invocation takes as is usual.
double LambdaFunction::duration_factor(const Version& version) const {
  const double usual = std::min(spec().memory.bytes, kBytesOfOneProcessor);
  const double now = std::min(version.memory_bytes, kBytesOfOneProcessor);
  const double bound = spec().cpu_bound.value;
  return slow_factor_ * (1.0 - bound + bound * usual / now);
}

double LambdaFunction::mean_duration_s(const Version& version, double factor) const {
  const Lognormal duration =
      Lognormal::of(to_seconds(spec().duration_p50), to_seconds(spec().duration_p95));
  return factor * duration.mean_up_to(to_seconds(version.timeout) / factor);
}

double LambdaFunction::slowdown() const {
  const double factor = duration_factor(active());
  return slowdown_.of(factor, to_seconds(active().timeout), [&] {
    const Version usual{
        .error_share = 0, .timeout = spec().timeout, .memory_bytes = spec().memory.bytes};
    return mean_duration_s(active(), factor) / mean_duration_s(usual, 1.0);
  });
}

double LambdaFunction::timed_out_share() const {
  const Duration limit = std::min(active().timeout, api_->integration_timeout());
  const double left_s = to_seconds(limit) - initialising_s_;
  if (left_s <= 0) return 1.0;
  const double usual_s = left_s / duration_factor(active());
  return timed_out_.of(usual_s, 0, [&] {
    return Lognormal::of(to_seconds(spec().duration_p50), to_seconds(spec().duration_p95))
        .above(usual_s);
  });
}

double LambdaFunction::killed_share() const {
  const double usual_bytes = active().memory_bytes / memory_factor_;
  return killed_.of(usual_bytes, 0, [&] {
    return Lognormal::of(spec().peak_memory_p50.bytes, spec().peak_memory_p95.bytes)
        .above(usual_bytes);
  });
}

double LambdaFunction::failing_share() const {
  return 1.0 - (1.0 - active().error_share) * (1.0 - timed_out_share()) * (1.0 - killed_share());
}

}  // namespace firedrill

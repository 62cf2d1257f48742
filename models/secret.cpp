#include "models/secret.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

// How often what spreads by itself is looked at anew.
constexpr int kSpreadingSteps = 20;
// Tokens of an old key that are no longer worth looking for.
constexpr double kFewTokens = 0.01;

}  // namespace

Secret::Secret(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      rotation_(context, self, "rotation"),
      rotation_fails_(context, self, "rotation_fails"),
      replication_(context, self, "replication"),
      cache_life_(fixed("cache_life")) {}

void Secret::connect(const Parts& parts) {
  parts_ = &parts;
  credential_ = parts.as<Credential>(planned().reference("holds"));
  if (auto* source = parts.as<Secret>(planned().reference("replicates_from"))) {
    source->followers_.push_back(this);
  }
  for (std::uint32_t i = 0; i < context_.plan.components.size(); ++i) {
    const auto& needs = context_.plan.components[i].needs;
    if (std::find(needs.begin(), needs.end(), self_) == needs.end()) continue;
    consumers_.push_back(parts.find(ComponentIndex{i}));
  }
}

Outcome Secret::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kSecretsPutValue:
      return put(by);
    case Operation::kSecretsRotate:
      if (is_replica()) return Outcome::failed(Failure::kRefused);
      tasks_.spawn(rotate(by));
      return {};
    default:
      return Component::take(call, by);
  }
}

Outcome Secret::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultSecretRotates:
      if (begins) tasks_.spawn(rotate({}));
      return {};
    case Operation::kFaultRotationFallsDue:
      overdue_ = begins;
      return {};
    default:
      return Component::strike(fault, begins);
  }
}

Observation Secret::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeSecretIsCurrent:
      return {true, current() == credential_->newest() && credential_->accepts(current())};
    case Operation::kProbeConsumersUpdated: {
      const bool all_reread = reread() >= 1;
      for (const Component* consumer : consumers_) {
        for (const TimePoint start : consumer->task_starts()) {
          if (!all_reread && read_at(start) != current()) return {true, false};
        }
      }
      return {true, true};
    }
    default:
      return {};
  }
}

std::optional<double> Secret::metric(Operation metric) const {
  if (metric != Operation::kMetricRotationOverdue) return std::nullopt;
  return overdue_ ? 1.0 : 0.0;
}

int Secret::read_at(TimePoint start) const {
  const auto later = std::find_if(stored_.begin(), stored_.end(),
                                  [&](const Stored& s) { return s.since > start; });
  return later == stored_.begin() ? stored_.front().version : std::prev(later)->version;
}

double Secret::reread() const {
  if (spec().read != "cached") return 0;
  if (cache_life_.us == 0) return 1;
  return std::min(1.0, to_seconds(context_.now() - stored_.back().since) / to_seconds(cache_life_));
}

double Secret::works(int version, TimePoint start) const {
  if (credential_->accepts(version)) return 1;
  return start < credential_->refused_at(version) ? credential_->sessions_left(version) : 0;
}

bool Secret::untouched() const {
  return current() == 0 && credential_->newest() == 0 &&
         credential_->refused_at(0) == TimePoint::never();
}

double Secret::passes(const Path& path) const {
  if (!path.site.valid() || untouched()) return 1;
  const std::vector<TimePoint> starts = parts_->find(path.site)->task_starts();
  if (starts.empty()) return 1;
  if (credential_->signs()) return tokens_pass(starts);
  const double again = reread();
  double sum = 0;
  for (const TimePoint start : starts) {
    sum += again * works(current(), context_.now()) + (1 - again) * works(read_at(start), start);
  }
  return sum / static_cast<double>(starts.size());
}

double Secret::tokens_pass(const std::vector<TimePoint>& starts) const {
  if (current() == 0) return credential_->accepts(0) ? 1 : 0;
  const double life = std::max(to_seconds(credential_->session_life()), 1e-6);
  double tasks = 0;
  double tokens = 0;
  for (const TimePoint start : starts) {
    if (read_at(start) != current()) continue;
    tasks += 1;
    tokens += 1 - std::exp(-to_seconds(context_.now() - start) / life);
  }
  const auto all = static_cast<double>(starts.size());
  const double n = tasks / all;
  const double f = tokens / all;
  return f * n + (1 - f) * ((1 - n) + (credential_->overlaps() ? n : 0.0));
}

bool Secret::holds_refused(const std::vector<TimePoint>& starts) const {
  if (reread() >= 1) return !credential_->accepts(current());
  return std::any_of(starts.begin(), starts.end(),
                     [&](TimePoint start) { return !credential_->accepts(read_at(start)); });
}

/// The value that is in use; of a signing key, one that is made for it. A replica has none of its
/// own.
Outcome Secret::put(StepIndex by) {
  if (is_replica()) return Outcome::failed(Failure::kRefused);
  if (credential_->signs() && current() == credential_->newest()) credential_->rotate(by);
  store(credential_->newest(), by);
  return {};
}

void Secret::store(int version, StepIndex by) {
  if (version == current()) return;
  stored_.push_back({version, context_.now()});
  overdue_ = false;
  tasks_.spawn(spread());
  for (Secret* follower : followers_) follower->tasks_.spawn(follower->replicate(version, by));
  context_.change(by);
}

Task<void> Secret::replicate(int version, StepIndex by) {
  auto copied = sleep_for(context_.agenda, replication_.duration());
  co_await copied;
  if (version > current()) store(version, by);
}

/// The function changes the credential half-way, and labels the new version at its end.
Task<void> Secret::rotate(StepIndex by) {
  const Duration half{rotation_.duration().us / 2};
  const bool fails = rotation_fails_.chance();
  auto begun = sleep_for(context_.agenda, half);
  co_await begun;
  if (fails) {
    context_.note(Note::kRotationFailed, self_.value, by);
    co_return;
  }
  credential_->rotate(by);
  auto ended = sleep_for(context_.agenda, half);
  co_await ended;
  store(credential_->newest(), by);
}

/// Says step by step that caches have ended, or that tokens of the old key have.
Task<void> Secret::spread() {
  if (spec().read == "cached") {
    for (int step = 1; step <= kSpreadingSteps; ++step) {
      auto next = sleep_for(context_.agenda, Duration{cache_life_.us / kSpreadingSteps});
      co_await next;
      context_.change({});
    }
  }
  while (credential_->signs()) {
    double least = 1;
    bool waits = false;
    for (const Component* consumer : consumers_) {
      const std::vector<TimePoint> starts = consumer->task_starts();
      const bool read = std::all_of(starts.begin(), starts.end(),
                                    [&](TimePoint start) { return read_at(start) == current(); });
      waits = waits || !read;
      if (!starts.empty() && read) least = std::min(least, tokens_pass(starts));
    }
    if (waits) {
      auto change = context_.changed.wait();
      co_await change;
    } else if (least >= 1 - kFewTokens) {
      co_return;
    } else {
      auto next =
          sleep_for(context_.agenda, Duration{credential_->session_life().us / kSpreadingSteps});
      co_await next;
      context_.change({});
    }
  }
}

Task<void> Secret::watch_logins() {
  for (;;) {
    auto change = context_.changed.wait();
    co_await change;
    if (untouched()) continue;
    const bool refused = std::any_of(
        consumers_.begin(), consumers_.end(),
        [&](const Component* consumer) { return holds_refused(consumer->task_starts()); });
    if (!refused) continue;
    context_.note(Note::kLoginRefused, self_.value, context_.last_cause);
    co_return;
  }
}

}  // namespace firedrill

#include "reports/build_organisation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "reports/samples.hpp"

namespace firedrill {
namespace {

constexpr std::string_view kPromises[] = {"response", "stabilise", "resolve"};

double part_of(std::int64_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

ReportPromise promise_of(std::string_view name, const std::optional<Duration>& limit,
                         std::vector<std::int32_t> times) {
  ReportPromise promise;
  promise.name = std::string(name);
  if (limit) {
    promise.limit_ms = limit->us / 1000;
    const auto met = std::count_if(times.begin(), times.end(), [&](std::int32_t ms) {
      return ms != kNotReachedMs && ms <= *promise.limit_ms;
    });
    promise.met_share = part_of(met, times.size());
    promise.met_share_ci95 = share_interval(met, static_cast<std::int64_t>(times.size()));
  }
  const ReportQuantiles q = quantiles_of(std::move(times));
  promise.p50 = q.p50;
  promise.p95 = q.p95;
  return promise;
}

}  // namespace

std::vector<ReportSeverity> severities_of(const Plan& plan, const Samples& samples) {
  std::vector<ReportSeverity> severities;
  for (std::uint32_t s = 0; s < plan.severities.size(); ++s) {
    const PlannedSeverity& planned = plan.severities[s];
    const std::optional<Duration> limits[] = {planned.respond_within, planned.stabilise_within,
                                              planned.resolve_within};
    ReportSeverity severity;
    severity.name = planned.name;
    for (std::size_t k = 0; k < std::size(kPromises); ++k) {
      std::vector<std::int32_t> times;
      for (std::size_t i = 0; i < samples.severity.size(); ++i) {
        if (samples.severity[i] == s) times.push_back(samples.incident_ms[k][i]);
      }
      severity.drills = static_cast<std::int64_t>(times.size());
      severity.promises.push_back(promise_of(kPromises[k], limits[k], std::move(times)));
    }
    severity.share = part_of(severity.drills, samples.severity.size());
    if (severity.drills > 0) severities.push_back(std::move(severity));
  }
  return severities;
}

std::vector<ReportBudget> budgets_of(const Plan& plan, const Samples& samples) {
  std::vector<ReportBudget> budgets;
  for (std::size_t s = 0; s < plan.services.size(); ++s) {
    const PlannedService& service = plan.services[s];
    if (!service.judged || !service.tier.valid()) continue;
    const PlannedTier& tier = plan.tiers[service.tier.value];
    const double budget_ms =
        (1 - tier.slo) * static_cast<double>(plan.error_budget.window.us) / 1000;
    if (budget_ms <= 0) continue;
    ReportBudget budget;
    budget.service = service.name;
    budget.slo = tier.slo;
    budget.budget_ms = std::llround(budget_ms);
    budget.used_before = plan.error_budget.used.value;
    std::vector<std::int32_t> lost = samples.lost_ms[s];
    for (const BudgetPolicySpec& policy : plan.error_budget.policies) {
      const double over_ms = (policy.over.value - budget.used_before) * budget_ms;
      const auto drills =
          std::count_if(lost.begin(), lost.end(), [&](std::int32_t ms) { return ms > over_ms; });
      budget.policies.push_back({policy.over.value, policy.effect, part_of(drills, lost.size())});
    }
    const ReportQuantiles q = quantiles_of(std::move(lost));
    const auto share = [&](const ReportTime& ms) -> std::optional<double> {
      if (!ms) return std::nullopt;
      return static_cast<double>(*ms) / budget_ms;
    };
    budget.burnt_p50 = share(q.p50);
    budget.burnt_p95 = share(q.p95);
    budgets.push_back(std::move(budget));
  }
  return budgets;
}

namespace {

/// Of a role's hands in each drill: quantiles, and the share of the time from the first alarm (of
/// planned work, from the start) to the close of the last runbook, over the drills that got there.
void add_hands(const Samples& samples, const std::vector<std::int32_t>& hands, ReportRole& role) {
  double hands_ms = 0;
  double incident_ms = 0;
  for (std::size_t i = 0; i < hands.size(); ++i) {
    const std::int32_t detected = samples.marks_ms[kDetectedMark][i];
    const std::int32_t closed = samples.marks_ms[kClosedMark][i];
    if (closed == kNotReachedMs) continue;
    hands_ms += hands[i];
    incident_ms += detected == kNotReachedMs ? closed : closed - detected;
  }
  if (incident_ms > 0) role.hands_share = hands_ms / incident_ms;
  const ReportQuantiles q = quantiles_of(hands);
  role.hands_p50 = q.p50;
  role.hands_p95 = q.p95;
}

}  // namespace

std::vector<ReportRole> roles_of(const Plan& plan, const Samples& samples) {
  const auto drills =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(samples.replication.size()));
  std::vector<ReportRole> roles;
  for (std::uint32_t r = 0; r < plan.roles.size(); ++r) {
    StepSums::Parts all;
    StepSums::Parts critical;
    bool needed = false;
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
      if (plan.steps[s].role != RoleIndex{r}) continue;
      needed = true;
      all += samples.step_sums[s].all;
      critical += samples.step_sums[s].critical;
    }
    if (!needed) continue;
    ReportRole role;
    role.role = plan.roles[r].name;
    role.hands_mean_ms = (all.work_ms + all.decision_ms) / drills;
    role.busy_mean_ms = critical.busy_ms / drills;
    role.away_mean_ms = (critical.idle_ms - critical.busy_ms) / drills;
    role.decision_mean_ms = critical.decision_ms / drills;
    add_hands(samples, samples.role_busy_ms.at(r), role);
    roles.push_back(std::move(role));
  }
  const auto waited = [](const ReportRole& role) {
    return role.busy_mean_ms + role.away_mean_ms + role.decision_mean_ms;
  };
  std::stable_sort(roles.begin(), roles.end(),
                   [&](const ReportRole& a, const ReportRole& b) { return waited(a) > waited(b); });
  return roles;
}

}  // namespace firedrill

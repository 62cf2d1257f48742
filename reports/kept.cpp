#include "reports/kept.hpp"

#include <cmath>

namespace firedrill {

double kept_share(double share) { return static_cast<double>(std::llround(share * 1e6)) / 1e6; }

void share_out(ReportSplit& s) {
  const auto all = static_cast<double>(s.work_ms + s.wait_ms + s.decision_ms + s.idle_ms);
  const auto part = [&](std::int64_t ms) { return all > 0 ? static_cast<double>(ms) / all : 0.0; };
  s.work = part(s.work_ms);
  s.wait = part(s.wait_ms);
  s.decision = part(s.decision_ms);
  s.idle = part(s.idle_ms);
}

namespace {

void keep_organisation(Report& report) {
  const auto keep = [](double& share) { share = kept_share(share); };
  for (ReportPhase& phase : report.phases) share_out(phase.split);
  for (ReportRole& role : report.roles) keep(role.hands_share);
  for (ReportSeverity& severity : report.severities) {
    keep(severity.share);
    for (ReportPromise& promise : severity.promises) {
      keep(promise.met_share);
      keep(promise.met_share_ci95.low);
      keep(promise.met_share_ci95.high);
    }
  }
  for (ReportBudget& budget : report.budgets) {
    keep(budget.slo);
    keep(budget.used_before);
    if (budget.burnt_p50) keep(*budget.burnt_p50);
    if (budget.burnt_p95) keep(*budget.burnt_p95);
    for (ReportBudgetPolicy& policy : budget.policies) {
      keep(policy.over);
      keep(policy.share);
    }
  }
}

}  // namespace

Report as_kept(Report report) {
  const auto keep = [](double& share) { share = kept_share(share); };
  for (ReportTarget& t : report.targets) {
    keep(t.required_share);
    keep(t.met_share);
    keep(t.met_share_ci95.low);
    keep(t.met_share_ci95.high);
  }
  for (ReportStep& s : report.steps) {
    keep(s.criticality);
    keep(s.ran_share);
    keep(s.failed_share);
    share_out(s.split);
  }
  share_out(report.critical_split);
  for (ReportStore& s : report.stores) keep(s.lossless_share);
  for (ReportFinding& f : report.findings) keep(f.share);
  keep_organisation(report);
  for (ReportInfluences& influences : report.influences) {
    keep(influences.noise);
    for (ReportInfluence& t : influences.timings)
      t.correlation = kept_share(t.correlation.value_or(0));
  }
  for (ReportTimeline& line : report.timelines) {
    for (TimelineService& service : line.services) {
      keep(service.threshold);
      for (TimelineShare& at : service.served) keep(at.share);
    }
  }
  return report;
}

}  // namespace firedrill

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

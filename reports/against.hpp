// Predicted against measured: where the times of one recorded drill lie among those of many
// simulated ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/study/study.hpp"
#include "reports/read_event_log.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// Where a measured value lies among n predicted ones. With `below` of them less and `equal` the
/// same, its percentile is (below + equal / 2) / n, and the interval around it goes from the
/// Clopper-Pearson lower end of below / n to the upper end of (below + equal) / n.
struct Placed {
  std::int64_t n = 0;
  std::int64_t below = 0;
  std::int64_t equal = 0;
  std::optional<double> percentile;  // nothing without a predicted value
  Interval interval;
  /// Between the order statistics low and n + 1 - low with low = floor(0.025 (n + 1)) lies another
  /// value of the same distribution with a probability of at least 95 %, whatever the distribution
  /// is. (Wilks, Annals of Mathematical Statistics 12 (1941) 91-96.) Nothing below 39 values.
  struct Range {
    ReportTime low;
    ReportTime high;
  };
  std::optional<Range> range;
  bool outside = false;  // of that range
};

/// `sorted` ascending, kNotReachedMs standing for what was not reached.
Placed place(std::int32_t measured_ms, const std::vector<std::int32_t>& sorted);

struct AgainstTime {
  std::string name;
  ReportTime measured;  // empty: not reached
  ReportTime p50;       // of the predicted values, empty: not reached in most
  Placed placed;
};

/// A step that the recorded drill left out, or that the simulated ones mostly do.
struct AgainstPath {
  std::string name;
  bool ran = false;
  std::int64_t ran_in = 0;  // of the simulated drills
};

struct Against {
  std::string scenario;
  std::string title;
  RecordedDrill log;  // without its events
  DrillEnd end = DrillEnd::kCompleted;
  bool same_documents = true;
  std::uint64_t seed = 0;
  std::int64_t drills = 0;
  std::vector<AgainstTime> marks;     // detected ... closed
  std::vector<AgainstTime> recovery;  // judged services: "payments rto"
  std::vector<AgainstTime> data;      // stores: what was lost
  std::vector<AgainstTime> steps;     // that ran in the log, by their place in the plan
  std::vector<AgainstPath> paths;     // that ran here and in less than 2.5 % there, or the reverse
  std::int64_t judged = 0;            // times that have a range
  std::int64_t outside = 0;           // of those
};

/// `study` is of the same plan, with at least one drill.
Against build_against(const Plan& plan, const StudyResult& study, const RecordedDrill& log);

std::string render_against(const Against& against, const TextOptions& options);
std::string render_against_json(const Against& against, const ReportProgram& program);
/// The published draft-07 schema of `render_against_json`.
std::string against_schema_text();

}  // namespace firedrill

// Plays a timetable of calls against the simulated world and hands back what the log says of it.
// Every drill runs in a child process, since SimGrid allows one engine a process.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/run/world.hpp"
#include "tests/support/plan_sample.hpp"

namespace firedrill::test {

/// The sample platform for models: every behaviour off, a planned start at night on a Monday, and
/// timings that a test can set by their id. Timings are constant zero unless set.
struct ModelSample : Sample {
  ModelSample();
  ModelSample& timing(const std::string& id, DistributionSpec distribution);
  ModelSample& constant_s(const std::string& id, double seconds);
  ModelSample& behaviour(const std::string& name, double probability);
};

DistributionSpec family(std::string name, std::map<std::string, double> parameters);

ComponentIndex component_of(const Plan& plan, std::string_view name);
RegionIndex region_of(const Plan& plan, std::string_view name);
/// Faults of the sample: the region's loss, and the loss of its n-th zone.
PlannedCall lost_region(const Plan& plan, std::string_view region);
PlannedCall lost_zone(const Plan& plan, std::string_view region, std::uint32_t zone);
PlannedCall cut_link(const Plan& plan, std::uint32_t link = 0);
PlannedCall call_on(const Plan& plan, Operation operation, std::string_view component,
                    std::int64_t count = -1);

/// What happens when. `ends` ends a fault.
struct Move {
  double at_s = 0;
  PlannedCall call;
  bool ends = false;
};

struct Reply {
  std::size_t move = 0;
  double at_s = 0;
  Outcome outcome;
};

/// One drill: when something happened in seconds, and the events of the log as they are.
struct Played {
  std::vector<Event> events;
  std::vector<Reply> replies;  // in the order in which they came

  /// (when, share of the clients that honour the TTL), as logged.
  std::vector<std::pair<double, double>> shares(std::uint32_t service = 0) const;
  /// The share in force at that time.
  double share_at(double at_s, std::uint32_t service = 0) const;
  /// The first time at or after `from_s` at which the share is at least this; -1 if never.
  double reaches(double share, double from_s, std::uint32_t service = 0) const;
  std::vector<Event> of(EventKind kind) const;
};

/// Plays the moves in each of `drills` drills, and stops each at `until_s`.
std::vector<Played> play(const Plan& plan, const std::vector<Move>& moves, double until_s,
                         std::uint64_t drills = 1, std::uint64_t seed = 1);

/// A script of a test's own: what it adds to `out` comes back.
struct Stage {
  World& world;
  const Plan& plan;
  EventLog& log;
  std::vector<double>& out;
};
using StageScript = Task<void> (*)(Stage stage);
std::vector<double> play_script(const Plan& plan, StageScript script, std::uint64_t drills = 1,
                                std::uint64_t seed = 1);

/// Runs the plan's own drill (faults, alarms, people, runbooks) and measures each: `pick` says what
/// of a drill is wanted, in seconds.
using Pick = double (*)(const Plan& plan, const std::vector<Event>& events);
std::vector<double> run_drills(const Plan& plan, std::uint64_t drills, Pick pick,
                               std::uint64_t seed = 1);

inline double seconds(TimePoint at) { return to_seconds(at - TimePoint{}); }

struct Moments {
  double mean = 0;
  double variance = 0;
};
Moments moments(const std::vector<double>& values);

/// The largest distance between the empirical CDF and `cdf`: Kolmogorov-Smirnov.
double ks_distance(std::vector<double> values, const std::function<double(double)>& cdf);
/// Its critical value at level 0.001 for n values: sqrt(-ln(0.0005) / 2) / sqrt(n) = 1.949 /
/// sqrt(n).
double ks_critical(std::size_t n);

}  // namespace firedrill::test

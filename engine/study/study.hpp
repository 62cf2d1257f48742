// A study: many drills of one plan, run in blocks of 256 in forked children, and what they add up
// to.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/metrics.hpp"
#include "engine/plan/plan.hpp"
#include "engine/study/statistics.hpp"

namespace firedrill {

constexpr std::int64_t kBlockSize = 256;

/// Runs drill `replication` and leaves its log in `log`, which is empty before. Made once a block,
/// in the child, since a back end may keep state for the process it is in.
class DrillRunner {
 public:
  virtual ~DrillRunner() = default;
  virtual void run(std::uint64_t seed, std::uint64_t replication, EventLog& log) = 0;
};
using DrillRunnerFactory = std::function<std::unique_ptr<DrillRunner>(const Plan&)>;

struct StudyOptions {
  std::uint64_t seed = 1;
  std::int64_t runs = 10000;
  int jobs = 1;
  /// Only the blocks from here on, and up to there; the failures of others are not counted.
  std::int64_t first_block = 0;
  std::int64_t last_block = std::numeric_limits<std::int64_t>::max();
  /// Takes the rows, in the order of the replications, instead of the samples of the result. May be
  /// empty.
  std::function<void(const std::byte* row)> rows = nullptr;
  /// A block that sends no result for so long is hung, and is killed. Wall clock; never reaches a
  /// result.
  std::int64_t hung_after_ms = 60'000;
  /// Set by a signal handler: stop, and give what there is.
  const std::atomic<bool>* stop = nullptr;
  /// Told now and then how many drills are done. May be empty.
  std::function<void(std::int64_t done)> progress;
};

enum class BlockFailureKind : std::uint8_t { kCrashed, kHung };

/// A drill that broke the block it ran in; `first_lost` to `last_lost` of the block were not run.
struct BlockFailure {
  BlockFailureKind kind = BlockFailureKind::kCrashed;
  std::int64_t replication = 0;  // the drill that was running
  std::int64_t first_lost = 0;
  std::int64_t last_lost = -1;
  int signal = 0;     // or 0
  int exit_code = 0;  // when it ended by itself
};

/// Where the time of one step went, added up over drills: only means of it are ever shown.
struct StepSums {
  struct Parts {
    std::int64_t idle_ms = 0;
    std::int64_t busy_ms = 0;  // of idle: its person was at another step
    std::int64_t work_ms = 0;
    std::int64_t decision_ms = 0;
    std::int64_t wait_ms = 0;
    Parts& operator+=(const Parts& o) {
      idle_ms += o.idle_ms;
      busy_ms += o.busy_ms;
      work_ms += o.work_ms;
      decision_ms += o.decision_ms;
      wait_ms += o.wait_ms;
      return *this;
    }
    bool operator==(const Parts&) const = default;
  };
  Parts all;       // of the drills in which it ran
  Parts critical;  // of those in which it was critical

  bool operator==(const StepSums&) const = default;
};

/// The steps that led to one target, added up over drills.
struct TargetSums {
  std::vector<std::int64_t> drills;     // by step: in which it was on the path
  std::vector<StepSums::Parts> path;    // by step: of the drills in which it was on the path
  std::vector<std::int64_t> open;       // by step: drills that ended with it open, on the path
  std::vector<std::int64_t> unstaffed;  // by step: of those, the drills in which nobody came to it

  bool operator==(const TargetSums&) const = default;
};

/// Columns of results, one row a drill that completed, in the order of the replications. Times are
/// in whole milliseconds, which is what every export shows; kNotReachedMs where the drill did not
/// get there.
constexpr std::int32_t kNotReachedMs = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kNotJudgedMs = -1;  // of a target that asked nothing of the drill

struct Samples {
  /// Where the time of each phase went, added up over all drills.
  std::array<StepSums::Parts, kPhases> phase_sums{};
  std::vector<std::int64_t> replication;
  std::vector<DrillEnd> end;
  std::vector<NoteSet> notes;
  std::vector<std::vector<std::int32_t>> rto_ms;          // by service
  std::vector<std::vector<std::int32_t>> rpo_ms;          // by service
  std::vector<std::vector<std::int32_t>> clients99_ms;    // by service
  std::vector<std::vector<std::int32_t>> lost_ms;         // by service
  std::vector<std::vector<std::int32_t>> store_rpo_ms;    // by store
  std::vector<std::vector<std::int32_t>> store_age99_ms;  // by store; -1 where not measured
  std::vector<std::vector<float>> store_missing;          // by store; -1 where not measured
  std::vector<std::vector<std::int32_t>>
      target_ms;                        // by target; kNotJudgedMs where it asks nothing
  std::vector<TargetSums> target_sums;  // by target
  std::vector<std::uint32_t> severity;  // of the incident; an invalid index: none was declared
  std::vector<std::vector<std::int32_t>> incident_ms;  // response, stabilise, resolve
  std::vector<std::vector<std::int32_t>> marks_ms;     // detected ... closed, in the order of Marks
  std::vector<std::vector<std::int32_t>>
      step_ms;                      // by step: ready to ended; -1 when it did not run
  std::vector<StepSums> step_sums;  // by step
  /// By step: how long it waited on the critical path for people at another step, and for people
  /// who were not there; only of the drills in which it did.
  std::vector<std::vector<std::int32_t>> critical_busy_ms;
  std::vector<std::vector<std::int32_t>> critical_away_ms;
  std::vector<std::vector<std::int32_t>> role_busy_ms;  // by role: hands busy
  std::vector<std::vector<std::uint8_t>>
      step_flags;  // by step: kStepRan | kStepFailed | kStepCritical | kStepOpen
  /// By timing of the plan: the mean of what the drill drew of it, in its unit, NaN where it drew
  /// none. Empty for timings that nothing uses. Only of the first `drawn_rows` rows, which are
  /// those of the drills below kDrillsWithDraws.
  std::vector<std::vector<float>> drawn;
  std::size_t drawn_rows = 0;
};
/// The luck of so many drills is kept: enough for a rank correlation, and a bounded memory.
constexpr std::int64_t kDrillsWithDraws = 2048;
constexpr std::uint8_t kStepRan = 1;
constexpr std::uint8_t kStepFailed = 2;
constexpr std::uint8_t kStepCritical = 4;
constexpr std::uint8_t kStepOpen = 8;

/// What a study that ran until its targets were decided went by, see until_decided.hpp.
struct SequentialOutcome {
  std::int64_t min_runs = 0;
  std::int64_t max_runs = 0;
  std::int64_t looks_planned = 0;
  std::int64_t looks_made = 0;
  double look_confidence = 0.95;
  std::vector<Interval> met_share;  // by target: what every look so far leaves over
};

struct StudyResult {
  std::uint64_t seed = 0;
  std::int64_t asked = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;  // drills lost to failures
  bool aborted = false;
  std::vector<BlockFailure> failures;
  Samples samples;
  std::optional<SequentialOutcome> sequential;  // of a study that stopped by itself
};

/// Runs the drills 0 to runs - 1. The result depends on plan, seed and runs alone.
StudyResult run_study(const Plan& plan, const StudyOptions& options,
                      const DrillRunnerFactory& factory);

/// Adds the drills from `result.asked`, which must be whole blocks, to runs - 1: the result is then
/// that of running them all at once.
void extend_study(const Plan& plan, const StudyOptions& options, const DrillRunnerFactory& factory,
                  StudyResult& result);

/// Runs one drill again, the way the batch ran it: its block, up to it, in a child. False when that
/// broke or hung, which `failure` then tells; `events` is the drill's log.
bool replay_drill(const Plan& plan, std::uint64_t seed, std::int64_t replication,
                  const DrillRunnerFactory& factory, std::vector<Event>& events,
                  BlockFailure& failure, std::int64_t hung_after_ms = 60'000);

}  // namespace firedrill

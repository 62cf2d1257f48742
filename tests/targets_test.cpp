// What each kind of target asks of a drill. Logs are written by hand; times are in seconds.
#include <catch2/catch.hpp>

#include "engine/measure/metrics.hpp"
#include "tests/support/scripted_drill.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr std::int64_t us(std::int64_t s) { return seconds(s).us; }

/// A log written by hand.
class Log {
 public:
  Log& add(std::int64_t s, EventKind kind, std::uint32_t subject = 0,
           std::uint32_t object = kNobody) {
    events_.push_back({.at = TimePoint{} + seconds(s),
                       .subject = subject,
                       .object = object,
                       .kind = kind,
                       .outcome = {}});
    return *this;
  }
  Log& share(std::int64_t s, double share) {
    add(s, EventKind::kServedShare);
    events_.back().value = events_.back().value2 = share;
    return *this;
  }
  Log& ended(std::int64_t s, std::uint32_t step, Outcome outcome = {}, bool skipped = false) {
    add(s, EventKind::kStepEnded, step);
    events_.back().outcome = outcome;
    events_.back().skipped = skipped;
    return *this;
  }
  /// Fault at 100, alarm at 160, answered at 190, declared at 220, first step ready then.
  Log& incident() {
    return add(100, EventKind::kFaultStarted)
        .add(160, EventKind::kAlarm)
        .add(190, EventKind::kAcknowledged)
        .add(220, EventKind::kDeclared, 0, 0)
        .add(220, EventKind::kStepReady, 0);
  }
  Log& over(std::int64_t s) {
    return add(s, EventKind::kDrillEnded, kNobody,
               static_cast<std::uint32_t>(DrillEnd::kCompleted));
  }
  std::int64_t achieved(const PlanBuilder& builder) const {
    return measure(builder.plan(), events_).targets.at(0).achieved_us;
  }
  DrillMetrics measured(const PlanBuilder& builder) const {
    return measure(builder.plan(), events_);
  }

 private:
  std::vector<Event> events_;
};

const Outcome kRefused = Outcome::failed(Failure::kRefused);

/// A runbook "fix" of two steps, the first of which falls back to "instead".
PlanBuilder fix() {
  PlanBuilder builder;
  builder.alarm("down").fault("lost", seconds(100)).service("shop", seconds(300));
  builder.runbook("fix", {"down"},
                  {{.id = "promote", .on_failure = OnFailure::kGoTo, .fallback = "instead"},
                   {.id = "check", .needs = {"promote"}},
                   {.id = "instead", .is_fallback = true}});
  return builder;
}

PlanBuilder fix(PlannedTarget target) {
  PlanBuilder builder = fix();
  builder.target(std::move(target));
  return builder;
}

PlannedTarget completion(TargetStart from, StepIndex step = {}) {
  PlannedTarget target;
  target.objective = Objective::kCompletion;
  target.runbook = {0};
  target.step = step;
  target.from = from;
  return target;
}

PlannedTarget of_severity(Objective objective, SeverityIndex severity = {}) {
  PlannedTarget target;
  target.objective = objective;
  target.severity = severity;
  return target;
}

}  // namespace

TEST_CASE("a runbook is complete when it is closed, from any of its marks", "[unit]") {
  Log log;
  log.incident().add(250, EventKind::kDecided, 0).ended(400, 0).add(400, EventKind::kStepReady, 1);
  log.ended(500, 1).add(520, EventKind::kClosed).over(900);
  // Closed at 520; the marks stand at 100, 160, 190, 220, 250, and the first step is ready at 220.
  CHECK(log.achieved(fix(completion(TargetStart::kOnset))) == us(420));
  CHECK(log.achieved(fix(completion(TargetStart::kDetected))) == us(360));
  CHECK(log.achieved(fix(completion(TargetStart::kAcknowledged))) == us(330));
  CHECK(log.achieved(fix(completion(TargetStart::kDeclared))) == us(300));
  CHECK(log.achieved(fix(completion(TargetStart::kDecided))) == us(270));
  CHECK(log.achieved(fix(completion(TargetStart::kStart))) == us(300));
}

TEST_CASE("a runbook that aborts or stays open is not complete", "[unit]") {
  Log aborted;
  aborted.incident().ended(300, 0, kRefused).add(300, EventKind::kRunbookAborted);
  aborted.add(310, EventKind::kClosed).over(900);
  CHECK(aborted.achieved(fix(completion(TargetStart::kOnset))) == kNotReachedUs);
  Log open;
  open.incident().over(900);
  CHECK(open.achieved(fix(completion(TargetStart::kOnset))) == kNotReachedUs);
  // A mark that never came, though the runbook closed.
  open.add(910, EventKind::kClosed);
  CHECK(open.achieved(fix(completion(TargetStart::kDecided))) == kNotReachedUs);
}

TEST_CASE("a step is complete when it, or the fallback that took over, ended well", "[unit]") {
  Log first;
  first.incident().ended(400, 0).over(900);
  CHECK(first.achieved(fix(completion(TargetStart::kDetected, {0}))) == us(240));
  Log instead;
  instead.incident().ended(300, 0, kRefused).add(300, EventKind::kStepReady, 2);
  CHECK(instead.achieved(fix(completion(TargetStart::kOnset, {0}))) == kNotReachedUs);
  instead.ended(700, 2).over(900);
  CHECK(instead.achieved(fix(completion(TargetStart::kOnset, {0}))) == us(600));
}

TEST_CASE("a step that was not needed is not judged, one that was not reached is missed",
          "[unit]") {
  Log skipped;  // its condition did not hold
  skipped.incident().ended(230, 0, {}, true).over(900);
  CHECK(skipped.achieved(fix(completion(TargetStart::kOnset, {0}))) == kNotJudgedUs);
  Log left_out;  // with the rest of an aborted runbook: never ready
  left_out.incident().ended(300, 0, kRefused).ended(300, 1, {}, true).over(900);
  CHECK(left_out.achieved(fix(completion(TargetStart::kOnset, {1}))) == kNotReachedUs);
  // Nothing fell back to the fallback.
  CHECK(left_out.achieved(fix(completion(TargetStart::kOnset, {2}))) == kNotJudgedUs);
}

TEST_CASE("a drill in which nothing broke asks for no completion", "[unit]") {
  CHECK(Log().over(900).achieved(fix(completion(TargetStart::kOnset))) == kNotJudgedUs);
}

TEST_CASE("times of a severity run from the first alarm", "[unit]") {
  Log log;
  log.share(0, 1).incident().share(100, 0).share(500, 1).add(650, EventKind::kClosed).over(900);
  // Alarm 160, answered 190, served from 500, closed 650.
  CHECK(log.achieved(fix(of_severity(Objective::kResponse, {0}))) == us(30));
  CHECK(log.achieved(fix(of_severity(Objective::kStabilise))) == us(340));
  CHECK(log.achieved(fix(of_severity(Objective::kResolve))) == us(490));
  CHECK(log.achieved(fix(of_severity(Objective::kResponse, {1}))) == kNotJudgedUs);
}

TEST_CASE("a page that nobody answers is missed at every severity", "[unit]") {
  Log log;
  log.add(100, EventKind::kFaultStarted).add(160, EventKind::kAlarm).over(900);
  CHECK(log.achieved(fix(of_severity(Objective::kResponse, {1}))) == kNotReachedUs);
}

TEST_CASE("services that never stopped are stable at once", "[unit]") {
  Log log;
  log.share(0, 1).incident().over(900);
  CHECK(log.achieved(fix(of_severity(Objective::kStabilise))) == 0);
}

TEST_CASE("an interruption is all the time below the threshold", "[unit]") {
  PlannedTarget target;
  target.objective = Objective::kInterruption;
  target.service = {0};
  Log log;  // below 90 % from 200 to 230 and from 600 to 610; 0.95 is no interruption
  log.share(0, 1).share(200, 0.5).share(230, 1).share(300, 0.95).share(600, 0).share(610, 1);
  CHECK(log.over(900).achieved(fix(target)) == us(40));
}

TEST_CASE("without a fault the onset of a service is its own first stop", "[unit]") {
  // A planned change: it stops at 200 and serves again from 230.
  Log log;
  log.share(0, 1).share(200, 0).share(230, 1).over(900);
  CHECK(log.measured(fix()).services[0].rto_us == us(30));
  CHECK(log.measured(fix()).services[0].lost_us == us(30));
}

TEST_CASE("the path of a service that never returns leads back from what is still open", "[unit]") {
  Log log;
  log.share(0, 1).incident().share(100, 0).ended(400, 0);
  log.add(400, EventKind::kStepReady, 1, 0).over(9000);
  const DrillMetrics metrics = log.measured(fix());
  CHECK(metrics.steps[1].open);
  CHECK(metrics.steps[1].total_us == us(8600));
  CHECK(metrics.services[0].path == std::vector{StepIndex{1}, StepIndex{0}});
}

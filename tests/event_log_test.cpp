// The event log as JSON Lines, written and read back, and what a log that was damaged gives.
#include <catch2/catch.hpp>
#include <string>

#include "engine/base/random.hpp"
#include "engine/measure/metrics.hpp"
#include "reports/against.hpp"
#include "reports/event_lines.hpp"
#include "reports/event_shape.hpp"
#include "reports/read_event_log.hpp"
#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

std::uint32_t some_index(Refers refers, const EventNames& names, const Plan& plan) {
  if (refers == Refers::kNothing) return kNobody;
  if (refers == Refers::kStep) return static_cast<std::uint32_t>(plan.steps.size() - 1);
  // The last that has a name.
  std::uint32_t last = 0;
  while (names.index(refers, names.name(refers, last + 1))) ++last;
  return last;
}

/// One event of every kind, with everything that a kind can say.
std::vector<Event> one_of_each(const Plan& plan) {
  const EventNames names(plan);
  std::vector<Event> events;
  for (int k = 0; k <= static_cast<int>(EventKind::kDrillEnded); ++k) {
    Event e;
    e.kind = static_cast<EventKind>(k);
    const EventShape& shape = shape_of(e.kind);
    e.at = TimePoint{1'000'003 * static_cast<std::int64_t>(k) + 7};
    e.subject = some_index(shape.subject, names, plan);
    e.object = some_index(shape.object, names, plan);
    if (k % 3 == 0) e.cause = 0;
    if (shape.values >= 1) e.value = 1.0 / 3.0;
    if (shape.values == 2) e.value2 = 0.1;
    if (e.kind == EventKind::kStepEnded) {
      e.outcome = Outcome::unknown(Failure::kLostReply);
      e.skipped = true;
    }
    if (k % 5 == 0) e.knowledge = Knowledge::kSimulatorOnly;
    events.push_back(e);
  }
  return events;
}

std::string written(const Plan& plan, const std::vector<Event>& events) {
  return event_json_lines(plan, events, {.seed = 3, .replication = 9, .commit = "c0ffee"});
}

bool same(const Event& a, const Event& b) {
  return a.at == b.at && a.value == b.value && a.value2 == b.value2 && a.subject == b.subject &&
         a.object == b.object && a.cause == b.cause && a.kind == b.kind &&
         a.outcome.kind == b.outcome.kind && a.outcome.why == b.outcome.why &&
         a.skipped == b.skipped && a.knowledge == b.knowledge;
}

std::string problem_of(const Plan& plan, const std::string& text) {
  const EventLogRead read = read_event_log(plan, text);
  if (read.ok()) return "";
  return fmt::format("{}: {}", read.problems[0].line, read.problems[0].what);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("a log that was written reads back as the same events and the same bytes") {
  const Plan plan = Sample().plan();
  const std::vector<Event> events = one_of_each(plan);
  const std::string text = written(plan, events);
  const EventLogRead read = read_event_log(plan, text);
  REQUIRE(read.ok());
  CHECK(read.drill.seed == 3);
  CHECK(read.drill.replication == 9);
  CHECK(read.drill.back_end == "simulated");
  CHECK(read.drill.ended);
  REQUIRE(read.drill.events.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    INFO("event " << i);
    CHECK(same(events[i], read.drill.events[i]));
  }
  CHECK(written(plan, read.drill.events) == text);
}

TEST_CASE("a step whose id two runbooks share is named with its runbook") {
  Plan plan = Sample().plan();
  PlannedRunbook other = plan.runbooks[0];
  other.name = "another";
  plan.runbooks.push_back(other);
  PlannedStep twin = plan.steps[0];
  twin.runbook = {static_cast<std::uint32_t>(plan.runbooks.size() - 1)};
  plan.steps.push_back(twin);
  const auto last = static_cast<std::uint32_t>(plan.steps.size() - 1);
  std::vector<Event> events{{.subject = 0, .kind = EventKind::kStepReady},
                            {.subject = last, .object = 0, .kind = EventKind::kStepReady}};
  const std::string text = written(plan, events);
  CHECK(text.find("\"another/" + twin.id + "\"") != std::string::npos);
  const EventLogRead read = read_event_log(plan, text);
  REQUIRE(read.ok());
  CHECK(read.drill.events[0].subject == 0);
  CHECK(read.drill.events[1].subject == last);
  CHECK(read.drill.events[1].object == 0);
}

TEST_CASE("a damaged log is refused by line") {
  const Plan plan = Sample().plan();
  const std::string text = written(plan, one_of_each(plan));
  const auto broken = [&](const std::string& what, const std::string& with) {
    return problem_of(plan, replaced(text, what, with));
  };
  CHECK(problem_of(plan, "") == "0: no log of events: it has no head");
  CHECK(problem_of(plan, text.substr(0, text.find('\n') + 1)) == "0: a log without an event");
  CHECK(problem_of(plan, text.substr(text.find('\n') + 1)) ==
        "1: an event before the head of the log");
  CHECK(problem_of(plan, text + text.substr(0, text.find('\n') + 1)) ==
        "30: a second head: a log tells of one drill");
  CHECK(broken("{\"t_s\"", "{\"t_s") == "2: not a line of JSON");
  CHECK(broken("\"fault-started\"", "\"fault-begun\"") == "2: there is no event \"fault-begun\"");
  CHECK(broken("\"t_s\":7e-06", "\"t_s\":-7e-06") ==
        "2: \"t_s\" is -7e-06, which no drill can have");
  CHECK(broken("\"t_s\":7e-06", "\"t_s\":7e999") == "2: not a line of JSON");
  CHECK(broken("\"value\":0.3333333333333333", "\"value\":1.5") ==
        "4: a served share lies between 0 and 1");
  CHECK(broken("\"lost-reply\"", "\"lost\"") == "21: there is no failure \"lost\"");
  CHECK(broken("\"unknown\"", "\"perhaps\"") ==
        "21: \"outcome\" is none of ok, failed and unknown");
  CHECK(broken("\"format_version\":\"1.", "\"format_version\":\"2.").starts_with("1: format"));
  CHECK(broken("\"subject\":\"" + plan.faults[0].id, "\"subject\":\"no-such-fault") ==
        "2: the plan has no subject \"no-such-fault\"");
  CHECK(problem_of(plan, text + std::string(100, '[') + '\n') == "30: not a line of JSON");
  // What a crash leaves: half a line at the end.
  CHECK(problem_of(plan, text + "{\"t_s\":1.0,\"ev") == "");
}

TEST_CASE("a log of other documents is read only when that is asked for") {
  const Plan plan = Sample().plan();
  Plan changed = plan;
  changed.scenario_sha256 = "0123";
  const std::string text = written(plan, one_of_each(plan));
  CHECK(problem_of(changed, text).find("have changed since") != std::string::npos);
  CHECK(read_event_log(changed, text, {.other_documents = true}).ok());
  changed.scenario = "another";
  CHECK_FALSE(read_event_log(changed, text, {.other_documents = true}).ok());
}

TEST_CASE("the events of a journal stand among its other records") {
  const Plan plan = Sample().plan();
  const std::string text = written(plan, one_of_each(plan));
  std::string journal;
  for (std::size_t at = 0, line = 0; at < text.size(); ++line) {
    const std::size_t end = text.find('\n', at) + 1;
    const std::string json = text.substr(at, end - at - 1);
    at = end;
    if (line == 0) {
      journal += "{\"record\":\"header\",\"emulator\":true,\"poll_interval_s\":0.2," +
                 json.substr(1) + '\n';
    } else {
      journal += fmt::format("{{\"record\":\"event\",\"t_s\":99.0,\"event\":{}}}\n", json);
    }
    journal += fmt::format("{{\"record\":\"note\",\"scenario\":1,\"event\":\"{}\"}}\n", line);
  }
  const EventLogRead read = read_event_log(plan, journal);
  REQUIRE(read.ok());
  CHECK(read.drill.emulator);
  CHECK(read.drill.poll_interval == Duration::milliseconds(200));
  CHECK(written(plan, read.drill.events) == text);
  CHECK(problem_of(plan, text + "{\"other\":1}\n") == "30: neither a head nor an event");
}

TEST_CASE("whatever bytes change, reading ends with events or with a mistake") {
  const Plan plan = Sample().plan();
  const std::string text = written(plan, one_of_each(plan));
  Stream stream(DrillDraws(11, 0), entity_key("damage"));
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = text;
    for (int i = 0; i < 1 + round % 4; ++i) {
      const auto at = static_cast<std::size_t>(stream.next() * static_cast<double>(text.size()));
      damaged[at] = static_cast<char>(stream.next() * 256);
    }
    EventLogRead read = read_event_log(plan, damaged);
    // What was accepted can be measured, and written again.
    if (!read.ok()) continue;
    measure(plan, read.drill.events);
    CHECK(read_event_log(plan, written(plan, read.drill.events)).ok());
  }
}

TEST_CASE("where a measured time lies among the predicted ones") {
  std::vector<std::int32_t> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i * 10);
  // The 37th of 100 different values: 36 below, itself; (36 + 1/2) / 100.
  const Placed own = place(370, hundred);
  CHECK(own.below == 36);
  CHECK(own.equal == 1);
  CHECK(*own.percentile == Approx(0.365));
  // Clopper-Pearson by R: binom.test(36, 100)$conf.int[1], binom.test(37, 100)$conf.int[2].
  CHECK(own.interval.low == Approx(0.2664).margin(5e-4));
  CHECK(own.interval.high == Approx(0.4724).margin(5e-4));
  // floor(101 / 40) = 2: from the 2nd to the 99th value, which hold 97 / 101 = 96 % of all others.
  REQUIRE(own.range);
  CHECK(own.range->low == 20);
  CHECK(own.range->high == 990);
  CHECK_FALSE(place(20, hundred).outside);
  CHECK(place(19, hundred).outside);
  CHECK_FALSE(place(990, hundred).outside);
  CHECK(place(991, hundred).outside);
  CHECK(place(kNotReachedMs, hundred).outside);
  CHECK(*place(kNotReachedMs, hundred).percentile == 1.0);
}

TEST_CASE("a time that never varies is in its middle, and few drills give no range") {
  const Placed constant = place(50, std::vector<std::int32_t>(100, 50));
  CHECK(*constant.percentile == 0.5);
  CHECK_FALSE(constant.outside);
  CHECK(place(51, std::vector<std::int32_t>(100, 50)).outside);
  CHECK_FALSE(place(51, std::vector<std::int32_t>(38, 50)).range);
  CHECK(place(51, std::vector<std::int32_t>(39, 50)).outside);
  CHECK_FALSE(place(51, {}).percentile);
}

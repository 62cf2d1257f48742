#include "tools/firedrill/example_drills.hpp"

#include "engine/study/study.hpp"
#include "reports/causes.hpp"
#include "tools/firedrill/simulated_runner.hpp"

namespace firedrill {
namespace {

template <class Act>
void for_each_example(const Plan& plan, Report& report, Act act) {
  for (ReportExample& example : report.examples) {
    std::vector<Event> events;
    BlockFailure failure;
    if (replay_drill(plan, report.seed, example.replication, simulated_runners(), events,
                     failure)) {
      act(example, events);
    }
  }
}

void add_timeline(const Plan& plan, const ReportExample& example, const std::vector<Event>& events,
                  Report& report) {
  ReportTimeline line = timeline_of(plan, events);
  line.name = example.name;
  line.replication = example.replication;
  report.timelines.push_back(std::move(line));
}

}  // namespace

void add_timelines(const Plan& plan, Report& report) {
  for_each_example(plan, report, [&](const ReportExample& example, const auto& events) {
    add_timeline(plan, example, events, report);
  });
}

void add_example_drills(const Plan& plan, Report& report) {
  for_each_example(plan, report, [&](ReportExample& example, const auto& events) {
    example.path = path_of(plan, measure(plan, events));
    add_timeline(plan, example, events, report);
  });
}

}  // namespace firedrill

#include "reports/trace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "reports/event_lines.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

enum Process { kIncident = 1, kPeople, kSteps, kServices };

class Trace {
 public:
  explicit Trace(const Plan& plan) : plan_(plan), steps_(plan.steps.size()) {
    name_process(kIncident, "Incident");
    name_process(kPeople, "People");
    name_process(kSteps, "Steps");
    name_process(kServices, "Services");
    name_thread(kIncident, 1, "what happened");
    for (std::uint32_t i = 0; i < plan.persons.size(); ++i) {
      name_thread(kPeople, i + 1, plan.persons[i]);
    }
  }

  void add(const Event& e) {
    const bool about_step = e.kind == EventKind::kStepReady || e.kind == EventKind::kStepStarted ||
                            e.kind == EventKind::kStepActing || e.kind == EventKind::kStepEnded ||
                            e.kind == EventKind::kStepPreempted ||
                            e.kind == EventKind::kStepResumed;
    if (about_step && e.subject < steps_.size()) return add_step(e);
    if (e.kind == EventKind::kServedShare) return add_share(e);
    add_instant(e);
  }

  Json finish(TimePoint end) {
    for (std::uint32_t i = 0; i < steps_.size(); ++i) {
      release_hands(i, end);
      if (steps_[i].ready && !steps_[i].ended) add_slice_of_step(i, end, "still open");
    }
    return std::move(events_);
  }

 private:
  struct Step {
    std::optional<TimePoint> ready;
    std::optional<TimePoint> hands_since;
    std::optional<TimePoint> ended;
    std::uint32_t person = kNobody;
    std::uint32_t released_by = kNobody;
    std::size_t thread = 0;
  };

  void name_process(int process, const std::string& name) {
    events_.push_back(
        {{"ph", "M"}, {"pid", process}, {"name", "process_name"}, {"args", {{"name", name}}}});
  }
  void name_thread(int process, std::size_t thread, const std::string& name) {
    events_.push_back({{"ph", "M"},
                       {"pid", process},
                       {"tid", thread},
                       {"name", "thread_name"},
                       {"args", {{"name", name}}}});
  }

  void add_slice(int process, std::size_t thread, const std::string& name, TimePoint from,
                 TimePoint to, Json args) {
    events_.push_back({{"ph", "X"},
                       {"pid", process},
                       {"tid", thread},
                       {"ts", from.us},
                       {"dur", (to - from).us},
                       {"name", name},
                       {"args", std::move(args)}});
  }

  void add_step(const Event& e) {
    Step& step = steps_[e.subject];
    switch (e.kind) {
      case EventKind::kStepReady:
        step.ready = e.at;
        step.released_by = e.object;
        break;
      case EventKind::kStepStarted:
      case EventKind::kStepResumed:
        step.hands_since = e.at;
        step.person = e.object;
        break;
      case EventKind::kStepActing:
      case EventKind::kStepPreempted:
        release_hands(e.subject, e.at);
        break;
      default:
        release_hands(e.subject, e.at);
        step.ended = e.at;
        if (!e.skipped && step.ready) add_slice_of_step(e.subject, e.at, outcome_of(e));
    }
  }

  static std::string outcome_of(const Event& e) {
    if (e.outcome.ok()) return "done";
    return std::string(e.outcome.kind == OutcomeKind::kFailed ? "failed: " : "unknown: ") +
           std::string(to_word(e.outcome.why));
  }

  void release_hands(std::uint32_t index, TimePoint at) {
    Step& step = steps_[index];
    if (!step.hands_since || step.person >= plan_.persons.size()) return;
    add_slice(kPeople, step.person + 1, plan_.steps[index].id, *step.hands_since, at,
              {{"title", plan_.steps[index].title}});
    step.hands_since.reset();
  }

  /// Slices of one thread must not overlap: a step goes to the first lane that is free.
  void add_slice_of_step(std::uint32_t index, TimePoint end, const std::string& outcome) {
    Step& step = steps_[index];
    std::size_t lane = 0;
    while (lane < lane_free_at_.size() && lane_free_at_[lane] > *step.ready) ++lane;
    // Steps come in the order of their ends; one that began earlier may overlap what is there.
    if (lane == lane_free_at_.size()) {
      lane_free_at_.emplace_back();
      name_thread(kSteps, lane + 1, "lane " + std::to_string(lane + 1));
    }
    lane_free_at_[lane] = end;
    step.thread = lane + 1;
    add_slice(kSteps, step.thread, plan_.steps[index].id, *step.ready, end,
              {{"title", plan_.steps[index].title}, {"outcome", outcome}});
    if (step.released_by < steps_.size()) add_flow(step.released_by, index);
  }

  /// An arrow binds to the slices that enclose its two ends.
  void add_flow(std::uint32_t from, std::uint32_t to) {
    const Step& source = steps_[from];
    if (!source.ended || source.thread == 0) return;
    const auto end_of_flow = [&](const char* phase, const Step& step, TimePoint at) {
      Json event = {{"ph", phase},  {"pid", kSteps},  {"tid", step.thread}, {"ts", at.us},
                    {"id", flows_}, {"cat", "needs"}, {"name", "releases"}};
      if (*phase == 'f') event["bp"] = "e";
      events_.push_back(std::move(event));
    };
    end_of_flow("s", source, std::max(*source.ready, *source.ended - Duration{1}));
    end_of_flow("f", steps_[to], *steps_[to].ready);
    ++flows_;
  }

  void add_share(const Event& e) {
    if (e.subject >= plan_.services.size()) return;
    const std::string& name = plan_.services[e.subject].name;
    events_.push_back({{"ph", "C"},
                       {"pid", kServices},
                       {"tid", 1},
                       {"ts", e.at.us},
                       {"name", "served share of " + name},
                       {"args", {{"share", e.value2}}}});
  }

  void add_instant(const Event& e) {
    events_.push_back({{"ph", "i"},
                       {"pid", kIncident},
                       {"tid", 1},
                       {"ts", e.at.us},
                       {"s", e.kind == EventKind::kFaultStarted ? "g" : "t"},
                       {"name", event_sentence(plan_, e)},
                       {"args",
                        {{"kind", to_word(e.kind)},
                         {"simulator_only", e.knowledge == Knowledge::kSimulatorOnly}}}});
  }

  const Plan& plan_;
  std::vector<Step> steps_;
  std::vector<TimePoint> lane_free_at_;
  std::int64_t flows_ = 1;
  Json events_ = Json::array();
};

}  // namespace

std::string render_trace(const Plan& plan, const std::vector<Event>& events, std::uint64_t seed,
                         std::uint64_t replication) {
  Trace trace(plan);
  TimePoint end;
  for (const Event& e : events_in_order(events)) {
    trace.add(e);
    end = std::max(end, e.at);
  }
  const Json document = {{"displayTimeUnit", "ms"},
                         {"otherData",
                          {{"scenario", plan.scenario},
                           {"scenario_sha256", plan.scenario_sha256},
                           {"seed", seed},
                           {"replication", replication}}},
                         {"traceEvents", trace.finish(end)}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace firedrill

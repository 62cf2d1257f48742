#include "reports/trace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "reports/event_lines.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

enum Process { kIncident = 1, kPeople, kSteps, kServices, kComponents, kData };

// Tracks of one component, so that what happens to it at once lies side by side.
constexpr std::size_t kTracksOfOne = 64;
// A counter is a staircase to the viewers: a lag that grows steadily gets a step each half minute.
constexpr Duration kLagStep = Duration::seconds(30);

/// Slices of one thread must not overlap: each goes to the first lane that is free.
class Lanes {
 public:
  /// `from` and `to` of slices that come in the order of their ends.
  std::size_t take(TimePoint from, TimePoint to) {
    std::size_t lane = 0;
    while (lane < free_at_.size() && free_at_[lane] > from) ++lane;
    if (lane == free_at_.size()) free_at_.emplace_back();
    free_at_[lane] = to;
    return lane;
  }
  std::size_t size() const { return free_at_.size(); }

 private:
  std::vector<TimePoint> free_at_;
};

class Trace {
 public:
  explicit Trace(const Plan& plan)
      : plan_(plan),
        steps_(plan.steps.size()),
        faults_(plan.faults.size()),
        component_lanes_(plan.components.size()),
        lags_(plan.components.size()) {
    name_process(kIncident, "Incident");
    name_process(kPeople, "People");
    name_process(kSteps, "Steps");
    name_process(kServices, "Services");
    name_process(kComponents, "Components");
    name_process(kData, "Data");
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
    if (e.kind == EventKind::kReplicaLag) return change_lag(e);
    if (e.kind == EventKind::kDataLoss) add_loss(e);
    if (e.kind == EventKind::kFaultStarted && e.subject < faults_.size()) {
      faults_[e.subject] = e.at;
    }
    if (e.kind == EventKind::kFaultEnded) end_fault(e.subject, e.at);
    add_instant(e);
  }

  Json finish(TimePoint end) {
    for (std::uint32_t i = 0; i < steps_.size(); ++i) {
      release_hands(i, end);
      if (steps_[i].ready && !steps_[i].ended) add_slice_of_step(i, end, "still open");
    }
    for (std::uint32_t i = 0; i < faults_.size(); ++i) end_fault(i, end);
    for (std::uint32_t i = 0; i < lags_.size(); ++i) draw_lag(i, end);
    return std::move(events_);
  }

 private:
  struct Step {
    std::optional<TimePoint> ready;
    std::optional<TimePoint> hands_since;
    std::optional<TimePoint> acting_since;
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
        step.acting_since = e.at;
        [[fallthrough]];
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

  void add_slice_of_step(std::uint32_t index, TimePoint end, const std::string& outcome) {
    Step& step = steps_[index];
    const std::size_t lane = lanes_.take(*step.ready, end);
    if (lane >= named_lanes_) {
      name_thread(kSteps, ++named_lanes_, "lane " + std::to_string(lane + 1));
    }
    step.thread = lane + 1;
    const Json args = {{"title", plan_.steps[index].title}, {"outcome", outcome}};
    add_slice(kSteps, step.thread, plan_.steps[index].id, *step.ready, end, args);
    if (step.released_by < steps_.size()) add_flow(step.released_by, index);
    // Until the hands are free nothing happens to the platform.
    const PlannedStep& planned = plan_.steps[index];
    const TimePoint acts = step.acting_since.value_or(planned.hands_on.valid() ? end : *step.ready);
    for (const ComponentIndex component : planned.call.components) {
      add_slice_of_component(component, planned.id, acts, end, args);
    }
  }

  void add_slice_of_component(ComponentIndex component, const std::string& what, TimePoint from,
                              TimePoint to, const Json& args) {
    if (component.value >= component_lanes_.size()) return;
    Lanes& lanes = component_lanes_[component.value];
    const std::size_t before = lanes.size();
    const std::size_t lane = std::min(lanes.take(from, to), kTracksOfOne - 1);
    const std::size_t thread = component.value * kTracksOfOne + lane + 1;
    if (lanes.size() > before) {
      const std::string& name = plan_.components[component.value].name;
      name_thread(kComponents, thread, lane == 0 ? name : name + " " + std::to_string(lane + 1));
    }
    add_slice(kComponents, thread, what, from, to, args);
  }

  void end_fault(std::uint32_t index, TimePoint at) {
    if (index >= faults_.size() || !faults_[index]) return;
    for (const ComponentIndex component : plan_.faults[index].call.components) {
      add_slice_of_component(component, "fault " + plan_.faults[index].id, *faults_[index], at,
                             {{"fault", plan_.faults[index].id}});
    }
    faults_[index].reset();
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
    add_counter(kServices, "served share of " + name, "share", e.at, e.value2);
  }

  void add_counter(Process process, const std::string& name, const char* unit, TimePoint at,
                   double value) {
    events_.push_back({{"ph", "C"},
                       {"pid", process},
                       {"tid", 1},
                       {"ts", at.us},
                       {"name", name},
                       {"args", {{unit, value}}}});
  }

  void add_loss(const Event& e) {
    if (e.subject >= plan_.stores.size()) return;
    const std::string name = "writes lost of " + plan_.stores[e.subject].name;
    add_counter(kData, name, "seconds", TimePoint{}, 0);
    add_counter(kData, name, "seconds", e.at, e.value);
  }

  void change_lag(const Event& e) {
    if (e.subject >= lags_.size()) return;
    if (!lags_[e.subject].known) add_lag(e.subject, TimePoint{}, 0);
    draw_lag(e.subject, e.at);
    lags_[e.subject] = {true, e.at, e.value, e.value2};
    add_lag(e.subject, e.at, e.value);
  }

  /// From the last change up to `until`.
  void draw_lag(std::uint32_t component, TimePoint until) {
    const Lag& lag = lags_[component];
    if (!lag.known || lag.change == 0) return;
    for (TimePoint at = lag.since + kLagStep; at < until; at = at + kLagStep) {
      const double value = lag.seconds + lag.change * to_seconds(at - lag.since);
      add_lag(component, at, std::max(0.0, value));
      if (value <= 0) return;
    }
  }

  void add_lag(std::uint32_t component, TimePoint at, double seconds) {
    add_counter(kData, "replica lag of " + plan_.components[component].name, "seconds", at,
                seconds);
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

  struct Lag {
    bool known = false;
    TimePoint since;
    double seconds = 0;
    double change = 0;
  };

  const Plan& plan_;
  std::vector<Step> steps_;
  Lanes lanes_;
  std::size_t named_lanes_ = 0;
  std::vector<std::optional<TimePoint>> faults_;  // since when, while they last
  std::vector<Lanes> component_lanes_;
  std::vector<Lag> lags_;
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

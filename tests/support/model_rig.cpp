#include "tests/support/model_rig.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "engine/measure/metrics.hpp"
#include "engine/run/executor.hpp"
#include "models/simulated_world.hpp"
#include "tests/support/forked.hpp"

namespace firedrill::test {
namespace {

TimePoint at(double s) { return TimePoint{} + duration_from_seconds(s); }

template <class T>
void put(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(const std::string& bytes, std::size_t& from) {
  if (from + sizeof(T) > bytes.size()) throw std::runtime_error("the child broke: " + bytes);
  T value;
  std::memcpy(&value, bytes.data() + from, sizeof value);
  from += sizeof value;
  return value;
}

/// What a child sends ends with this, so that a crash is noticed.
constexpr char kWhole[] = "whole";

const std::string& checked(const std::string& bytes) {
  if (!bytes.ends_with(kWhole)) throw std::runtime_error("the child broke: " + bytes);
  return bytes;
}

Task<void> make_move(World& world, const Move& move, std::size_t index,
                     std::vector<Reply>& replies) {
  auto time = sleep_until(world.agenda(), at(move.at_s));
  co_await time;
  Task<Outcome> doing = move.ends ? world.revert(move.call) : world.perform(move.call, {});
  const Outcome outcome = co_await doing;
  replies.push_back({index, seconds(world.agenda().now()), outcome});
}

Task<void> hear_alarms(World& world, EventLog& log) {
  for (;;) {
    Task<AlarmIndex> next = world.next_alarm();
    const AlarmIndex alarm = co_await next;
    log.add({.at = world.agenda().now(), .subject = alarm.value, .kind = EventKind::kAlarm});
  }
}

Task<void> timetable(World& world, EventLog& log, const std::vector<Move>& moves, double until_s,
                     std::vector<Reply>& replies) {
  TaskSet tasks;
  tasks.spawn(hear_alarms(world, log));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    tasks.spawn(make_move(world, moves[i], i, replies));
  }
  auto end = sleep_until(world.agenda(), at(until_s));
  co_await end;
}

Task<void> own_script(StageScript script, Stage stage) {
  Task<void> body = script(stage);
  co_await body;
}

std::vector<double> numbers(const std::string& bytes) {
  std::size_t from = 0;
  std::vector<double> values;
  while (from + sizeof(double) + sizeof kWhole - 1 <= checked(bytes).size()) {
    values.push_back(get<double>(bytes, from));
  }
  return values;
}

}  // namespace

ModelSample::ModelSample() {
  for (TimingEntry& entry : timings[0].timings) entry.distribution.parameters["value"] = 0;
  timings.emplace_back();
  timings[1].metadata.name.text = "test";
  constant_s("ecs.account.fargate_launch_bucket", 100);
  constant_s("ecs.account.fargate_refill_rate", 20);
  for (const char* ratio :
       {"people.sleep_inertia.slowdown_0_3min", "people.sleep_inertia.slowdown_3_10min",
        "people.sleep_inertia.slowdown_10_30min", "people.night_error_multiplier"}) {
    constant_s(ratio, 1);
  }
  for (const BehaviourRule& rule : behaviours()) behaviour(std::string(rule.name), 0);
  scenario.start = {{"monday", {}}, {"03:00", {}}};
  detail<EcsServiceSpec>("shop-north").desired_count = 4;
  detail<EcsServiceSpec>("shop-north").production_count = 4;
  detail<EcsServiceSpec>("shop-south").production_count = 4;
  detail<EcsServiceSpec>("shop-north").image_size = {1e9};
  detail<EcsServiceSpec>("shop-south").image_size = {1e9};
  shop().full_load_tasks = 4;
}

ModelSample& ModelSample::timing(const std::string& id, DistributionSpec distribution) {
  auto& own = timings[1].timings;
  std::erase_if(own, [&](const TimingEntry& entry) { return entry.id.text == id; });
  TimingEntry entry = constant(id, "s", 0);
  for (const TimingEntry& known : timings[0].timings) {
    if (known.id.text == id) entry = known;
  }
  entry.distribution = std::move(distribution);
  own.push_back(entry);
  return *this;
}

ModelSample& ModelSample::constant_s(const std::string& id, double seconds) {
  return timing(id, family("constant", {{"value", seconds}}));
}

ModelSample& ModelSample::behaviour(const std::string& name, double probability) {
  std::erase_if(scenario.behaviours, [&](const BehaviourSpec& b) { return b.name.text == name; });
  scenario.behaviours.push_back({{name, {}}, {probability}});
  return *this;
}

DistributionSpec family(std::string name, std::map<std::string, double> parameters) {
  DistributionSpec spec;
  spec.family = std::move(name);
  spec.parameters = std::move(parameters);
  return spec;
}

ComponentIndex component_of(const Plan& plan, std::string_view name) {
  for (std::uint32_t i = 0; i < plan.components.size(); ++i) {
    if (plan.components[i].name == name) return {i};
  }
  throw std::logic_error("no component " + std::string(name));
}

RegionIndex region_of(const Plan& plan, std::string_view name) {
  for (std::uint32_t i = 0; i < plan.regions.size(); ++i) {
    if (plan.regions[i].name == name) return {i};
  }
  throw std::logic_error("no region " + std::string(name));
}

PlannedCall lost_region(const Plan& plan, std::string_view region) {
  PlannedCall call;
  call.operation = Operation::kFaultRegionLoss;
  call.region = region_of(plan, region);
  return call;
}

PlannedCall lost_zone(const Plan& plan, std::string_view region, std::uint32_t zone) {
  PlannedCall call = lost_region(plan, region);
  call.operation = Operation::kFaultZoneLoss;
  call.zone = zone;
  return call;
}

PlannedCall cut_link(const Plan&, std::uint32_t link) {
  PlannedCall call;
  call.operation = Operation::kFaultLinkCut;
  call.link = {link};
  return call;
}

PlannedCall call_on(const Plan& plan, Operation operation, std::string_view component,
                    std::int64_t count) {
  PlannedCall call;
  call.operation = operation;
  call.components = {component_of(plan, component)};
  call.count = count;
  return call;
}

std::vector<std::pair<double, double>> Played::shares(std::uint32_t service) const {
  std::vector<std::pair<double, double>> found;
  for (const Event& event : events) {
    if (event.kind == EventKind::kServedShare && event.subject == service) {
      found.emplace_back(seconds(event.at), event.value);
    }
  }
  return found;
}

double Played::share_at(double at_s, std::uint32_t service) const {
  double share = -1;
  for (const auto& [when, value] : shares(service)) {
    if (when <= at_s) share = value;
  }
  return share;
}

double Played::reaches(double share, double from_s, std::uint32_t service) const {
  for (const auto& [when, value] : shares(service)) {
    if (when >= from_s && value >= share - 1e-12) return when;
  }
  return -1;
}

std::vector<Event> Played::of(EventKind kind) const {
  std::vector<Event> found;
  for (const Event& event : events) {
    if (event.kind == kind) found.push_back(event);
  }
  return found;
}

std::vector<Played> play(const Plan& plan, const std::vector<Move>& moves, double until_s,
                         std::uint64_t drills, std::uint64_t seed) {
  const std::string bytes = in_child([&] {
    SimulatedPlatform platform(plan);
    EventLog log;
    std::string out;
    for (std::uint64_t drill = 0; drill < drills; ++drill) {
      std::vector<Reply> replies;
      platform.run(
          seed, drill,
          [&](World& world, EventLog& events, std::vector<bool>) {
            return timetable(world, events, moves, until_s, replies);
          },
          log);
      put(out, log.events().size());
      for (const Event& event : log.events()) put(out, event);
      put(out, replies.size());
      for (const Reply& reply : replies) put(out, reply);
    }
    return out + kWhole;
  });
  checked(bytes);
  std::vector<Played> all(drills);
  std::size_t from = 0;
  for (Played& one : all) {
    for (auto n = get<std::size_t>(bytes, from); n > 0; --n) {
      one.events.push_back(get<Event>(bytes, from));
    }
    for (auto n = get<std::size_t>(bytes, from); n > 0; --n) {
      one.replies.push_back(get<Reply>(bytes, from));
    }
  }
  return all;
}

std::vector<double> play_script(const Plan& plan, StageScript script, std::uint64_t drills,
                                std::uint64_t seed) {
  return numbers(in_child([&] {
    SimulatedPlatform platform(plan);
    EventLog log;
    std::vector<double> values;
    for (std::uint64_t drill = 0; drill < drills; ++drill) {
      platform.run(
          seed, drill,
          [&](World& world, EventLog& events, std::vector<bool>) {
            return own_script(script, Stage{world, plan, events, values});
          },
          log);
    }
    std::string out;
    for (const double value : values) put(out, value);
    return out + kWhole;
  }));
}

std::vector<double> run_drills(const Plan& plan, std::uint64_t drills, Pick pick,
                               std::uint64_t seed) {
  return numbers(in_child([&] {
    const StepGraph graph(plan);
    SimulatedPlatform platform(plan);
    EventLog log;
    std::string out;
    for (std::uint64_t drill = 0; drill < drills; ++drill) {
      platform.run(
          seed, drill,
          [&](World& world, EventLog& events, std::vector<bool> occurs) {
            return run_drill(graph, world, events, std::move(occurs));
          },
          log);
      put(out, pick(plan, log.events()));
    }
    return out + kWhole;
  }));
}

Moments moments(const std::vector<double>& values) {
  Moments m;
  for (const double value : values) m.mean += value / static_cast<double>(values.size());
  for (const double value : values) {
    m.variance += (value - m.mean) * (value - m.mean) / static_cast<double>(values.size() - 1);
  }
  return m;
}

double ks_distance(std::vector<double> values, const std::function<double(double)>& cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = cdf(values[i]);
    worst = std::max({worst, std::abs(static_cast<double>(i + 1) / n - expected),
                      std::abs(expected - static_cast<double>(i) / n)});
  }
  return worst;
}

double ks_critical(std::size_t n) { return 1.949 / std::sqrt(static_cast<double>(n)); }

}  // namespace firedrill::test

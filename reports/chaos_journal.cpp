#include "reports/chaos_journal.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/plan/print.hpp"
#include "reports/event_lines.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

/// `2026-11-02T03:04:05.678901`, in UTC and without an offset, as the Chaos Toolkit writes it.
std::string iso_text(double epoch_s) {
  const auto whole = static_cast<std::int64_t>(std::floor(epoch_s));
  const auto micros = static_cast<std::int64_t>((epoch_s - static_cast<double>(whole)) * 1e6);
  const std::chrono::sys_seconds at{std::chrono::seconds(whole)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::int64_t s = (at - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     s / 3600, s / 60 % 60, s % 60, micros);
}

class ChaosWriter {
 public:
  ChaosWriter(const Plan& plan, const ChaosRun& run) : plan_(plan), run_(run) {}

  Json activities(const std::vector<Event>& events) {
    Json list = Json::array();
    std::map<std::uint32_t, TimePoint> ready;
    for (const Event& e : events) {
      if (e.kind == EventKind::kFaultStarted) {
        const PlannedFault& fault = plan_.faults.at(e.subject);
        list.push_back(activity(fault.id, describe_call(plan_, fault.call), e.at, e.at, {}));
      } else if (e.kind == EventKind::kStepReady) {
        ready.emplace(e.subject, e.at);
      } else if (e.kind == EventKind::kStepEnded && !e.skipped) {
        const PlannedStep& step = plan_.steps.at(e.subject);
        const auto since = ready.find(e.subject);
        list.push_back(activity(step.id, describe_call(plan_, step.call),
                                since == ready.end() ? e.at : since->second, e.at, e.outcome));
      }
    }
    return list;
  }

  Json rollbacks(TimePoint at) {
    Json list = Json::array();
    for (const auto& [what, well] : run_.rollbacks) {
      list.push_back(activity(what, what, at, at, well ? Outcome{} : Outcome::failed({})));
    }
    return list;
  }

  Json hypothesis() const {
    Json probes = Json::array();
    for (const PlannedService& service : plan_.services) {
      if (service.judged) probes.push_back({{"type", "probe"}, {"name", service.name}});
    }
    return {{"title", "Every judged service serves"}, {"probes", probes}};
  }

  std::string instant(TimePoint at) const {
    return iso_text(run_.began_epoch_s + static_cast<double>(at.us) / 1e6);
  }

 private:
  Json activity(const std::string& name, const std::string& what, TimePoint from, TimePoint to,
                Outcome outcome) const {
    Json json = {
        {"activity",
         {{"type", "action"},
          {"name", name},
          {"provider", {{"type", "process"}, {"path", "firedrill"}, {"arguments", what}}}}},
        {"output", nullptr},
        {"status", outcome.ok() ? "succeeded" : "failed"},
        {"start", instant(from)},
        {"end", instant(to)},
        {"duration", to_seconds(to - from)}};
    if (!outcome.ok()) json["exception"] = Json::array({to_word(outcome.why)});
    return json;
  }

  const Plan& plan_;
  const ChaosRun& run_;
};

}  // namespace

std::string chaos_journal(const Plan& plan, const std::vector<Event>& events, const ChaosRun& run) {
  ChaosWriter writer(plan, run);
  const TimePoint end = events.empty() ? TimePoint{} : events.back().at;
  const Json journal = {
      {"chaoslib-version", "1.0.0"},
      {"platform", "firedrill"},
      {"node", ""},
      {"experiment",
       {{"version", "1.0.0"},
        {"title", plan.title.empty() ? plan.scenario : plan.title},
        {"description", plan.question},
        {"steady-state-hypothesis", writer.hypothesis()},
        {"method", Json::array()},
        {"rollbacks", Json::array()}}},
      {"start", writer.instant({})},
      {"status", run.interrupted ? "interrupted" : (run.deviated ? "failed" : "completed")},
      {"deviated", run.deviated},
      {"steady_states",
       {{"before", nullptr},
        {"after", {{"steady_state_met", run.steady_after}}},
        {"during", Json::array()}}},
      {"run", writer.activities(events)},
      {"rollbacks", writer.rollbacks(end)},
      {"end", writer.instant(end)},
      {"duration", to_seconds(end - TimePoint{})}};
  return journal.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace firedrill

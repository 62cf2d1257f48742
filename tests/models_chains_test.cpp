// Steps in a row and side by side, from documents to metrics: Erlang and order statistics.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "engine/input/reader.hpp"
#include "engine/measure/metrics.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr std::uint64_t kDrills = 5000;

/// A runbook of `chains` chains with `steps` steps each, all of that distribution.
Plan chains(int count, int length, const std::string& distribution) {
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader reader(sources, diagnostics);
  const std::string bench = FIREDRILL_SOURCE_DIR "/tools/bench/";
  auto system = reader.read_system(bench + "chains-system.json");
  auto scenario = reader.read_scenario(bench + "chains.json");
  auto library = reader.read_timings(FIREDRILL_SOURCE_DIR "/models/timings/library.json");
  std::string steps;
  for (int c = 0; c < count; ++c) {
    for (int k = 0; k < length; ++k) {
      const std::string needs = k == 0 ? "" : fmt::format(R"(, "needs": ["c{}-{}"])", c, k - 1);
      steps += fmt::format(R"({}{{"id": "c{}-{}", "uses": "wait:for", "time": "test.step"{}}})",
                           steps.empty() ? "" : ", ", c, k, needs);
    }
  }
  auto runbook = reader.read_runbook_text(
      "runbook.json", fmt::format(R"({{"apiVersion": "firedrill/v1", "kind": "Runbook", "metadata":
          {{"name": "chains"}}, "trigger": {{"alarms": []}}, "severity": "SEV-3",
          "steps": [{}]}})",
                                  steps));
  auto timings = reader.read_timings_text(
      "timings.json",
      fmt::format(R"({{"apiVersion": "firedrill/v1", "kind": "TimingLibrary", "metadata":
          {{"name": "test"}}, "timings": [{{"id": "test.step", "unit": "s", "distribution": {},
          "source": "test", "confidence": "estimate"}}]}})",
                  distribution));
  std::string why;
  for (const Diagnostic& d : diagnostics.list()) why += d.message + "\n";
  INFO(why);
  REQUIRE((system && scenario && library && runbook && timings));
  const auto plan = resolve(*scenario, *system, {*runbook}, {*library, *timings}, diagnostics);
  REQUIRE(plan);
  return *plan;
}

double makespan(const Plan& plan, const std::vector<Event>& events) {
  return static_cast<double>(measure(plan, events).marks.closed_us) * 1e-6;
}

/// P(a sum of k exponential steps of mean m <= x) = 1 - exp(-x/m) sum over i < k of (x/m)^i / i!.
double erlang_cdf(int k, double mean, double x) {
  double term = std::exp(-x / mean);
  double sum = 0;
  for (int i = 0; i < k; ++i) {
    sum += term;
    term *= x / mean / (i + 1);
  }
  return 1 - sum;
}

}  // namespace

TEST_CASE("a chain of k exponential steps is Erlang(k)", "[chains]") {
  // Mean k m, variance k m^2: for 8 steps of 30 s 240 s and 7200 s^2. Over 5000 drills the mean has
  // a standard error of sqrt(7200 / 5000) = 1.2 s; the variance one of 7200 sqrt((2 + 6 / 8) /
  // 5000) = 169 s^2, as Erlang's excess kurtosis is 6 / k.
  for (const int k : {1, 8}) {
    const Plan plan = chains(1, k, R"({"family": "exponential", "mean": 30})");
    const std::vector<double> made = run_drills(plan, kDrills, makespan);
    REQUIRE(made.size() == kDrills);
    const Moments m = moments(made);
    const double variance = k * 900.0;
    CHECK(std::abs(m.mean - k * 30) < 4 * std::sqrt(variance / kDrills));
    CHECK(std::abs(m.variance - variance) < 4 * variance * std::sqrt((2 + 6.0 / k) / kDrills));
    CHECK(ks_distance(made, [&](double x) { return erlang_cdf(k, 30, x); }) < ks_critical(kDrills));
    // A judge that cannot fail is none: one step more is told apart.
    CHECK(ks_distance(made, [&](double x) { return erlang_cdf(k + 1, 30, x); }) >
          ks_critical(kDrills));
  }
}

TEST_CASE("uniform steps side by side take the largest of them", "[chains]") {
  // The maximum of n uniforms on (0, 60) has CDF (x / 60)^n, mean 60 n / (n + 1) = 50 s for 5, and
  // variance 3600 n / ((n + 1)^2 (n + 2)) = 71.4 s^2.
  const Plan plan = chains(5, 1, R"({"family": "uniform", "min": 0, "max": 60})");
  const std::vector<double> made = run_drills(plan, kDrills, makespan);
  CHECK(std::abs(moments(made).mean - 50) < 4 * std::sqrt(71.4 / kDrills));
  CHECK(ks_distance(made, [](double x) { return std::pow(x / 60, 5); }) < ks_critical(kDrills));
}

TEST_CASE("exponential steps side by side take the harmonic number of means", "[chains]") {
  // The maximum of n exponentials of mean m: mean m (1 + 1/2 + ... + 1/n) = 30 * 2.45 = 73.5 s for
  // 6, variance m^2 (1 + 1/4 + ... + 1/36) = 900 * 1.4914 = 1342 s^2, CDF (1 - exp(-x / m))^n.
  const Plan plan = chains(6, 1, R"({"family": "exponential", "mean": 30})");
  const std::vector<double> made = run_drills(plan, kDrills, makespan);
  CHECK(std::abs(moments(made).mean - 73.5) < 4 * std::sqrt(1342.0 / kDrills));
  CHECK(ks_distance(made, [](double x) { return std::pow(1 - std::exp(-x / 30), 6); }) <
        ks_critical(kDrills));
}

TEST_CASE("chains side by side take the slowest chain", "[chains]") {
  // 4 chains of 3 exponential steps: the CDF is Erlang(3)'s to the fourth.
  const Plan plan = chains(4, 3, R"({"family": "exponential", "mean": 30})");
  const std::vector<double> made = run_drills(plan, kDrills, makespan);
  CHECK(ks_distance(made, [](double x) { return std::pow(erlang_cdf(3, 30, x), 4); }) <
        ks_critical(kDrills));
}

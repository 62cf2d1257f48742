// The floor of the benchmark: the least that any simulator of this drill must do.
//
// The drill is five parallel chains of 20 steps, each a lognormal (p50 90 s, p95 360 s), and it
// ends when all chains have ended. Here is a binary heap of events and nothing else: no SimGrid, no
// coroutines, no event log, no documents. The draws and the distribution are those of the product,
// so that what a comparison shows is the cost of the executor.
//
//   firedrill_bench_floor [--drills N] [--seed S]
//
// One JSON object on stdout; exit 2 for a wrong argument.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string_view>
#include <vector>

#include "engine/base/distribution.hpp"
#include "engine/base/random.hpp"
#include "engine/base/time.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kChains = 5;
constexpr std::size_t kSteps = 20;

/// A step that ends. Events of one date are handled in the order in which they were planned.
struct Event {
  TimePoint at;
  std::uint64_t sequence;
  std::size_t chain;
  std::size_t step;
};

/// True when `a` comes after `b`: the standard heap keeps its largest element on top.
bool later(const Event& a, const Event& b) {
  return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
}

class Floor {
 public:
  Floor(std::uint64_t seed, const Distribution& step_time) : seed_(seed), step_time_(step_time) {
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      for (std::size_t step = 0; step < kSteps; ++step) {
        steps_.push_back(entity_key(fmt::format("chain-{}/step-{}", chain, step)));
      }
    }
  }

  /// The date at which the last chain ends.
  TimePoint makespan(std::uint64_t replication) {
    const DrillDraws draws(seed_, replication);
    std::uint64_t sequence = 0;
    const auto begin = [&](TimePoint now, std::size_t chain, std::size_t step) {
      const double seconds = step_time_.quantile(draws.uniform(steps_[chain * kSteps + step], 0));
      heap_.push_back(
          {now + Duration::microseconds(std::llround(seconds * 1e6)), sequence++, chain, step});
      std::push_heap(heap_.begin(), heap_.end(), later);
    };
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      begin(TimePoint{}, chain, 0);
    }
    TimePoint now{};
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      const Event ended = heap_.back();
      heap_.pop_back();
      now = ended.at;
      if (ended.step + 1 < kSteps) {
        begin(now, ended.chain, ended.step + 1);
      }
    }
    return now;
  }

 private:
  std::uint64_t seed_;
  Distribution step_time_;
  std::vector<EntityKey> steps_;
  std::vector<Event> heap_;  // kept between drills for its memory; empty outside makespan()
};

/// The sample quantile of type 7, as in engine/study.
double quantile(const std::vector<double>& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto k = static_cast<std::size_t>(position);
  const std::size_t next = std::min(k + 1, sorted.size() - 1);
  return sorted[k] + (position - static_cast<double>(k)) * (sorted[next] - sorted[k]);
}

int run(std::uint64_t drills, std::uint64_t seed) {
  const DistributionResult step_time = Distribution::lognormal(90, 360);
  Floor floor(seed, *step_time);
  std::vector<double> makespans;
  makespans.reserve(drills);
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t replication = 0; replication < drills; ++replication) {
    makespans.push_back(static_cast<double>(floor.makespan(replication).us) * 1e-6);
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  std::sort(makespans.begin(), makespans.end());
  const double n = static_cast<double>(drills);
  fmt::print(
      "{{\"drills\": {}, \"drills_per_s\": {:.1f}, \"us_per_drill\": {:.3f}, \"mean_s\": {:.3f}, "
      "\"p50_s\": {:.3f}, \"p95_s\": {:.3f}}}\n",
      drills, n / spent.count(), spent.count() / n * 1e6,
      std::accumulate(makespans.begin(), makespans.end(), 0.0) / n, quantile(makespans, 0.5),
      quantile(makespans, 0.95));
  return 0;
}

}  // namespace
}  // namespace firedrill

int main(int argc, char** argv) {
  std::uint64_t drills = 100'000;
  std::uint64_t seed = 1;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view text = i + 1 < argc ? argv[i + 1] : "";
    std::uint64_t* const value = name == "--drills" ? &drills : name == "--seed" ? &seed : nullptr;
    std::from_chars_result parsed{text.data(), std::errc::invalid_argument};
    if (value != nullptr) {
      parsed = std::from_chars(text.data(), text.data() + text.size(), *value);
    }
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || drills == 0) {
      std::fputs("usage: firedrill_bench_floor [--drills N] [--seed S]\n", stderr);
      return 2;
    }
  }
  return firedrill::run(drills, seed);
}

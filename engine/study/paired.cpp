#include "engine/study/paired.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/random.hpp"

namespace firedrill {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr std::array<double, 2> kQuantiles{0.5, 0.95};

/// One side of a target: the pairs that count, by what they achieved.
class Column {
 public:
  Column(const std::vector<std::int32_t>& values, const std::vector<std::uint32_t>& counted)
      : order_(counted) {
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    for (const std::uint32_t pair : order_) sorted_.push_back(values[pair]);
  }

  /// The quantiles of type 7 of the values, each as often as its pair was drawn; `total` in all.
  std::array<double, 2> quantiles(const std::vector<std::uint32_t>& times,
                                  std::int64_t total) const {
    std::array<std::int64_t, 4> places{};
    std::array<double, 2> parts{};
    for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
      const double place = kQuantiles[i] * static_cast<double>(total - 1);
      places[2 * i] = static_cast<std::int64_t>(std::floor(place));
      places[2 * i + 1] = std::min(places[2 * i] + 1, total - 1);
      parts[i] = place - std::floor(place);
    }
    std::array<double, 4> at{};
    std::size_t found = 0;
    std::int64_t below = 0;
    for (std::size_t i = 0; i < order_.size() && found < at.size(); ++i) {
      below += times[order_[i]];
      while (found < at.size() && below > places[found]) at[found++] = value_at(i);
    }
    return {between(at[0], at[1], parts[0]), between(at[2], at[3], parts[1])};
  }

 private:
  double value_at(std::size_t i) const {
    return sorted_[i] == kNotReachedMs ? kNever : static_cast<double>(sorted_[i]);
  }
  static double between(double low, double high, double part) {
    return part == 0.0 || low == high ? low : low + part * (high - low);
  }

  std::vector<std::uint32_t> order_;
  std::vector<std::int32_t> sorted_;
};

double difference(double now, double base) {
  return now == base ? 0.0 : now - base;  // both may be infinite
}

std::vector<std::uint32_t> counted_pairs(const PairedTarget& target) {
  std::vector<std::uint32_t> counted;
  for (std::uint32_t i = 0; i < target.base_ms.size(); ++i) {
    if (target.base_ms[i] != kNotJudgedMs && target.now_ms[i] != kNotJudgedMs) counted.push_back(i);
  }
  return counted;
}

/// One target while pairs are drawn again and again.
class Resampled {
 public:
  explicit Resampled(const PairedTarget& target)
      : counted_(counted_pairs(target)),
        base_(target.base_ms, counted_),
        now_(target.now_ms, counted_) {
    change_.pairs = static_cast<std::int64_t>(counted_.size());
    for (const std::uint32_t pair : counted_) {
      if (target.now_ms[pair] > target.base_ms[pair]) ++change_.longer;
      if (target.now_ms[pair] < target.base_ms[pair]) ++change_.shorter;
      const int step = target.now_met[pair] - target.base_met[pair];
      if (step < 0) ++change_.lost;
      if (step > 0) ++change_.gained;
      if (step != 0) steps_.push_back({pair, step});
      if (step != 0 || target.base_ms[pair] != target.now_ms[pair]) change_.identical = false;
    }
    change_.longer_p = sign_test(change_.longer, change_.shorter);
    change_.share_p = sign_test(change_.lost, change_.gained);
    if (change_.identical) return;
    const std::vector<std::uint32_t> once(target.base_ms.size(), 1);
    const std::array<double, 3> values = differences(once);
    change_.p50_ms.value = values[0];
    change_.p95_ms.value = values[1];
    change_.met_share.value = values[2];
  }

  bool identical() const { return change_.identical; }

  void add(const std::vector<std::uint32_t>& times) {
    const std::array<double, 3> values = differences(times);
    for (std::size_t i = 0; i < values.size(); ++i) drawn_[i].push_back(values[i]);
  }

  PairedChange finish(double confidence) {
    if (drawn_[0].empty()) return change_;
    const std::array<Difference*, 3> all{&change_.p50_ms, &change_.p95_ms, &change_.met_share};
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::sort(drawn_[i].begin(), drawn_[i].end());
      const auto n = static_cast<double>(drawn_[i].size());
      const double beyond = std::floor((1.0 - confidence) / 2.0 * n);
      all[i]->low = drawn_[i][static_cast<std::size_t>(beyond)];
      all[i]->high = drawn_[i][static_cast<std::size_t>(n - 1 - beyond)];
    }
    return change_;
  }

 private:
  struct Step {
    std::uint32_t pair;
    int step;
  };

  static double sign_test(std::int64_t a, std::int64_t b) {
    if (a == b) return 1;
    const boost::math::binomial_distribution<double> coins(static_cast<double>(a + b), 0.5);
    return std::min(1.0, 2 * boost::math::cdf(coins, static_cast<double>(std::min(a, b))));
  }

  std::array<double, 3> differences(const std::vector<std::uint32_t>& times) const {
    std::int64_t total = 0;
    for (const std::uint32_t pair : counted_) total += times[pair];
    if (total == 0) return {};
    const auto base = base_.quantiles(times, total);
    const auto now = now_.quantiles(times, total);
    std::int64_t met = 0;
    for (const Step& s : steps_) met += static_cast<std::int64_t>(times[s.pair]) * s.step;
    return {difference(now[0], base[0]), difference(now[1], base[1]),
            static_cast<double>(met) / static_cast<double>(total)};
  }

  std::vector<std::uint32_t> counted_;
  Column base_;
  Column now_;
  std::vector<Step> steps_;
  PairedChange change_;
  std::array<std::vector<double>, 3> drawn_;
};

/// How often each of n pairs is drawn in n draws.
void draw_pairs(std::uint64_t seed, std::int64_t resample, std::vector<std::uint32_t>& times) {
  static const EntityKey kKey = entity_key("bootstrap of a comparison");
  const DrillDraws draws(seed, static_cast<std::uint64_t>(resample));
  const std::uint64_t n = times.size();
  std::fill(times.begin(), times.end(), 0U);
  // 32 bits for a choice of at most a few thousand pairs: a bias below one in a hundred thousand.
  for (std::uint64_t i = 0; i < n; i += 2) {
    const std::uint64_t bits = draws.bits(kKey, static_cast<std::uint32_t>(i / 2));
    ++times[(bits >> 32) * n >> 32];
    if (i + 1 < n) ++times[(bits & 0xffffffffU) * n >> 32];
  }
}

}  // namespace

std::int64_t resamples_of(double confidence) {
  const double beyond_each_end = (1.0 - confidence) / 2.0;
  return static_cast<std::int64_t>(std::clamp(std::ceil(10.0 / beyond_each_end), 1000.0, 10000.0));
}

std::vector<PairedChange> compare_pairs(const std::vector<PairedTarget>& targets,
                                        const PairedOptions& options) {
  std::vector<Resampled> all;
  for (const PairedTarget& target : targets) all.emplace_back(target);
  const bool changed =
      std::any_of(all.begin(), all.end(), [](const Resampled& r) { return !r.identical(); });
  if (changed) {
    std::vector<std::uint32_t> times(targets.front().base_ms.size());
    const std::int64_t resamples = resamples_of(options.confidence);
    for (std::int64_t b = 0; b < resamples; ++b) {
      draw_pairs(options.seed, b, times);
      for (Resampled& target : all) {
        if (!target.identical()) target.add(times);
      }
    }
  }
  std::vector<PairedChange> changes;
  for (Resampled& target : all) changes.push_back(target.finish(options.confidence));
  return changes;
}

}  // namespace firedrill

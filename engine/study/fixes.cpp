#include "engine/study/fixes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace firedrill {
namespace {

// A share that falls by less than this, as a lever is pulled further, is luck of a few drills.
constexpr double kLuck = 0.01;

std::size_t choice_of(const Lever& lever, double strength) {
  const auto n = static_cast<double>(lever.choices.size());
  const double place = std::ceil(strength * n - 1e-9) - 1;
  return static_cast<std::size_t>(std::clamp(place, 0.0, n - 1));
}

class FixSearch {
 public:
  FixSearch(const std::vector<Lever>& levers, const FixOptions& options, const TrySettings& attempt)
      : levers_(levers), options_(options), attempt_(attempt) {}

  Fixes run() {
    const auto as_is = fares({}, 0);
    if (!as_is) return fixes_;
    fixes_.as_is = *as_is;
    if (meets(*as_is)) return std::move(fixes_);
    for (std::size_t i = 0; i < levers_.size() && !stopped(); ++i) single(i);
    std::stable_sort(fixes_.singles.begin(), fixes_.singles.end(), before);
    pairs();
    all_at_once();
    return std::move(fixes_);
  }

 private:
  bool stopped() const { return options_.stopped && options_.stopped(); }
  bool meets(const Fared& fared) const { return fared.share >= options_.required_share; }

  static auto rank(const Fix& fix) {
    constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
    return std::tuple(!fix.meets, fix.meets ? fix.strength() : 0.0, -fix.fared.share,
                      fix.fared.p95_ms.value_or(kNever), fix.fared.p50_ms.value_or(kNever));
  }
  static bool before(const Fix& a, const Fix& b) { return rank(a) < rank(b); }

  std::optional<Fared> fares(const std::vector<std::size_t>& levers, double strength) {
    std::vector<std::string> settings;
    for (const std::size_t lever : levers) {
      for (std::string& one : settings_of(levers_[lever], strength)) {
        settings.push_back(std::move(one));
      }
    }
    ++fixes_.tries;
    return attempt_(settings);
  }

  /// Strengths worth a try are multiples of this.
  double grid(const std::vector<std::size_t>& levers) const {
    double finest = 1;
    for (const std::size_t lever : levers) {
      const double own = levers_[lever].by_factor()
                             ? options_.tolerance
                             : 1 / static_cast<double>(levers_[lever].choices.size());
      finest = std::min(finest, own);
    }
    return finest;
  }

  /// At full strength, and if that is enough the least strength that is, by bisection: between what
  /// is known not to meet the target and what is known to.
  std::optional<Fix> search(const std::vector<std::size_t>& levers) {
    const auto strongest = fares(levers, 1);
    if (!strongest) return std::nullopt;
    Fix fix;
    fix.fared = *strongest;
    fix.meets = meets(*strongest);
    double enough = 1;
    if (fix.meets) {
      const auto steps = static_cast<std::int64_t>(std::llround(1 / grid(levers)));
      std::int64_t low = 0;
      std::int64_t high = steps;
      std::vector<std::pair<double, double>> seen = {{0, fixes_.as_is.share},
                                                     {1, strongest->share}};
      while (high - low > 1 && !stopped()) {
        const std::int64_t middle = low + (high - low) / 2;
        const double strength = static_cast<double>(middle) / static_cast<double>(steps);
        const auto fared = fares(levers, strength);
        if (!fared) break;
        seen.emplace_back(strength, fared->share);
        if (meets(*fared)) {
          high = middle;
          fix.fared = *fared;
        } else {
          low = middle;
        }
      }
      enough = static_cast<double>(high) / static_cast<double>(steps);
      fix.monotone = rises(std::move(seen));
    } else {
      fix.monotone = strongest->share >= fixes_.as_is.share - kLuck;
    }
    for (const std::size_t lever : levers) fix.uses.push_back({lever, enough});
    return fix;
  }

  static bool rises(std::vector<std::pair<double, double>> seen) {
    std::sort(seen.begin(), seen.end());
    double most = 0;
    for (const auto& [strength, share] : seen) {
      if (share < most - kLuck) return false;
      most = std::max(most, share);
    }
    return true;
  }

  void single(std::size_t lever) {
    if (auto fix = search({lever})) {
      fixes_.singles.push_back(std::move(*fix));
    } else {
      fixes_.impossible.push_back(lever);
    }
  }

  /// Of the levers that are not enough alone, those that bring most.
  void pairs() {
    std::vector<std::size_t> useful;
    for (const Fix& fix : fixes_.singles) {
      if (useful.size() == options_.paired) break;
      if (!fix.meets && helps(fix.fared)) useful.push_back(fix.uses.front().lever);
    }
    for (std::size_t a = 0; a < useful.size(); ++a) {
      for (std::size_t b = a + 1; b < useful.size() && !stopped(); ++b) {
        auto fix = search({useful[a], useful[b]});
        if (fix && fix->meets) fixes_.pairs.push_back(std::move(*fix));
      }
    }
    std::stable_sort(fixes_.pairs.begin(), fixes_.pairs.end(), before);
  }

  bool helps(const Fared& fared) const {
    constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
    const auto p95 = [&](const Fared& f) { return f.p95_ms.value_or(kNever); };
    return fared.share > fixes_.as_is.share || p95(fared) < p95(fixes_.as_is);
  }

  void all_at_once() {
    std::vector<std::size_t> by_factor;
    for (std::size_t i = 0; i < levers_.size(); ++i) {
      if (levers_[i].by_factor()) by_factor.push_back(i);
    }
    if (!by_factor.empty() && !stopped()) fixes_.all_times = search(by_factor);
  }

  const std::vector<Lever>& levers_;
  const FixOptions& options_;
  const TrySettings& attempt_;
  Fixes fixes_;
};

}  // namespace

std::string label_of(const Lever& lever, double strength) {
  if (!lever.by_factor()) return lever.choices[choice_of(lever, strength)].label;
  return fmt::format("x{:.4g}", std::round((1 - strength) * 1e4) / 1e4);
}

std::vector<std::string> settings_of(const Lever& lever, double strength) {
  if (!lever.by_factor()) return lever.choices[choice_of(lever, strength)].settings;
  return {lever.path + '=' + label_of(lever, strength)};
}

Fixes find_fixes(const std::vector<Lever>& levers, const FixOptions& options,
                 const TrySettings& attempt) {
  return FixSearch(levers, options, attempt).run();
}

}  // namespace firedrill

// What would make a target met: for each thing that could be changed, how much of a change it
// takes, or that none is enough.
//
// Everything here works on levers and tries. What a lever changes is written as settings
// `PATH=VALUE`, the same as on the command line, so that every answer can be run again by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace firedrill {

enum class LeverKind : std::uint8_t { kStep, kTiming, kRole, kDesign };

/// One of the ways in which a lever can stand.
struct LeverChoice {
  std::string label;                  // "10s"
  std::vector<std::string> settings;  // "system.components.dns.with.ttl=PT10S"
};

/// Something that could be changed: by a factor of its time, or to one of some choices.
struct Lever {
  LeverKind kind = LeverKind::kStep;
  std::string name;
  std::string path;                  // takes a factor: "steps.failover/promote"
  std::vector<LeverChoice> choices;  // from the least change to the greatest; empty: a factor

  bool by_factor() const { return choices.empty(); }
};

/// From 0, as it is, to 1: no time at all, or the last choice.
struct LeverUse {
  std::size_t lever = 0;
  double strength = 0;
};

/// `x0.25` for a strength of 0.75; the label of a choice.
std::string label_of(const Lever& lever, double strength);
std::vector<std::string> settings_of(const Lever& lever, double strength);

/// How a target fares in a number of drills.
struct Fared {
  double share = 0;                    // of drills that met it
  std::optional<std::int64_t> p50_ms;  // achieved; empty: not within the horizon
  std::optional<std::int64_t> p95_ms;
};

/// Runs the drills with these settings. Always the same drills, with the same luck: a difference
/// is due to the settings. Nothing when the settings are impossible together.
using TrySettings = std::function<std::optional<Fared>(const std::vector<std::string>&)>;

struct FixOptions {
  double required_share = 0.95;
  /// Of the factor, at which the search for the least change ends.
  double tolerance = 0.01;
  /// Pairs are made of so many levers, those that bring most.
  std::size_t paired = 6;
  std::function<bool()> stopped;  // may be empty
};

/// One or two levers.
struct Fix {
  std::vector<LeverUse> uses;  // at the least strength that meets the target, else at 1
  bool meets = false;
  Fared fared;  // at that strength
  /// More of it never met the target less often, as far as was tried: else the least strength that
  /// was found may not be the least there is.
  bool monotone = true;
  double strength() const { return uses.empty() ? 0 : uses.front().strength; }
};

struct Fixes {
  Fared as_is;
  /// What helps most first: those that meet the target by the least strength, then the others by
  /// the share of drills that meet it, and by the 95th percentile.
  std::vector<Fix> singles;
  std::vector<Fix> pairs;               // only those that meet the target where neither does alone
  std::vector<std::size_t> impossible;  // levers whose settings the documents refuse
  /// Every lever with a factor, all by the same factor.
  std::optional<Fix> all_times;
  std::int64_t tries = 0;
};

/// A lever meets the target if the share of drills that do is at least the required one: this is
/// a search on a few hundred drills, not a verdict.
Fixes find_fixes(const std::vector<Lever>& levers, const FixOptions& options,
                 const TrySettings& attempt);

}  // namespace firedrill

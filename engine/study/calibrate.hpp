// Measured times into timings: what a recorded drill shows of the plan's timings, and how the value
// of the library is updated by it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/distribution.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// One draw of a timing as a drill showed it.
struct TimingSample {
  TimingIndex timing;
  double seconds = 0;
  StepIndex step;
};

/// What the events of one drill show: the hands-on part of the first attempt of each step, what a
/// `wait:for` of a timing lasted, and what a call took that waits for a timing of its own.
///
/// Left out is what holds more than the timing: steps that were interrupted, skipped or done
/// wrongly, what was not ok at the first attempt, the first work of each person, in which they open
/// their session, and decisions that a change also had to be approved for. Not seen in the steps
/// are detection, paging and triage.
std::vector<TimingSample> timing_samples(const Plan& plan, const std::vector<Event>& events);

/// How many observations the value of the library counts for, by what it rests on: an estimate 2, a
/// report 5, a document or a measurement 10. A judgement, and to be changed by whoever has a better
/// one.
double prior_weight(Confidence confidence);

/// The logarithms of the times as a normal distribution of unknown mean and variance, under the
/// conjugate prior (normal-inverse-gamma) with m0 = ln p50 and s0 = ln(p95 / p50) / 1.645 of the
/// library and the weight k of so many observations. With n logarithms of mean m and sum of squared
/// deviations q:
///
///     mu      = (k m0 + n m) / (k + n)
///     sigma^2 = (k s0^2 + q + k n (m - m0)^2 / (k + n)) / (k + n)
///
/// mu is the posterior mean, sigma^2 the ratio b / a of the posterior's parameters. Without an
/// observation it is the library's value; with many it is that of the sample. (Gelman and others,
/// Bayesian Data Analysis, 3rd edition, section 3.3, with nu0 = kappa0 = k.) That a few
/// observations leave sigma itself uncertain is not added.
struct TimingUpdate {
  double p50 = 0;
  double p95 = 0;
};
TimingUpdate update_timing(const Distribution& prior, double weight,
                           std::span<const double> seconds);

struct CalibratedTiming {
  TimingIndex timing;
  std::vector<double> seconds;  // ascending
  double weight = 0;            // of the library's value
  double prior_p50 = 0;
  double prior_p95 = 0;
  TimingUpdate updated;
  /// Of the library's bounds those that every observation lies within stay.
  Distribution distribution;
};

struct CalibrationOptions {
  double weight = -1;  // of every timing; negative: by its confidence
};

/// Timings with at least one sample, by their id. Constants stay: they are rules, not luck.
std::vector<CalibratedTiming> calibrate(const Plan& plan, const std::vector<TimingSample>& samples,
                                        const CalibrationOptions& options = {});

/// The plan with these values. Draws are those of before: pairs of drills meet the same luck.
Plan with_timings(Plan plan, const std::vector<CalibratedTiming>& timings);

}  // namespace firedrill

// Calibrated timings for people and as a document that scenarios read.
#pragma once

#include <string>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/study/calibrate.hpp"
#include "reports/comparison.hpp"
#include "reports/text.hpp"

namespace firedrill {

struct Calibration {
  const Plan& plan;  // before
  std::vector<CalibratedTiming> timings;
  std::size_t drills = 0;  // recorded ones
  Date date{};
  /// Logs of simulated drills or of emulators among them: nothing of it was measured on the
  /// platform, and no entry says so.
  bool rehearsal = false;
};

/// A timing document: what a scenario lists under `timings`, or a system takes over.
std::string render_timing_document(const Calibration& calibration);

/// A table: each timing with what was measured, what the library said and what it says now.
std::string render_calibration(const Calibration& calibration, const TextOptions& options);

/// Both, and what changes in the verdicts.
std::string render_calibration_json(const Calibration& calibration, const Comparison& comparison);
/// The published draft-07 schema of `render_calibration_json`.
std::string calibration_schema_text();

}  // namespace firedrill

// Evidence packs on disk: `--bundle FILE`.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/what_if.hpp"
#include "engine/study/study.hpp"
#include "reports/evidence.hpp"
#include "reports/review.hpp"

namespace firedrill {

/// What a pack is made of. What is null is left out, and the pack says so.
struct BundleParts {
  const Report* report = nullptr;
  std::string result;  // JSON, as it was written
  const Plan* plan = nullptr;
  const SourceFiles* sources = nullptr;  // of the plan
  const StudyResult* study = nullptr;
  const ReviewedDrill* drill = nullptr;
};

/// Gives the file. Throws OutputError and ArchiveError.
std::string write_bundle(const std::string& file, const BundleParts& parts);

/// What a result says that its documents were changed by, as the command line had it.
WhatIf what_if_of(const Report& report);

}  // namespace firedrill

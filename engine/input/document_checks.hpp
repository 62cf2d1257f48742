// What must hold within one document beyond the form of its fields: unique names, values that
// agree. Names that point elsewhere are not looked up here; `engine/plan` does that.
#pragma once

#include "engine/base/diagnostics.hpp"
#include "engine/input/documents.hpp"
#include "engine/input/outage_document.hpp"
#include "engine/input/overlay_document.hpp"
#include "engine/input/staging_document.hpp"

namespace firedrill {

void check(const SystemDocument& document, Diagnostics& diagnostics);
void check(const RunbookDocument& document, Diagnostics& diagnostics);
void check(const ScenarioDocument& document, Diagnostics& diagnostics);
void check(const TimingDocument& document, Diagnostics& diagnostics);
void check(const DrillRecordDocument& document, Diagnostics& diagnostics);
void check(const OverlayDocument& document, Diagnostics& diagnostics);
void check(const StagingDocument& document, Diagnostics& diagnostics);
void check(const OutageDocument& document, Diagnostics& diagnostics);

}  // namespace firedrill

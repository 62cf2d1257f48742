// From JSON values to the structs of documents.hpp, by the field descriptions.
#pragma once

#include "engine/base/diagnostics.hpp"
#include "engine/input/documents.hpp"
#include "engine/input/json_text.hpp"
#include "engine/input/outage_document.hpp"
#include "engine/input/overlay_document.hpp"
#include "engine/input/staging_document.hpp"

namespace firedrill {

// Each fills `document` from the object `root` and reports every wrong, unknown and missing field.
// Where something was reported, the member keeps its default. The head (`apiVersion`, `kind`) is
// the caller's.
void read_fields(const JsonValue& root, SystemDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, RunbookDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, ScenarioDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, TimingDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, DrillRecordDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, OverlayDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, StagingDocument& document, Diagnostics& diagnostics);
void read_fields(const JsonValue& root, OutageDocument& document, Diagnostics& diagnostics);

}  // namespace firedrill

// The fields of an overlay; see document_fields.hpp.
#pragma once

#include "engine/input/field_rules.hpp"
#include "engine/input/overlay_document.hpp"

namespace firedrill {

// Described with the other documents.
template <class V>
void describe(V& v, Metadata& m);

template <class V>
void describe(V& v, OverlayDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "What if, in a few words"});
  v.field("scenario", d.scenario,
          {.doc = "Merged into the scenario; a list of named things is an object keyed by name, "
                  "null removes, +NAME adds"});
  v.field("system", d.system, {.doc = "Merged into the system in the same way"});
  v.field("runbooks", d.runbooks, {.doc = "By name of the runbook: merged into it likewise"});
  v.field("timings", d.timings,
          {.doc = "By id: x0.5 for half of it, or always a duration (PT10M) or a number"});
  v.field("steps", d.steps,
          {.doc = "By RUNBOOK/STEP: the same for the time that the step itself takes"});
}

}  // namespace firedrill

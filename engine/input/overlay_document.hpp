// A what-if on top of other documents, as its author wrote it. Its defaults are here, as those of
// the other documents are in documents.hpp.
#pragma once

#include <map>
#include <string>

#include "engine/input/documents.hpp"
#include "engine/input/json_text.hpp"

namespace firedrill {

/// A part of a document that is judged only once it has been merged into that document.
struct DocumentPart {
  JsonValue json;  // an object, or null where there is none

  bool empty() const { return json.members.empty(); }
};

/// What an overlay changes, by where it changes it. Lists of named things are written as objects
/// keyed by name; document_patch.hpp has the rules.
struct OverlayDocument {
  Metadata metadata;
  std::string title;
  DocumentPart scenario;
  DocumentPart system;
  std::map<std::string, DocumentPart> runbooks;  // by name of the runbook
  /// By id of the timing, and by `RUNBOOK/STEP`: "x0.5", a duration or a number.
  std::map<std::string, Name> timings;
  std::map<std::string, Name> steps;
};

}  // namespace firedrill

// The published JSON Schemas (draft-07), written from the field descriptions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostics.hpp"

namespace firedrill {

enum class DocumentKind {
  kSystem,
  kRunbook,
  kScenario,
  kTimingLibrary,
  kDrillRecord,
  kOverlay,
  kStaging,
  kOutage
};

inline constexpr DocumentKind kDocumentKinds[] = {
    DocumentKind::kSystem,        DocumentKind::kRunbook,     DocumentKind::kScenario,
    DocumentKind::kTimingLibrary, DocumentKind::kDrillRecord, DocumentKind::kOverlay,
    DocumentKind::kStaging,       DocumentKind::kOutage};

/// `System`, `Runbook`, `Scenario`, `TimingLibrary`, `DrillRecord`, `Overlay`, `Staging`, `Outage`:
/// the word in the key `kind`.
std::string_view kind_word(DocumentKind kind);
std::optional<DocumentKind> kind_from_word(std::string_view word);

/// The schema, pretty-printed, with a line end. Defaults are those of documents.hpp.
std::string schema_text(DocumentKind kind);

/// What the schema refuses in a text that `parse_json` accepted, or nothing. Of the many errors
/// that one mistake causes the deepest is kept.
struct SchemaRefusal {
  std::string pointer;  // JSON pointer to the value
  std::string message;
};
std::optional<SchemaRefusal> check_against_schema(DocumentKind kind, std::string_view text);

}  // namespace firedrill

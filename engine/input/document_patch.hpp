// Changes of documents before they are read, so that a what-if is checked like anything else, and
// every mistake in it is shown where it stands: in the overlay, or on the command line.
//
// A change is a merge patch after RFC 7396 (an object is merged member by member, null removes,
// everything else replaces), with one addition, since documents hold lists of named things: an
// object that meets a list addresses its entries by name (`name`, `id` or `role`), and a key
// `+NAME` adds an entry. Entries without names are addressed by their place, from 0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/input/json_text.hpp"
#include "engine/input/overlay_document.hpp"
#include "engine/input/schema.hpp"

namespace firedrill {

/// One change of one document: of a kind, and for runbooks of a name.
struct DocumentPatch {
  DocumentKind kind = DocumentKind::kScenario;
  Name runbook;  // empty for the others
  /// Where `value` is put: `components.dns.with.ttl`. Of names with dots the longest that is there
  /// is meant; one that is not there yet stands in double quotes. Empty: `value` is an object to be
  /// merged.
  std::string path;
  Origin at;  // of the path
  JsonValue value;
};

/// The patches of what is read together, in the order in which they are made.
class DocumentPatches {
 public:
  void add(DocumentPatch patch) { patches_.push_back({std::move(patch), false}); }
  void add(const OverlayDocument& overlay);

  /// Makes those that are meant for this document. True when there was any.
  bool apply(DocumentKind kind, JsonValue& root, Diagnostics& diagnostics);

  /// To be asked when everything has been read: a patch of a runbook that was not there is a
  /// mistake.
  void refuse_unused(const std::vector<std::string>& runbooks, Diagnostics& diagnostics) const;

 private:
  struct Entry {
    DocumentPatch patch;
    bool used;
  };
  std::vector<Entry> patches_;
};

/// A change on the command line: `system.components.dns.with.ttl=PT30S`. The value is JSON, a
/// duration such as `90s`, or else text. The part before the first dot is `scenario`, `system`,
/// `runbooks` with a name, or one of `timings` and `steps`, whose entries are not part of a
/// document and go to the overlay.
struct Variables {
  std::vector<DocumentPatch> patches;
  OverlayDocument overlay;  // only `timings` and `steps`
};
Variables read_variables(const std::vector<std::string>& texts, SourceFiles& sources,
                         Diagnostics& diagnostics);

/// JSON text of a value, which parses back to the same.
std::string to_json_text(const JsonValue& value);

}  // namespace firedrill

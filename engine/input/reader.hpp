// Documents to typed values: the one way in.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "engine/base/diagnostics.hpp"
#include "engine/input/document_patch.hpp"
#include "engine/input/documents.hpp"
#include "engine/input/outage_document.hpp"
#include "engine/input/overlay_document.hpp"
#include "engine/input/schema.hpp"
#include "engine/input/staging_document.hpp"

namespace firedrill {

using AnyDocument =
    std::variant<SystemDocument, RunbookDocument, ScenarioDocument, TimingDocument,
                 DrillRecordDocument, OverlayDocument, StagingDocument, OutageDocument>;

/// Reads documents, adds each file to `sources` (whether it can be read or not) and every mistake
/// to `diagnostics`, both of which must outlive the reader. A document with any mistake gives
/// nothing. Input never throws: a hostile file is a diagnostic.
///
/// The `_text` forms take the document itself; `name` stands for the path in messages.
class DocumentReader {
 public:
  DocumentReader(SourceFiles& sources, Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  /// Changes of what is read from here on, made before anything of it is judged. Must outlive the
  /// reader.
  void patch_with(DocumentPatches& patches) { patches_ = &patches; }

  std::optional<SystemDocument> read_system(const std::string& path);
  std::optional<RunbookDocument> read_runbook(const std::string& path);
  std::optional<ScenarioDocument> read_scenario(const std::string& path);
  std::optional<TimingDocument> read_timings(const std::string& path);
  std::optional<DrillRecordDocument> read_drill_record(const std::string& path);
  std::optional<OverlayDocument> read_overlay(const std::string& path);
  std::optional<StagingDocument> read_staging(const std::string& path);
  std::optional<OutageDocument> read_outage(const std::string& path);
  /// Whatever its key `kind` says.
  std::optional<AnyDocument> read_any(const std::string& path);

  std::optional<SystemDocument> read_system_text(std::string name, std::string text);
  std::optional<RunbookDocument> read_runbook_text(std::string name, std::string text);
  std::optional<ScenarioDocument> read_scenario_text(std::string name, std::string text);
  std::optional<TimingDocument> read_timings_text(std::string name, std::string text);
  std::optional<AnyDocument> read_any_text(std::string name, std::string text);

  /// The kind a file claims to be, nothing for a file that is no firedrill document. Reports
  /// nothing and adds nothing to the sources: it sorts the files of a folder.
  static std::optional<DocumentKind> kind_of(const std::string& path);

 private:
  template <class T>
  std::optional<T> read_file(const std::string& path);
  template <class T>
  std::optional<T> read_source(std::uint32_t file);

  SourceFiles& sources_;
  Diagnostics& diagnostics_;
  DocumentPatches* patches_ = nullptr;
};

}  // namespace firedrill

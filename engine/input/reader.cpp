#include "engine/input/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/input/document_checks.hpp"
#include "engine/input/field_reader.hpp"
#include "engine/input/json_text.hpp"
#include "engine/input/source_text.hpp"

namespace firedrill {
namespace {

// More than anybody mends in one go; a hostile file could otherwise cause one for every few bytes.
constexpr std::size_t kErrorsMax = 1'000;

template <class T>
struct KindOf;
template <>
struct KindOf<SystemDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kSystem;
};
template <>
struct KindOf<RunbookDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kRunbook;
};
template <>
struct KindOf<ScenarioDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kScenario;
};
template <>
struct KindOf<TimingDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kTimingLibrary;
};
template <>
struct KindOf<DrillRecordDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kDrillRecord;
};

template <>
struct KindOf<OverlayDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kOverlay;
};
template <>
struct KindOf<StagingDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kStaging;
};
template <>
struct KindOf<OutageDocument> {
  static constexpr DocumentKind kValue = DocumentKind::kOutage;
};

std::vector<std::string> kind_words() {
  std::vector<std::string> words;
  for (const DocumentKind kind : kDocumentKinds) words.emplace_back(kind_word(kind));
  return words;
}

std::string with_article(std::string_view word) {
  const bool vowel = std::string_view("AEIOU").find(word.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", word);
}

/// The kind that the head names. Reports a head that is missing or wrong, since nothing after it
/// could be judged.
std::optional<DocumentKind> read_head(const JsonValue& root, Diagnostics& diagnostics) {
  if (root.type != JsonType::kObject) {
    diagnostics.error(
        Rule::kWrongType, root.at,
        fmt::format("a document must be an object, not {}", json_type_name(root.type)));
    return std::nullopt;
  }
  const JsonValue* version = root.find("apiVersion");
  if (version == nullptr || version->text != "firedrill/v1") {
    diagnostics.error(Rule::kWrongKind, version == nullptr ? root.at : version->at,
                      version == nullptr ? "missing key \"apiVersion\""
                                         : "\"apiVersion\" must be \"firedrill/v1\"",
                      "add \"apiVersion\": \"firedrill/v1\"");
  }
  const JsonValue* kind = root.find("kind");
  const auto known = kind == nullptr ? std::nullopt : kind_from_word(kind->text);
  if (!known) {
    const std::string written = kind == nullptr ? "" : kind->text;
    diagnostics.error(Rule::kWrongKind, kind == nullptr ? root.at : kind->at,
                      kind == nullptr ? "missing key \"kind\""
                                      : fmt::format("unknown kind of document{}",
                                                    did_you_mean(written, kind_words())),
                      fmt::format("one of: {}", fmt::join(kind_words(), ", ")));
  }
  return known;
}

/// The published schema has the last word. It can only refuse what the reader took if the two
/// disagree, which the tests rule out for every mistake they know; a document is refused rather
/// than half trusted.
void check_schema(DocumentKind kind, const std::string& text, const JsonValue& root,
                  Diagnostics& diagnostics) {
  if (const auto refusal = check_against_schema(kind, text)) {
    diagnostics.error(Rule::kWrongType, origin_at(root, refusal->pointer),
                      fmt::format("the schema refuses this: {}", refusal->message));
  }
}

template <class T>
std::optional<T> typed(const JsonValue& root, const std::string& text, Diagnostics& diagnostics) {
  T document{};
  read_fields(root, document, diagnostics);
  check(document, diagnostics);
  // Checks of unique names run even on documents with other mistakes, so that one pass shows all.
  // The schema is asked only for what seems fine: its own wording is poorer.
  if (diagnostics.empty()) check_schema(KindOf<T>::kValue, text, root, diagnostics);
  if (!diagnostics.empty()) return std::nullopt;
  return document;
}

/// `kind` must be the one asked for, when one was.
template <class T>
std::optional<T> read_root(const JsonValue& root, const std::string& text, DocumentKind kind,
                           Diagnostics& diagnostics) {
  if constexpr (std::is_same_v<T, AnyDocument>) {
    const auto any = [](auto document) {
      return document ? std::optional<AnyDocument>(std::move(*document)) : std::nullopt;
    };
    switch (kind) {
      case DocumentKind::kSystem:
        return any(typed<SystemDocument>(root, text, diagnostics));
      case DocumentKind::kRunbook:
        return any(typed<RunbookDocument>(root, text, diagnostics));
      case DocumentKind::kScenario:
        return any(typed<ScenarioDocument>(root, text, diagnostics));
      case DocumentKind::kTimingLibrary:
        return any(typed<TimingDocument>(root, text, diagnostics));
      case DocumentKind::kOverlay:
        return any(typed<OverlayDocument>(root, text, diagnostics));
      case DocumentKind::kStaging:
        return any(typed<StagingDocument>(root, text, diagnostics));
      case DocumentKind::kOutage:
        return any(typed<OutageDocument>(root, text, diagnostics));
      case DocumentKind::kDrillRecord:
        break;
    }
    return any(typed<DrillRecordDocument>(root, text, diagnostics));
  } else {
    if (kind != KindOf<T>::kValue) {
      diagnostics.error(Rule::kWrongKind, root.find("kind")->at,
                        fmt::format("this is a document of kind {}, but {} is needed here",
                                    kind_word(kind), with_article(kind_word(KindOf<T>::kValue))));
      return std::nullopt;
    }
    return typed<T>(root, text, diagnostics);
  }
}

}  // namespace

template <class T>
std::optional<T> DocumentReader::read_source(std::uint32_t file) {
  // Diagnostics of this document alone, so that mistakes elsewhere do not refuse it.
  Diagnostics own;
  std::optional<T> document;
  if (auto root = parse_json(sources_, file, own)) {
    const auto kind = read_head(*root, own);
    if (kind && own.list().end() ==
                    std::find_if(own.list().begin(), own.list().end(),
                                 [](const Diagnostic& d) { return d.rule == Rule::kWrongKind; })) {
      const bool patched = patches_ != nullptr && patches_->apply(*kind, *root, own);
      document =
          read_root<T>(*root, patched ? to_json_text(*root) : sources_.text(file), *kind, own);
    }
  }
  own.sort();
  if (own.list().size() > kErrorsMax) {
    diagnostics_.error(Rule::kTooLarge, {file, 0, 0},
                       fmt::format("{} errors in this file, of which the first {} are shown",
                                   own.list().size(), kErrorsMax));
  }
  for (std::size_t i = 0; i < own.list().size() && i < kErrorsMax; ++i) {
    const Diagnostic& d = own.list()[i];
    diagnostics_.error(d.rule, d.origin, d.message, d.remedy);
  }
  return own.empty() ? std::move(document) : std::nullopt;
}

template <class T>
std::optional<T> DocumentReader::read_file(const std::string& path) {
  SourceText source = read_source_text(path);
  const std::uint32_t file = sources_.add(path, std::move(source.text));
  if (!source.ok) {
    diagnostics_.error(source.too_large ? Rule::kTooLarge : Rule::kCannotRead, {file, 0, 0},
                       source.message);
    return std::nullopt;
  }
  return read_source<T>(file);
}

std::optional<SystemDocument> DocumentReader::read_system(const std::string& path) {
  return read_file<SystemDocument>(path);
}
std::optional<RunbookDocument> DocumentReader::read_runbook(const std::string& path) {
  return read_file<RunbookDocument>(path);
}
std::optional<ScenarioDocument> DocumentReader::read_scenario(const std::string& path) {
  return read_file<ScenarioDocument>(path);
}
std::optional<TimingDocument> DocumentReader::read_timings(const std::string& path) {
  return read_file<TimingDocument>(path);
}
std::optional<DrillRecordDocument> DocumentReader::read_drill_record(const std::string& path) {
  return read_file<DrillRecordDocument>(path);
}
std::optional<OverlayDocument> DocumentReader::read_overlay(const std::string& path) {
  return read_file<OverlayDocument>(path);
}
std::optional<OutageDocument> DocumentReader::read_outage(const std::string& path) {
  return read_file<OutageDocument>(path);
}
std::optional<StagingDocument> DocumentReader::read_staging(const std::string& path) {
  return read_file<StagingDocument>(path);
}
std::optional<AnyDocument> DocumentReader::read_any(const std::string& path) {
  return read_file<AnyDocument>(path);
}

std::optional<SystemDocument> DocumentReader::read_system_text(std::string name, std::string text) {
  return read_source<SystemDocument>(sources_.add(std::move(name), std::move(text)));
}
std::optional<RunbookDocument> DocumentReader::read_runbook_text(std::string name,
                                                                 std::string text) {
  return read_source<RunbookDocument>(sources_.add(std::move(name), std::move(text)));
}
std::optional<ScenarioDocument> DocumentReader::read_scenario_text(std::string name,
                                                                   std::string text) {
  return read_source<ScenarioDocument>(sources_.add(std::move(name), std::move(text)));
}
std::optional<TimingDocument> DocumentReader::read_timings_text(std::string name,
                                                                std::string text) {
  return read_source<TimingDocument>(sources_.add(std::move(name), std::move(text)));
}
std::optional<AnyDocument> DocumentReader::read_any_text(std::string name, std::string text) {
  return read_source<AnyDocument>(sources_.add(std::move(name), std::move(text)));
}

std::optional<DocumentKind> DocumentReader::kind_of(const std::string& path) {
  SourceText source = read_source_text(path);
  if (!source.ok) return std::nullopt;
  SourceFiles sources;
  Diagnostics ignored;
  const auto root = parse_json(sources, sources.add(path, std::move(source.text)), ignored);
  if (!root || root->type != JsonType::kObject) return std::nullopt;
  const JsonValue* version = root->find("apiVersion");
  if (version == nullptr || version->text != "firedrill/v1") return std::nullopt;
  const JsonValue* kind = root->find("kind");
  return kind == nullptr ? std::nullopt : kind_from_word(kind->text);
}

}  // namespace firedrill

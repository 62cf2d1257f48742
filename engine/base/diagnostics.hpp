// What is wrong with an input, where, and what to do about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firedrill {

/// A position in an input file: 1-based line and column (column counts bytes), 0 when unknown.
/// `file` indexes `SourceFiles`.
struct Origin {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// The rule that a diagnostic comes from. Numbers are public: never reused, never renumbered.
/// `rules()` in diagnostics.cpp is the only list; the reference page is generated from it.
enum class Rule : std::uint16_t {
  kCannotRead = 1,         // file missing, unreadable, a directory
  kTooLarge = 2,           // file, nesting, string or count over its limit
  kNotJson = 3,            // malformed JSON or invalid UTF-8
  kDuplicateKey = 4,       // the same key twice in an object
  kWrongKind = 5,          // apiVersion or kind is missing or not the expected one
  kUnknownKey = 6,         // a key that the schema does not know
  kMissingKey = 7,         // a required key is absent
  kWrongType = 8,          // wrong JSON type or wrong form (duration, size, rate, time of day)
  kOutOfRange = 9,         // negative, zero or too large where it cannot be
  kUnknownChoice = 10,     // not one of the listed words
  kDuplicateName = 11,     // two things of one kind share a name
  kUnknownName = 12,       // a reference to something that does not exist
  kCycle = 13,             // steps or services depend on each other in a circle
  kImpossible = 14,        // values that are fine alone but contradict each other
  kNoSource = 15,          // a timing without a source or confidence
  kWrongTarget = 16,       // the name exists, but is not of the kind that is needed here
  kNothingToJudge = 17,    // a scenario without any target
  kUnsupported = 18,       // valid, but this back end cannot do it
};

struct Diagnostic {
  Rule rule;
  Origin origin;
  std::string message;  // what is wrong, one sentence without a final stop
  std::string remedy;   // what to do, may be empty
};

/// Name and text of every file read, so that a diagnostic can show the line it speaks of.
class SourceFiles {
 public:
  /// Returns the index of the file for `Origin::file`.
  std::uint32_t add(std::string path, std::string text);
  const std::string& path(std::uint32_t file) const { return files_.at(file).path; }
  const std::string& text(std::uint32_t file) const { return files_.at(file).text; }
  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string path;
    std::string text;
  };
  std::vector<File> files_;
};

/// Collects every diagnostic of a run over one or more documents, so that one pass reports them
/// all.
class Diagnostics {
 public:
  void error(Rule rule, Origin origin, std::string message, std::string remedy = {});
  bool empty() const { return list_.empty(); }
  const std::vector<Diagnostic>& list() const { return list_; }
  /// Orders by file, line, column and rule; drops exact repeats.
  void sort();

 private:
  std::vector<Diagnostic> list_;
};

/// `FD012` for kUnknownName.
std::string rule_id(Rule rule);

struct RuleDescription {
  Rule rule;
  std::string_view name;     // kebab-case: "unknown-name"
  std::string_view meaning;  // one sentence
};
const std::vector<RuleDescription>& rule_descriptions();

/// `file:line:col: error[FD012]: message`, then the source line, a caret, and `help: remedy`.
/// Control characters in source lines are replaced; long lines are cut around the caret.
std::string render(const Diagnostic& diagnostic, const SourceFiles& sources);

/// The candidate that `word` was most likely meant to be: least Damerau-Levenshtein distance, at
/// most a third of its length; empty when none is that near. Ties go to the earlier candidate.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

/// ` (did you mean "stop-writes"?)`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace firedrill

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "engine/base/diagnostics.hpp"
#include "engine/input/reader.hpp"
#include "engine/plan/load.hpp"
#include "engine/plan/outage.hpp"
#include "reports/sarif.hpp"
#include "tools/firedrill/embedded.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

struct ValidateOptions {
  std::vector<std::string> paths;
  WhatIf what_if;  // of every scenario
  std::string sarif;
  CommonOptions common;
};

struct Document {
  std::string path;
  std::optional<DocumentKind> kind;  // nothing: whatever is wrong with it is found while reading
};

/// Whether a file that cannot be read as a document seems to be meant as one.
bool claims_to_be_ours(const std::string& path) {
  constexpr std::size_t kBytesMax = std::size_t{9} << 20U;
  std::ifstream file(path, std::ios::binary);
  std::string text(kBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text.find("firedrill/v") != std::string::npos;
}

/// Every firedrill document below a folder, in the order of their paths. Other JSON files are not
/// ours. What cannot be looked into is told by `error`.
std::vector<Document> documents_below(const std::string& folder, std::error_code& error) {
  std::vector<Document> found;
  fs::recursive_directory_iterator entry(folder, error);
  const fs::recursive_directory_iterator end;
  while (!error && entry != end) {
    std::error_code ignored;
    if (entry->path().extension() == ".json" && entry->is_regular_file(ignored)) {
      const std::string path = entry->path().string();
      const auto kind = DocumentReader::kind_of(path);
      if (kind || claims_to_be_ours(path)) found.push_back({path, kind});
    }
    entry.increment(error);
  }
  std::sort(found.begin(), found.end(),
            [](const Document& a, const Document& b) { return a.path < b.path; });
  return found;
}

class Validator {
 public:
  explicit Validator(const WhatIf& what_if) : what_if_(what_if) {}

  /// A scenario is resolved to its plan: that finds what no document can know alone.
  void check(const Document& document) {
    ++documents_;
    SourceFiles sources;
    Diagnostics diagnostics;
    if (document.kind == DocumentKind::kScenario) {
      load_plan(document.path, embedded_library(), sources, diagnostics, what_if_);
    } else {
      const auto read = DocumentReader(sources, diagnostics).read_any(document.path);
      if (const auto* outage = read ? std::get_if<OutageDocument>(&*read) : nullptr) {
        check_kinds(*outage, diagnostics);
      }
    }
    diagnostics.sort();
    for (const Diagnostic& d : diagnostics.list()) {
      if (show(render(d, sources))) mistakes_.push_back({sources.path(d.origin.file), d});
    }
  }

  void check_path(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      check({path, DocumentReader::kind_of(path)});
      return;
    }
    const auto found = documents_below(path, error);
    if (error) show(fmt::format("{}: error: cannot read the folder: {}", path, error.message()));
    if (!error && found.empty()) show(fmt::format("{}: error: no firedrill document in it", path));
    for (const Document& document : found) check(document);
  }

  std::size_t documents() const { return documents_; }
  std::size_t errors() const { return shown_.size(); }
  const std::vector<SarifResult>& mistakes() const { return mistakes_; }

 private:
  /// Two scenarios of one broken system say the same: once is enough.
  bool show(const std::string& text) {
    if (!shown_.insert(text).second) return false;
    fmt::print(stderr, "{}\n", text);
    return true;
  }

  const WhatIf& what_if_;
  std::set<std::string> shown_;
  std::vector<SarifResult> mistakes_;
  std::size_t documents_ = 0;
};

int run(const ValidateOptions& options) {
  start_log(options.common);
  if (!options.sarif.empty()) check_writable(options.sarif);
  Validator validator(options.what_if);
  for (const std::string& path : options.paths) validator.check_path(path);
  if (!options.sarif.empty()) {
    write_file(options.sarif, render_sarif(validator.mistakes(), program()));
  }
  const auto count = [](std::size_t n, const char* noun) {
    return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
  };
  const std::string documents = count(validator.documents(), "document");
  if (validator.errors() > 0) {
    fmt::print(stderr, "{} in {}\n", count(validator.errors(), "error"), documents);
    return kExitInvalid;
  }
  if (!options.common.quiet) write_stdout(fmt::format("{}, no errors\n", documents));
  return kExitOk;
}

}  // namespace

void add_validate_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ValidateOptions>();
  auto* command = app.add_subcommand(
      "validate", "show every error of every document; scenarios are resolved to their plan");
  command->add_option("paths", options->paths, "documents, or folders of them")
      ->required()
      ->type_name("FILE|DIR");
  add_what_if_options(*command, options->what_if);
  command
      ->add_option("--export-sarif", options->sarif,
                   "write the mistakes there as SARIF 2.1.0, for code review")
      ->type_name("FILE");
  add_common_options(*command, options->common);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace firedrill

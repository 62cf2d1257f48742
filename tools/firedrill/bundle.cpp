#include "tools/firedrill/bundle.hpp"

#include <filesystem>

#include "reports/build_report.hpp"
#include "reports/samples_csv.hpp"
#include "reports/trace.hpp"
#include "tools/archive/zip.hpp"
#include "tools/firedrill/embedded.hpp"
#include "tools/firedrill/html_export.hpp"
#include "tools/firedrill/moment.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOutageOption = "--fault ";
constexpr std::string_view kOverlayOption = "--with ";
constexpr std::string_view kVariableOption = "--var ";

/// Documents keep their places to each other, so that the scenario finds them; overlays, which the
/// command line names, and what is no file have folders and names of their own.
class Inputs {
 public:
  Inputs(const BundleParts& parts, EvidencePack& pack) : parts_(parts), pack_(pack) {
    const WhatIf what_if = what_if_of(*parts.report);
    const SourceFiles& sources = *parts.sources;
    const std::size_t overlays = what_if.overlays.size();
    const bool variables = !what_if.variables.empty();
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
      if (!what_if.outage.empty() && sources.path(i) == what_if.outage) {
        outage_.push_back(i);
      } else if (i < overlays) {
        overlays_.push_back(i);
      } else if (variables && i == overlays) {
        add(i, "inputs/variables.txt", "what `--var` changed");
      } else if (sources.text(i) == embedded_library()) {
        add(i, "inputs/built-in-timings.json", "the timing library of the program");
      } else {
        documents_.push_back(i);
      }
    }
  }

  void run() {
    const std::vector<std::string> documents =
        add_all(documents_, "inputs/documents/", "a document of the scenario");
    const std::vector<std::string> overlays =
        add_all(overlays_, "inputs/overlays/", "what `--with` changed");
    const std::vector<std::string> outage =
        add_all(outage_, "inputs/outage/", "the outage of `--fault`");
    // The scenario is the first of its documents. References break where a name was changed.
    if (documents.empty() || !pack_.renamed.empty()) return;
    Report here = *parts_.report;
    here.scenario.path = documents.front();
    std::size_t next = 0;
    for (std::string& change : here.scenario.what_if) {
      if (change.starts_with(kOutageOption) && !outage.empty()) {
        change = std::string(kOutageOption) + outage.front();
      }
      if (change.starts_with(kOverlayOption) && next < overlays.size()) {
        change = std::string(kOverlayOption) + overlays[next++];
      }
    }
    pack_.command_here = study_command(here);
  }

 private:
  void add(std::uint32_t source, std::string name, std::string what) {
    pack_.files.push_back({std::move(name), std::move(what), parts_.sources->text(source)});
  }

  std::vector<std::string> add_all(const std::vector<std::uint32_t>& sources,
                                   const std::string& folder, const std::string& what) {
    std::vector<std::string> paths;
    for (const std::uint32_t i : sources) {
      paths.push_back(fs::absolute(parts_.sources->path(i)).lexically_normal().string());
    }
    std::vector<std::string> names = pack_names(paths);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const bool kept = paths[i].ends_with('/' + names[i]);
      names[i] = folder + names[i];
      add(sources[i], names[i], what);
      if (!kept) pack_.renamed.push_back(names[i] + " was " + parts_.sources->path(sources[i]));
    }
    return names;
  }

  const BundleParts& parts_;
  EvidencePack& pack_;
  std::vector<std::uint32_t> documents_;
  std::vector<std::uint32_t> overlays_;
  std::vector<std::uint32_t> outage_;
};

HtmlOptions page_without_clock() {
  HtmlOptions options;
  options.generated_at_s = source_date_s();
  return options;
}

void add_simulated(const BundleParts& parts, EvidencePack& pack) {
  const Report& report = *parts.report;
  if (parts.plan != nullptr && parts.drill != nullptr) {
    pack.files.push_back({"drill-record.md",
                          "the drill record and the form of a review, to be filled in and signed",
                          render_review(*parts.plan, report, *parts.drill)});
    pack.files.push_back(
        {"drill-trace.json", "the drill of the record, for Perfetto",
         render_trace(*parts.plan, parts.drill->events, report.seed, parts.drill->replication)});
  } else {
    pack.left_out.emplace_back(
        "The drill record and the trace: they need the documents, and the version of the program "
        "that made the result.");
  }
  if (parts.plan != nullptr && parts.study != nullptr) {
    pack.files.push_back(
        {"drills.csv", "every drill, one a line", render_csv(*parts.plan, parts.study->samples)});
  } else {
    pack.left_out.emplace_back(
        "The table of all drills: only the run itself has it. result.json has what the first "
        "drills achieved.");
  }
}

}  // namespace

WhatIf what_if_of(const Report& report) {
  WhatIf what_if;
  for (const std::string& change : report.scenario.what_if) {
    if (change.starts_with(kOutageOption)) {
      what_if.outage = change.substr(kOutageOption.size());
    } else if (change.starts_with(kOverlayOption)) {
      what_if.overlays.push_back(change.substr(kOverlayOption.size()));
    } else if (change.starts_with(kVariableOption)) {
      what_if.variables.push_back(change.substr(kVariableOption.size()));
    }
  }
  return what_if;
}

std::string write_bundle(const std::string& file, const BundleParts& parts) {
  const Report& report = *parts.report;
  EvidencePack pack;
  pack.packer = program();
  pack.command = study_command(report);
  if (parts.sources != nullptr) {
    Inputs(parts, pack).run();
  } else {
    pack.left_out.emplace_back(
        "The documents: the pack was made from a result alone. `firedrill report RESULT "
        "--scenario FILE --bundle OUT` takes them along.");
  }
  pack.files.push_back({"result.json", "the result, for programs", parts.result});
  pack.files.push_back({"report.html", "the result as a page that stands alone",
                        render_html(report, page_without_clock())});
  pack.files.push_back({"command.txt", "the command that makes the result", pack.command + '\n'});
  pack.files.push_back({"versions.json",
                        "the program that made this pack, and what it was built with",
                        version_json()});
  add_simulated(parts, pack);
  const std::vector<EvidenceFile> files = finished_pack(std::move(pack), report);
  std::vector<ZipEntry> entries;
  for (const EvidenceFile& f : files) {
    entries.push_back({evidence_folder(report) + '/' + f.name, f.bytes});
  }
  write_file(file, zip_of(entries, source_date_s()));
  return file;
}

}  // namespace firedrill

#include "reports/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/plan/print_text.hpp"
#include "engine/plan/sha256.hpp"
#include "reports/markdown.hpp"
#include "reports/target_name.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPartMax = 100;  // bytes of a part of a name

std::string digest_of_bytes(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string safe_part(std::string_view part) {
  std::string safe;
  for (const char c : part) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    safe += plain ? c : '_';
  }
  if (safe.size() > kPartMax) {
    // The end of a name says what kind of file it is.
    safe = safe.substr(0, kPartMax - 20) + safe.substr(safe.size() - 20);
  }
  if (safe.find_first_not_of('.') == std::string::npos) safe = "_" + safe;
  return safe;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// The folders of every path, as far as all have the same.
std::vector<std::string> common_folders(const std::vector<std::string>& paths) {
  std::vector<std::string> common;
  bool first = true;
  for (const std::string& path : paths) {
    std::vector<std::string> parts;
    for (const fs::path& part : fs::path(path).parent_path()) parts.push_back(part.string());
    if (first) {
      common = parts;
      first = false;
      continue;
    }
    const auto end = std::mismatch(common.begin(), common.end(), parts.begin(), parts.end()).first;
    common.erase(end, common.end());
  }
  return common;
}

std::string plain(std::string_view text) { return plain_markdown(text, "\\`*_[]|#!~"); }

/// Indented, so that nothing in it needs or knows an escape.
std::string code_block(std::string_view command) {
  return "    " + printable(command, true) + "\n";
}

struct Asked {
  std::string_view where;  // in a regulation
  std::string_view what;   // in short
  std::string_view here;   // which files help
  std::string_view gap;    // what they do not give
};

/// Deliberately short: the text in force says what is asked, this says where to look in the pack.
constexpr Asked kAsked[] = {
    {"DORA art. 11 (response and recovery)",
     "tests of ICT business continuity and of response and recovery plans, with scenarios such as "
     "switch-overs to redundant capacity",
     "`drill-record.md`, `report.html`: the plan as runbooks, played against the scenario, and the "
     "times it takes; `inputs/`: the plan that was played",
     "the plan played by its people on the live systems; communication with clients and "
     "authorities"},
    {"DORA art. 12 (backup, restoration and recovery)",
     "recovery time and recovery point objectives for each function; periodic tests of backup and "
     "restoration",
     "`result.json`, `report.html`: objectives against achieved times and data lost, with "
     "intervals",
     "a restore of a real backup, and a check of the integrity of what it gives"},
    {"DORA art. 24 (general requirements for testing)",
     "a testing programme, independent testers, and findings that are ranked and remedied",
     "`drill-record.md`: findings by severity and action items, with owner and date left to fill "
     "in",
     "independence of whoever ran it; that a finding was remedied: keep the pack of the drill "
     "after"},
    {"DORA art. 25 (testing of ICT tools and systems)",
     "appropriate tests, scenario-based tests among them",
     "`inputs/`, `command.txt`: the scenario, complete enough to be run again",
     "the other kinds of tests that the article lists"},
    {"DORA art. 26 and 27 (threat-led penetration testing, and its testers)",
     "advanced tests on live production systems, by qualified testers", "nothing",
     "all of it: a simulation is no penetration test"},
    {"UK FCA Handbook SYSC 15A (operational resilience)",
     "scenario testing of the ability to stay within impact tolerances in severe but plausible "
     "disruption; lessons learned; a self-assessment",
     "`inputs/`, `report.html`: scenario, assumptions and results; `drill-record.md`: findings",
     "impact tolerances, unless the targets in the documents are those; why the scenario is severe "
     "but plausible; mapping of important business services beyond what the documents hold"},
    {"UK PRA SS1/21 (impact tolerances for important business services)",
     "what the PRA expects of setting impact tolerances, and of testing against them", "the same",
     "the same"},
};

void add_files(const std::vector<EvidenceFile>& files, std::string& page) {
  page += "\n## What is in here\n\n| file | what it is | SHA-256 |\n|---|---|---|\n";
  for (const EvidenceFile& file : files) {
    page +=
        fmt::format("| `{}` | {} | `{}` |\n", file.name, file.what, digest_of_bytes(file.bytes));
  }
  page +=
      "| `EVIDENCE.md` | this page | in `SHA256SUMS` |\n"
      "| `SHA256SUMS` | digests of all other files | |\n\n"
      "`sha256sum --check SHA256SUMS` in this folder tells whether a file was changed or cut. It "
      "is "
      "no signature: whoever changes a file can change the digest too. Keep the digest of the pack "
      "itself where others cannot write.\n";
}

void add_left_out(const EvidencePack& pack, std::string& page) {
  if (!pack.left_out.empty()) page += "\n## What is not in here\n\n";
  for (const std::string& line : pack.left_out) page += fmt::format("- {}\n", plain(line));
  if (!pack.renamed.empty()) page += "\n## Inputs under another name\n\n";
  for (const std::string& line : pack.renamed) page += fmt::format("- {}\n", plain(line));
}

void add_result(const Report& report, std::string& page) {
  page +=
      fmt::format("\n## The result\n\n**{}: {}.** {} drills, seed {}.\n\n", to_word(report.verdict),
                  plain(report.headline), thousands(report.completed), report.seed);
  page += "| target | verdict | figures |\n|---|---|---|\n";
  for (const ReportTarget& t : report.targets) {
    page += fmt::format("| {} | {} | {} |\n", plain(target_name(t)), to_word(t.verdict),
                        plain(target_figures(t)));
  }
  if (report.aborted || report.failed > 0) {
    page += fmt::format("\nThe study is not whole: {}{} of its drills broke.\n",
                        report.aborted ? "it was stopped, and " : "", report.failed);
  }
}

void add_making(const EvidencePack& pack, const Report& report, std::string& page) {
  page += "\n## How it was made\n\nThe result, by\n\n" + code_block(pack.command);
  page += fmt::format(
      "\nwith firedrill {} ({}), from documents whose SHA-256, over role, length and bytes of each "
      "in the order in which they are read, is `{}`.\n",
      plain(report.program.version), plain(report.program.commit), plain(report.scenario.sha256));
  if (!pack.command_here.empty()) {
    page += "\nThe same from this folder, with the same version of the program:\n\n" +
            code_block(pack.command_here);
    page += "\nIt gives the same targets, shares and times to the last digit; only paths differ.\n";
  }
  const bool same =
      pack.packer.version == report.program.version && pack.packer.commit == report.program.commit;
  if (!same) {
    page += fmt::format("\nThe pack was put together by another version: firedrill {} ({}).\n",
                        plain(pack.packer.version), plain(pack.packer.commit));
  }
  page +=
      "\nThe pack has no date of its own unless SOURCE_DATE_EPOCH was set, so that the same result "
      "gives the same bytes. Note when you filed it.\n";
}

void add_regulations(const EvidencePack& pack, std::string& page) {
  page +=
      "\n## Where to look when somebody asks\n\n"
      "An aid to find things, and no legal advice: it shortens what is asked, says nothing of "
      "whether it applies to you, and cannot know of changes. **Check against the text in force.** "
      "DORA is Regulation (EU) 2022/2554.\n\n";
  if (!pack.left_out.empty()) {
    page += "Some of what is named here is not in this pack: see \"What is not in here\".\n\n";
  }
  page += "| source | asks for, in short | in this pack | not in this pack |\n|---|---|---|---|\n";
  for (const Asked& asked : kAsked) {
    page += fmt::format("| {} | {} | {} | {} |\n", asked.where, asked.what, asked.here, asked.gap);
  }
}

void add_limits(const Report& report, std::string& page) {
  page += fmt::format(
      "\n## What this does not prove\n\n"
      "- A simulation is not a test of the live platform. No system was touched, no backup "
      "restored, no person paged.\n"
      "- It says what the documents and the timings say. {} of {} timings in use are estimates; "
      "`report.html` lists them first. What the documents leave out did not happen.\n"
      "- Intervals tell how far luck in {} drills can have moved a share. They do not tell how far "
      "the model is from the platform.\n"
      "- Targets are those of the documents. Whether they are the objectives and tolerances that "
      "were approved is for somebody to confirm who approved them.\n"
      "- Digests show that files belong together, not who made them. The record becomes one by "
      "the signatures of those who answer for it.\n",
      report.guesses, report.timings, thousands(report.completed));
}

}  // namespace

std::string evidence_folder(const Report& report) {
  return safe_part(report.scenario.name) + "-evidence";
}

std::vector<EvidenceFile> finished_pack(EvidencePack pack, const Report& report) {
  std::vector<EvidenceFile>& files = pack.files;
  const auto by_name = [](const EvidenceFile& a, const EvidenceFile& b) { return a.name < b.name; };
  std::sort(files.begin(), files.end(), by_name);
  std::string page = fmt::format("# Evidence of a simulated drill: {}\n\n{}\n",
                                 plain(report.scenario.name), plain(report.scenario.title));
  if (!report.scenario.question.empty())
    page += fmt::format("\n{}\n", plain(report.scenario.question));
  add_result(report, page);
  add_files(files, page);
  add_left_out(pack, page);
  add_making(pack, report, page);
  add_regulations(pack, page);
  add_limits(report, page);
  files.push_back({"EVIDENCE.md", "", std::move(page)});
  std::sort(files.begin(), files.end(), by_name);
  std::string sums;
  for (const EvidenceFile& file : files) {
    sums += fmt::format("{}  {}\n", digest_of_bytes(file.bytes), file.name);
  }
  files.push_back({"SHA256SUMS", "", std::move(sums)});
  std::sort(files.begin(), files.end(), by_name);
  return std::move(files);
}

std::vector<std::string> pack_names(const std::vector<std::string>& paths) {
  const std::size_t common = common_folders(paths).size();
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const std::string& path : paths) {
    std::string name;
    std::size_t place = 0;
    for (const fs::path& part : fs::path(path)) {
      if (place++ < common) continue;
      name += (name.empty() ? "" : "/") + safe_part(part.string());
    }
    std::string unique = name;
    for (int number = 2; !taken.insert(lower_case(unique)).second; ++number) {
      unique = fmt::format("{}-{}", name, number);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

}  // namespace firedrill

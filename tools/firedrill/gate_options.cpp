#include "tools/firedrill/gate_options.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "tools/firedrill/html_export.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

CLI::Option* add_files(CLI::App& command, const std::string& name, const std::string& description,
                       std::vector<std::string>& files) {
  return command.add_option(name, files, description)
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)  // what follows the file is not one of them
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

bool GateFlags::writes_files() const {
  return !write_baseline.empty() || !json_files.empty() || !junit_files.empty() ||
         !summary_files.empty() || !html_files.empty();
}

void add_gate_options(CLI::App& command, GateFlags& flags) {
  GateFlags& f = flags;
  auto* baseline =
      command
          .add_option("--baseline", f.baseline,
                      "fail as well when a target is worse than in this file, which is a "
                      "baseline or a JSON result")
          ->type_name("FILE");
  command
      .add_option("--write-baseline", f.write_baseline,
                  "write what later results are held against, a line a target")
      ->type_name("FILE");
  command
      .add_option_function<std::string>(
          "--fail-on", [&f](const std::string& word) { f.only_regressions = word == "regression"; },
          "any (default): missed, open or worse; regression: worse than the baseline, or new and "
          "not met")
      ->check(CLI::IsMember({"any", "regression"}))
      ->needs(baseline)
      ->type_name("WHAT");
  add_files(command, "--export-json", "write the JSON result there; repeatable", f.json_files);
  add_files(command, "--export-junit", "write JUnit XML there, a case a target; repeatable",
            f.junit_files);
  add_files(command, "--export-summary", "write a job summary there; repeatable", f.summary_files);
  add_files(command, "--export-html",
            "write a page that stands alone there, for a folder one a scenario and an index; "
            "repeatable",
            f.html_files)
      ->type_name("FILE|DIR");
}

void check_gate_files(const GateFlags& flags) {
  for (const auto* files : {&flags.json_files, &flags.junit_files, &flags.summary_files}) {
    for (const std::string& file : *files) check_writable(file);
  }
  for (const std::string& place : flags.html_files) {
    flags.suite ? check_html_folder(place) : check_writable(place);
  }
  if (!flags.write_baseline.empty()) check_writable(flags.write_baseline);
}

std::vector<std::string> write_gate_files(const GateFlags& flags,
                                          const std::vector<Report>& reports, const Gate& gate,
                                          const HeldAgainst& held, const std::string& json,
                                          bool& failed) {
  std::vector<std::string> written;
  const auto attempt = [&](const auto& write_one) {
    try {
      written.push_back(write_one());
    } catch (const OutputError& error) {
      spdlog::error("{}", error.what());
      failed = true;
    }
  };
  const auto write = [&](const std::string& file, const std::string& text) {
    attempt([&] { return write_file(file, text), file; });
  };
  for (const std::string& file : flags.json_files) write(file, json);
  for (const std::string& file : flags.junit_files) write(file, render_junit(reports, gate));
  for (const std::string& file : flags.summary_files) write(file, render_markdown(reports, gate));
  for (const std::string& place : flags.html_files) {
    attempt([&] {
      return flags.suite ? write_html_suite(place, reports, held)
                         : write_html(place, reports.front(), held);
    });
  }
  const bool whole = std::none_of(reports.begin(), reports.end(),
                                  [](const Report& r) { return r.aborted || r.failed > 0; });
  if (!flags.write_baseline.empty() && whole && gate.judged) {
    write(flags.write_baseline, render_baseline(reports));
  } else if (!flags.write_baseline.empty()) {
    spdlog::error("no baseline is written of drills that broke or were stopped");
    failed = true;
  }
  return written;
}

}  // namespace firedrill

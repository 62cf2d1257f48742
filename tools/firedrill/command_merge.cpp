#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "engine/study/part.hpp"
#include "tools/firedrill/blocks.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/part_file.hpp"
#include "tools/firedrill/results.hpp"
#include "tools/firedrill/simulation.hpp"

namespace firedrill {
namespace {

struct MergeOptions : ResultOptions {
  std::string scenario;
  std::vector<std::string> files;
  WhatIf what_if;  // the same as of the parts
};

std::string read_all(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) throw PartError(file + ": cannot be read");
  return std::move(bytes).str();
}

/// Names what has to be run before there is a result.
void explain_missing(const std::vector<BlockRange>& missing, const StudyPart& like,
                     const std::string& scenario) {
  fmt::print(stderr,
             "firedrill: blocks are missing; no result is made of a part of a study. Run\n");
  for (const BlockRange& range : missing) {
    fmt::print(stderr, "  firedrill run {} --runs {} --seed {} --blocks {} -o FILE\n", scenario,
               like.runs, like.seed, to_string(range));
  }
}

int merge(MergeOptions& options) {
  start_log(options.common);
  if (!check_result_options(options)) return kExitInvalid;
  SourceFiles sources;
  const auto plan = load_or_explain(options.scenario, sources, options.what_if);
  if (!plan) return kExitInvalid;
  try {
    std::vector<StudyPart> parts;
    for (const std::string& file : options.files) {
      parts.push_back(decode_part(read_all(file), file));
    }
    const std::vector<BlockRange> missing = missing_blocks(parts);
    if (!missing.empty()) {
      explain_missing(missing, parts.front(), options.scenario);
      return kExitInvalid;
    }
    return finish_study(options, *plan, merge_parts(*plan, std::move(parts)), sources);
  } catch (const PartError& error) {
    fmt::print(stderr, "firedrill: {}\n", error.what());
    return kExitInvalid;
  }
}

}  // namespace

void add_merge_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<MergeOptions>();
  MergeOptions& o = *options;
  auto* command = app.add_subcommand("merge", "the result of a study that several machines ran");
  command->add_option("scenario", o.scenario, "the scenario that the parts are of")
      ->required()
      ->type_name("SCENARIO");
  command->add_option("parts", o.files, "what `run --blocks` wrote, in any order")
      ->required()
      ->type_name("PART...");
  command->add_flag("--pass-inconclusive", o.gate.pass_inconclusive,
                    "targets that the drills leave open let a pipeline pass");
  add_result_options(*command, o);
  add_what_if_options(*command, o.what_if);
  command->callback([options, &chosen] { chosen = [options] { return merge(*options); }; });
}

}  // namespace firedrill

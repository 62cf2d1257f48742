#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "engine/base/distribution.hpp"
#include "engine/input/reader.hpp"
#include "reports/report.hpp"
#include "reports/text_cells.hpp"
#include "tools/firedrill/embedded.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

struct TimingsOptions {
  std::string filter;
  OutputOptions output;
  CommonOptions common;
};

std::string value_of(const TimingEntry& entry) {
  const DistributionSpec& spec = entry.distribution;
  const auto made = Distribution::from_parameters(spec.family, spec.parameters, spec.values,
                                                  spec.truncate_min, spec.truncate_max);
  return made ? made->describe() : made.error;
}

std::string as_json(const std::vector<const TimingEntry*>& entries) {
  nlohmann::ordered_json json;
  json["format_version"] = "1.0";
  json["kind"] = "Timings";
  json["timings"] = nlohmann::ordered_json::array();
  for (const TimingEntry* e : entries) {
    json["timings"].push_back({{"id", e->id.text},
                               {"value", value_of(*e)},
                               {"unit", e->unit},
                               {"confidence", to_word(e->confidence)},
                               {"source", e->source},
                               {"figure", e->figure},
                               {"note", e->note}});
  }
  return json.dump(2) + '\n';
}

std::string as_text(const std::vector<const TimingEntry*>& entries) {
  const bool unicode = wants_unicode();
  const auto width = static_cast<std::size_t>(terminal_width(STDOUT_FILENO));
  std::string text;
  for (const TimingEntry* e : entries) {
    const auto add = [&](std::size_t indent, const std::string& line) {
      text += wrapped(printable(line, unicode), indent, indent + 2, width);
    };
    add(0, e->id.text);
    add(2, fmt::format("{} {} ({})", value_of(*e), e->unit, to_word(e->confidence)));
    add(2, e->source);
  }
  return text;
}

int run(const TimingsOptions& options) {
  start_log(options.common);
  check_writable(options.output.output);
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader reader(sources, diagnostics);
  const auto library = reader.read_timings_text("library.json", std::string(embedded_library()));
  if (!library) throw std::runtime_error("the built-in timing library is broken");
  std::vector<const TimingEntry*> entries;
  for (const TimingEntry& e : library->timings) {
    if (e.id.text.find(options.filter) != std::string::npos) entries.push_back(&e);
  }
  if (entries.empty()) {
    fmt::print(stderr, "firedrill: no timing has \"{}\" in its id\n", options.filter);
    return kExitInvalid;
  }
  write_file(options.output.output, options.output.json ? as_json(entries) : as_text(entries));
  return kExitOk;
}

}  // namespace

void add_timings_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<TimingsOptions>();
  auto* command =
      app.add_subcommand("timings", "list the timing library: value, unit, confidence, source");
  command->add_option("filter", options->filter, "only ids that contain this")->type_name("FILTER");
  add_output_options(*command, options->output);
  add_common_options(*command, options->common);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace firedrill

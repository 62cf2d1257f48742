#include "tools/firedrill/options.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/base/diagnostics.hpp"
#include "engine/plan/load.hpp"
#include "tools/firedrill/embedded.hpp"

namespace firedrill {

void add_common_options(CLI::App& command, CommonOptions& options) {
  command.add_flag("-q,--quiet", options.quiet, "no progress, only warnings and errors");
  command.add_flag("-v,--verbose", options.verbose, "say more; repeatable");
  const std::map<std::string, ColorMode> modes = {
      {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}};
  const auto choose = [&options, modes](const std::string& word) {
    options.color = modes.at(word);
  };
  auto* color =
      command.add_option_function<std::string>("--color", choose, "auto, always or never")
          ->check(CLI::IsMember({"auto", "always", "never"}))
          ->type_name("WHEN");
  const auto never = [&options](std::int64_t) { options.color = ColorMode::kNever; };
  command.add_flag_function("--no-color", never, "the same as --color never")->excludes(color);
}

void add_output_options(CLI::App& command, OutputOptions& options,
                        const std::vector<std::string>& formats) {
  const auto choose = [&options](const std::string& word) {
    options.format = word;
    options.json = word == "json";
  };
  auto* format = command
                     .add_option_function<std::string>("--format", choose,
                                                       fmt::format("{}", fmt::join(formats, ", ")))
                     ->check(CLI::IsMember(formats))
                     ->type_name("FORMAT");
  const auto json = [choose](std::int64_t) { choose("json"); };
  command.add_flag_function("--json", json, "the same as --format json")->excludes(format);
  command.add_option("-o,--output", options.output, "write there instead of to standard output")
      ->type_name("FILE");
}

TextOptions text_options(const OutputOptions& output, const CommonOptions& common) {
  return text_options_of(output.output == "-" ? STDOUT_FILENO : -1, common);
}

TextOptions text_options_of(int descriptor, const CommonOptions& common) {
  TextOptions text;
  text.width = terminal_width(descriptor);
  text.color = wants_color(common.color, descriptor);
  text.unicode = wants_unicode();
  text.verbose = common.verbose > 0;
  return text;
}

std::optional<std::string> read_or_explain(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (file) return text;
  fmt::print(stderr, "firedrill: cannot read {}\n", path);
  return std::nullopt;
}

void add_what_if_options(CLI::App& command, WhatIf& what_if) {
  command
      .add_option("--fault", what_if.outage,
                  "put it under this outage document, in place of the faults of the scenario; the "
                  "scenario may then be a system")
      ->type_name("FILE");
  command.add_option("--with", what_if.overlays, "change it by this overlay document; repeatable")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--var", what_if.variables,
                  "change one value, as in system.components.dns.with.ttl=30s; repeatable")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* add_number(CLI::App& command, const std::string& names, const std::string& description,
                        std::uint64_t min, std::uint64_t max,
                        const std::function<void(std::uint64_t)>& take) {
  const auto parse = [=](const std::string& text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < min || value > max) {
      throw CLI::ValidationError(
          names, fmt::format("\"{}\" is no whole number from {} to {}", text, min, max));
    }
    take(value);
  };
  return command.add_option_function<std::string>(names, parse, description)->type_name("N");
}

void start_log(const CommonOptions& options) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
  auto logger = std::make_shared<spdlog::logger>("firedrill", std::move(sink));
  logger->set_pattern("firedrill: %v");
  logger->set_level(options.quiet ? spdlog::level::warn : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

int explain(Diagnostics& diagnostics, const SourceFiles& sources) {
  diagnostics.sort();
  for (const Diagnostic& d : diagnostics.list()) fmt::print(stderr, "{}\n", render(d, sources));
  const std::size_t count = diagnostics.list().size();
  fmt::print(stderr, "{} error{}\n", count, count == 1 ? "" : "s");
  return kExitInvalid;
}

std::optional<Plan> load_or_explain(const std::string& scenario, const WhatIf& what_if) {
  SourceFiles sources;
  return load_or_explain(scenario, sources, what_if);
}

std::optional<Plan> load_or_explain(const std::string& scenario, SourceFiles& sources,
                                    const WhatIf& what_if) {
  Diagnostics diagnostics;
  auto plan = load_plan(scenario, embedded_library(), sources, diagnostics, what_if);
  if (!plan) explain(diagnostics, sources);
  return plan;
}

}  // namespace firedrill

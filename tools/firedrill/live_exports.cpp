#include "tools/firedrill/live_exports.hpp"

#include <fmt/format.h>

#include "engine/live/aws/timestamp.hpp"
#include "reports/chaos_journal.hpp"
#include "reports/live_record.hpp"
#include "reports/trace.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

LiveRecord record_of(const LiveHeld& held) {
  LiveRecord record;
  record.began = aws::utc_text(held.began);
  record.account = fmt::format("{} ({})", held.header.at("account").get<std::string>(),
                               held.header.at("account_alias").get<std::string>());
  record.run_id = held.header.at("run_id").get<std::string>();
  record.emulator = held.header.at("emulator").get<bool>();
  record.game_day = held.header.at("game_day").get<bool>();
  record.poll_interval = held.poll_interval;
  record.stopped = held.result.stopped;
  record.undetected = held.result.undetected;
  record.losses = held.session.losses();
  for (const live::Refusal& refusal : held.session.refusals()) {
    record.refused.push_back(fmt::format("guard {}: {}", refusal.guard, refusal.why));
  }
  for (const live::PutBack& one : held.result.put_back) {
    record.put_back.push_back({one.inverse.what, std::string(put_back_word(one))});
  }
  for (const live::Inverse& left : held.result.left_changed) {
    record.still_different.push_back("not put back: " + left.what);
  }
  for (const std::string& left : held.result.leftovers) record.still_different.push_back(left);
  record.steady = held.result.steady;
  return record;
}

ChaosRun chaos_of(const LiveHeld& held) {
  const live::LiveRunResult& result = held.result;
  ChaosRun chaos;
  chaos.began_epoch_s = aws::epoch_seconds(held.began);
  chaos.deviated =
      !result.stopped.empty() || result.aborted_runbook || !result.steady || result.undetected;
  chaos.interrupted = !result.stopped.empty();
  chaos.steady_after = result.steady;
  for (const live::PutBack& one : result.put_back) {
    chaos.rollbacks.push_back({one.inverse.what, one.outcome.ok()});
  }
  return chaos;
}

}  // namespace

void add_live_export_options(CLI::App& command, LiveExportOptions& options) {
  command
      .add_option("--export-markdown", options.markdown,
                  "the record of the drill: achieved, timeline, what it has left, sign-off")
      ->type_name("FILE");
  command.add_option("--export-trace", options.trace, "the drill as a trace for Perfetto")
      ->type_name("FILE");
  command
      .add_option("--export-chaostoolkit", options.chaos_toolkit,
                  "the run as a journal of the Chaos Toolkit")
      ->type_name("FILE");
}

void check_live_exports(const LiveExportOptions& options) {
  for (const std::string* file : {&options.markdown, &options.trace, &options.chaos_toolkit}) {
    if (!file->empty()) check_writable(*file);
  }
}

std::string_view put_back_word(const live::PutBack& put_back) {
  switch (put_back.outcome.kind) {
    case OutcomeKind::kOk:
      return "done";
    case OutcomeKind::kFailed:
      return "failed";
    default:
      return "outcome unknown";
  }
}

void write_live_exports(const LiveExportOptions& options, const LiveHeld& held) {
  if (!options.markdown.empty()) {
    write_file(options.markdown, render_live_record(held.plan, held.events, held.metrics,
                                                    record_of(held), program()));
  }
  if (!options.trace.empty()) {
    write_file(options.trace, render_trace(held.plan, held.events, 0, 0));
  }
  if (!options.chaos_toolkit.empty()) {
    write_file(options.chaos_toolkit, chaos_journal(held.plan, held.events, chaos_of(held)));
  }
}

}  // namespace firedrill

// Files that a live run writes beside its report.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "engine/live/aws/clock.hpp"
#include "engine/live/journal.hpp"
#include "engine/live/live_run.hpp"
#include "engine/measure/metrics.hpp"
#include "tools/firedrill/live_session.hpp"

namespace firedrill {

struct LiveExportOptions {
  std::string markdown;
  std::string trace;
  std::string chaos_toolkit;
};

/// `--export-markdown`, `--export-trace`, `--export-chaostoolkit`.
void add_live_export_options(CLI::App& command, LiveExportOptions& options);

/// OutputError when one of them could not be written, before anything is changed.
void check_live_exports(const LiveExportOptions& options);

/// A run that is over.
struct LiveHeld {
  const Plan& plan;
  const std::vector<Event>& events;
  const DrillMetrics& metrics;
  const live::LiveRunResult& result;
  const LiveSession& session;
  const live::JournalJson& header;  // of its journal
  aws::UtcInstant began;
  Duration poll_interval;
};

/// How an attempt to put something back came out: "done", "failed", "outcome unknown".
std::string_view put_back_word(const live::PutBack& put_back);

/// Throws OutputError.
void write_live_exports(const LiveExportOptions& options, const LiveHeld& held);

}  // namespace firedrill

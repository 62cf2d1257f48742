// A live run put together from its parts: what it acts on, who answers, what is written down.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/live/account_lock.hpp"
#include "engine/live/aws_platform.hpp"
#include "engine/live/heartbeat.hpp"
#include "engine/live/live_run.hpp"
#include "engine/live/run_lock.hpp"
#include "engine/live/service_probes.hpp"
#include "tools/firedrill/live_sources.hpp"
#include "tools/firedrill/live_terminal.hpp"

namespace firedrill {

/// What `live run` and `live resume` are told.
struct LiveRunFlags {
  bool game_day = false;
  bool automatic = false;
  bool quiet = false;
  TextOptions look;  // of the terminal that is stderr
  live::RollbackStrategy rollback = live::RollbackStrategy::kAsk;
  std::string stop_file;
};

class LiveSession {
 public:
  /// `sources` and `journal` outlive it; `before` may be null. Nothing, with the reason in
  /// `problem`, when a heartbeat cannot be made.
  static std::unique_ptr<LiveSession> make(const LiveSources& sources, live::Journal& journal,
                                           const LiveRunFlags& flags,
                                           const live::JournalContent* before,
                                           std::string& problem);
  ~LiveSession();

  /// Before `run`: keeps other machines off the account, for the run that the header names. `run`
  /// gives the lock back. Throws JournalError when that cannot be written down.
  live::Verdict take_lock(const live::JournalJson& header);
  /// The whole run; `log` gets the drill.
  live::LiveRunResult run(EventLog& log);

  /// What guards have refused, in order.
  std::vector<live::Refusal> refusals() const { return platform_.refusals(); }
  /// What heartbeats have measured, a line a store.
  const std::vector<std::string>& losses() const { return losses_; }

 private:
  struct Heartbeat {
    StoreIndex store;
    std::string name;
    std::unique_ptr<live::HeartbeatStore> rows;
    std::unique_ptr<live::HeartbeatWriter> writer;
  };
  LiveSession(const LiveSources& sources, live::Journal& journal, const LiveRunFlags& flags,
              const live::JournalContent* before);

  std::string release_lock();
  bool make_heartbeats(std::string& problem);
  void measure_losses(EventLog& log, TimePoint now);
  live::LiveRunHooks hooks();
  live::LiveRunOptions options() const;
  void keep(const char* record, const live::JournalJson& fields);
  std::unique_ptr<live::Console> make_console();

  const LiveSources& sources_;
  live::Journal& journal_;
  const LiveRunFlags& flags_;
  const live::JournalContent* before_;
  std::string run_id_;
  live::MonotonicClock clock_;
  std::unique_ptr<live::AwsSession> aws_;
  live::AwsPlatform platform_;
  live::AccountLock lock_;
  live::StagedServiceProbes probes_;
  std::vector<std::string> losses_;
  std::vector<Heartbeat> heartbeats_;
  live::LiveDriver driver_;  // its calls go by all of the above
  LiveScreen screen_;
  std::unique_ptr<live::Console> console_;
  std::unique_ptr<TypedLines> typed_;
};

}  // namespace firedrill

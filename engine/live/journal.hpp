// The journal of a live run: what was done, in JSON Lines that are only ever appended to. Before a
// call that changes something its record has reached the disk; a call whose record has not is not
// made. After a crash the run can be taken up again from it.
//
// Every line has `record` (what it tells of), `at` (UTC) and `t_s` (seconds since the run began):
//
//   header       what was run: scenario, digest of the plan, run id, identity, account, endpoints
//   call-before  a changing call is about to be sent     call-after  what came of a call
//   inverse      the call that puts back what the next change replaces
//   result       what the world answered the executor: perform, observe, ask, alarm, share
//   event        an event of the log, as `run --replication K --json` writes it
//   beat         a heartbeat row that was written to a store
//   note, prompt, rollback, stopped, resumed, end
//
// The file is locked while it is open. Safe to call from several threads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/live/aws/client.hpp"
#include "engine/live/platform.hpp"

namespace firedrill::live {

/// A record could not be kept: a full disk, a failed sync, a lock that somebody else holds.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using JournalJson = nlohmann::ordered_json;

/// On whose account the calls of this thread are made, for as long as it lives: `step` names a step
/// as RUNBOOK/STEP, `fault` a fault by its id.
class OnAccountOf {
 public:
  OnAccountOf(std::string kind, std::string name);
  ~OnAccountOf();
  OnAccountOf(const OnAccountOf&) = delete;
  OnAccountOf& operator=(const OnAccountOf&) = delete;

 private:
  std::string kind_before_;
  std::string name_before_;
};

enum class Sync { kLater, kNow };

class Journal final : public aws::CallObserver, public InverseRecord {
 public:
  /// A new file, with its header. Throws when the file is there already, or is locked.
  static std::unique_ptr<Journal> create(const std::string& path, const JournalJson& header);
  /// To go on with a journal that a crash has ended: a last line that was cut off is removed.
  static std::unique_ptr<Journal> reopen(const std::string& path);
  ~Journal() override;

  /// The clock of the run; until it is set, everything is at 0.
  void set_clock(std::function<TimePoint()> now);

  /// Appends a record. After a failure every further one fails as well: what came after a gap could
  /// not be trusted. Throws JournalError.
  void write(std::string_view record, const JournalJson& fields, Sync sync = Sync::kLater);

  void before(const aws::Attempt& attempt) override;
  void after(const aws::Attempt& attempt, const aws::Outcome& outcome,
             const std::string& request_id) override;
  void keep(const Inverse& inverse) override;

  /// Whether a record could not be kept.
  bool broken() const;
  /// Inverses in the order in which they were kept.
  std::vector<Inverse> inverses() const;
  /// What an earlier run of this journal has kept.
  void restore(std::vector<Inverse> inverses);

 private:
  Journal(std::string path, int file);
  void write_locked(std::string_view record, const JournalJson& fields, Sync sync);
  JournalJson call_fields(const aws::Attempt& attempt) const;

  std::string path_;
  int file_;
  mutable std::mutex mutex_;
  std::function<TimePoint()> now_;
  std::vector<Inverse> inverses_;
  bool broken_ = false;
};

JournalJson to_json(const Inverse& inverse);
Inverse inverse_from_json(const JournalJson& json);

}  // namespace firedrill::live

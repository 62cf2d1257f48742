// How much data a recovery has lost, measured: before the fault a writer begins to commit a row an
// interval to the primary, and after the recovery a reader sees which of them are in the copy that
// the service came back with.
//
// Every stamp is the writer's, so that no difference of clocks enters; the interval is the error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/live/platform.hpp"
#include "engine/live/run_clock.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill::live {

/// One row: `stamp` is when it was sent, by the clock of the run.
struct Beat {
  std::uint64_t sequence = 0;  // from 1
  TimePoint stamp;
  OutcomeKind outcome = OutcomeKind::kUnknown;
};

/// Where rows are kept. Blocks. The rows of one run are told apart by its id.
class HeartbeatStore {
 public:
  virtual ~HeartbeatStore() = default;
  /// Commits a row to the primary. Never sends it twice: unknown when its reply was lost.
  virtual Outcome write(const std::string& run, std::uint64_t sequence, TimePoint stamp,
                        const CallControl& control) = 0;
  /// The sequences of the run that are in the copy; nothing when it cannot be read.
  virtual std::optional<std::set<std::uint64_t>> survivors(const std::string& run,
                                                           const CallControl& control) = 0;
  /// A store of objects that are replicated one by one may lack an old one and hold a newer one.
  virtual bool in_order() const = 0;
  /// Why the last of these calls failed, without secrets. For people.
  virtual std::string problem() const = 0;
};

/// What is missing in the copy. A row whose outcome is unknown and that did not survive was
/// committed and lost, or never committed: `most` counts it, `least` does not.
struct HeartbeatLoss {
  struct Bound {
    /// In order: the newest committed row minus the newest that survived before the first missing.
    /// Out of order: the age of the oldest missing row, seen from the newest committed one, and one
    /// interval, since writes just after the row before it are missing too. Zero: nothing missing.
    Duration span;
    std::int64_t missing = 0;  // rows
  };
  Bound least;
  Bound most;
  std::int64_t committed = 0;  // rows known to be: they were said to be, or survived
  std::int64_t unknown = 0;    // rows whose outcome was unknown and that did not survive
  /// The age that covers 99 % of the missing rows, the oldest reading; of a store out of order.
  std::optional<Duration> age_of_99;
  Duration error;  // the widest gap between two rows that were committed around the loss
};

HeartbeatLoss loss_of(const std::vector<Beat>& beats, const std::set<std::uint64_t>& survivors,
                      Duration interval, bool in_order);

/// The events of a loss, at its worst reading, since a range has no place in them.
std::vector<Event> loss_events(StoreIndex store, TimePoint at, const HeartbeatLoss& loss);

/// `2.0s lost (2 rows), with 1 row of unknown outcome up to 3.0s; error 1.0s`
std::string describe(const HeartbeatLoss& loss);

/// Writes rows on a thread of its own from `begin` to `end`. A write that takes longer than the
/// interval is followed by the next at once, and the rows in between are left out.
class HeartbeatWriter {
 public:
  struct Options {
    std::string run;  // an id that no other run has
    Duration interval = Duration::seconds(1);
    Duration write_limit = Duration::seconds(5);
  };
  /// All of them outlive the writer. `told`, which may be empty, is told of every row on the
  /// writer's thread.
  HeartbeatWriter(HeartbeatStore& store, RunClock& clock, Options options,
                  std::function<void(const Beat&)> told = {});
  ~HeartbeatWriter();
  HeartbeatWriter(const HeartbeatWriter&) = delete;
  HeartbeatWriter& operator=(const HeartbeatWriter&) = delete;

  /// Rows of an earlier part of the run, to go on behind them. The one that may have been under way
  /// when that part was cut off is of unknown outcome. Before `begin`.
  void restore(std::vector<Beat> beats);
  void begin();
  /// After the row that is under way. Twice does no harm.
  void end();

  std::vector<Beat> beats() const;
  /// Reads the copy and compares; nothing when the copy cannot be read, or no row was committed.
  std::optional<HeartbeatLoss> measure(const CallControl& control) const;

 private:
  void write_all(const std::stop_token& stop);

  HeartbeatStore& store_;
  RunClock& clock_;
  Options options_;
  std::function<void(const Beat&)> told_;
  mutable std::mutex mutex_;
  std::vector<Beat> beats_;
  std::jthread thread_;  // last member: ends before what it uses
};

}  // namespace firedrill::live

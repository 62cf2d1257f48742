// SimGrid, wrapped: the clock that drives the agenda, and the links that flows share. The only file
// that includes SimGrid, since its API changes from version to version and its engine is one a
// process.
//
// What was found out about SimGrid 3.32 and is hidden here:
//   - timers of one date run in the order of their addresses: so there is one timer, for the
//   earliest
//     date, and the agenda keeps the order;
//   - a host-to-host flow ignores `set_rate`: so every flow runs through a link of its own, whose
//     bandwidth is the limit, and which can be changed while the flow runs;
//   - a flow that is started while a link of its route is off neither ends nor fails: so it is
//   refused
//     here;
//   - the TCP window and cross-traffic corrections are switched off, so that shares are exact
//   max-min
//     fair shares with a closed form.
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/agenda.hpp"
#include "engine/base/task.hpp"
#include "engine/base/time.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// A link that several flows may share.
struct SharedLinkIndex {
  std::uint32_t value = kNobody;
  bool valid() const { return value != kNobody; }
};

/// A way for one flow at a time: a private link of settable bandwidth, then shared links.
struct LaneIndex {
  std::uint32_t value = kNobody;
  bool valid() const { return value != kNobody; }
};

struct SharedLinkPlan {
  std::string name;
  double bytes_per_s = 0;
  Duration latency;
};

struct LanePlan {
  std::vector<SharedLinkIndex> through;
};

/// One in a process, and the process must not have made one before.
class SimGridEngine {
 public:
  SimGridEngine(const std::vector<SharedLinkPlan>& links, const std::vector<LanePlan>& lanes);
  ~SimGridEngine();
  SimGridEngine(const SimGridEngine&) = delete;
  SimGridEngine& operator=(const SimGridEngine&) = delete;

  Agenda& agenda();

  /// Starts `root` and runs until it ends, the horizon passes, or nothing is left that could
  /// happen.
  DrillEnd drive(Task<void>& root, TimePoint horizon);

  /// Ends a drill: every flow cancelled, links back on at their planned bandwidth, the agenda at
  /// zero. REQUIRES: the tasks of the drill have been dropped.
  void reset();

  void set_link_up(SharedLinkIndex link, bool up);
  bool link_up(SharedLinkIndex link) const;
  /// What a link carries from now on, until the end of the drill.
  void set_link_bytes_per_s(SharedLinkIndex link, double bytes_per_s);

  /// A flow on a lane. Drops the flow when it goes out of scope.
  class Flow {
   public:
    Flow(SimGridEngine& engine, LaneIndex lane, double bytes, double bytes_per_s_max);
    ~Flow();
    Flow(const Flow&) = delete;
    Flow& operator=(const Flow&) = delete;

    /// False when a link of the lane is off: the flow will never run.
    bool running() const { return running_; }
    /// What the flow gets at this moment. Shares are known one microsecond after a change at the
    /// earliest, once SimGrid has solved them.
    double bytes_per_s() const;
    void set_bytes_per_s_max(double limit);

    /// `co_await flow.ended()`: true when all bytes arrived, false when a link went off.
    struct [[nodiscard]] Ended {
      Flow& flow;
      bool await_ready() const noexcept { return !flow.running_; }
      void await_suspend(std::coroutine_handle<> handle) noexcept { flow.waiting_ = handle; }
      bool await_resume() const noexcept { return flow.arrived_; }
    };
    Ended ended() { return {*this}; }

   private:
    friend class SimGridEngine;
    SimGridEngine& engine_;
    LaneIndex lane_;
    bool running_ = false;
    bool arrived_ = false;
    std::coroutine_handle<> waiting_;
    AgendaEntry entry_;
  };

  /// How many flows are under way: zero between drills.
  std::size_t flows() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace firedrill

// What relational databases have in common, whichever service runs them: the load of their queries,
// what a failover tells and leaves behind, and the provider's help with one that is stuck.
//
// Load. At f times the usual load, of which readers take a share s, queries ask u f (1 - s) of the
// processor, u being the usual share and a cold cache a factor more; of what exceeds it nothing is
// answered. They take c f (1 - s) of the most connections there can be; with a share l of them left
// open by software, (1 - l) / (c f (1 - s)) of the requests get one. Connections take the memory m
// that is left at rest: 1 less those in use, over 1 - c, of m remain. A cache in front of it that
// misses more than usual adds its misses to u (models/cache_cluster.hpp).
#pragma once

#include <functional>
#include <map>

#include "models/store_replica.hpp"

namespace firedrill {

class Database : public StoreReplica {
 public:
  Database(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;

  /// What the queries ask as a multiple of the usual, on account of a cache that misses more.
  void missed_by(ComponentIndex cache, double factor) { misses_[cache.value] = factor; }

 protected:
  static constexpr double kBytesPerMb = 1e6;

  /// At the usual load, with a warm cache.
  struct Rest {
    Share cpu;
    Share connections;
    Size freeable_memory;
  };
  virtual Rest at_rest() const = 0;
  /// Whether there is an instance whose load can be measured.
  virtual bool measurable() const = 0;

  /// The provider tells of a failover, a while later, for a few minutes.
  void announce_failover();
  /// Ends at once unless a fault keeps failovers from completing.
  Task<void> until_unstuck();
  /// Ends when so much has crossed the lane at once, at most at a rate that is drawn anew for each
  /// try: a copy that breaks off begins anew. Says when the one that arrived was begun.
  Task<TimePoint> copied_over(LaneIndex lane, double bytes,
                              std::function<double()> most_bytes_per_s);
  /// Its cache is empty from now on, and fills.
  void begin_cold();

  const Parts* parts_ = nullptr;

 private:
  Outcome copy_table_from(const Database& source, StepIndex by);
  Task<void> tell();
  Task<void> warm_up();
  Task<void> provider_helps(StepIndex by);
  double load() const;
  double connections() const;

  SlotDraws cold_cache_;
  SlotDraws cold_cache_load_;
  SlotDraws event_notification_;
  SlotDraws support_response_;
  bool stuck_ = false;      // a failover would not complete
  bool announced_ = false;  // the provider has told of a failover, not long ago
  double load_factor_ = 1;
  double leaked_ = 0;           // share of the connections that software has left open
  double reads_elsewhere_ = 0;  // share of the load that readers take over
  double cold_factor_ = 1;
  std::map<std::uint32_t, double> misses_;  // by cache in front of it
  TaskSet warming_;
};

}  // namespace firedrill

// What the simulated data stores have in common: one region's copy of a store.
//
// A copy can follow another over the network (models/replication.hpp); be closed to writes by those
// who run the platform; hold wrong data; and be made in place of another, whose clients it gets
// when they are switched to it.
//
// Wrong data. Software writes them from one moment on, every copy that follows takes them over, and
// nothing fails that a check from outside would see: the share of answers that they spoil counts as
// failed for customers alone. What shows is a report by a customer or by staff, a while later.
//
// Loss of a restore. A copy restored to the point in time r, which takes the place of one whose
// last write was at s, misses all that was written between: s - r, where s is when writes were
// stopped, or else when the clients moved.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "models/client_pools.hpp"
#include "models/component.hpp"
#include "models/replication.hpp"

namespace firedrill {

/// What is missing from the data a copy comes back with.
struct DataLoss {
  double span_s = 0;        // span of committed writes that are missing
  double writes = -1;       // how many, -1 when the store does not count them
  double age_of_99_s = -1;  // age that covers 99 % of them; only where writes arrive unordered
};

/// The copy whose writes a copy takes over; invalid when it follows none.
ComponentIndex replication_source(const Plan& plan, ComponentIndex copy);

class StoreReplica : public Component {
 public:
  StoreReplica(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override { return pools_.share(path.site); }
  void link_changed() override;

  /// Whether a service in the member's region can read and write through it now.
  virtual bool usable() const = 0;
  /// What was lost when this copy took over; empty for a copy that has always been the one written
  /// to.
  const std::optional<DataLoss>& loss() const { return loss_; }
  /// Share of the answers from its data that are right.
  double right_share() const { return 1.0 - wrong_share_; }

  /// Since when its data are wrong; never() while they are right.
  TimePoint wrong_since() const { return wrong_since_; }
  /// When the newest write was taken, as of now.
  TimePoint last_write() const {
    return std::min(writes_stopped_at_.value_or(context_.now()), down_since());
  }
  bool takes_writes() const { return !writes_stopped_at_; }
  /// The services use it, and not what stands in for it.
  bool has_clients() const { return has_clients_; }
  /// What was written later is not in it: it was restored to that moment. never() for one that has
  /// always been there.
  TimePoint data_as_of() const { return data_as_of_.value_or(TimePoint::never()); }

 protected:
  /// What it is restored from and stands in for; null for a copy that was there from the start.
  StoreReplica* original() const { return original_; }
  /// Open to the services: not closed by hand, and not waiting to take another's place.
  bool open_to_clients() const { return has_clients_ && takes_writes(); }

  /// From now on takes over what `source` writes. Of what has been written, so much is missing.
  void follow(StoreReplica& source, LaneIndex lane, double bytes_per_s, double missing_bytes = 0);
  void unfollow();
  bool follows() const { return source_ != nullptr; }
  /// By how much the network alone has it behind.
  Duration stream_lag() const { return stream_ ? stream_->lag() : Duration{}; }
  ReplicationStream* stream() { return stream_.get(); }
  const ReplicationStream* stream() const { return stream_.get(); }

  /// The moment to restore to: so long before the data became wrong if they are, and never later
  /// than what is restorable.
  TimePoint restore_point(std::optional<Duration> before, Duration restorable_age) const;
  /// It now holds the data of `source` as they were at `point`.
  void holds_data_of(const StoreReplica& source, TimePoint point);
  /// The original's clients now come here: all, or task by task as they are started anew.
  void take_over_clients(bool all_at_once, StepIndex by);
  void data_are_right();
  /// It takes no more writes, from now on.
  void stop_writes();

  ClientPools pools_;
  std::optional<DataLoss> loss_;
  TaskSet tasks_;

 private:
  void data_are_wrong(TimePoint since, double share);
  Task<void> report_wrong_data();

  SlotDraws wrong_data_report_;
  StoreReplica* original_ = nullptr;
  StoreReplica* source_ = nullptr;
  std::vector<StoreReplica*> followers_;
  std::unique_ptr<ReplicationStream> stream_;
  std::optional<TimePoint> writes_stopped_at_;
  std::optional<TimePoint> data_as_of_;
  TimePoint wrong_since_ = TimePoint::never();
  double wrong_share_ = 0;
  bool reported_ = false;
  bool has_clients_ = true;
};

}  // namespace firedrill

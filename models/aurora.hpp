// An Aurora cluster: one shared volume, instances in several zones, one of them the writer; or a
// replica of another region's cluster that becomes a writer when it is promoted or failed over to.
//
// The writer begins in the first of the cluster's zones. Loss of its zone: writes stop for the
// in-region failover and until the endpoint names the new writer, in the first zone of the list
// that is up; with none of them up the provider makes an instance elsewhere in the region, which
// takes as long as creating one. Loss of the region: the cluster is gone with it; what its replica
// misses is the lag at that moment, which is the base lag plus what the link had not carried yet
// (models/replication.hpp).
#pragma once

#include <memory>
#include <vector>

#include "models/replication.hpp"
#include "models/store_replica.hpp"

namespace firedrill {

class AuroraCluster : public StoreReplica {
 public:
  AuroraCluster(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  bool usable() const override;
  std::optional<DataLoss> loss() const override { return loss_; }
  void place_changed() override;
  void link_changed() override;

  /// The call documented for Aurora MySQL. Refused for a PostgreSQL replica, with the probability
  /// of the behaviour; accepted, the cluster becomes a writer a while later.
  Outcome promote(StepIndex by);
  /// Unplanned failover of the global database to this cluster.
  Outcome fail_over(StepIndex by);
  /// The volume has been restored, up to a point this long before now.
  void restored(Duration data_is_older_by, StepIndex by);
  /// Adds the instance a restored cluster needs to answer queries.
  Outcome create_instance(StepIndex by);

  bool exists() const { return exists_; }
  bool is_writer() const { return writer_; }
  /// What `describe` calls available: no change under way. Says nothing about being a writer.
  bool available() const;
  /// Age of the newest write that has arrived, at this moment or when the source was lost.
  Duration lag() const;

 private:
  const AuroraClusterSpec& spec() const { return spec_as<AuroraClusterSpec>(); }
  /// A replica: the cluster it follows, and the lane of the network its stream takes.
  void follow(AuroraCluster& source, LaneIndex lane, Duration latency);
  Task<void> become_writer(Duration after, StepIndex by);
  Task<void> fail_over_zone();
  Task<void> reconnect(StepIndex by);
  Task<void> make_instance(StepIndex by);
  void source_lost();
  void source_back();
  bool zone_of_its_own_up() const;
  void choose_writer_zone();

  SlotDraws zone_failover_;
  SlotDraws endpoint_update_;
  SlotDraws pool_reconnect_;
  SlotDraws base_lag_draw_;
  SlotDraws promotion_;
  SlotDraws global_failover_;
  SlotDraws instance_creation_;

  AuroraCluster* source_ = nullptr;
  AuroraCluster* replica_ = nullptr;
  std::unique_ptr<ReplicationStream> stream_;
  Duration base_lag_;
  std::optional<Duration> lag_when_lost_;
  bool exists_;
  bool writer_;
  bool has_instance_;
  bool changing_ = false;           // promotion, failover or creation under way
  bool reconnecting_ = false;       // it takes writes, but its clients' pools do not know yet
  bool failing_over_ = false;       // between zones
  std::vector<std::size_t> zones_;  // of the region, in the order of the document
  std::size_t writer_zone_ = 0;
  std::optional<DataLoss> loss_;
  std::optional<DataLoss> restored_loss_;
  TaskSet tasks_;
};

}  // namespace firedrill

// An S3 bucket that replicates from another region's, object by object and in no order.
//
// Objects are written as a Poisson process of rate w, and each arrives after a delay of its own
// with distribution F. When the source is lost, the objects still missing form a Poisson process
// over their age a, with rate w (1 - F(a)). So, with m the mean delay and G(a) the integral of 1 -
// F from a on,
//   - the number missing is Poisson with mean w m;
//   - the oldest missing one is younger than a with probability exp(-w G(a)): the achieved RPO;
//   - the age that covers 99 % of them is where G has fallen to 1 % of m.
// A link that has the stream of objects behind by T (models/replication.hpp) adds all writes of
// that time: w T missing, each age longer by T, so the number older than a is w (T - a + m) for a <
// T and w G(a - T) beyond. Objects that software has damaged are restored from their versions, n of
// them in n / min(r, k / t) where the bucket takes r copies a second, and k run at once and take t
// each. For a lognormal delay G(a) = m Phi((mu + s^2 - ln a) / s) - a Phi((mu - ln a) / s).
#pragma once

#include "engine/base/distribution.hpp"
#include "models/store_replica.hpp"

namespace firedrill {

/// The arithmetic above for any distribution of delays.
class UnorderedReplication {
 public:
  UnorderedReplication(const Distribution& delay, double writes_per_s);

  double mean_missing() const;
  /// Age of the oldest missing write at probability u; zero when none is missing.
  double oldest_missing_s(double u) const;
  /// Age that covers the share of the missing writes, on average.
  double age_covering_s(double share, double cut_s = 0) const;

 private:
  double mean_beyond(double age) const;  // G
  double solve(double wanted) const;     // the age where G has fallen to `wanted`

  const Distribution& delay_;
  double writes_per_s_;
  double mean_delay_;
};

class S3Bucket : public StoreReplica {
 public:
  S3Bucket(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  bool usable() const override { return region_up() && open_to_clients(); }
  void place_changed() override;

 private:
  const S3BucketSpec& spec() const { return spec_as<S3BucketSpec>(); }
  Task<void> restore_versions(StepIndex by);
  double mean_of(std::string_view slot) const;

  Stream oldest_;
  S3Bucket* source_ = nullptr;
  LaneIndex lane_;
  std::int64_t damaged_objects_ = 0;
};

}  // namespace firedrill

#include "models/s3.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace firedrill {

UnorderedReplication::UnorderedReplication(const Distribution& delay, double writes_per_s)
    : delay_(delay), writes_per_s_(writes_per_s), mean_delay_(mean_beyond(0)) {}

/// The integral of 1 - F beyond `age`: (E[X | X > age] - age) P(X > age).
double UnorderedReplication::mean_beyond(double age) const {
  if (age <= 0) return delay_.mean();
  const DistributionResult beyond = delay_.truncated(age, std::nullopt);
  if (!beyond) return 0;  // next to no mass is left there
  return std::max(0.0, (beyond->mean() - age) * (1.0 - delay_.cdf(age)));
}

double UnorderedReplication::mean_missing() const { return writes_per_s_ * mean_delay_; }

double UnorderedReplication::solve(double wanted) const {
  if (wanted >= mean_delay_) return 0;
  double low = 0;
  double high = 1;
  while (mean_beyond(high) > wanted) high *= 2;
  for (int i = 0; i < 60 && high - low > 1e-6 * high; ++i) {
    const double middle = 0.5 * (low + high);
    (mean_beyond(middle) > wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double UnorderedReplication::oldest_missing_s(double u) const {
  return solve(-std::log(u) / writes_per_s_);
}

double UnorderedReplication::age_covering_s(double share, double cut_s) const {
  const double older = (1.0 - share) * (mean_delay_ + cut_s);
  return older > mean_delay_ ? cut_s + mean_delay_ - older : cut_s + solve(older);
}

S3Bucket::S3Bucket(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      oldest_(context.draws, entity_key(planned().name + "/oldest-missing")) {}

void S3Bucket::connect(const Parts& parts) {
  source_ = parts.as<S3Bucket>(planned().reference("replicates_from"));
  if (source_ == nullptr) return;
  outage_.watch(link_between(context_.plan, planned().region, source_->planned().region));
}

bool S3Bucket::usable() const { return regions_.up(planned().region); }

void S3Bucket::place_changed() {
  if (source_ == nullptr || loss_ || source_->usable() || !usable()) return;
  const auto& spec = std::get<S3BucketSpec>(source_->planned().detail);
  const TimingIndex delay =
      planned().timing(spec.replication_time_control ? "replication_rtc" : "replication");
  const UnorderedReplication missing(context_.plan.timing(delay).distribution,
                                     spec.write_rate.per_s);
  const double cut_s = to_seconds(outage_.lasted(context_.now()));
  loss_ = DataLoss{.span_s = cut_s + missing.oldest_missing_s(oldest_.next()),
                   .writes = cut_s * spec.write_rate.per_s + missing.mean_missing(),
                   .age_of_99_s = missing.age_covering_s(0.99, cut_s)};
}

}  // namespace firedrill

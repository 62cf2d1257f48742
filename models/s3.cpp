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
  StoreReplica::connect(parts);
  source_ = parts.as<S3Bucket>(replication_source(context_.plan, self_));
  lane_ = parts.replica_lane(self_);
}

void S3Bucket::begin() {
  if (source_ == nullptr) return;
  follow(*source_, lane_, source_->spec().write_rate.per_s * source_->spec().object_size.bytes);
}

Outcome S3Bucket::take(const PlannedCall& call, StepIndex by) {
  if (call.operation != Operation::kS3RestoreVersions) return StoreReplica::take(call, by);
  tasks_.spawn(restore_versions(by));
  return Outcome{};
}

Outcome S3Bucket::strike(const PlannedCall& fault, bool begins) {
  const bool damages = fault.operation == Operation::kFaultDataCorruption && begins;
  if (damages) damaged_objects_ = std::max<std::int64_t>(damaged_objects_, fault.count);
  return StoreReplica::strike(fault, begins);
}

void S3Bucket::place_changed() {
  if (source_ == nullptr || loss_ || source_->region_up() || !region_up()) return;
  const S3BucketSpec& written = source_->spec();
  const TimingIndex delay =
      planned().timing(written.replication_time_control ? "replication_rtc" : "replication");
  const UnorderedReplication missing(context_.plan.timing(delay).distribution,
                                     written.write_rate.per_s);
  const double behind_s = to_seconds(stream_lag());
  loss_ = DataLoss{.span_s = behind_s + missing.oldest_missing_s(oldest_.next()),
                   .writes = behind_s * written.write_rate.per_s + missing.mean_missing(),
                   .age_of_99_s = missing.age_covering_s(0.99, behind_s)};
}

double S3Bucket::mean_of(std::string_view slot) const {
  return context_.plan.timing(planned().timing(slot)).distribution.mean();
}

Task<void> S3Bucket::restore_versions(StepIndex by) {
  const double a_second =
      std::min(mean_of("copy_rate"), mean_of("parallel_copies") / mean_of("copy_object"));
  const double takes_s =
      static_cast<double>(std::max<std::int64_t>(0, damaged_objects_)) / a_second;
  auto copied = sleep_for(context_.agenda, duration_from_seconds(takes_s));
  co_await copied;
  damaged_objects_ = 0;
  data_are_right();
  context_.change(by);
}

}  // namespace firedrill

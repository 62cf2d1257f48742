#include "models/database.hpp"

#include <algorithm>

namespace firedrill {
namespace {

// For how long an event is shown as new.
constexpr Duration kEventShown = Duration::minutes(5);
constexpr double kGibibyte = 1024.0 * 1024 * 1024;

}  // namespace

Database::Database(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      cold_cache_(context, self, "cold_cache"),
      cold_cache_load_(context, self, "cold_cache_load"),
      event_notification_(context, self, "event_notification"),
      support_response_(context, self, "support_response") {}

void Database::connect(const Parts& parts) {
  StoreReplica::connect(parts);
  parts_ = &parts;
}

Outcome Database::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kSupportCreateCase:
      tasks_.spawn(provider_helps(by));
      return Outcome{};
    case Operation::kDatabaseEndIdleSessions:
      if (!measurable()) return Outcome::failed(Failure::kUnreachable);
      leaked_ = 0;
      context_.change(by);
      return Outcome{};
    case Operation::kDatabaseReadElsewhere:
      reads_elsewhere_ = call.share;
      context_.change(by);
      return Outcome{};
    case Operation::kPsqlReindex:
      if (!measurable()) return Outcome::failed(Failure::kUnreachable);
      data_are_right();
      context_.change(by);
      return Outcome{};
    case Operation::kDatabaseCopyTable:
      return copy_table_from(*parts_->as<Database>(call.target), by);
    default:
      return StoreReplica::take(call, by);
  }
}

/// What was written to the table since the source was as it is, is lost.
Outcome Database::copy_table_from(const Database& source, StepIndex by) {
  if (!source.measurable() || !measurable()) return Outcome::failed(Failure::kNotFound);
  const TimePoint as_of = std::min(source.data_as_of(), last_write());
  if (source.right_share() == 1) data_are_right();
  loss_ = DataLoss{.span_s = to_seconds(last_write() - as_of)};
  context_.change(by);
  return Outcome{};
}

Outcome Database::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultFailoverStuck:
      stuck_ = begins;
      return Outcome{};
    case Operation::kFaultConnectionLeak:
      leaked_ = begins ? fault.share : 0;
      return Outcome{};
    case Operation::kFaultDatabaseLoad:
      load_factor_ = begins ? fault.factor : 1.0;
      return Outcome{};
    default:
      return StoreReplica::strike(fault, begins);
  }
}

std::optional<double> Database::metric(Operation metric) const {
  if (metric == Operation::kMetricFailoverEvent) return announced_ ? 1.0 : 0.0;
  if (!measurable()) return std::nullopt;
  switch (metric) {
    case Operation::kMetricDatabaseCpu:
      return std::min(1.0, load());
    case Operation::kMetricDatabaseConnections:
      return std::min(1.0, connections() + leaked_);
    case Operation::kMetricFreeableMemory: {
      const double left = (1.0 - std::min(1.0, connections() + leaked_)) /
                          std::max(1e-9, 1.0 - at_rest().connections.value);
      return std::min(1.0, left) * at_rest().freeable_memory.bytes / kGibibyte;
    }
    default:
      return StoreReplica::metric(metric);
  }
}

double Database::load() const {
  double factor = load_factor_ * cold_factor_ * (1.0 - reads_elsewhere_);
  for (const auto& [cache, misses] : misses_) factor *= misses;
  return at_rest().cpu.value * factor;
}

/// That its queries need.
double Database::connections() const {
  return at_rest().connections.value * load_factor_ * (1.0 - reads_elsewhere_);
}

double Database::passes(const Path& path) const {
  if (leaked_ >= 1) return 0;
  const double connected = (1.0 - leaked_) / std::max(1.0 - leaked_, connections());
  return StoreReplica::passes(path) / std::max(1.0, load()) * connected;
}

void Database::announce_failover() { tasks_.spawn(tell()); }

Task<void> Database::tell() {
  auto told = sleep_for(context_.agenda, event_notification_.duration());
  co_await told;
  announced_ = true;
  context_.change({});
  auto shown = sleep_for(context_.agenda, kEventShown);
  co_await shown;
  announced_ = false;
  context_.change({});
}

Task<void> Database::until_unstuck() {
  while (stuck_) {
    auto change = context_.changed.wait();
    co_await change;
  }
}

Task<TimePoint> Database::copied_over(LaneIndex lane, double bytes,
                                      std::function<double()> most_bytes_per_s) {
  for (;;) {
    const TimePoint begun = context_.now();
    if (!lane.valid()) co_return begun;
    {
      SimGridEngine::Flow copy(context_.engine, lane, bytes, most_bytes_per_s());
      context_.change_shares();
      auto ended = copy.ended();
      const bool arrived = co_await ended;
      if (arrived) co_return begun;
    }
    auto news = context_.changed.wait();
    co_await news;
  }
}

void Database::begin_cold() {
  warming_.clear();
  warming_.spawn(warm_up());
}

Task<void> Database::warm_up() {
  cold_factor_ = std::max(1.0, cold_cache_load_.value());
  auto warm = sleep_for(context_.agenda, cold_cache_.duration());
  co_await warm;
  cold_factor_ = 1;
  context_.change({});
}

Task<void> Database::provider_helps(StepIndex by) {
  auto answered = sleep_for(context_.agenda, support_response_.duration());
  co_await answered;
  stuck_ = false;
  context_.change(by);
}

}  // namespace firedrill

#include "models/platform_parts.hpp"

#include <algorithm>

namespace firedrill {
namespace {

LinkIndex link_between(const Plan& plan, RegionIndex a, RegionIndex b) {
  for (std::uint32_t i = 0; i < plan.links.size(); ++i) {
    const PlannedLink& link = plan.links[i];
    if ((link.from == a && link.to == b) || (link.from == b && link.to == a)) return LinkIndex{i};
  }
  return {};
}

}  // namespace

LinkIndex link_to_source(const Plan& plan, const PlannedComponent& replica,
                         const std::string& source) {
  for (const PlannedComponent& other : plan.components) {
    if (!source.empty() && other.name == source) {
      return link_between(plan, replica.region, other.region);
    }
  }
  return {};
}

std::int64_t most_tasks(const Plan& plan, RegionIndex region) {
  std::int64_t tasks = 0;
  for (std::uint32_t i = 0; i < plan.components.size(); ++i) {
    const auto* service = std::get_if<EcsServiceSpec>(&plan.components[i].detail);
    if (service == nullptr || plan.components[i].region != region) continue;
    std::int64_t most = std::max(service->production_count, service->desired_count);
    for (const PlannedStep& step : plan.steps) {
      const auto& of = step.call.components;
      if (std::find(of.begin(), of.end(), ComponentIndex{i}) == of.end()) continue;
      most = std::max(most, step.call.count);
    }
    tasks += most;
  }
  return tasks;
}

PlatformParts::PlatformParts(DrillContext& context, const Regions& regions,
                             const std::vector<LaneIndex>& replica_lanes,
                             const std::vector<std::vector<LaneIndex>>& image_lanes)
    : context_(context), regions_(regions), replica_lanes_(replica_lanes) {
  const std::size_t count = context.plan.components.size();
  components.clusters.resize(count);
  components.services.resize(count);
  components.records.resize(count);
  components.distributors.resize(count);
  components.auroras.resize(count);
  components.stores.resize(count);
  backups.resize(count);
  for (const auto& lanes : image_lanes) {
    lanes_of_region_.push_back(std::make_unique<ImageLanes>(lanes));
  }
  for (std::uint32_t i = 0; i < count; ++i) build(ComponentIndex{i}, image_lanes);
  for (std::uint32_t i = 0; i < count; ++i) build_second(ComponentIndex{i});
}

/// What needs no other component.
void PlatformParts::build(ComponentIndex index, const std::vector<std::vector<LaneIndex>>&) {
  const ComponentDetail& detail = context_.plan.component(index).detail;
  const std::uint32_t i = index.value;
  if (std::holds_alternative<EcsClusterSpec>(detail)) {
    components.clusters[i] = std::make_unique<EcsCluster>(context_, regions_, index);
  } else if (std::holds_alternative<DnsRecordSpec>(detail)) {
    components.records[i] = std::make_unique<DnsRecord>(context_, index);
  } else if (std::holds_alternative<DistributionPointSpec>(detail)) {
    components.distributors[i] = std::make_unique<Distributor>(
        context_, index, context_.plan.component(index).reference("origin"));
  } else if (std::holds_alternative<AuroraClusterSpec>(detail)) {
    components.auroras[i] = std::make_unique<AuroraCluster>(context_, regions_, index);
  } else if (std::holds_alternative<DynamoTableSpec>(detail)) {
    components.stores[i] = std::make_unique<DynamoTable>(context_, regions_, index);
  } else if (std::holds_alternative<S3BucketSpec>(detail)) {
    components.stores[i] = std::make_unique<S3Bucket>(context_, regions_, index);
  }
}

/// What is built upon others.
void PlatformParts::build_second(ComponentIndex index) {
  const PlannedComponent& planned = context_.plan.component(index);
  if (std::holds_alternative<EcsServiceSpec>(planned.detail)) {
    components.services[index.value] = std::make_unique<EcsService>(
        context_, regions_, index, *components.clusters[planned.reference("cluster").value],
        *lanes_of_region_[planned.region.value]);
  } else if (std::holds_alternative<BackupPlanSpec>(planned.detail)) {
    backups[index.value] = std::make_unique<BackupPlan>(
        context_, regions_, index, *components.auroras[planned.reference("source").value],
        *components.auroras[planned.reference("restores").value]);
  }
}

void PlatformParts::connect(const ServicePaths&) {
  for (std::uint32_t i = 0; i < context_.plan.components.size(); ++i) {
    connect_stores(ComponentIndex{i});
  }
}

void PlatformParts::connect_stores(ComponentIndex index) {
  const PlannedComponent& planned = context_.plan.component(index);
  const std::uint32_t i = index.value;
  if (const auto* cluster = std::get_if<AuroraClusterSpec>(&planned.detail)) {
    if (cluster->replicates_from.empty() || !replica_lanes_[i].valid()) return;
    const ComponentIndex source = planned.reference("replicates_from");
    const LinkIndex link = link_to_source(context_.plan, planned, cluster->replicates_from.text);
    components.auroras[i]->follow(*components.auroras[source.value], replica_lanes_[i],
                                  context_.plan.links[link.value].latency);
  } else if (const auto* bucket = std::get_if<S3BucketSpec>(&planned.detail)) {
    if (bucket->replicates_from.empty()) return;
    const ComponentIndex source = planned.reference("replicates_from");
    static_cast<S3Bucket&>(*components.stores[i])
        .replicate_from(static_cast<const S3Bucket&>(*components.stores[source.value]),
                        link_to_source(context_.plan, planned, bucket->replicates_from.text));
  } else if (const auto* table = std::get_if<DynamoTableSpec>(&planned.detail)) {
    for (std::uint32_t j = 0; j < context_.plan.components.size(); ++j) {
      const PlannedComponent& other = context_.plan.components[j];
      const auto* twin = std::get_if<DynamoTableSpec>(&other.detail);
      if (j == i || twin == nullptr || twin->global_table.text != table->global_table.text)
        continue;
      static_cast<DynamoTable&>(*components.stores[i])
          .replicate_with(static_cast<const DynamoTable&>(*components.stores[j]),
                          link_to_source(context_.plan, planned, other.name));
    }
  }
}

void PlatformParts::start_checks(const ServicePaths& paths) {
  for (const auto& record : components.records) {
    if (record) record->watch(paths);
  }
}

void PlatformParts::place_changed() {
  for (std::uint32_t i = 0; i < context_.plan.components.size(); ++i) {
    if (components.auroras[i]) {
      components.auroras[i]->link_changed();
      components.auroras[i]->place_changed();
    }
    if (components.stores[i]) {
      components.stores[i]->link_changed();
      components.stores[i]->place_changed();
    }
    if (components.services[i]) components.services[i]->place_changed();
  }
}

std::optional<double> ComponentMetrics::read(const PlannedAlarm& alarm) const {
  switch (alarm.metric) {
    case Operation::kMetricTarget5xx:
      return paths_.target_error_share(alarm.of);
    case Operation::kMetricEndpointUnhealthy:
      return components_.records[alarm.of.value]->primary_unhealthy() ? 1.0 : 0.0;
    case Operation::kMetricTasksMissing: {
      const EcsService& service = *components_.services[alarm.of.value];
      if (!regions_.up(service.planned().region)) return std::nullopt;
      return static_cast<double>(std::max<std::int64_t>(0, service.desired() - service.running()));
    }
    case Operation::kMetricReplicaLag: {
      const AuroraCluster& cluster = *components_.auroras[alarm.of.value];
      if (!regions_.up(cluster.planned().region)) return std::nullopt;
      return to_seconds(cluster.lag());
    }
    case Operation::kMetricSyntheticsFailed:
      return paths_.failed_share(alarm.of);
    default:
      return std::nullopt;
  }
}

}  // namespace firedrill

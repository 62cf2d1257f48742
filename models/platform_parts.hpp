// Builds the components of a plan and connects them; the metrics that alarms read off them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/alarms.hpp"
#include "models/backup.hpp"
#include "models/service_paths.hpp"

namespace firedrill {

/// The link between a component's region and that of the component it replicates from; invalid if
/// none.
LinkIndex link_to_source(const Plan& plan, const PlannedComponent& replica,
                         const std::string& source);
/// The most tasks that can run in a region at once, by the numbers of its services and of the steps
/// that change them.
std::int64_t most_tasks(const Plan& plan, RegionIndex region);

class PlatformParts {
  std::vector<std::unique_ptr<ImageLanes>> lanes_of_region_;  // outlive the tasks that hold them

 public:
  PlatformParts(DrillContext& context, const Regions& regions,
                const std::vector<LaneIndex>& replica_lanes,
                const std::vector<std::vector<LaneIndex>>& image_lanes);

  /// Connects replicas with their sources.
  void connect(const ServicePaths& paths);
  /// Starts the health checks of the DNS records.
  void start_checks(const ServicePaths& paths);
  /// A region, zone or link came or went: every component looks for itself.
  void place_changed();

  Components components;
  std::vector<std::unique_ptr<BackupPlan>> backups;  // by component

 private:
  void build(ComponentIndex index, const std::vector<std::vector<LaneIndex>>& image_lanes);
  void build_second(ComponentIndex index);
  void connect_stores(ComponentIndex index);

  DrillContext& context_;
  const Regions& regions_;
  const std::vector<LaneIndex>& replica_lanes_;
};

class ComponentMetrics final : public MetricSource {
 public:
  ComponentMetrics(const Regions& regions, const ServicePaths& paths, const Components& components)
      : regions_(regions), paths_(paths), components_(components) {}
  std::optional<double> read(const PlannedAlarm& alarm) const override;

 private:
  const Regions& regions_;
  const ServicePaths& paths_;
  const Components& components_;
};

}  // namespace firedrill

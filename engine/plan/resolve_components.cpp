// Components: their regions, what they refer to, and the timings of their slots.
#include <fmt/format.h>

#include <algorithm>

#include "engine/input/document_fields.hpp"
#include "engine/plan/circles.hpp"
#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

using Kinds = std::vector<std::string_view>;

constexpr std::string_view kBalancer = "elbv2:load-balancer";
constexpr std::string_view kRecord = "route53:record";
constexpr std::string_view kEdge = "cloudfront:distribution";
constexpr std::string_view kWebAcl = "wafv2:web-acl";

/// A reference from one component to another, by key.
struct Link {
  std::string_view key;
  const Name* name;
  Kinds kinds;
  enum class Where : std::uint8_t { kAnywhere, kSameRegion, kOtherRegion } where = Where::kAnywhere;
  bool depends = true;  // false for what it looks after, and can be without
};

const Name* region_of(const ComponentDetail& detail) {
  return std::visit(
      [](const auto& d) -> const Name* {
        if constexpr (requires { d.region; }) return &d.region;
        return nullptr;
      },
      detail);
}

struct LinksOf {
  using Where = Link::Where;
  std::vector<Link> operator()(const EcsServiceSpec& d) const {
    return {{"cluster", &d.cluster, {"ecs:cluster"}, Where::kSameRegion},
            {"load_balancer", &d.load_balancer, {kBalancer}, Where::kSameRegion},
            {"registry", &d.registry, {"ecr:registry"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const LoadBalancerSpec& d) const {
    return {{"certificate", &d.certificate, {"acm:certificate"}, Where::kSameRegion},
            {"web_acl", &d.web_acl, {kWebAcl}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const DnsRecordSpec& d) const {
    return {{"primary", &d.primary, kinds_in(kFrontKinds)},
            {"secondary", &d.secondary, kinds_in(kFrontKinds)}};
  }
  std::vector<Link> operator()(const DistributionPointSpec& d) const {
    Kinds origins = kinds_in(kFrontKinds);
    origins.push_back(kRecord);
    return {{"origin", &d.origin, std::move(origins)},
            {"certificate", &d.certificate, {"acm:certificate"}},
            {"web_acl", &d.web_acl, {kWebAcl}}};
  }
  std::vector<Link> operator()(const LambdaFunctionSpec& d) const {
    return {{"account", &d.account, {"lambda:account"}, Where::kSameRegion},
            {"api", &d.api, {"apigateway:rest-api", "appsync:graphql-api"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const ManagedApiSpec& d) const {
    return {{"authorizer", &d.authorizer, {"cognito:user-pool"}, Where::kSameRegion},
            {"web_acl", &d.web_acl, {kWebAcl}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const RestApiSpec& d) const {
    return (*this)(static_cast<const ManagedApiSpec&>(d));
  }
  std::vector<Link> operator()(const GraphqlApiSpec& d) const {
    return (*this)(static_cast<const ManagedApiSpec&>(d));
  }
  std::vector<Link> operator()(const AuroraClusterSpec& d) const {
    return {{"replicates_from", &d.replicates_from, {"aurora:cluster"}, Where::kOtherRegion},
            {"stands_in_for", &d.stands_in_for, {"aurora:cluster"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const DynamoTableSpec& d) const {
    return {{"stands_in_for", &d.stands_in_for, {"dynamodb:table"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const S3BucketSpec& d) const {
    return {{"replicates_from", &d.replicates_from, {"s3:bucket"}, Where::kOtherRegion}};
  }
  std::vector<Link> operator()(const BackupPlanSpec& d) const {
    return {{"source", &d.source, {"aurora:cluster"}, Where::kAnywhere, false},
            {"restores", &d.restores, {"aurora:cluster"}, Where::kAnywhere, false}};
  }
  std::vector<Link> operator()(const RdsInstanceSpec& d) const {
    return {{"replicates_from", &d.replicates_from, {"rds:instance"}},
            {"stands_in_for", &d.stands_in_for, {"rds:instance"}, Where::kSameRegion},
            {"restored_from", &d.restored_from, {"rds:instance"}}};
  }
  std::vector<Link> operator()(const CacheClusterSpec& d) const {
    return {{"stands_in_for", &d.stands_in_for, {"elasticache:cluster"}, Where::kSameRegion},
            {"spares", &d.spares, {"aurora:cluster", "rds:instance"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const QueueSpec& d) const {
    return {{"workers", &d.workers, kinds_in(kSiteKinds), Where::kSameRegion, false},
            {"kept_in", &d.kept_in, {"elasticache:cluster"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const SecretSpec& d) const {
    return {
        {"holds", &d.holds, {"auth:credential"}},
        {"replicates_from", &d.replicates_from, {"secretsmanager:secret"}, Where::kOtherRegion}};
  }
  std::vector<Link> operator()(const SchemaSpec& d) const {
    return {{"cluster", &d.cluster, {"aurora:cluster"}}};
  }
  std::vector<Link> operator()(const WebAclSpec& d) const {
    return {{"ip_set", &d.ip_set, {"wafv2:ip-set"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const ScalingPolicySpec& d) const {
    return {{"service", &d.service, {"ecs:service"}}};
  }
  std::vector<Link> operator()(const PrincipalSpec& d) const {
    return {{"detector", &d.detector, {"guardduty:detector"}}};
  }
  std::vector<Link> operator()(const KubernetesIngressSpec& d) const {
    return {{"certificate", &d.certificate, {"acm:certificate"}, Where::kSameRegion},
            {"web_acl", &d.web_acl, {kWebAcl}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const KubernetesDeploymentSpec& d) const {
    return {{"cluster", &d.cluster, {"kubernetes:cluster"}, Where::kSameRegion},
            {"ingress", &d.ingress, {"kubernetes:ingress"}, Where::kSameRegion}};
  }
  std::vector<Link> operator()(const AuditLogSpec& d) const {
    return {{"replicates_from", &d.replicates_from, {"audit:log"}, Where::kOtherRegion}};
  }
  template <class Other>
  std::vector<Link> operator()(const Other&) const {
    return {};
  }
};

std::string owner_of(const ComponentSpec& component) {
  return "component " + quoted(component.name.text);
}

void check_where(Resolution& r, const ComponentSpec& component, const PlannedComponent& from,
                 const Link& link, const PlannedComponent& to) {
  if (!from.region.valid() || !to.region.valid() || link.where == Link::Where::kAnywhere) return;
  const bool same = from.region == to.region;
  if (same == (link.where == Link::Where::kSameRegion)) return;
  const std::string& region = r.plan.regions[to.region.value].name;
  r.diagnostics.error(
      Rule::kImpossible, link.name->at,
      fmt::format("\"{}\" of {} names {}, which is in {} {}", link.key, owner_of(component),
                  quoted(to.name), same ? "the same region," : "another region,", region),
      fmt::format("name one of {} region", same ? "another" : "the same"));
}

void define_components(Resolution& r) {
  for (const ComponentSpec& component : r.system.components) {
    PlannedComponent planned;
    planned.name = component.name.text;
    planned.kind = kind_of(component.detail);
    planned.detail = component.detail;
    r.names.define(Thing::kComponent, planned.kind, component.name,
                   static_cast<std::uint32_t>(r.plan.components.size()));
    if (const Name* region = region_of(component.detail)) {
      planned.region = r.names.bind<RegionIndex>("\"region\" of " + owner_of(component) + " names",
                                                 *region, {Thing::kRegion});
    }
    r.plan.components.push_back(std::move(planned));
  }
}

void bind_references(Resolution& r) {
  for (std::size_t i = 0; i < r.system.components.size(); ++i) {
    const ComponentSpec& component = r.system.components[i];
    PlannedComponent& planned = r.plan.components[i];
    for (const Link& link : std::visit(LinksOf{}, component.detail)) {
      const std::string referrer = fmt::format("\"{}\" of {} names", link.key, owner_of(component));
      const auto to =
          r.names.bind<ComponentIndex>(referrer, *link.name, {Thing::kComponent, link.kinds});
      if (!to.valid()) continue;
      planned.references.emplace(link.key, to);
      if (to.value != i) check_where(r, component, planned, link, r.plan.component(to));
    }
    for (const Name& need : component.needs) {
      const auto to = r.names.bind<ComponentIndex>("\"needs\" of " + owner_of(component) + " names",
                                                   need, {Thing::kComponent});
      if (to.valid()) planned.needs.push_back(to);
    }
  }
}

/// Replication chains and routes end somewhere.
void check_circles(Resolution& r) {
  DependenceGraph graph(r.system.components.size());
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < r.system.components.size(); ++i) {
    names.push_back(r.system.components[i].name.text);
    for (const Link& link : std::visit(LinksOf{}, r.system.components[i].detail)) {
      if (link.depends) graph.add(i, r.plan.components[i].reference(link.key).value, link.name->at);
    }
    for (const ComponentIndex need : r.plan.components[i].needs) {
      graph.add(i, need.value, r.system.components[i].name.at);
    }
  }
  graph.report("components", names, r.diagnostics);
}

/// Whether the chain of primaries above a replica has no end.
bool reaches_itself(const Plan& plan, ComponentIndex replica) {
  std::size_t seen = 0;
  while (replica.valid() && seen++ <= plan.components.size()) {
    replica = plan.component(replica).reference("replicates_from");
  }
  return replica.valid();
}

/// The zones of a component are those of its region.
void check_zones(Resolution& r, const ComponentSpec& component, const PlannedComponent& planned,
                 const std::vector<Name>& named) {
  const std::string referrer = fmt::format("\"zones\" of {} names", owner_of(component));
  for (const Name& zone : named) {
    const auto known = r.names.bind<ZoneIndex>(referrer, zone, {Thing::kZone});
    if (!known.valid() || !planned.region.valid()) continue;
    const auto& zones = r.plan.regions[planned.region.value].zones;
    if (std::find(zones.begin(), zones.end(), zone.text) != zones.end()) continue;
    r.diagnostics.error(Rule::kImpossible, zone.at,
                        fmt::format("{} {}, which is not in {}", referrer, quoted(zone.text),
                                    r.plan.regions[planned.region.value].name),
                        use_one_of(zones));
  }
}

void check_cluster(Resolution& r, const ComponentSpec& component, const PlannedComponent& planned) {
  const auto& cluster = std::get<AuroraClusterSpec>(component.detail);
  check_zones(r, component, planned, cluster.zones);
  // A circle of replicas has been reported as one.
  const ComponentIndex primary = planned.reference("replicates_from");
  if (primary.valid() && !reaches_itself(r.plan, primary) &&
      r.plan.component(primary).reference("replicates_from").valid()) {
    r.diagnostics.error(Rule::kImpossible, cluster.replicates_from.at,
                        fmt::format("{} replicates from {}, which is itself a replica",
                                    owner_of(component), quoted(cluster.replicates_from.text)),
                        "name the writer");
  }
}

void check_backup(Resolution& r, const ComponentSpec& component, const PlannedComponent& planned) {
  const auto& backup = std::get<BackupPlanSpec>(component.detail);
  const auto exists = [&](ComponentIndex i) {
    return std::get<AuroraClusterSpec>(r.plan.component(i).detail).exists;
  };
  const ComponentIndex source = planned.reference("source");
  const ComponentIndex restores = planned.reference("restores");
  if (source.valid() && !exists(source)) {
    r.diagnostics.error(Rule::kImpossible, backup.source.at,
                        fmt::format("{} saves {}, which does not exist before a restore",
                                    owner_of(component), quoted(backup.source.text)),
                        "name a cluster that exists");
  }
  if (restores.valid() && exists(restores)) {
    r.diagnostics.error(Rule::kImpossible, backup.restores.at,
                        fmt::format("{} restores {}, which exists already", owner_of(component),
                                    quoted(backup.restores.text)),
                        "set \"exists\" of that cluster to false");
  }
}

/// What takes another's place is made for that.
template <class Spec>
void check_stand_in(Resolution& r, const ComponentSpec& component, const Spec& spec) {
  if (spec.stands_in_for.empty() || !spec.exists) return;
  r.diagnostics.error(Rule::kImpossible, spec.stands_in_for.at,
                      fmt::format("{} stands in for {}, but exists already", owner_of(component),
                                  quoted(spec.stands_in_for.text)),
                      "set its \"exists\" to false");
}

void check_details(Resolution& r) {
  std::map<std::pair<std::string, RegionIndex>, std::string> replicas;
  for (std::size_t i = 0; i < r.system.components.size(); ++i) {
    const ComponentSpec& component = r.system.components[i];
    const PlannedComponent& planned = r.plan.components[i];
    if (const auto* cluster = std::get_if<AuroraClusterSpec>(&component.detail)) {
      check_cluster(r, component, planned);
      check_stand_in(r, component, *cluster);
    } else if (const auto* instance = std::get_if<RdsInstanceSpec>(&component.detail)) {
      check_zones(r, component, planned, {instance->zone});
      check_stand_in(r, component, *instance);
    } else if (const auto* cache = std::get_if<CacheClusterSpec>(&component.detail)) {
      check_stand_in(r, component, *cache);
    } else if (std::holds_alternative<BackupPlanSpec>(component.detail)) {
      check_backup(r, component, planned);
    } else if (const auto* table = std::get_if<DynamoTableSpec>(&component.detail)) {
      check_stand_in(r, component, *table);
      if (!planned.region.valid() || !table->stands_in_for.empty()) continue;
      const auto [other, added] =
          replicas.emplace(std::pair(table->global_table.text, planned.region), planned.name);
      if (added) continue;
      r.diagnostics.error(
          Rule::kImpossible, table->region.at,
          fmt::format("{} is a second replica of {} in {}, beside {}", owner_of(component),
                      quoted(table->global_table.text), table->region.text, quoted(other->second)),
          "a global table has one replica in a region");
    }
  }
}

/// The timing of one slot: the author's if there is one, and of the same sort.
TimingIndex bind_slot(Resolution& r, const ComponentSpec& component, const TimingSlot& slot) {
  const auto own = component.timings.find(std::string(slot.slot));
  if (own == component.timings.end()) {
    return use_timing(r, slot.timing, owner_of(component), component.name.at);
  }
  Need need{Thing::kTiming};
  std::string noun;
  const auto replaced = r.plan.timing_by_id.find(slot.timing);
  if (replaced != r.plan.timing_by_id.end() && replaced->second.valid()) {
    noun = timing_noun(r.plan.timing(replaced->second).unit);
    need.nouns = {noun};
  }
  const auto index = r.names.bind<TimingIndex>(
      fmt::format("timing \"{}\" of {} names", slot.slot, owner_of(component)), own->second, need);
  if (index.valid()) r.plan.timings[index.value].used = true;
  return index;
}

void bind_slots(Resolution& r) {
  for (std::size_t i = 0; i < r.system.components.size(); ++i) {
    const ComponentSpec& component = r.system.components[i];
    const ComponentKindRule* rule = find_component_kind(r.plan.components[i].kind);
    if (rule == nullptr) continue;
    std::vector<std::string> known;
    for (const TimingSlot& slot : rule->slots) {
      known.emplace_back(slot.slot);
      r.plan.components[i].timings.emplace(slot.slot, bind_slot(r, component, slot));
    }
    for (const auto& [slot, timing] : component.timings) {
      if (std::find(known.begin(), known.end(), slot) != known.end()) continue;
      r.diagnostics.error(Rule::kUnknownName, timing.at,
                          fmt::format("\"timings\" of {} has unknown slot {}{}",
                                      owner_of(component), quoted(slot), did_you_mean(slot, known)),
                          known.empty() ? fmt::format("{} has no timings", with_article(rule->kind))
                                        : use_one_of(known));
    }
  }
}

}  // namespace

std::string_view kind_of(const ComponentDetail& detail) {
  return kComponentKinds[detail.index()].word;
}

TimingIndex PlannedComponent::timing(std::string_view slot) const {
  const auto found = timings.find(slot);
  return found == timings.end() ? TimingIndex{} : found->second;
}

ComponentIndex PlannedComponent::reference(std::string_view key) const {
  const auto found = references.find(key);
  return found == references.end() ? ComponentIndex{} : found->second;
}

void resolve_components(Resolution& r) {
  define_components(r);
  bind_references(r);
  check_circles(r);
  check_details(r);
  bind_slots(r);
}

}  // namespace firedrill

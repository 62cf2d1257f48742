// The fields of every kind of component.
#pragma once

#include "engine/input/component_documents.hpp"
#include "engine/input/field_rules.hpp"
#include "engine/input/kubernetes_fields.hpp"
#include "engine/input/managed_fields.hpp"
#include "engine/input/outside_fields.hpp"
#include "engine/input/serverless_fields.hpp"
#include "engine/input/threat_fields.hpp"

namespace firedrill {

inline constexpr Choice kEngines[] = {{"aurora-postgresql", "Aurora with PostgreSQL"},
                                      {"aurora-mysql", "Aurora with MySQL"}};
inline constexpr Choice kCapacityModes[] = {
    {"on-demand", "Grows with the load, doubling from window to window"},
    {"provisioned", "Reads and writes a second that somebody sets"}};
inline constexpr Choice kCredentialForms[] = {
    {"database-user", "A user's password; what is logged in stays logged in for a while"},
    {"access-key", "A key that the provider accepts until it is deactivated"},
    {"signing-key", "A key that tokens are signed with, and that their verifiers hold"}};
inline constexpr Choice kSecretReads[] = {
    {"at-start", "Once, when a task starts"},
    {"cached", "At the start, and again whenever the cache of the task ends"}};

/// Kind of each component, in the order of the alternatives of `ComponentDetail`.
inline constexpr Choice kComponentKinds[] = {
    {"ecs:service", "Tasks behind a load balancer"},
    {"ecs:cluster", "Where the tasks of a region run, and how many it may run"},
    {"ecr:registry", "Where tasks pull their image from"},
    {"elbv2:load-balancer", "Sends requests to healthy targets"},
    {"route53:record", "DNS name, simple or with failover"},
    {"cloudfront:distribution", "Content delivery in front of an origin"},
    {"aurora:cluster", "Relational database cluster"},
    {"dynamodb:table", "One replica of a global table"},
    {"s3:bucket", "Object store, perhaps replicated"},
    {"backup:plan", "Snapshots of a cluster, copied to another region"},
    {"acm:certificate", "Certificate of a name, issued by ACM or imported"},
    {"auth:credential", "Password, access key or signing key, and who accepts which version"},
    {"secretsmanager:secret", "Where the newest version of a credential is stored"},
    {"kms:key", "Encryption key behind an alias, and the data under it"},
    {"db:schema", "Tables that revisions of a service are written for"},
    {"terraform:module", "Infrastructure that is changed by code"},
    {"wafv2:web-acl", "Firewall in front of a load balancer or a distribution"},
    {"wafv2:ip-set", "Addresses that a firewall blocks"},
    {"application-autoscaling:policy", "Adds tasks to a service as its load grows"},
    {"shield:subscription", "Whether Shield Advanced and its response team can be had"},
    {"iam:principal", "A role or user in whose name calls are made"},
    {"guardduty:detector", "Finds what principals do that they should not"},
    {"ec2:security-group", "What may reach its members, and what they may reach"},
    {"logs:log-group", "Logs that can be exported as evidence"},
    {"kubernetes:cluster", "Nodes of a region that pods run on"},
    {"kubernetes:ingress", "Where requests come into a cluster"},
    {"kubernetes:deployment", "Pods from one template, and their rolling update"},
    {"audit:log", "Entries that can be added and never changed"},
    {"email:provider", "E-mail as a service, outside of every region"},
    {"rds:instance", "Relational database instance, with a standby or a read replica"},
    {"elasticache:cluster", "What services keep in memory: a Redis cluster"},
    {"app:queue", "Messages and the workers that take them"},
    {"lambda:account", "Concurrency that the functions of a region share"},
    {"lambda:function", "Code that runs once for each request, without servers"},
    {"apigateway:rest-api", "Takes requests for functions, limits them and checks tokens"},
    {"appsync:graphql-api", "The same for queries of GraphQL"},
    {"amplify:app", "Web front end, its builds and its hosting"},
    {"cognito:user-pool", "Issues the tokens that interfaces ask for"}};
static_assert(std::size(kComponentKinds) == std::variant_size_v<ComponentDetail>);

template <class V>
void describe(V& v, EcsServiceSpec& s) {
  v.field("region", s.region, {.doc = "Region it runs in", .required = true});
  v.field("cluster", s.cluster, {.doc = "An ecs:cluster of the region", .required = true});
  v.field("load_balancer", s.load_balancer,
          {.doc = "An elbv2:load-balancer of the region", .required = true});
  v.field("registry", s.registry, {.doc = "An ecr:registry of the region", .required = true});
  v.field("desired_count", s.desired_count,
          {.doc = "Tasks that run at the start", .minimum = 0, .maximum = 100'000});
  v.field("production_count", s.production_count,
          {.doc = "What runbooks mean by production count", .minimum = 1, .maximum = 100'000});
  v.field("image_size", s.image_size, {.doc = "What a task pulls", .above_zero = true});
  v.field("exists", s.exists,
          {.doc = "False where there is only a task definition, and a step creates the service"});
  v.field("minimum_healthy_percent", s.minimum_healthy_percent,
          {.doc = "Healthy tasks during a deployment, at least, in percent of the desired count",
           .minimum = 0,
           .maximum = 100});
  v.field("maximum_percent", s.maximum_percent,
          {.doc = "Tasks during a deployment, at most, in percent of the desired count",
           .minimum = 100,
           .maximum = 400});
  v.field("circuit_breaker", s.circuit_breaker,
          {.doc = "Whether a deployment whose tasks keep failing is rolled back by itself"});
  v.field("health_check_grace_period", s.health_check_grace_period,
          {.doc = "For how long after it runs a task may fail its health checks"});
}

template <class V>
void describe(V& v, EcsClusterSpec& c) {
  v.field("region", c.region, {.doc = "Region of the cluster", .required = true});
  v.field("task_quota", c.task_quota,
          {.doc = "Fargate tasks the account may run here", .minimum = 0, .maximum = 1'000'000});
  v.field("task_quota_if_forgotten", c.task_quota_if_forgotten,
          {.doc = "The quota found if nobody ever raised it", .minimum = 0, .maximum = 1'000'000});
}

template <class V>
void describe(V& v, EcrRegistrySpec& r) {
  v.field("region", r.region, {.doc = "Region of the registry", .required = true});
  v.field("bandwidth", r.bandwidth,
          {.doc = "All pulls of the region together", .above_zero = true});
}

template <class V>
void describe(V& v, LoadBalancerSpec& l) {
  v.field("region", l.region, {.doc = "Region of the load balancer", .required = true});
  v.field("health_check_interval", l.health_check_interval,
          {.doc = "Between two checks of a target", .above_zero = true});
  v.field("certificate", l.certificate, {.doc = "The acm:certificate that its listener shows"});
  v.field("web_acl", l.web_acl, {.doc = "A wafv2:web-acl of the region; absent: none"});
}

template <class V>
void describe(V& v, DnsRecordSpec& r) {
  v.field("primary", r.primary, {.doc = "The elbv2:load-balancer that answers", .required = true});
  v.field("secondary", r.secondary, {.doc = "Where failover goes; absent: simple routing"});
  v.field("ttl", r.ttl, {.doc = "How long resolvers keep an answer", .above_zero = true});
  v.field("health_check_interval", r.health_check_interval,
          {.doc = "Between two checks of one checker", .above_zero = true});
  v.field("health_check_failures", r.health_check_failures,
          {.doc = "Failed checks in a row before failover", .minimum = 1, .maximum = 10});
  v.field("request_rate", r.request_rate,
          {.doc = "Usual requests of customers who come in here", .above_zero = true});
}

template <class V>
void describe(V& v, DistributionPointSpec& d) {
  v.field("origin", d.origin,
          {.doc = "An elbv2:load-balancer or route53:record", .required = true});
  v.field("certificate", d.certificate,
          {.doc = "The acm:certificate of us-east-1 that the edges show"});
  v.field("web_acl", d.web_acl, {.doc = "A wafv2:web-acl; absent: none"});
  v.field("request_rate", d.request_rate,
          {.doc = "Usual requests of customers who come in here", .above_zero = true});
  v.field("cache_life", d.cache_life,
          {.doc = "For how long edges hold an answer", .above_zero = true});
}

template <class V>
void describe(V& v, AuroraClusterSpec& c) {
  v.field("region", c.region, {.doc = "Region of the cluster", .required = true});
  v.field("engine", c.engine, {.doc = "Database engine", .choices = kEngines});
  v.field("zones", c.zones,
          {.doc = "Zones, with one instance in each", .required = true, .items_min = 1});
  v.field("size", c.size, {.doc = "Data stored", .above_zero = true});
  v.field("write_rate", c.write_rate, {.doc = "Committed writes"});
  v.field("replicates_from", c.replicates_from,
          {.doc = "Cluster of another region; absent: a writer"});
  v.field("exists", c.exists, {.doc = "False: created only by a step"});
  v.field("stands_in_for", c.stands_in_for,
          {.doc = "Cluster whose clients it gets once it has been restored and switched to"});
  v.field("cpu_at_rest", c.cpu_at_rest,
          {.doc = "Share of the writer's processor that the usual load takes", .above_zero = true});
  v.field("connections_at_rest", c.connections_at_rest,
          {.doc = "Connections at the usual load, as a share of the most there can be",
           .above_zero = true});
  v.field("freeable_memory", c.freeable_memory,
          {.doc = "Memory of the writer left at the usual load", .above_zero = true});
}

template <class V>
void describe(V& v, DynamoTableSpec& t) {
  v.field("region", t.region, {.doc = "Region of this replica", .required = true});
  v.field("global_table", t.global_table,
          {.doc = "Word that the replicas of one table share", .required = true});
  v.field("write_rate", t.write_rate, {.doc = "Committed writes"});
  v.field("exists", t.exists, {.doc = "False: created only by a restore"});
  v.field("stands_in_for", t.stands_in_for,
          {.doc = "Table whose clients it gets once it has been restored and switched to"});
  v.field("backup_interval", t.backup_interval,
          {.doc = "Between two on-demand backups", .above_zero = true});
  v.field("headroom", t.headroom,
          {.doc = "Multiple of the usual load that it takes at once", .minimum = 1});
  v.field("capacity_mode", t.capacity_mode,
          {.doc = "How much it takes", .choices = kCapacityModes});
  v.field("reads", t.reads, {.doc = "Provisioned: usual reads, in units", .above_zero = true});
  v.field("writes", t.writes, {.doc = "Provisioned: usual writes, in units", .above_zero = true});
  v.field("read_capacity", t.read_capacity,
          {.doc = "Provisioned: reads that it takes", .above_zero = true});
  v.field("write_capacity", t.write_capacity,
          {.doc = "Provisioned: writes that it takes", .above_zero = true});
  v.field("read_capacity_max", t.read_capacity_max,
          {.doc = "Reads that a scaling policy goes up to; 0: there is none"});
  v.field("write_capacity_max", t.write_capacity_max,
          {.doc = "Writes that a scaling policy goes up to; 0: there is none"});
}

template <class V>
void describe(V& v, S3BucketSpec& b) {
  v.field("region", b.region, {.doc = "Region of the bucket", .required = true});
  v.field("replicates_from", b.replicates_from, {.doc = "Bucket it is a replica of; absent: none"});
  v.field("write_rate", b.write_rate, {.doc = "Objects written"});
  v.field("object_size", b.object_size, {.doc = "Size of one object", .above_zero = true});
  v.field("replication_time_control", b.replication_time_control,
          {.doc = "Whether S3 Replication Time Control is on"});
}

template <class V>
void describe(V& v, BackupPlanSpec& b) {
  v.field("source", b.source, {.doc = "The aurora:cluster that is saved", .required = true});
  v.field("restores", b.restores,
          {.doc = "The aurora:cluster, not existing yet, that a restore makes", .required = true});
  v.field("interval", b.interval, {.doc = "Between two snapshots", .above_zero = true});
  v.field("restore_rate", b.restore_rate, {.doc = "Speed of a restore", .above_zero = true});
}

template <class V>
void describe(V& v, CertificateSpec& c) {
  v.field("region", c.region, {.doc = "Region it can be used in", .required = true});
  v.field("imported", c.imported,
          {.doc = "True: from another authority, and never renewed by ACM"});
  v.field("expires_in", c.expires_in,
          {.doc = "Validity left at the start of the drill", .above_zero = true});
  v.field("validation_record", c.validation_record,
          {.doc = "False where the record that proves the domain is missing from DNS"});
}

template <class V>
void describe(V& v, CredentialSpec& c) {
  v.field("form", c.form, {.doc = "What it is", .choices = kCredentialForms});
  v.field("overlap", c.overlap, {.doc = "Whether a rotation leaves the previous version accepted"});
}

template <class V>
void describe(V& v, SecretSpec& s) {
  v.field("region", s.region, {.doc = "Region it is read in", .required = true});
  v.field("holds", s.holds, {.doc = "The auth:credential that it stores", .required = true});
  v.field("replicates_from", s.replicates_from,
          {.doc = "Secret of another region that it follows; absent: stored by hand"});
  v.field("read", s.read, {.doc = "When tasks read it", .choices = kSecretReads});
}

template <class V>
void describe(V& v, KmsKeySpec& k) {
  v.field("region", k.region, {.doc = "Region of the key", .required = true});
  v.field("automatic_rotation", k.automatic_rotation,
          {.doc = "Whether its material is rotated every year"});
  v.field("data", k.data, {.doc = "What is stored under it", .above_zero = true});
}

template <class V>
void describe(V& v, SchemaSpec& s) {
  v.field("cluster", s.cluster, {.doc = "The aurora:cluster that holds it", .required = true});
}

template <class V>
void describe(V& v, TerraformModuleSpec& m) {
  v.field("region", m.region, {.doc = "Region of what it describes", .required = true});
}

template <class V>
void describe(V& v, ComponentSpec& c) {
  v.field("name", c.name, {.doc = "Name of the component", .required = true});
  v.field("kind", c.kind, {.doc = "What it is", .required = true, .choices = kComponentKinds});
  v.field("with", DetailField{c.kind, c.detail},
          {.doc = "Its properties, by kind", .required = true});
  v.field("timings", c.timings,
          {.doc = "Timings of the kind that are replaced by another entry of the library"});
  v.field("needs", c.needs, {.doc = "Other components that it cannot work without"});
}

}  // namespace firedrill

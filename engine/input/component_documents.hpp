// What a system document says of each kind of component.
//
// `ComponentDetail` lists the kinds; kComponentKinds in component_fields.hpp names them in the same
// order, with the fields of each.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/input/document_parts.hpp"
#include "engine/input/kubernetes_documents.hpp"
#include "engine/input/managed_documents.hpp"
#include "engine/input/outside_documents.hpp"
#include "engine/input/serverless_documents.hpp"

namespace firedrill {

// Components, one struct a kind. `region` is empty where the thing is global.
struct EcsServiceSpec {  // kind "ecs:service"
  Name region;
  Name cluster;        // an ecs:cluster component of the same region
  Name load_balancer;  // an elbv2:load-balancer of the same region
  Name registry;       // an ecr:registry of the same region
  std::int64_t desired_count = 0;
  std::int64_t production_count = 1;  // what runbooks mean by "production count"
  Size image_size{400.0 * 1024 * 1024};
  bool exists = true;  // false: only a task definition, the service is created by a step
  /// Of a deployment, in percent of the desired count: healthy tasks at least, tasks at most.
  std::int64_t minimum_healthy_percent = 100;
  std::int64_t maximum_percent = 200;
  /// Whether a deployment whose tasks keep failing is stopped and rolled back by itself.
  bool circuit_breaker = false;
  /// For how long after it runs a task may fail its health checks.
  Duration health_check_grace_period;
};
struct EcsClusterSpec {  // kind "ecs:cluster"
  Name region;
  std::int64_t task_quota = 1000;  // Fargate tasks the account may run here
  /// The quota found if nobody ever raised it; drawn with the shortfall probability of the library.
  std::int64_t task_quota_if_forgotten = 1000;
};
struct EcrRegistrySpec {  // kind "ecr:registry"
  Name region;
  ByteRate bandwidth{5e9 / 8};  // all pulls of the region together
};
struct LoadBalancerSpec {  // kind "elbv2:load-balancer"
  Name region;
  Duration health_check_interval = Duration::seconds(30);
  Name certificate;  // acm:certificate of the same region that its listener shows; empty: none
  Name web_acl;      // wafv2:web-acl in front of it; empty for none
};
struct DnsRecordSpec {  // kind "route53:record"
  Name primary;         // elbv2:load-balancer
  Name secondary;       // empty for simple routing
  Duration ttl = Duration::seconds(60);
  Duration health_check_interval = Duration::seconds(30);
  std::int64_t health_check_failures = 3;
  EventRate request_rate{100};  // of customers who come in here
};
struct DistributionPointSpec {  // kind "cloudfront:distribution"
  Name origin;                  // elbv2:load-balancer or route53:record
  Name certificate;             // acm:certificate of us-east-1 that the edges show; empty: none
  Name web_acl;                 // wafv2:web-acl in front of it; empty for none
  EventRate request_rate{100};  // of customers who come in here
  Duration cache_life = Duration::hours(24);  // for which edges hold an answer
};
struct AuroraClusterSpec {  // kind "aurora:cluster"
  Name region;
  std::string engine = "aurora-postgresql";  // or aurora-mysql
  std::vector<Name> zones;                   // one instance in each
  Size size{100.0 * 1024 * 1024 * 1024};
  ByteRate write_rate{1024 * 1024};
  Name replicates_from;  // aurora:cluster of another region; empty for a writer
  bool exists = true;    // false: created only by a step
  /// The cluster whose clients it is to get once it has been restored; empty when they already
  /// point to it.
  Name stands_in_for;
  Share cpu_at_rest{0.35};
  Share connections_at_rest{0.3};  // of the most there can be
  Size freeable_memory{6.0 * 1024 * 1024 * 1024};
};
struct DynamoTableSpec {  // kind "dynamodb:table": one replica of a global table a region
  Name region;
  Name global_table;  // replicas of one global table share this word
  ByteRate write_rate{256 * 1024};
  bool exists = true;  // false: created only by a restore
  Name stands_in_for;  // the table whose clients it is to get
  Duration backup_interval = Duration::hours(7 * 24);
  std::string capacity_mode = "on-demand";  // or provisioned
  double headroom = 2;  // on demand: multiple of the usual load that it takes at once
  /// Provisioned: units a second that are usual, provided, and provided at most by itself (0: no
  /// scaling policy).
  EventRate reads{50};
  EventRate writes{20};
  EventRate read_capacity{100};
  EventRate write_capacity{40};
  EventRate read_capacity_max{0};
  EventRate write_capacity_max{0};
};
struct S3BucketSpec {  // kind "s3:bucket"
  Name region;
  Name replicates_from;
  EventRate write_rate{1};
  Size object_size{1024 * 1024};
  bool replication_time_control = false;
};
struct BackupPlanSpec {  // kind "backup:plan": snapshots of a cluster, copied to another region
  Name source;           // aurora:cluster
  Name restores;         // aurora:cluster with exists=false, in the target region
  Duration interval = Duration::hours(24);
  ByteRate restore_rate{100.0 * 1024 * 1024};
};
struct SchemaSpec {  // kind "db:schema": the tables that revisions of a service are written for
  Name cluster;      // aurora:cluster that holds them
};
struct TerraformModuleSpec {  // kind "terraform:module": what a change of it breaks lists it
  Name region;
};
struct WebAclSpec {  // kind "wafv2:web-acl": the firewall of a load balancer or a distribution
  Name region;       // of its control plane: us-east-1 for one on a distribution
  Name ip_set;       // wafv2:ip-set of addresses that it blocks; empty for none
  std::int64_t rate_limit = 2000;  // requests in five minutes from one address
  /// Customers who come in through addresses that many share, and the mean of such an address.
  Share shared_address_share{0};
  std::int64_t requests_per_shared_address = 500;  // in five minutes
  Share customers_abroad{0};                       // that a rule for expected countries blocks
};
struct IpSetSpec {  // kind "wafv2:ip-set"
  Name region;
  /// Requests that the addresses on it would send, as a multiple of the usual ones of customers.
  double keeps_out = 0;
};
struct ScalingPolicySpec {  // kind "application-autoscaling:policy"
  Name service;             // ecs:service
  std::int64_t max_count = 1;
  Share target{0.7};  // of the load that its tasks carry, kept by adding tasks
};
struct ShieldSpec {  // kind "shield:subscription"
  bool active = true;
};
struct PrincipalSpec {  // kind "iam:principal"
  std::string type = "role";
  Name detector;  // guardduty:detector that sees what it does; empty for none
};
struct DetectorSpec {  // kind "guardduty:detector"
  Name region;
};
struct SecurityGroupSpec {  // kind "ec2:security-group"
  Name region;
};
struct LogGroupSpec {  // kind "logs:log-group"
  Name region;
};

struct CertificateSpec {  // kind "acm:certificate"
  Name region;
  bool imported = false;  // false: issued by ACM, which renews it while its record answers
  Duration expires_in = Duration::hours(24 * 300);  // from the start of the drill
  bool validation_record = true;                    // the CNAME that proves the domain is in DNS
};
/// What somebody accepts as proof of who asks. Whoever accepts it can change it; who stores it is a
/// secretsmanager:secret.
struct CredentialSpec {                // kind "auth:credential"
  std::string form = "database-user";  // or access-key, signing-key
  /// Rotation leaves the previous version accepted: two users in turn, or a verifier of both keys.
  bool overlap = false;
};
struct SecretSpec {  // kind "secretsmanager:secret"
  Name region;
  Name holds;                     // auth:credential
  Name replicates_from;           // secretsmanager:secret of another region; empty: the primary
  std::string read = "at-start";  // or "cached": read again from time to time
};
struct KmsKeySpec {  // kind "kms:key"
  Name region;
  bool automatic_rotation = true;
  Size data{1024.0 * 1024 * 1024 * 1024};  // stored under it by everything that needs it
};

using ComponentDetail =
    std::variant<EcsServiceSpec, EcsClusterSpec, EcrRegistrySpec, LoadBalancerSpec, DnsRecordSpec,
                 DistributionPointSpec, AuroraClusterSpec, DynamoTableSpec, S3BucketSpec,
                 BackupPlanSpec, CertificateSpec, CredentialSpec, SecretSpec, KmsKeySpec,
                 SchemaSpec, TerraformModuleSpec, WebAclSpec, IpSetSpec, ScalingPolicySpec,
                 ShieldSpec, PrincipalSpec, DetectorSpec, SecurityGroupSpec, LogGroupSpec,
                 KubernetesClusterSpec, KubernetesIngressSpec, KubernetesDeploymentSpec,
                 AuditLogSpec, EmailProviderSpec, RdsInstanceSpec, CacheClusterSpec, QueueSpec,
                 LambdaAccountSpec, LambdaFunctionSpec, RestApiSpec, GraphqlApiSpec, AmplifyAppSpec,
                 UserPoolSpec>;

struct ComponentSpec {
  Name name;
  Name kind;
  ComponentDetail detail;
  /// Replaces a timing of the kind by another entry of the library: {"app_boot":
  /// "my.measured.boot"}.
  std::map<std::string, Name> timings;
  /// Components that it cannot work without, beyond those its own properties name: the secret its
  /// tasks log in with, the key that its data is encrypted with.
  std::vector<Name> needs;
};

}  // namespace firedrill

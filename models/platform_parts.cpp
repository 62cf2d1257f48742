#include "models/platform_parts.hpp"

#include <algorithm>

#include "models/amplify.hpp"
#include "models/audit_log.hpp"
#include "models/aurora.hpp"
#include "models/backup.hpp"
#include "models/cache_cluster.hpp"
#include "models/certificate.hpp"
#include "models/cloudfront.hpp"
#include "models/detector.hpp"
#include "models/dns.hpp"
#include "models/dynamodb.hpp"
#include "models/ecs_service.hpp"
#include "models/email_provider.hpp"
#include "models/kms.hpp"
#include "models/kubernetes_deployment.hpp"
#include "models/lambda.hpp"
#include "models/log_group.hpp"
#include "models/managed_api.hpp"
#include "models/message_queue.hpp"
#include "models/principal.hpp"
#include "models/rds_instance.hpp"
#include "models/s3.hpp"
#include "models/scaling_policy.hpp"
#include "models/schema.hpp"
#include "models/secret.hpp"
#include "models/security_group.hpp"
#include "models/shield.hpp"
#include "models/terraform.hpp"
#include "models/user_pool.hpp"
#include "models/web_acl.hpp"

namespace firedrill {
namespace {

using Maker = std::unique_ptr<Component> (*)(DrillContext&, const Regions&, ComponentIndex);

template <class Kind>
std::unique_ptr<Component> make(DrillContext& context, const Regions& regions,
                                ComponentIndex self) {
  return std::make_unique<Kind>(context, regions, self);
}

/// The model of each kind of component.
struct MakerOf {
  Maker operator()(const EcsServiceSpec&) const { return make<EcsService>; }
  Maker operator()(const EcsClusterSpec&) const { return make<EcsCluster>; }
  Maker operator()(const EcrRegistrySpec&) const { return make<EcrRegistry>; }
  Maker operator()(const LoadBalancerSpec&) const { return make<LoadBalancer>; }
  Maker operator()(const DnsRecordSpec&) const { return make<DnsRecord>; }
  Maker operator()(const DistributionPointSpec&) const { return make<Distributor>; }
  Maker operator()(const AuroraClusterSpec&) const { return make<AuroraCluster>; }
  Maker operator()(const DynamoTableSpec&) const { return make<DynamoTable>; }
  Maker operator()(const S3BucketSpec&) const { return make<S3Bucket>; }
  Maker operator()(const BackupPlanSpec&) const { return make<BackupPlan>; }
  Maker operator()(const CertificateSpec&) const { return make<Certificate>; }
  Maker operator()(const CredentialSpec&) const { return make<Credential>; }
  Maker operator()(const SecretSpec&) const { return make<Secret>; }
  Maker operator()(const KmsKeySpec&) const { return make<KmsKey>; }
  Maker operator()(const SchemaSpec&) const { return make<Schema>; }
  Maker operator()(const TerraformModuleSpec&) const { return make<TerraformModule>; }
  Maker operator()(const WebAclSpec&) const { return make<WebAcl>; }
  Maker operator()(const IpSetSpec&) const { return make<IpSet>; }
  Maker operator()(const ScalingPolicySpec&) const { return make<ScalingPolicy>; }
  Maker operator()(const ShieldSpec&) const { return make<ShieldSubscription>; }
  Maker operator()(const PrincipalSpec&) const { return make<Principal>; }
  Maker operator()(const DetectorSpec&) const { return make<Detector>; }
  Maker operator()(const SecurityGroupSpec&) const { return make<SecurityGroup>; }
  Maker operator()(const LogGroupSpec&) const { return make<LogGroup>; }
  Maker operator()(const AuditLogSpec&) const { return make<AuditLog>; }
  Maker operator()(const EmailProviderSpec&) const { return make<EmailProvider>; }
  Maker operator()(const KubernetesClusterSpec&) const { return make<KubernetesCluster>; }
  Maker operator()(const KubernetesIngressSpec&) const { return make<KubernetesIngress>; }
  Maker operator()(const KubernetesDeploymentSpec&) const { return make<KubernetesDeployment>; }
  Maker operator()(const RdsInstanceSpec&) const { return make<RdsInstance>; }
  Maker operator()(const CacheClusterSpec&) const { return make<CacheCluster>; }
  Maker operator()(const QueueSpec&) const { return make<MessageQueue>; }
  Maker operator()(const LambdaAccountSpec&) const { return make<LambdaAccount>; }
  Maker operator()(const LambdaFunctionSpec&) const { return make<LambdaFunction>; }
  Maker operator()(const RestApiSpec&) const { return make<ManagedApi>; }
  Maker operator()(const GraphqlApiSpec&) const { return make<ManagedApi>; }
  Maker operator()(const AmplifyAppSpec&) const { return make<AmplifyApp>; }
  Maker operator()(const UserPoolSpec&) const { return make<UserPool>; }
};

}  // namespace

namespace {

/// Whether something deploys the service anew, so that old and new tasks are there side by side.
bool is_deployed(const Plan& plan, ComponentIndex service) {
  const auto names_it = [&](const PlannedCall& call) {
    return std::find(call.components.begin(), call.components.end(), service) !=
           call.components.end();
  };
  const auto deploys = [&](const PlannedCall& call) {
    return names_it(call) && (!call.word.empty() || call.flag.has_value());
  };
  return std::any_of(plan.faults.begin(), plan.faults.end(),
                     [&](const auto& fault) { return names_it(fault.call); }) ||
         std::any_of(plan.steps.begin(), plan.steps.end(),
                     [&](const auto& step) { return deploys(step.call); });
}

}  // namespace

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
    tasks +=
        is_deployed(plan, ComponentIndex{i}) ? most + most * service->maximum_percent / 100 : most;
  }
  return tasks;
}

PlatformParts::PlatformParts(DrillContext& context, const Regions& regions,
                             const PlatformLanes& lanes)
    : lanes_(lanes) {
  for (const auto& of_region : lanes.image) {
    image_lanes_.push_back(std::make_unique<ImageLanes>(of_region));
  }
  components_.reserve(context.plan.components.size());
  for (std::uint32_t i = 0; i < context.plan.components.size(); ++i) {
    const Maker maker = std::visit(MakerOf{}, context.plan.components[i].detail);
    components_.push_back(maker(context, regions, ComponentIndex{i}));
  }
  for (const auto& component : components_) component->connect(*this);
}

void PlatformParts::begin() {
  for (const auto& component : components_) component->begin();
}

void PlatformParts::place_changed() {
  for (const auto& component : components_) {
    component->link_changed();
    component->place_changed();
  }
}

}  // namespace firedrill

// The vocabulary that runbooks, scenarios and alarms are written in, and that every world
// understands: actions (`ecs:UpdateService`, `human:decide`), faults (`fault:region-loss`), probes
// (`rds:is-writer`) and metrics. One list, from which documents are checked, the reference page is
// made, and the worlds find what they must be able to do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace firedrill {

/// Everything a world can be asked to do or to look at. Names are in `vocabulary()`.
enum class Operation : std::uint16_t {
  // Work of people.
  kHumanWork,
  kHumanCheck,
  kHumanDecide,
  // Waiting.
  kWaitFor,
  kWaitSinceDetection,
  kWaitChangeWindow,
  kWaitServicesStable,
  kWaitClusterAvailable,
  kWaitRegionHealthy,
  kWaitReplicaLag,
  kWaitTableExists,
  kWaitWatchStable,
  // Calls to a provider.
  kEcsUpdateService,
  kEcsCreateService,
  kEcsDescribeServices,
  kElbDescribeTargetHealth,
  kRdsDescribeClusters,
  kRdsPromoteReadReplica,
  kRdsFailoverGlobal,
  kRdsRestoreFromSnapshot,
  kRdsCreateInstance,
  kRdsDescribeEvents,
  kRdsFailoverCluster,
  kRdsSwitchoverGlobal,
  kRdsCreateReplica,
  kRdsRestoreBeforeMigration,
  kRdsRestoreToPointInTime,
  kRdsCreateSnapshot,
  kRdsRenameCluster,
  kDynamoDescribeTable,
  kDynamoRestoreToPointInTime,
  kDynamoRestoreFromBackup,
  kDynamoUpdateTable,
  kS3RestoreVersions,
  kAppStopWrites,
  kAppStartWrites,
  kAppSwitchStore,
  kRoute53ChangeRecord,
  kRoute53GetHealthCheckStatus,
  kCloudFrontGetConfig,
  kCloudFrontUpdate,
  kHealthDescribeEvents,
  kSupportCreateCase,
  kTerraformApply,
  // Certificates.
  kAcmListCertificates,
  kAcmDescribeCertificate,
  kAcmRequestCertificate,
  kAcmImportCertificate,
  kAcmWaitCertificateValidated,
  kRoute53UpsertValidationRecord,
  kElbDescribeListeners,
  kElbModifyListener,
  kCloudFrontSetViewerCertificate,
  kCloudFrontWaitDeployed,
  // Credentials, secrets and keys.
  kPsqlAlterUser,
  kPsqlTerminateSessions,
  kPsqlReindex,
  kIamCreateAccessKey,
  kIamDeactivateAccessKey,
  kIamDeleteAccessKey,
  kSecretsDescribe,
  kSecretsRotate,
  kSecretsPutValue,
  kKmsGetRotationStatus,
  kKmsEnableRotation,
  kKmsCreateKey,
  kKmsUpdateAlias,
  kKmsReEncrypt,
  kKmsScheduleDeletion,
  kKmsCancelDeletion,
  // Tasks and what a deployment changes with them.
  kEcsListServices,
  kEcsListTasks,
  kEcsDescribeTasks,
  kEcsListTaskDefinitions,
  kEcsDescribeTaskDefinition,
  kEcsRegisterTaskDefinition,
  kEcsExecuteCommand,
  kEcrDescribeImages,
  kEcrPutImage,
  kLogsGetLogEvents,
  kLogsDescribeLogStreams,
  kIamGetRolePolicy,
  kSchemaMigrateDown,
  kGitRevert,
  // Firewall, load and identity.
  kWafGetWebAcl,
  kWafUpdateWebAcl,
  kWafGetIpSet,
  kWafUpdateIpSet,
  kShieldCreateProtection,
  kAutoscalingDescribe,
  kCloudWatchGetMetric,
  kLogsFilterEvents,
  kLogsStartQuery,
  kLogsCreateExportTask,
  kGuardDutyGetFindings,
  kCloudTrailLookupEvents,
  kIamGetRole,
  kIamPutRolePolicy,
  kIamPutUserPolicy,
  kIamDeleteRolePolicy,
  kIamCreateRole,
  kEc2CreateSecurityGroup,
  kEc2RevokeEgress,
  kEc2ModifyInterface,
  kEc2AuthorizeIngress,
  kWafCreateIpSet,
  // Kubernetes.
  kKubectlGet,
  kKubectlLogs,
  kKubectlScale,
  kKubectlRolloutRestart,
  kKubectlRolloutUndo,
  kKubectlSetEnv,
  kKubectlSetResources,
  kKubectlSetImage,
  kKubectlDeletePods,
  kKubectlDrain,
  kKubectlRolloutStatus,
  kKubectlSaveLogs,
  // Database instances, caches and queues: calls, waiters, faults, probes and metrics.
  kRdsDescribeInstances,
  kRdsDescribeSnapshots,
  kRdsRestoreInstanceFromSnapshot,
  kRdsRestoreInstanceToPointInTime,
  kRdsCreateInstanceReplica,
  kRdsPromoteInstanceReplica,
  kRdsModifyInstance,
  kRdsRebootInstance,
  kCacheDescribe,
  kCacheDescribeSnapshots,
  kCacheCreateCluster,
  kCacheTestFailover,
  kCacheReboot,
  kCacheIncreaseReplicas,
  kCacheDeleteKeys,
  kSqsDeleteMessages,
  kSqsSetAttributes,
  kSecretsUpdateAddress,
  kSsmPutAddress,
  kDatabaseCopyTable,
  kDatabaseEndIdleSessions,
  kDatabaseReadElsewhere,
  kWaitInstanceAvailable,
  kWaitCacheAvailable,
  kFaultInstanceLost,
  kFaultConnectionLeak,
  kFaultQueueSurge,
  kFaultSlowWorkers,
  kFaultPoisonMessages,
  kProbeInstanceAvailable,
  kProbeInstanceWrites,
  kProbeCacheAvailable,
  kProbeQueueOnTime,
  kMetricCacheHits,
  kMetricCacheConnections,
  kMetricQueueDepth,
  kMetricQueueAge,
  // Functions, interfaces, front ends, user pools.
  kLambdaGetConfiguration,
  kLambdaListVersions,
  kLambdaUpdateConfiguration,
  kLambdaPublishVersion,
  kLambdaUpdateAlias,
  kLambdaPutConcurrency,
  kLambdaDeleteConcurrency,
  kApiGetStage,
  kApiGetMethod,
  kApiGetIntegration,
  kApiGetAuthorizer,
  kApiUpdateStage,
  kApiUpdateIntegration,
  kApiCreateDeployment,
  kAmplifyListJobs,
  kAmplifyGetJob,
  kAmplifyStartJob,
  kAmplifyStartDeployment,
  kAmplifyUpdateBranch,
  kCloudFrontGetInvalidation,
  kCloudFrontInvalidate,
  kCognitoDescribePool,
  kCognitoDescribeClient,
  kCognitoDescribeIdentities,
  kCognitoUpdateClient,
  kCognitoSetMfa,
  kCognitoTestSignIn,
  kCognitoDisableUser,
  kDynamoDescribeBackups,
  kDynamoListBackups,
  kDynamoCreateBackup,
  kDynamoPutScalingPolicy,
  kS3GetVersioning,
  kS3ListVersions,
  kCliImpossible,
  // Faults.
  kFaultRegionLoss,
  kFaultZoneLoss,
  kFaultLinkCut,
  kFaultControlPlane,
  kFaultLinkSlow,
  kFaultLinkLossy,
  kFaultWriterFailure,
  kFaultFailoverStuck,
  kFaultDatabaseLoad,
  kFaultDataCorruption,
  kFaultReplicationStall,
  kFaultTableTraffic,
  kFaultControlPlaneSlow,
  kFaultControlPlaneThrottled,
  kFaultComponentDown,
  kFaultComponentDegraded,
  kFaultCertificateExpires,
  kFaultValidationRecordRemoved,
  kFaultCredentialExposed,
  kFaultCredentialRevoked,
  kFaultSecretRotates,
  kFaultRotationFallsDue,
  kFaultBadDeployment,
  kFaultTasksCrash,
  kFaultImageMissing,
  kFaultQuota,
  kFaultBadInfrastructure,
  // Faults of people and of what they talk with.
  kFaultRoleAbsent,
  kFaultRoleAsleep,
  kFaultPagingDown,
  kFaultChatDown,
  kFaultWrongStep,
  kFaultTrafficSurge,
  kFaultDdosAttack,
  kFaultCredentialCompromised,
  kFaultBadFunctionVersion,
  kFaultFunctionSlow,
  kFaultFunctionMemory,
  kFaultBadApiDeployment,
  kFaultBadRelease,
  kFaultStaleCache,
  kFaultSignIns,
  // Probes.
  kProbeServiceServes,
  kProbeServedAtMost,
  kProbeServicesStable,
  kProbeTargetsHealthy,
  kProbeClusterAvailable,
  kProbeIsWriter,
  kProbeFailoverUnderWay,
  kProbeReplicaLagBelow,
  kProbeConnectionErrors,
  kProbeDataIntact,
  kProbeRegionImpaired,
  kProbeTableActive,
  kProbeAnswersRegion,
  kProbeOriginIs,
  kProbeAlarmOk,
  kProbeCertificateIssued,
  kProbeCertificateImported,
  kProbeValidationRecordPresent,
  kProbeServedValidFor,
  kProbeDistributionDeployed,
  kProbeSecretIsCurrent,
  kProbeConsumersUpdated,
  kProbeExposedRefused,
  kProbeRotationEnabled,
  kProbeDataUnderNewKey,
  kProbeStopReasonIs,
  kProbeDeploymentInProgress,
  kProbeRunningAsDesired,
  kProbeRunsKnownGood,
  kProbeServiceTargetsHealthy,
  kProbeSchemaMigrated,
  kProbeModuleChanged,
  kProbeAttackIs,
  kProbeRequestsUsual,
  kProbeShieldSubscribed,
  kProbeExportComplete,
  kProbeAccessEnded,
  kProbeNoNewFindings,
  kProbePodsReady,
  kProbeRolloutComplete,
  kProbePodReasonIs,
  kProbePodsInZone,
  kProbeEmailOnTime,
  kProbeFunctionKnownGood,
  kProbeFunctionTrouble,
  kProbeApiThrottles,
  kProbeApiRejects,
  kProbeApiTimeoutBelow,
  kProbeReleaseKnownGood,
  kProbeLastJobFailed,
  kProbeCacheStale,
  kProbeSignInsWork,
  kProbeSignInsFailBy,
  kProbeTableProvisioned,
  kProbeTableThrottles,
  // Metrics of alarms.
  kMetricTarget5xx,
  kMetricEndpointUnhealthy,
  kMetricTasksMissing,
  kMetricReplicaLag,
  kMetricFailoverEvent,
  kMetricDatabaseCpu,
  kMetricDatabaseConnections,
  kMetricFreeableMemory,
  kMetricThrottledShare,
  kMetricDataReported,
  kMetricHealthEvent,
  kMetricWafBlocked,
  kMetricRequestRatio,
  kMetricGuardDutyFinding,
  kMetricSyntheticsFailed,
  kMetricDaysToExpiry,
  kMetricRotationOverdue,
  kMetricCredentialExposed,
  kMetricDeploymentFailed,
  kMetricPodsMissing,
  kMetricRolloutFailed,
  kMetricEmailDelayed,
  kMetricFunctionErrors,
  kMetricFunctionThrottled,
  kMetricFunctionDuration,
  kMetricApi5xx,
  kMetricApi4xx,
  kMetricApp5xx,
  kMetricBuildFailed,
  kMetricSignInsFailed,
};

enum class OperationClass : std::uint8_t { kHuman, kWait, kCall, kFault, kProbe, kMetric };

enum class ParameterType : std::uint8_t {
  kComponent,
  kService,
  kRegion,
  kZone,
  kLink,
  kCount,
  kDuration,
  kShare,
  kFactor,
  kWord,
  kAlarm,
  kFlag,
  kRole,
  kStep,
  kTrait,  // a number that says what something is like, kept by name; no ramp changes it
};

constexpr std::string_view kAnyKind{};
/// By what part they play on the way of a request: what clients enter by, what takes the requests
/// in a region, what a service runs on there, what keeps its data.
constexpr std::string_view kEntryKinds = "route53:record|cloudfront:distribution";
constexpr std::string_view kFrontKinds =
    "elbv2:load-balancer|kubernetes:ingress|apigateway:rest-api|appsync:graphql-api|amplify:app";
constexpr std::string_view kSiteKinds =
    "ecs:service|kubernetes:deployment|lambda:function|amplify:app";
constexpr std::string_view kStoreKinds =
    "aurora:cluster|dynamodb:table|s3:bucket|rds:instance|elasticache:cluster|audit:log";

/// The kinds that such a text separates by '|'.
std::vector<std::string_view> kinds_in(std::string_view alternatives);

struct ParameterRule {
  std::string_view name;
  ParameterType type;
  /// For kComponent: the kind that fits, or several separated by '|'; kAnyKind for every kind;
  /// kEntryKinds for whatever clients enter by.
  std::string_view component_kind;
  bool required = true;
  std::string_view meaning;
  /// For kComponent: one name, or several separated by commas.
  bool many = false;
  /// For kWord: the words that fit; empty for any.
  std::vector<std::string_view> words = {};
  /// For kTrait: the largest value.
  double most = 1;
};

/// A waiter asks once, then at every poll, and gives up after its limit, whatever happens later.
struct WaiterRule {
  Operation until;           // the probe, with the parameters of the wait
  std::string_view poll;     // timing between two looks
  std::string_view give_up;  // timing of the limit
  /// Called too soon after a change, its first look can still see the state of before.
  bool may_see_old_state = false;
};

/// How a metric's value becomes the datapoint of a period.
struct MetricRule {
  /// Published now and then as it is: a period shows the newest value, not an average.
  bool sampled = false;
  /// Published only while it is not zero: the alarm waits longer for datapoints that do not come.
  bool sparse = false;
};

struct OperationRule {
  Operation operation;
  OperationClass kind;
  std::string_view name;
  std::string_view meaning;
  std::vector<ParameterRule> parameters;
  /// Control plane that takes the call: an AWS service name; empty where none is involved.
  std::string_view control_plane = {};
  /// Whether the call changes something; a read is repeated freely, a change never blindly.
  bool mutating = false;
  /// Timing of the hands-on part when the step names none.
  std::string_view hands_on = {};
  /// Timings the simulated world draws from to carry it out.
  std::vector<std::string_view> timings = {};
  /// For calls: what the caller waits for beyond the answer of the control plane, such as the run
  /// of a migration; a timing of the library.
  std::string_view takes = {};
  /// For waiters: the probe that they poll, and when they do.
  std::optional<WaiterRule> waiter = std::nullopt;
  /// For metrics: an event that is pushed when it happens, with its delay in the component; no
  /// period is waited for.
  bool pushed = false;
  MetricRule metric = {};
};

/// Whether a fault strikes people or what they talk with, and nothing that customers use: no outage
/// begins with it.
bool strikes_people(Operation fault);

const std::vector<OperationRule>& vocabulary();
const OperationRule& rule_of(Operation operation);
const OperationRule* find_operation(std::string_view name);

/// A named place in a component kind where a timing is drawn; a system may replace the entry.
struct TimingSlot {
  std::string_view slot;
  std::string_view timing;  // entry of the library used unless replaced
  std::string_view meaning;
};

struct ComponentKindRule {
  std::string_view kind;
  std::string_view meaning;
  std::vector<TimingSlot> slots;
};
const std::vector<ComponentKindRule>& component_kinds();
const ComponentKindRule* find_component_kind(std::string_view kind);

/// Behaviours of people and providers with a probability, which a scenario can change or switch
/// off.
enum class Behaviour : std::uint8_t {
  kWaitForProvider,      // the decision is put off to give the provider a few more minutes
  kQuotaForgotten,       // the quota of the standby region was never raised
  kMonitoringBlind,      // alarms evaluated in a lost region do not arrive
  kPagingDelayed,        // the paging provider is slow in an event that hits many
  kPrimaryNeverAnswers,  // both notification rounds go unanswered
  kPromotionRefused,     // the documented promotion does not apply to this engine
  kWaiterReturnsEarly,   // a waiter sees the state of before the change and ends at once
  kCapacityMissing,      // no capacity left where everybody fails over to
  kHumanError,           // a changing step is done wrongly and must be redone
};
struct BehaviourRule {
  Behaviour behaviour;
  std::string_view name;
  std::string_view timing;  // entry that holds the probability; empty where the library has none
  std::string_view meaning;
  /// Used where `timing` is empty: what the note of the behaviour's own duration suggests. An
  /// estimate.
  double probability = 0;
};
const std::vector<BehaviourRule>& behaviours();

/// Timings that belong to people, not to one action: paging, acknowledging, sleep, errors.
const std::vector<TimingSlot>& people_slots();

}  // namespace firedrill

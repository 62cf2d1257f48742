// Rows of the vocabulary: task definitions and deployments of ECS services, why their tasks stop,
// the schema and the infrastructure that a deployment can change with them.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

namespace {

constexpr std::string_view kEcsCluster = "ecs:cluster";
constexpr std::string_view kRegistry = "ecr:registry";

/// What ECS says of a stopped task.
const std::vector<std::string_view> kStopReasons = {"essential-container-exited", "out-of-memory",
                                                    "cannot-pull", "failed-health-checks", "none"};

void add(std::vector<OperationRule>& all, std::vector<OperationRule> more) {
  for (OperationRule& rule : more) all.push_back(std::move(rule));
}

std::vector<OperationRule> changes() {
  return {
      change_call(
          Op::kEcsUpdateService, "ecs:UpdateService",
          "Sets the desired count of a service, deploys another revision of its task "
          "definition, or deploys the present one again",
          {component("service", kEcsService, "the service"),
           value("desired_count", kCount, "tasks wanted; \"production\" for its production count",
                 false),
           word("task_definition", {"previous", "latest"},
                "the revision before the deployed one, or the newest", false),
           value("force_new_deployment", kFlag, "replace all tasks, whatever has changed", false)},
          "ecs"),
      change_call(Op::kEcsRegisterTaskDefinition, "ecs:RegisterTaskDefinition",
                  "Registers a revision like the newest, without one way of failing",
                  {component("service", kEcsService, "the service it is for"),
                   word("fixes", kTaskFailures, "what the revision does not do any more")},
                  "ecs", "ecs.register_task_definition"),
      change_call(Op::kEcsExecuteCommand, "ecs:ExecuteCommand",
                  "Opens a session in a running task; there must be one, and it must allow that",
                  {component("service", kEcsService, "the service")}, "ecs",
                  "ecs.exec_session_start"),
      change_call(Op::kEcrPutImage, "ecr:PutImage",
                  "Builds the missing images and pushes them again",
                  {component("registry", kRegistry, "the registry")}, "ecr", "docker.build_push"),
      change_call(Op::kSchemaMigrateDown, "db:MigrateDown",
                  "Takes a schema back to the version of before its newest migration",
                  {component("schema", kSchema, "the schema")}, {}, "pg.migrate_down"),
      change_call(Op::kGitRevert, "git:Revert",
                  "Reverts the newest change of a module's code; applies nothing",
                  {component("module", "terraform:module|amplify:app", "the module, or the app")},
                  {}, "git.revert_and_pipeline"),
  };
}

std::vector<OperationRule> reads() {
  const ParameterRule service = component("service", kEcsService, "the service");
  return {
      read_call(Op::kEcsListServices, "ecs:ListServices", "Lists the services of a cluster",
                {component("cluster", kEcsCluster, "the cluster")}, "ecs"),
      read_call(Op::kEcsListTasks, "ecs:ListTasks", "Lists the stopped tasks of a service",
                {service}, "ecs"),
      read_call(Op::kEcsDescribeTasks, "ecs:DescribeTasks", "Reads why tasks have stopped",
                {service}, "ecs"),
      read_call(Op::kEcsListTaskDefinitions, "ecs:ListTaskDefinitions",
                "Lists the revisions of a service's task definition", {service}, "ecs"),
      read_call(Op::kEcsDescribeTaskDefinition, "ecs:DescribeTaskDefinition",
                "Reads memory, image and health check of a revision", {service}, "ecs"),
      read_call(Op::kEcrDescribeImages, "ecr:DescribeImages",
                "Looks for an image in its repository",
                {component("registry", kRegistry, "the registry")}, "ecr"),
      read_call(Op::kLogsGetLogEvents, "logs:GetLogEvents",
                "Reads the newest lines of a task's log", {service}, "logs"),
      read_call(Op::kLogsDescribeLogStreams, "logs:DescribeLogStreams",
                "Looks for the newest log streams of a service", {service}, "logs"),
      read_call(Op::kIamGetRolePolicy, "iam:GetRolePolicy", "Reads what a role may do", {}, "iam"),
  };
}

std::vector<OperationRule> waits() {
  return {{Op::kWaitWatchStable,
           OperationClass::kWait,
           "ecs:WatchStable",
           "Somebody watches until every named service has run what it should, with healthy "
           "targets, for a span without a break",
           {components("services", kEcsService, "the services"),
            value("duration", kDuration, "the span")},
           {},
           false,
           {},
           {}}};
}

std::vector<OperationRule> faults() {
  return {
      fault(Op::kFaultBadDeployment, "fault:bad-deployment",
            "A pipeline deploys a revision that is bad, and perhaps migrates the schema first",
            {component("service", kWorkloads, "the service"),
             word("reason", kTaskFailures, "how the revision fails"),
             value("share", kShare, "share of requests it answers with errors", false),
             component("migrates", kSchema, "the schema that it migrates", false),
             value("circuit_breaker", kFlag,
                   "whether the deployment has a circuit breaker; absent: "
                   "as the service says",
                   false)}),
      fault(Op::kFaultTasksCrash, "fault:tasks-crash",
            "Tasks of the deployed revision begin to fail, and so do those started in their place; "
            "the revision before does not",
            {component("service", kWorkloads, "the service"),
             word("reason", kTaskFailures, "how they fail"),
             value("share", kShare, "share of the tasks that keep failing", false)}),
      fault(Op::kFaultImageMissing, "fault:image-missing",
            "The images are gone from a registry: tasks run on, none can be started",
            {component("registry", kRegistry, "the registry")}),
      fault(Op::kFaultQuota, "fault:quota", "A cluster may run only so many tasks",
            {component("cluster", kEcsCluster, "the cluster"),
             value("count", kCount, "tasks it may run")}),
      fault(Op::kFaultBadInfrastructure, "fault:bad-infrastructure-change",
            "A change of the infrastructure goes out that fails a share of requests",
            {component("module", kModule, "the module that was changed"),
             value("share", kShare, "share of requests that fail", false)}),
  };
}

std::vector<OperationRule> probes() {
  const ParameterRule service = component("service", kEcsService, "the service");
  return {
      probe(Op::kProbeStopReasonIs, "ecs:stop-reason-is",
            "What is said of the task that stopped last without being asked to",
            {service, word("reason", kStopReasons, "the reason")}, "ecs"),
      probe(Op::kProbeDeploymentInProgress, "ecs:deployment-in-progress",
            "The service has more than one deployment, or its only one is not complete", {service},
            "ecs"),
      probe(Op::kProbeRunningAsDesired, "ecs:running-as-desired",
            "Every named service runs as many tasks as it should, whatever their targets say",
            {components("services", kEcsService, "the services")}, "ecs"),
      probe(Op::kProbeRunsKnownGood, "ecs:runs-known-good",
            "What is deployed, and all running tasks, are of a revision that does not fail",
            {service}, "ecs"),
      probe(Op::kProbeServiceTargetsHealthy, "elbv2:service-targets-healthy",
            "Every registered target of the service is healthy, and there is one", {service},
            "elbv2"),
      probe(Op::kProbeSchemaMigrated, "db:schema-migrated",
            "A migration has been run that the revision before knows nothing of",
            {component("schema", kSchema, "the schema")}, {}),
      probe(Op::kProbeModuleChanged, "terraform:module-changed",
            "The newest change of the infrastructure is applied and not reverted",
            {component("module", kModule, "the module")}, {}),
  };
}

}  // namespace

std::vector<OperationRule> deployment_rules() {
  std::vector<OperationRule> all = changes();
  add(all, reads());
  add(all, waits());
  add(all, faults());
  add(all, probes());
  all.push_back({Op::kMetricDeploymentFailed,
                 OperationClass::kMetric,
                 "ecs:deployment_failed",
                 "1 from when the pipeline gives up a deployment, or its circuit breaker does, "
                 "until the next deployment begins",
                 {component("of", kEcsService, "the service")},
                 {},
                 false,
                 {},
                 {}});
  return all;
}

}  // namespace firedrill::vocabulary_rows

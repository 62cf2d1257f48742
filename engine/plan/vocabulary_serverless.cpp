// Rows of the vocabulary: functions, the interfaces in front of them, web front ends, user pools,
// the throughput of tables and what edges have cached.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {
namespace {

constexpr std::string_view kFunction = "lambda:function";
constexpr std::string_view kRestApi = "apigateway:rest-api";
constexpr std::string_view kApis = "apigateway:rest-api|appsync:graphql-api";
constexpr std::string_view kApp = "amplify:app";
constexpr std::string_view kUserPool = "cognito:user-pool";

std::vector<OperationRule> function_calls() {
  const ParameterRule function = component("function", kFunction, "the function");
  return {
      read_of(Op::kLambdaGetConfiguration, "lambda:GetFunctionConfiguration",
              "Reads memory, timeout and environment of a function", function, "lambda"),
      read_of(Op::kLambdaListVersions, "lambda:ListVersionsByFunction",
              "Lists the published versions of a function", function, "lambda"),
      change_call(
          Op::kLambdaUpdateConfiguration, "lambda:UpdateFunctionConfiguration",
          "Changes memory or timeout of the latest, unpublished version; behind an alias that "
          "reaches nobody until a version is published and the alias moved",
          {function, value("timeout", kDuration, "when an invocation is given up", false),
           trait("memory_mib", 10'240, "memory in MiB")},
          "lambda", "lambda.update_function_configuration"),
      change_call(Op::kLambdaPublishVersion, "lambda:PublishVersion",
                  "Makes a version of the latest code and configuration", {function}, "lambda",
                  "lambda.publish_version"),
      change_call(Op::kLambdaUpdateAlias, "lambda:UpdateAlias",
                  "Points the alias that callers use at another version",
                  {function, word("version", {"previous", "newest"},
                                  "the version before the one in use, or the one published last")},
                  "lambda", "lambda.update_alias"),
      change_call(Op::kLambdaPutConcurrency, "lambda:PutFunctionConcurrency",
                  "Reserves concurrency for a function, which is also the most that it gets",
                  {function, value("count", kCount, "invocations at once")}, "lambda",
                  "lambda.put_concurrency"),
      change_call(Op::kLambdaDeleteConcurrency, "lambda:DeleteFunctionConcurrency",
                  "Gives back what was reserved: the function shares what the account has left",
                  {function}, "lambda", "lambda.put_concurrency"),
  };
}

std::vector<OperationRule> api_calls() {
  const ParameterRule api = component("api", kRestApi, "the API");
  return {
      read_of(Op::kApiGetStage, "apigateway:GetStage", "Reads the settings of a stage", api,
              "apigateway"),
      read_of(Op::kApiGetMethod, "apigateway:GetMethod",
              "Reads a method and what it is connected to", api, "apigateway"),
      read_of(Op::kApiGetIntegration, "apigateway:GetIntegration",
              "Reads what is behind a method, and its timeout", api, "apigateway"),
      read_of(Op::kApiGetAuthorizer, "apigateway:GetAuthorizer", "Reads how tokens are checked",
              api, "apigateway"),
      change_call(Op::kApiUpdateStage, "apigateway:UpdateStage",
                  "Sets the rate limit of a stage, or points it at the deployment before",
                  {api, value("rate_limit", kCount, "requests a second", false),
                   word("deployment", {"previous"}, "which deployment to use", false)},
                  "apigateway", "apigw.update_stage_throttle"),
      change_call(
          Op::kApiUpdateIntegration, "apigateway:UpdateIntegration",
          "Changes the integration timeout in the definition, which requests see after the next "
          "deployment",
          {api, value("timeout", kDuration, "how long an answer is waited for")}, "apigateway"),
      change_call(Op::kApiCreateDeployment, "apigateway:CreateDeployment",
                  "Deploys the definition to the stage", {api}, "apigateway",
                  "apigw.create_deployment"),
  };
}

std::vector<OperationRule> front_end_calls() {
  const ParameterRule app = component("app", kApp, "the app");
  const ParameterRule distribution = component("distribution", kEdge, "the distribution");
  return {
      read_of(Op::kAmplifyListJobs, "amplify:ListJobs", "Lists the newest jobs of a branch", app,
              "amplify"),
      read_of(Op::kAmplifyGetJob, "amplify:GetJob", "Reads the steps and the log of a job", app,
              "amplify"),
      change_call(
          Op::kAmplifyStartJob, "amplify:StartJob",
          "Builds the branch and releases it, or runs a job that succeeded again; waits for it",
          {app, word("job", {"last-succeeded", "one-before"},
                     "the job to run again: the newest that succeeded, or the one before the "
                     "released one; absent: build the branch",
                     false)},
          "amplify", "amplify.start_job_release"),
      change_call(
          Op::kAmplifyStartDeployment, "amplify:StartDeployment",
          "Releases artefacts of a job; refused for an app that is connected to a repository",
          {app, word("job", {"last-succeeded", "one-before"}, "whose artefacts")}, "amplify",
          "amplify.start_deployment"),
      change_call(Op::kAmplifyUpdateBranch, "amplify:UpdateBranch",
                  "Sets whether builds of the branch leave the tests out",
                  {app, value("skip_tests", kFlag, "whether they do")}, "amplify"),
      read_of(Op::kCloudFrontGetInvalidation, "cloudfront:GetInvalidation",
              "Reads whether an invalidation is complete", distribution, "cloudfront"),
      change_call(Op::kCloudFrontInvalidate, "cloudfront:CreateInvalidation",
                  "Has the edges forget what they hold of every path", {distribution},
                  "cloudfront"),
  };
}

std::vector<OperationRule> user_pool_calls() {
  const ParameterRule pool = component("pool", kUserPool, "the user pool");
  OperationRule client = change_call(Op::kCognitoUpdateClient, "cognito-idp:UpdateUserPoolClient",
                                     "Sets an app client back to what the application expects",
                                     {pool}, "cognito-idp", "cognito.update_client_or_pool");
  client.hands_on = "people.edit_json_config";
  return {
      read_of(Op::kCognitoDescribePool, "cognito-idp:DescribeUserPool",
              "Reads the settings of a pool, the second factor among them", pool, "cognito-idp"),
      read_of(Op::kCognitoDescribeClient, "cognito-idp:DescribeUserPoolClient",
              "Reads an app client: flows, secret, token lives", pool, "cognito-idp"),
      read_of(Op::kCognitoDescribeIdentities, "cognito-identity:DescribeIdentityPool",
              "Reads which pools an identity pool trusts", pool, "cognito-identity"),
      client,
      change_call(Op::kCognitoSetMfa, "cognito-idp:SetUserPoolMfaConfig",
                  "Switches the second factor off", {pool}, "cognito-idp",
                  "cognito.update_client_or_pool"),
      change_call(Op::kCognitoTestSignIn, "cognito-idp:AdminInitiateAuth",
                  "Signs a test user in; fails as customers do", {pool}, "cognito-idp"),
      change_call(Op::kCognitoDisableUser, "cognito-idp:AdminDisableUser",
                  "Disables a user; tokens that were issued are accepted until they end", {pool},
                  "cognito-idp"),
  };
}

std::vector<OperationRule> store_calls() {
  const ParameterRule table = component("table", kTable, "the table");
  const ParameterRule bucket = component("bucket", kBucket, "the bucket");
  return {
      read_of(Op::kDynamoDescribeBackups, "dynamodb:DescribeContinuousBackups",
              "Reads whether a table can be restored to a point in time", table, "dynamodb"),
      read_of(Op::kDynamoListBackups, "dynamodb:ListBackups", "Lists the backups of a table", table,
              "dynamodb"),
      change_call(Op::kDynamoCreateBackup, "dynamodb:CreateBackup", "Takes a backup of a table now",
                  {table}, "dynamodb", "ddb.backup_on_demand"),
      change_call(Op::kDynamoPutScalingPolicy, "application-autoscaling:PutScalingPolicy",
                  "Lets the reads or the writes of a table grow by themselves, up to a limit",
                  {table, word("dimension", {"read", "write"}, "which of the two"),
                   value("max_capacity", kCount, "units a second at most")},
                  "application-autoscaling"),
      read_of(Op::kS3GetVersioning, "s3:GetBucketVersioning", "Reads whether versions are kept",
              bucket, "s3"),
      read_of(Op::kS3ListVersions, "s3:ListObjectVersions", "Lists the versions of objects", bucket,
              "s3"),
  };
}

std::vector<OperationRule> faults() {
  const ParameterRule function = component("function", kFunction, "the function");
  return {
      fault(Op::kFaultBadFunctionVersion, "fault:bad-function-version",
            "A pipeline publishes a version that fails requests, and moves the alias to it",
            {function, value("share", kShare, "share of the requests that it fails")}),
      fault(Op::kFaultFunctionSlow, "fault:function-slow",
            "Invocations take a multiple of their usual time",
            {function, value("factor", kFactor, "how many times as long")}),
      fault(Op::kFaultFunctionMemory, "fault:function-memory",
            "Invocations need a multiple of their usual memory",
            {function, value("factor", kFactor, "how many times as much")}),
      fault(Op::kFaultBadApiDeployment, "fault:bad-api-deployment",
            "A deployment of an interface turns valid requests away",
            {component("api", kApis, "the interface"),
             value("share", kShare, "share of the requests that it turns away")}),
      fault(Op::kFaultBadRelease, "fault:bad-release",
            "A bad change is merged into the branch of a web front end, and built",
            {component("app", kApp, "the app"),
             word("reason", {"answers-with-errors", "tests-fail", "build-fails"},
                  "how far it gets: released, stopped by its tests, or not built"),
             value("share", kShare, "share of requests that its release fails", false)}),
      fault(Op::kFaultStaleCache, "fault:stale-cache",
            "Edges hold what no longer fits what was released",
            {component("distribution", kEdge, "the distribution"),
             value("share", kShare, "share of requests that fail by it")}),
      fault(Op::kFaultSignIns, "fault:sign-ins-fail",
            "A user pool issues no token to a share of those who ask",
            {component("pool", kUserPool, "the user pool"),
             word("reason", {"client-changed", "second-factor", "service"},
                  "the app client was changed, codes do not arrive, or the provider is in trouble"),
             value("share", kShare, "share of those who ask and are refused", false)}),
  };
}

std::vector<OperationRule> function_and_api_probes() {
  const ParameterRule function = component("function", kFunction, "the function");
  const ParameterRule api = component("api", kApis, "the interface");
  return {
      probe(Op::kProbeFunctionKnownGood, "lambda:runs-known-good",
            "The code that is invoked fails no request", {function}, "lambda"),
      probe(Op::kProbeFunctionTrouble, "lambda:trouble-is",
            "At least this share of the invocations ends so",
            {function,
             word("trouble", {"errors", "timeouts", "out-of-memory", "throttled"}, "how they end"),
             value("share", kShare, "least share")},
            "lambda"),
      probe(Op::kProbeApiThrottles, "apigateway:throttles",
            "More requests arrive than the interface takes", {api}, "apigateway"),
      probe(Op::kProbeApiRejects, "apigateway:rejects-valid-requests",
            "The deployment in use turns valid requests away", {api}, "apigateway"),
      probe(Op::kProbeApiTimeoutBelow, "apigateway:integration-timeout-below",
            "Answers are waited for less long than this",
            {api, value("timeout", kDuration, "the time")}, "apigateway"),
  };
}

std::vector<OperationRule> other_probes() {
  return {
      probe(Op::kProbeReleaseKnownGood, "amplify:serves-known-good",
            "What is released fails no request", {component("app", kApp, "the app")}, "amplify"),
      probe(Op::kProbeLastJobFailed, "amplify:last-job-failed", "The newest job did not succeed",
            {component("app", kApp, "the app")}, "amplify"),
      probe(Op::kProbeCacheStale, "cloudfront:serves-stale",
            "Edges hold what no longer fits what was released",
            {component("distribution", kEdge, "the distribution")}, {}),
      probe(Op::kProbeSignInsWork, "cognito:sign-ins-work", "Whoever asks for a token gets one",
            {component("pool", kUserPool, "the user pool")}, "cognito-idp"),
      probe(Op::kProbeSignInsFailBy, "cognito:sign-ins-fail-by", "Why tokens are not issued",
            {component("pool", kUserPool, "the user pool"),
             word("reason", {"client-changed", "second-factor", "service"}, "the reason")},
            "cognito-idp"),
      probe(Op::kProbeTableProvisioned, "dynamodb:is-provisioned",
            "The table has a throughput that somebody sets",
            {component("table", kTable, "the table")}, "dynamodb"),
      probe(Op::kProbeTableThrottles, "dynamodb:throttles", "The table turns requests away",
            {component("table", kTable, "the table")}, "cloudwatch"),
  };
}

std::vector<OperationRule> metrics() {
  return {
      metric(Op::kMetricFunctionErrors, "lambda:error_share",
             "Share of the invocations that end in an error, a timeout or without memory",
             kFunction),
      metric(Op::kMetricFunctionThrottled, "lambda:throttled_share",
             "Share of the invocations for which there is no concurrency", kFunction),
      metric(Op::kMetricFunctionDuration, "lambda:duration_p95_s",
             "95th percentile of the duration of invocations, in seconds", kFunction),
      metric(Op::kMetricApi5xx, "apigateway:5xx_share",
             "Share of the requests that get past an interface and fail behind it", kApis),
      metric(Op::kMetricApi4xx, "apigateway:4xx_share",
             "Share of the requests that an interface turns away: throttled, invalid, or without "
             "a token",
             kApis),
      metric(Op::kMetricApp5xx, "amplify:5xx_share",
             "Share of the requests that a web front end fails", kApp),
      metric(Op::kMetricBuildFailed, "amplify:build_failed",
             "1 from a job that did not succeed until one that did", kApp, true),
      metric(Op::kMetricSignInsFailed, "cognito:sign_in_failure_share",
             "Share of those who ask a user pool for a token and get none", kUserPool),
  };
}

}  // namespace

std::vector<OperationRule> serverless_rules() {
  std::vector<OperationRule> all =
      joined({function_calls(), api_calls(), front_end_calls(), user_pool_calls(), store_calls(),
              faults(), function_and_api_probes(), other_probes(), metrics()});
  OperationRule impossible{
      Op::kCliImpossible,
      OperationClass::kCall,
      "cli:ImpossibleCommand",
      "A command of a document that no provider carries out: its operation does not exist, or not "
      "with these arguments. Fails whatever the state of the platform",
      {value("command", kWord, "what it was meant to be")}};
  impossible.hands_on = kChanging;
  all.push_back(std::move(impossible));
  return all;
}

std::vector<ComponentKindRule> serverless_kinds() {
  return {
      {"lambda:account", "The concurrency that the functions of a region share", {}},
      {"lambda:function",
       "A Lambda function: versions behind an alias, concurrency, duration and memory of its "
       "invocations",
       {{"cold_start", "lambda.cold_start", "from a new environment to its first answer"}}},
      {"apigateway:rest-api",
       "A REST API: limits, a check of tokens, and a timeout for what is behind it",
       {{"integration_timeout_max", "apigw.integration_timeout_max",
         "the longest that it can be made to wait"}}},
      {"appsync:graphql-api",
       "A GraphQL API: the same for AppSync",
       {{"integration_timeout_max", "appsync.request_timeout_max",
         "the longest that it can be made to wait"}}},
      {"amplify:app", "A web front end: jobs that build and release it, and its hosting", {}},
      {"cognito:user-pool", "Who gets a token, and for how long it is accepted", {}},
  };
}

}  // namespace firedrill::vocabulary_rows

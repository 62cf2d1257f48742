// The parts of the AWS client that need no server: signing, addresses, credentials, waiting.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/live/aws/command.hpp"
#include "engine/live/aws/decode.hpp"
#include "engine/live/aws/encode.hpp"
#include "engine/live/aws/endpoint.hpp"
#include "engine/live/aws/iam_action.hpp"
#include "engine/live/aws/rate_limit.hpp"
#include "engine/live/aws/retry.hpp"
#include "engine/live/aws/signer.hpp"
#include "engine/live/aws/timestamp.hpp"

namespace {

using namespace firedrill::aws;
using namespace std::chrono_literals;
using nlohmann::json;

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

const Credentials kExample = {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                              Secret(), std::nullopt};

HttpRequest request_to(const std::string& url, std::string path) {
  std::string why_not;
  HttpRequest request;
  request.endpoint = parse_endpoint(url, why_not).value();
  request.path = std::move(path);
  return request;
}

std::string header_of(const HttpRequest& request, const std::string& wanted) {
  for (const auto& [name, value] : request.headers) {
    if (name == wanted) return value;
  }
  return {};
}

std::string refusal(const HttpRequest& request, const std::string& service,
                    unsigned version = 0x075801) {
  return make_curl_signer(version)
      ->sign(request, {service, "eu-west-1"}, kExample, UtcInstant{})
      .refusal;
}

}  // namespace

TEST_CASE("the worked example of the AWS General Reference has its signature") {
  // "Examples of how to derive a signing key for Signature Version 4" and "Task 4: Add the
  // signature to the HTTP request": GET ListUsers of 2015-08-30T12:36:00Z.
  HttpRequest request = request_to("https://iam.amazonaws.com", "/");
  request.query = {{"Version", "2010-05-08"}, {"Action", "ListUsers"}};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  const auto made = make_openssl_signer()->sign(request, {"iam", "us-east-1"}, kExample,
                                                parse_utc("2015-08-30T12:36:00Z").value());
  CHECK(header_of(made.signed_request.value().request, "Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST_CASE("what libcurl would sign wrongly is refused") {
  HttpRequest request = request_to("https://lambda.eu-west-1.amazonaws.com", "/2015/a%3Ab");
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("escapes"));
  request.path = "/2015/a";
  CHECK(refusal(request, "lambda").empty());
  request.query = {{"a", "x+y"}};
  CHECK(refusal(request, "lambda").empty());
  // curl 8.14.0 rewrote the encoding of queries and 8.19.0 put it right.
  CHECK(refusal(request, "lambda", 0x080d00).empty());
  CHECK_THAT(refusal(request, "lambda", 0x080e00), Catch::Contains("plus"));
  CHECK_THAT(refusal(request, "lambda", 0x081200), Catch::Contains("plus"));
  CHECK(refusal(request, "lambda", 0x081300).empty());
  request.query = {{"a", "1"}, {"a", "2"}};
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("twice"));
  request.query.clear();
  request.headers = {{"X-Amz-Copy", "1"}, {"X-Amz-Copy-If", "1"}};
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("begins with"));
  request.headers = {{"X-One", "1"}, {"x-one", "2"}};
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("twice"));
  request.headers = {{"X-Amz-Date", "1"}};
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("signer's own"));
  request.headers = {{"X-One", ""}};
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("no value"));
  request.headers = {{"X-One", "1\r\nX-Two: 2"}};
  CHECK_THAT(refusal(request, "lambda"), Catch::Contains("line break"));
  request.headers.clear();
  CHECK_THAT(refusal(request, "s3"), Catch::Contains("x-amz-content-sha256"));
  request.headers = {{"x-amz-content-sha256", sha256_hex("")}};
  request.path = "/a%20b";
  CHECK(refusal(request, "s3").empty());
  request.path = "/a/../b";
  CHECK_THAT(refusal(request, "s3"), Catch::Contains("dot segments"));
}

TEST_CASE("an endpoint is https, or plain http on this machine") {
  const auto fault = [](const char* url) {
    std::string why_not;
    return parse_endpoint(url, why_not) ? std::string() : why_not;
  };
  for (const char* good : {"https://ecs.eu-west-1.amazonaws.com", "http://127.0.0.1:4566",
                           "http://localhost:1/", "http://[::1]:5000", "https://x:443"}) {
    CHECK(fault(good).empty());
  }
  for (const char* remote : {"http://192.0.2.1", "http://127.0.0.1.example.com", "http://127.1",
                             "http://[::2]", "http://localhost.example.com"}) {
    CHECK_THAT(fault(remote), Catch::Contains("this machine only"));
  }
  for (const char* bad : {"ftp://x", "https://", "https://u@x", "https://x/path", "https://x?q",
                          "https://x:0", "https://x:65536", "https://x:", "x"}) {
    CHECK_FALSE(fault(bad).empty());
  }
}

TEST_CASE("an address is found in its order, and signed for its region") {
  const auto origin = [](std::string_view service, std::map<std::string, std::string> variables,
                         const std::string& profile = "") {
    const auto found =
        resolve_endpoint(service, "eu-west-1", environment_of(std::move(variables)), profile);
    return found.endpoint ? found.endpoint->endpoint.origin() : found.error;
  };
  // The table of botocore 1.43.11 for eu-west-1.
  CHECK(origin("ecs", {}) == "https://ecs.eu-west-1.amazonaws.com");
  CHECK(origin("cloudwatch", {}) == "https://monitoring.eu-west-1.amazonaws.com");
  CHECK(origin("elbv2", {}) == "https://elasticloadbalancing.eu-west-1.amazonaws.com");
  CHECK(origin("iam", {}) == "https://iam.amazonaws.com");
  CHECK(resolve_endpoint("route53", "eu-west-1", environment_of({}), "").endpoint->signing_region ==
        "us-east-1");
  std::map<std::string, std::string> all = {{"AWS_ENDPOINT_URL", "https://b"},
                                            {"AWS_ENDPOINT_URL_ROUTE_53", "https://a"}};
  CHECK(origin("route53", all, "https://c") == "https://a");
  CHECK(origin("ecs", all, "https://c") == "https://b");
  CHECK(origin("ecs", {}, "https://c") == "https://c");
  all["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  CHECK(origin("ecs", all, "https://c") == "https://ecs.eu-west-1.amazonaws.com");
  for (const char* region : {"cn-north-1", "us-gov-west-1", "", "eu_west", "x.evil.example/"}) {
    CHECK_FALSE(resolve_endpoint("ecs", region, environment_of({}), "").endpoint);
  }
}

TEST_CASE("instants are read and written as AWS writes them") {
  // 2026-11-02T03:04:05Z: 20,759 days of 86,400 s, 3 h, 4 min and 5 s after 1970.
  const double expected = 20'759.0 * 86'400 + 3 * 3'600 + 4 * 60 + 5;
  const auto instant = parse_utc("2026-11-02T03:04:05Z").value();
  CHECK(epoch_seconds(instant) == expected);
  CHECK(utc_text(instant) == "2026-11-02T03:04:05Z");
  CHECK(http_date(instant) == "Mon, 02 Nov 2026 03:04:05 GMT");
  CHECK(epoch_seconds(*parse_utc("2026-11-02T04:04:05+01:00")) == expected);
  CHECK(epoch_seconds(*parse_utc("2026-11-02T03:04:05.25Z")) == expected + 0.25);
  for (const char* bad : {"2026-11-02", "2026-11-02T03:04:05", "2026-02-30T03:04:05Z",
                          "2026-11-02T24:00:00Z", "2026-11-02T03:04:05+1", "now"}) {
    CHECK_FALSE(parse_utc(bad));
  }
}

TEST_CASE("a credential line is split as a shell would, and nothing is expanded") {
  CHECK(split_command(R"(/opt/get --role "a b" 'c"d' e\ f $HOME;x)").value() ==
        std::vector<std::string>{"/opt/get", "--role", "a b", "c\"d", "e f", "$HOME;x"});
  CHECK(split_command("").value().empty());
  CHECK(split_command("x ''").value() == std::vector<std::string>{"x", ""});
  CHECK_FALSE(split_command("x 'y"));
  const std::string config =
      "[default]\nregion=a\n[profile drill]\n# no\nregion = b\ns3 =\n"
      "  endpoint_url = nested\nendpoint_url = https://c\n[profile z]\n";
  const auto settings = profile_settings(config, "drill");
  CHECK(settings.at("region") == "b");
  CHECK(settings.at("endpoint_url") == "https://c");
  CHECK(profile_settings(config, "default").at("region") == "a");
}

TEST_CASE("what a credential command prints is taken whole or not at all") {
  const auto good =
      parse_process_credentials(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S",)"
                                R"("Expiration":"2026-11-02T03:04:05Z"})");
  CHECK(good.credentials.value().access_key_id == "A");
  CHECK(utc_text(*good.credentials->expiration) == "2026-11-02T03:04:05Z");
  for (const char* bad :
       {"", "[]", "not json", R"({"AccessKeyId":"A","SecretAccessKey":"S"})",
        R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"S"})",
        R"({"Version":1,"AccessKeyId":"A"})",
        R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","Expiration":"soon"})"}) {
    CHECK_FALSE(parse_process_credentials(bad).credentials);
  }
}

TEST_CASE("a delay is uniform up to a ceiling that doubles") {
  const RetryOptions options;
  // The upper 53 bits set: 1 - 2^-53 of the ceiling, which is 1, 2, 4, 8, 16, then 20 s.
  const RandomBits highest = [] { return ~std::uint64_t{0}; };
  const RandomBits half = [] { return std::uint64_t{1} << 63; };
  const std::vector<std::int64_t> ceilings_ms = {1000, 2000, 4000, 8000, 16000, 20000, 20000};
  for (int attempt = 1; attempt <= 7; ++attempt) {
    const std::int64_t ceiling_ms = ceilings_ms[static_cast<std::size_t>(attempt) - 1];
    CHECK(retry_delay(attempt, options, highest).count() == ceiling_ms - 1);
    CHECK(retry_delay(attempt, options, half).count() == ceiling_ms / 2);
    CHECK(retry_delay(attempt, options, [] { return std::uint64_t{0}; }).count() == 0);
  }
}

TEST_CASE("the budget of repeats runs dry and fills again") {
  RetryBudget budget;
  int repeats = 0;
  while (budget.take(RetryBudget::kCost)) ++repeats;
  CHECK(repeats == 100);  // 500 / 5
  budget.give_back(0);
  CHECK(budget.left() == 1);
  CHECK_FALSE(budget.take(RetryBudget::kCost));
  budget.give_back(RetryBudget::kTimeoutCost);
  CHECK(budget.take(RetryBudget::kTimeoutCost));
  for (int k = 0; k < 1000; ++k) budget.give_back(0);
  CHECK(budget.left() == RetryBudget::kCapacity);
}

TEST_CASE("a service is called at its rate after a burst, each for itself") {
  RateLimit limit({.per_second = 5, .burst = 2}, {{"rds", {.per_second = 1, .burst = 1}}});
  const Instant start{};
  // Two at once, then one every 200 ms; the places are kept in order.
  CHECK(limit.reserve("ecs", start) == 0ms);
  CHECK(limit.reserve("ecs", start) == 0ms);
  CHECK(limit.reserve("ecs", start) == 200ms);
  CHECK(limit.reserve("ecs", start) == 400ms);
  CHECK(limit.reserve("rds", start) == 0ms);
  CHECK(limit.reserve("rds", start) == 1000ms);
  // After a second five tokens have come for the two that were owed: 2 of them fit the bucket.
  CHECK(limit.reserve("ecs", start + 1s) == 0ms);
  CHECK(limit.reserve("ecs", start + 1s) == 0ms);
  CHECK(limit.reserve("ecs", start + 1s) == 200ms);
}

TEST_CASE("a failure is known by its code before its status") {
  CHECK(failure_kind("ThrottlingException", 400) == FailureKind::kThrottled);
  CHECK(failure_kind("SlowDown", 503) == FailureKind::kThrottled);
  CHECK(failure_kind("ExpiredToken", 403) == FailureKind::kExpired);
  CHECK(failure_kind("SignatureDoesNotMatch", 403) == FailureKind::kBadSignature);
  CHECK(failure_kind("DBClusterNotFoundFault", 404) == FailureKind::kNotFound);
  CHECK(failure_kind("ServiceNotFoundException", 400) == FailureKind::kNotFound);
  CHECK(failure_kind("InvalidDBClusterStateFault", 400) == FailureKind::kConflict);
  CHECK(failure_kind("ResourceInUseException", 400) == FailureKind::kConflict);
  CHECK(failure_kind("InvalidAction", 400) == FailureKind::kUnsupported);
  CHECK(failure_kind("ValidationException", 400) == FailureKind::kRejected);
  CHECK(failure_kind("DryRunOperation", 412) == FailureKind::kWouldSucceed);
  CHECK(failure_kind("", 429) == FailureKind::kThrottled);
  CHECK(failure_kind("", 403) == FailureKind::kDenied);
  CHECK(failure_kind("", 301) == FailureKind::kRejected);
  CHECK(failure_kind("SomethingNotFound", 503) == FailureKind::kServerError);
}

TEST_CASE("every row of the table has a model, a reason and, for a change, an inverse") {
  REQUIRE(operations().size() > 140);
  std::string before;
  for (const Operation& operation : operations()) {
    const std::string name = std::string(operation.service) + ' ' + std::string(operation.name);
    CAPTURE(name);
    CHECK(name > before);  // in order, and none twice
    before = name;
    CHECK_NOTHROW(ServiceModel::of(operation.service).operation(operation.name));
    CHECK(operation.repeatable != nullptr);
    CHECK_FALSE(operation.repeat_reason.empty());
    CHECK((operation.kind == OperationKind::kChange) == !operation.inverse.empty());
  }
  CHECK(find_operation("ecs", "DeleteCluster") == nullptr);
}

TEST_CASE("every operation is an action of a prefix that IAM has") {
  // Prefixes of the Service Authorization Reference, for the services of the table.
  const std::set<std::string> prefixes = {"acm",           "cloudfront",
                                          "cloudwatch",    "dynamodb",
                                          "ec2",           "ecs",
                                          "elasticache",   "elasticloadbalancing",
                                          "fis",           "iam",
                                          "kms",           "lambda",
                                          "logs",          "rds",
                                          "route53",       "s3",
                                          "sqs",           "secretsmanager",
                                          "servicequotas", "ssm",
                                          "sts",           "tag",
                                          "wafv2"};
  std::set<std::string> met;
  for (const Operation& operation : operations()) {
    CAPTURE(operation.service, operation.name);
    const auto actions = iam_actions(operation, json::object());
    if (operation.name == "GetCallerIdentity") {
      CHECK(actions.empty());
      continue;
    }
    REQUIRE(actions.size() == 1);
    const auto colon = actions.front().find(':');
    const std::string prefix = actions.front().substr(0, colon);
    met.insert(prefix);
    CHECK(prefixes.contains(prefix));
    // Only S3 has actions that are not called as its operations are.
    if (operation.service != "s3") CHECK(actions.front().substr(colon + 1) == operation.name);
  }
  CHECK(met == prefixes);
}

TEST_CASE("what IAM calls otherwise, and what a call needs besides") {
  const auto actions = [](const char* service, const char* name, const json& parameters = {}) {
    return iam_actions(*find_operation(service, name), parameters);
  };
  using List = std::vector<std::string>;
  CHECK(actions("elbv2", "DescribeTargetHealth") ==
        List{"elasticloadbalancing:DescribeTargetHealth"});
  CHECK(actions("resourcegroupstaggingapi", "GetResources") == List{"tag:GetResources"});
  CHECK(actions("s3", "HeadObject") == List{"s3:GetObject"});
  CHECK(actions("s3", "HeadObject", {{"VersionId", "1"}}) == List{"s3:GetObjectVersion"});
  CHECK(actions("s3", "ListObjectsV2") == List{"s3:ListBucket"});
  CHECK(actions("s3", "ListObjectVersions") == List{"s3:ListBucketVersions"});
  CHECK(actions("s3", "GetBucketVersioning") == List{"s3:GetBucketVersioning"});
  CHECK(actions("s3", "DeleteObject", {{"VersionId", "1"}}) == List{"s3:DeleteObjectVersion"});
  CHECK(actions("s3", "CopyObject", {{"CopySource", "b/k"}}) ==
        List{"s3:PutObject", "s3:GetObject"});
  const json tags = json::array({{{"Key", "a"}, {"Value", "b"}}});
  CHECK(actions("rds", "CreateDBInstance", {{"Tags", tags}}) ==
        List{"rds:CreateDBInstance", "rds:AddTagsToResource"});
  CHECK(actions("ssm", "PutParameter", {{"Tags", tags}}) ==
        List{"ssm:PutParameter", "ssm:AddTagsToResource"});
  CHECK(actions("fis", "CreateExperimentTemplate", {{"roleArn", "r"}, {"tags", {{"a", "b"}}}}) ==
        List{"fis:CreateExperimentTemplate", "fis:TagResource", "iam:PassRole"});
}

TEST_CASE("a command needs the permission of its operation") {
  CHECK(command_action({"aws", "elbv2", "describe-target-health"}) ==
        "elasticloadbalancing:DescribeTargetHealth");
  CHECK(command_action({"aws", "s3api", "head-object"}) == "s3:GetObject");
  // Unknown to the table: IAM reads names without case.
  CHECK(command_action({"aws", "elbv2", "set-subnets"}) == "elasticloadbalancing:setsubnets");
  CHECK(command_action({"aws", "s3", "cp"}).empty());
  CHECK(command_action({"aws", "sts", "get-caller-identity"}).empty());
}

TEST_CASE("repeating a change depends on what it asks for") {
  const auto repeatable = [](const char* service, const char* name, const json& parameters) {
    return find_operation(service, name)->repeatable(parameters);
  };
  CHECK(repeatable("ecs", "UpdateService", {{"desiredCount", 2}}));
  CHECK_FALSE(repeatable("ecs", "UpdateService", {{"forceNewDeployment", true}}));
  const auto batch = [](const char* action) -> json {
    return {{"ChangeBatch", {{"Changes", {{{"Action", "UPSERT"}}, {{"Action", action}}}}}}};
  };
  CHECK(repeatable("route53", "ChangeResourceRecordSets", batch("UPSERT")));
  CHECK_FALSE(repeatable("route53", "ChangeResourceRecordSets", batch("DELETE")));
  CHECK_FALSE(repeatable("rds", "FailoverDBCluster", json::object()));
  CHECK_FALSE(repeatable("rds", "PromoteReadReplicaDBCluster", json::object()));
}

TEST_CASE("what is sensitive is not written down") {
  const json seen = redacted("secretsmanager", "PutSecretValue", "input",
                             {{"SecretId", "db"}, {"SecretString", "word"}});
  CHECK(seen == json{{"SecretId", "db"}, {"SecretString", "<redacted>"}});
  const json given = {{"Credentials", {{"AccessKeyId", "A"}, {"SecretAccessKey", "S"}}}};
  CHECK(redacted("sts", "AssumeRole", "output", given)["Credentials"]["SecretAccessKey"] ==
        "<redacted>");
  CHECK(redacted("rds", "RestoreDBClusterToPointInTime", "input",
                 {{"DBClusterIdentifier", "x"}})["DBClusterIdentifier"] == "x");
}

TEST_CASE("a command runs only when it is the CLI, resolved, and without options of its own") {
  CommandOptions options;
  const auto fault = [&](std::vector<std::string> words) { return command_fault(words, options); };
  CHECK_THAT(fault({"aws", "ecs", "list-clusters"}), Catch::Contains("not allowed"));
  options.allowed = true;
  CHECK(fault({"aws", "ecs", "list-clusters"}).empty());
  CHECK(fault({"aws", "logs", "filter-log-events", "--filter-pattern", "{ $.level = \"x\" }"})
            .empty());
  CHECK_FALSE(fault({"sh", "-c", "aws ecs list-clusters"}).empty());
  CHECK_FALSE(fault({"/usr/bin/aws", "ecs", "list-clusters"}).empty());
  CHECK_FALSE(fault({"aws", "--debug", "ecs", "list-clusters"}).empty());
  CHECK_FALSE(fault({"aws", "configure", "set", "region", "x"}).empty());
  for (const char* word :
       {"<cluster>", "arn:<account-id>:x", "$CLUSTER", "${CLUSTER}", "$(id)", "--endpoint-url",
        "--endpoint-url=http://x", "--endp", "--profile", "--prof", "--no-verify-ssl", "--no-v",
        "--debug", "file:///etc/passwd", "--no-sign-request"}) {
    CAPTURE(word);
    CHECK_FALSE(fault({"aws", "ecs", "list-clusters", word}).empty());
  }
  for (const char* word : {"--engine", "--no-cli-pager", "a < b", "100$", "--desired-count"}) {
    CAPTURE(word);
    CHECK(fault({"aws", "ecs", "list-clusters", word}).empty());
  }
}

TEST_CASE("a command counts as what it does, and the unknown as irreversible") {
  const auto kind = [](std::vector<std::string> words) { return command_kind(words); };
  CHECK(kind({"aws", "rds", "failover-db-cluster"}) == OperationKind::kIrreversible);
  CHECK(kind({"aws", "rds", "describe-db-clusters"}) == OperationKind::kRead);
  CHECK(kind({"aws", "ecs", "update-service"}) == OperationKind::kChange);
  CHECK(kind({"aws", "s3api", "put-object"}) == OperationKind::kChange);
  CHECK(kind({"aws", "shield", "list-protections"}) == OperationKind::kRead);
  CHECK(kind({"aws", "shield", "create-protection"}) == OperationKind::kChange);
  CHECK(kind({"aws", "rds", "download-something"}) == OperationKind::kIrreversible);
  CHECK(kind({"aws", "ec2", "terminate-instances"}) == OperationKind::kIrreversible);
}

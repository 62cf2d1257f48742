// Bindings of secrets, access keys and encryption keys, and of faults.
#include <fmt/format.h>

#include <algorithm>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

AwsRequest describe_secret(const Resources& resources, ComponentIndex component) {
  return request_of("secretsmanager", "DescribeSecret", resources.region(component),
                    {{"SecretId", resource_of(resources, component).id}});
}

std::vector<BoundCall> bind_describe_secret(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  return {plain_read(resources, component, describe_secret(resources, component))};
}

std::vector<BoundCall> bind_rotate(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const std::string& id = resource_of(resources, component).id;
  BoundCall change;
  change.component = component;
  change.resource = "secret " + id;
  change.undoable = false;
  change.look = describe_secret(resources, component);
  change.request = request_of("secretsmanager", "RotateSecret", resources.region(component),
                              {{"SecretId", id}, {"RotateImmediately", true}});
  change.prepare = [](const AwsValue& answer, AwsRequest&) {
    Prepared prepared;
    prepared.arn = text_of(answer, "ARN");
    prepared.tagged = answer;
    prepared.difference = "another version of the credential";
    return prepared;
  };
  return {std::move(change)};
}

/// The oldest key of the user in that state; null: none.
const AwsValue* oldest_key(const AwsValue& answer, std::string_view status) {
  const AwsValue* oldest = nullptr;
  const auto keys = answer.find("AccessKeyMetadata");
  if (keys == answer.end()) return nullptr;
  for (const AwsValue& key : *keys) {
    if (text_of(key, "Status") != status) continue;
    if (oldest == nullptr || key["CreateDate"] < (*oldest)["CreateDate"]) oldest = &key;
  }
  return oldest;
}

BoundCall key_change(const Resources& resources, ComponentIndex component,
                     std::string_view operation) {
  const ResourceSpec& credential = resource_of(resources, component);
  const std::string& user = needed(credential, credential.user, "user");
  BoundCall change;
  change.component = component;
  change.resource = "IAM user " + user;
  change.look = request_of("iam", "ListAccessKeys", "us-east-1", {{"UserName", user}});
  change.request =
      request_of("iam", operation, "us-east-1", {{"UserName", user}, {"AccessKeyId", "*"}});
  return change;
}

Prepared user_prepared(const std::string& user) {
  Prepared prepared;
  prepared.tag_look = request_of("iam", "ListUserTags", "us-east-1", {{"UserName", user}});
  return prepared;
}

std::vector<BoundCall> bind_deactivate(const Resources& resources, const PlannedCall& call) {
  BoundCall change = key_change(resources, call.components.front(), "UpdateAccessKey");
  change.request.parameters["Status"] = "Inactive";
  change.prepare = [](const AwsValue& answer, AwsRequest& request) {
    const std::string user = text_of(request.parameters, "UserName");
    Prepared prepared = user_prepared(user);
    const AwsValue* key = oldest_key(answer, "Active");
    if (key == nullptr) {
      prepared.refusal = fmt::format("user {} has no active key", user);
      return prepared;
    }
    const std::string id = text_of(*key, "AccessKeyId");
    request.parameters["AccessKeyId"] = id;
    prepared.difference = fmt::format("key {} Active -> Inactive", id);
    prepared.inverses = {{"iam",
                          "UpdateAccessKey",
                          request.region,
                          {{"UserName", user}, {"AccessKeyId", id}, {"Status", "Active"}},
                          id,
                          fmt::format("access key {} of {}: active again", id, user)}};
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_delete_key(const Resources& resources, const PlannedCall& call) {
  BoundCall change = key_change(resources, call.components.front(), "DeleteAccessKey");
  change.undoable = false;
  // A step before it makes the key inactive that is deleted here.
  change.made_by_a_step = true;
  change.prepare = [](const AwsValue& answer, AwsRequest& request) {
    const std::string user = text_of(request.parameters, "UserName");
    Prepared prepared = user_prepared(user);
    const AwsValue* key = oldest_key(answer, "Inactive");
    prepared.in_effect = key == nullptr;
    if (key == nullptr) {
      prepared.refusal = fmt::format("user {} has no inactive key", user);
      return prepared;
    }
    request.parameters["AccessKeyId"] = text_of(*key, "AccessKeyId");
    prepared.difference = fmt::format("key {} deleted", text_of(*key, "AccessKeyId"));
    return prepared;
  };
  return {std::move(change)};
}

AwsRequest describe_key(const Resources& resources, ComponentIndex component) {
  return request_of("kms", "DescribeKey", resources.region(component),
                    {{"KeyId", resource_of(resources, component).id}});
}

std::vector<BoundCall> bind_key_rotation(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall read = plain_read(
      resources, component,
      request_of("kms", "GetKeyRotationStatus", resources.region(component), {{"KeyId", ""}}));
  // An alias is no name for this call.
  read.look = describe_key(resources, component);
  read.prepare = [](const AwsValue& answer, AwsRequest& request) {
    request.parameters["KeyId"] = text_of(answer.value("KeyMetadata", AwsValue::object()), "KeyId");
    return Prepared{};
  };
  return {std::move(read)};
}

std::vector<BoundCall> bind_schedule_deletion(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall change;
  change.component = component;
  change.resource = "KMS key " + resource_of(resources, component).id;
  change.look = describe_key(resources, component);
  // The deletion can be cancelled for thirty days, but nobody decrypts anything meanwhile.
  change.undoable = false;
  change.request = request_of("kms", "ScheduleKeyDeletion", resources.region(component),
                              {{"KeyId", ""}, {"PendingWindowInDays", 30}});
  change.prepare = [](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    const AwsValue key = answer.value("KeyMetadata", AwsValue::object());
    const std::string id = text_of(key, "KeyId");
    request.parameters["KeyId"] = id;
    prepared.arn = text_of(key, "Arn");
    prepared.tag_look = tags_by_arn(request.region, prepared.arn);
    prepared.in_effect = text_of(key, "KeyState") == "PendingDeletion";
    prepared.difference = text_of(key, "KeyState") + " -> PendingDeletion";
    const auto inverse = [&](const char* operation, const char* what) {
      return Inverse{"kms", operation, request.region, {{"KeyId", id}}, prepared.arn, what};
    };
    prepared.inverses = {inverse("EnableKey", "the key enabled again"),
                         inverse("CancelKeyDeletion", "the deletion of the key cancelled")};
    return prepared;
  };
  return {std::move(change)};
}

constexpr std::string_view kNoInverse = "none: it cannot be put back";

constexpr Binding kSecurity[] = {
    {Operation::kSecretsDescribe, "secretsmanager DescribeSecret", "", bind_describe_secret},
    {Operation::kSecretsRotate, "secretsmanager RotateSecret", kNoInverse, bind_rotate},
    {Operation::kIamDeactivateAccessKey, "iam UpdateAccessKey", "UpdateAccessKey to Active",
     bind_deactivate},
    {Operation::kIamDeleteAccessKey, "iam DeleteAccessKey", kNoInverse, bind_delete_key},
    {Operation::kKmsGetRotationStatus, "kms GetKeyRotationStatus", "", bind_key_rotation},
    {Operation::kKmsScheduleDeletion, "kms ScheduleKeyDeletion",
     "CancelKeyDeletion and EnableKey; what could not be decrypted meanwhile failed",
     bind_schedule_deletion},
};

// ------------------------------------------------------------------------------------------ faults

/// A revision that fails is deployed; the revision of before puts it back.
std::vector<BoundCall> bind_bad_revision(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  return {
      update_service(resources, component,
                     {{"taskDefinition", needed(service, service.bad_revision, "bad_revision")}})};
}

std::vector<BoundCall> bind_writer_failure(const Resources& resources, const PlannedCall& call) {
  return find_binding(Operation::kRdsFailoverCluster)->bind(resources, call);
}

constexpr Binding kFaults[] = {
    {Operation::kFaultTasksCrash, "ecs UpdateService to the bad revision",
     "UpdateService with the revision of before", bind_bad_revision},
    {Operation::kFaultBadDeployment, "ecs UpdateService to the bad revision",
     "UpdateService with the revision of before", bind_bad_revision},
    {Operation::kFaultWriterFailure, "rds FailoverDBCluster", kNoInverse, bind_writer_failure},
};

}  // namespace

std::span<const Binding> security_bindings() { return kSecurity; }
std::span<const Binding> fault_bindings() { return kFaults; }

}  // namespace firedrill::live

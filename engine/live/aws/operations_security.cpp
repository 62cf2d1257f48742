#include <nlohmann/json.hpp>

#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

constexpr std::string_view kSameToken = "the ClientRequestToken makes a second one the same";

constexpr Operation kSecurity[] = {
    read("sts", "GetCallerIdentity"),
    // Credentials are issued, yet nothing in the account changes.
    read("sts", "AssumeRole"),

    read("iam", "ListAccountAliases"),
    read("iam", "ListAccessKeys"),
    read("iam", "ListAttachedUserPolicies"),
    read("iam", "ListUserTags"),
    read("iam", "GetRolePolicy"),
    read("iam", "SimulatePrincipalPolicy"),
    repeatable_change("iam", "UpdateAccessKey",
                      "UpdateAccessKey with the status that ListAccessKeys read before",
                      "sets an absolute value"),
    repeatable_change("iam", "PutRolePolicy",
                      "PutRolePolicy with what GetRolePolicy read before, or DeleteRolePolicy",
                      "sets the whole policy"),
    single_change("iam", "DeleteRolePolicy", "PutRolePolicy with what GetRolePolicy read before",
                  "a second one finds nothing"),
    single_change("iam", "CreateAccessKey", "DeleteAccessKey of the new key",
                  "a second one makes another key"),
    irreversible("iam", "DeleteAccessKey", "a deleted key is gone"),
    repeatable_change("iam", "AttachUserPolicy", "DetachUserPolicy",
                      "a policy that is attached stays attached"),
    single_change("iam", "DetachUserPolicy", "AttachUserPolicy", "a second one finds nothing"),

    read("kms", "DescribeKey"),
    read("kms", "GetKeyRotationStatus"),
    repeatable_change("kms", "EnableKey", "DisableKey when it was disabled before",
                      "sets an absolute state"),
    repeatable_change("kms", "DisableKey", "EnableKey when it was enabled before",
                      "sets an absolute state"),
    // Within its waiting period the deletion can be cancelled; the key then is disabled.
    single_change("kms", "ScheduleKeyDeletion",
                  "CancelKeyDeletion before the waiting period ends, then EnableKey",
                  "a second one is refused: the deletion is pending"),
    single_change("kms", "CancelKeyDeletion", "ScheduleKeyDeletion",
                  "a second one is refused: no deletion is pending"),

    read("secretsmanager", "DescribeSecret"),
    read("secretsmanager", "GetSecretValue"),
    read("secretsmanager", "ListSecretVersionIds"),
    repeatable_change("secretsmanager", "PutSecretValue",
                      "UpdateSecretVersionStage: AWSCURRENT back to the version that "
                      "DescribeSecret read before",
                      kSameToken),
    irreversible("secretsmanager", "RotateSecret",
                 "the system behind the secret has got another one; the ClientRequestToken makes "
                 "a second one the same",
                 always_repeatable),
    repeatable_change("secretsmanager", "UpdateSecretVersionStage",
                      "UpdateSecretVersionStage to the version that DescribeSecret read before",
                      "a stage that has moved stays there"),
};

}  // namespace

std::span<const Operation> security_operations() { return kSecurity; }

}  // namespace firedrill::aws

// Rows of the vocabulary: credentials, the secrets that store them, and encryption keys.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {
namespace {

ParameterRule credential() { return component("credential", kCredential, "the credential"); }
/// Whose access key it is: a credential by itself, or a user whose calls are modelled.
ParameterRule key_holder() {
  return component("credential", kKeyHolders, "the credential, or the user");
}
ParameterRule secret() { return component("secret", kSecret, "the secret"); }
ParameterRule key() { return component("key", kKey, "the key"); }

OperationRule call(Op operation, std::string_view name, std::string_view meaning,
                   ParameterRule subject, std::string_view control_plane, bool mutating,
                   std::string_view takes = {}) {
  return {operation,
          OperationClass::kCall,
          name,
          meaning,
          {std::move(subject)},
          control_plane,
          mutating,
          mutating ? kChanging : kReading,
          {mutating ? kChangeCall : kReadCall},
          takes};
}

OperationRule probe(Op operation, std::string_view name, std::string_view meaning,
                    ParameterRule subject, std::string_view control_plane) {
  return {operation,
          OperationClass::kProbe,
          name,
          meaning,
          {std::move(subject)},
          control_plane,
          false,
          {},
          {}};
}

OperationRule fault(Op operation, std::string_view name, std::string_view meaning,
                    ParameterRule subject) {
  return {operation, OperationClass::kFault, name, meaning, {std::move(subject)}, {}, true, {}, {}};
}

std::vector<OperationRule> credential_calls() {
  return {
      call(Op::kPsqlAlterUser, "psql:AlterUser",
           "Sets another password from a shell in a task: from now on the database refuses the "
           "old one to whoever logs in",
           credential(), "ecs", true, "ecs.exec_session_start"),
      call(Op::kPsqlTerminateSessions, "psql:TerminateBackends",
           "Ends what is logged in with an old password", credential(), "ecs", true,
           "ecs.exec_session_start"),
      {Op::kPsqlReindex,
       OperationClass::kCall,
       "psql:Reindex",
       "Builds damaged tables and indexes anew where they are, after which their answers are right",
       {component("database", kDatabases, "the database")},
       {},
       true,
       kChanging,
       {kChangeCall}},
      call(Op::kIamCreateAccessKey, "iam:CreateAccessKey",
           "Creates a second access key; an identity can have two", key_holder(), "iam", true),
      call(Op::kIamDeactivateAccessKey, "iam:UpdateAccessKey", "Sets the older access key inactive",
           key_holder(), "iam", true),
      call(Op::kIamDeleteAccessKey, "iam:DeleteAccessKey", "Deletes the inactive access key",
           key_holder(), "iam", true),
      call(Op::kSecretsDescribe, "secretsmanager:DescribeSecret",
           "Reads versions, labels and rotation of a secret", secret(), "secretsmanager", false),
      call(Op::kSecretsRotate, "secretsmanager:RotateSecret",
           "Starts the rotation function: it changes the credential, then stores the new version",
           secret(), "secretsmanager", true),
      call(Op::kSecretsPutValue, "secretsmanager:PutSecretValue",
           "Stores the newest version of the credential as AWSCURRENT; of a signing key, a new one",
           secret(), "secretsmanager", true, "secrets.put_value"),
  };
}

std::vector<OperationRule> key_calls() {
  return {
      call(Op::kKmsGetRotationStatus, "kms:GetKeyRotationStatus",
           "Reads whether a key is rotated every year", key(), "kms", false),
      call(Op::kKmsEnableRotation, "kms:EnableKeyRotation", "Lets a key be rotated every year",
           key(), "kms", true, "kms.api_call"),
      call(Op::kKmsCreateKey, "kms:CreateKey", "Creates the key that shall replace this one", key(),
           "kms", true, "kms.api_call"),
      call(Op::kKmsUpdateAlias, "kms:UpdateAlias",
           "Points the alias at the new key: what is written from now on is under it", key(), "kms",
           true, "kms.api_call"),
      call(Op::kKmsReEncrypt, "kms:ReEncrypt",
           "Starts storing everything anew under the key that the alias means", key(), "kms", true,
           "kms.api_call"),
      call(Op::kKmsScheduleDeletion, "kms:ScheduleKeyDeletion",
           "Schedules the old key's deletion; until then it is disabled, and decrypts nothing",
           key(), "kms", true, "kms.api_call"),
      call(Op::kKmsCancelDeletion, "kms:CancelKeyDeletion",
           "Takes the old key's deletion back, and enables it again", key(), "kms", true,
           "kms.api_call"),
  };
}

std::vector<OperationRule> credential_probes() {
  return {
      probe(Op::kProbeSecretIsCurrent, "secretsmanager:is-current",
            "What is labelled AWSCURRENT is the newest version of the credential, and accepted",
            secret(), "secretsmanager"),
      probe(Op::kProbeConsumersUpdated, "secretsmanager:consumers-updated",
            "Every running task that needs the secret holds the version labelled AWSCURRENT",
            secret(), {}),
      probe(Op::kProbeExposedRefused, "auth:exposed-refused",
            "What was exposed is accepted nowhere, and nothing is logged in with it", credential(),
            {}),
      probe(Op::kProbeRotationEnabled, "kms:rotation-enabled", "The key is rotated every year",
            key(), "kms"),
      probe(Op::kProbeDataUnderNewKey, "kms:data-under-new-key",
            "Nothing is left that only the old key can decrypt", key(), {}),
  };
}

std::vector<OperationRule> credential_faults_and_metrics() {
  return {
      fault(Op::kFaultCredentialExposed, "fault:credential-exposed",
            "The version in use is known outside: committed, logged or taken along", credential()),
      fault(Op::kFaultCredentialRevoked, "fault:credential-revoked",
            "The version in use expires or is revoked by whoever accepts it", credential()),
      fault(Op::kFaultSecretRotates, "fault:secret-rotates",
            "The automatic rotation of a secret runs now, with nobody looking on", secret()),
      fault(Op::kFaultRotationFallsDue, "fault:rotation-falls-due",
            "A secret reaches the age at which policy wants it rotated", secret()),
      {.operation = Op::kMetricRotationOverdue,
       .kind = OperationClass::kMetric,
       .name = "secretsmanager:rotation_overdue",
       .meaning = "1 while the secret is older than policy wants",
       .parameters = {component("of", kSecret, "the secret")}},
      {.operation = Op::kMetricCredentialExposed,
       .kind = OperationClass::kMetric,
       .name = "auth:credential_exposed",
       .meaning = "1 while an exposed version is accepted somewhere: the finding of a scanner of "
                  "source code and logs, pushed",
       .parameters = {component("of", kCredential, "the credential")},
       .pushed = true},
  };
}

}  // namespace

std::vector<OperationRule> credential_rules() {
  std::vector<OperationRule> all = credential_calls();
  for (auto* part : {key_calls, credential_probes, credential_faults_and_metrics}) {
    for (OperationRule& rule : part()) all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace firedrill::vocabulary_rows

// Kinds of certificates, credentials, secrets and keys with their timing slots.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

std::vector<ComponentKindRule> security_kinds() {
  return {
      {"acm:certificate",
       "The certificate of a name: the one that is served, and one requested in its place",
       {{"validation", "acm.dns_validation", "from request and record to an issued certificate"},
        {"validity", "acm.certificate_validity", "how long an issued certificate is valid"},
        {"renewal_begins", "acm.renewal_begins_before_expiry",
         "before the end of validity, when ACM begins to renew"},
        {"renewal_retry", "acm.renewal_retry",
         "from a repaired record to the renewal that failed before"},
        {"metric_interval", "certificate.expiry_metric_interval",
         "between two publications of the days left"}}},
      {"auth:credential",
       "A password, access key or signing key, and which of its versions are accepted",
       {{"change", "iam.change_propagation", "until a change of an access key is in force"},
        {"token_residual", "iam.session_token_residual",
         "how long tokens that were got with an access key live on"},
        {"session_life", "auth.session_life",
         "how long what has logged in stays logged in at most"}}},
      {"secretsmanager:secret",
       "The stored version of a credential; the services that need it read it",
       {{"rotation", "secrets.rotate_lambda", "run of the rotation function"},
        {"rotation_fails", "secrets.rotate_lambda_failure", "that it fails, changing nothing"},
        {"replication", "secrets.cross_region_replication",
         "until the other region's copy follows"},
        {"cache_life", "secrets.app_cache_life", "how long a task keeps what it has read"}}},
      {"kms:key",
       "A key behind an alias, and the data that is stored under the old and the new one",
       {{"alias_change", "kms.alias_update_consistency", "until an alias means the new key"},
        {"reencrypt_per_tb", "kms.reencrypt_per_tb", "to store one terabyte anew under a new key"},
        {"key_cached", "kms.data_key_cached",
         "how long holders of data keys work on without the key"}}},
  };
}

}  // namespace firedrill::vocabulary_rows

#include <nlohmann/json.hpp>

#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

bool upserts_only(const nlohmann::json& parameters) {
  const auto batch = parameters.find("ChangeBatch");
  if (batch == parameters.end() || !batch->contains("Changes")) return false;
  for (const auto& change : batch->at("Changes")) {
    if (change.value("Action", "") != "UPSERT") return false;
  }
  return true;
}

bool has_idempotency_token(const nlohmann::json& parameters) {
  return parameters.contains("IdempotencyToken");
}

constexpr Operation kEdge[] = {
    read("route53", "GetChange"),
    read("route53", "GetHealthCheck"),
    read("route53", "GetHealthCheckStatus"),
    read("route53", "ListHostedZonesByName"),
    read("route53", "ListResourceRecordSets"),
    read("route53", "ListTagsForResource"),
    repeatable_change("route53", "ChangeResourceRecordSets",
                      "ChangeResourceRecordSets with the records that ListResourceRecordSets read "
                      "before, and DELETE of what was not there",
                      "UPSERT sets the record; CREATE and DELETE fail the second time",
                      upserts_only),

    read("cloudfront", "GetDistribution"),
    read("cloudfront", "GetDistributionConfig"),
    read("cloudfront", "GetInvalidation"),
    repeatable_change("cloudfront", "UpdateDistribution",
                      "UpdateDistribution with what GetDistributionConfig read before and the "
                      "ETag of the day",
                      "If-Match carries the ETag that was read: a second one is refused"),
    irreversible("cloudfront", "CreateInvalidation",
                 "what was evicted is fetched again; the CallerReference makes a second one the "
                 "same",
                 always_repeatable),

    read("wafv2", "GetIPSet"),
    read("wafv2", "GetWebACL"),
    read("wafv2", "GetSampledRequests"),
    read("wafv2", "ListIPSets"),
    repeatable_change("wafv2", "UpdateIPSet",
                      "UpdateIPSet with the addresses that GetIPSet read before and a new lock "
                      "token",
                      "the lock token lets it through once: a second one is refused"),
    repeatable_change("wafv2", "UpdateWebACL",
                      "UpdateWebACL with the rules that GetWebACL read before and a new lock token",
                      "the lock token lets it through once: a second one is refused"),

    read("acm", "DescribeCertificate"),
    read("acm", "ListCertificates"),
    single_change("acm", "ImportCertificate",
                  "DeleteCertificate of a new one; a certificate that was replaced in place needs "
                  "its old key",
                  "without an ARN a second one makes another certificate"),
    repeatable_change("acm", "RequestCertificate", "DeleteCertificate of the new certificate",
                      "with an IdempotencyToken a second one within the hour is the same",
                      has_idempotency_token),
    irreversible("acm", "DeleteCertificate", "a deleted certificate is gone"),
};

}  // namespace

std::span<const Operation> edge_operations() { return kEdge; }

}  // namespace firedrill::aws

// Rows of the vocabulary: certificates, from the request to the listener or edge that shows them.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {
namespace {

ParameterRule certificate() { return component("certificate", kCertificate, "the certificate"); }

std::vector<OperationRule> certificate_calls() {
  return {
      {Op::kAcmListCertificates,
       OperationClass::kCall,
       "acm:ListCertificates",
       "Reads names, states and expiry dates of a region's certificates",
       {value("region", kRegion, "the region asked")},
       "acm",
       false,
       kReading,
       {kReadCall}},
      {Op::kAcmDescribeCertificate,
       OperationClass::kCall,
       "acm:DescribeCertificate",
       "Reads one certificate: validity, renewal, validation record",
       {certificate()},
       "acm",
       false,
       kReading,
       {kReadCall}},
      {Op::kAcmRequestCertificate,
       OperationClass::kCall,
       "acm:RequestCertificate",
       "Requests a new certificate of the same names, validated through DNS",
       {certificate()},
       "acm",
       true,
       kChanging,
       {kChangeCall},
       "acm.request_certificate"},
      {Op::kAcmImportCertificate,
       OperationClass::kCall,
       "acm:ImportCertificate",
       "Imports a renewed certificate in place of the one that is served",
       {certificate()},
       "acm",
       true,
       kChanging,
       {kChangeCall},
       "acm.import_certificate"},
      {Op::kAcmWaitCertificateValidated,
       OperationClass::kWait,
       "acm:WaitCertificateValidated",
       "Polls until the requested certificate is issued, or gives up",
       {certificate()},
       "acm",
       false,
       {},
       {},
       {},
       WaiterRule{Op::kProbeCertificateIssued, "acm.waiter.certificate_validated_poll",
                  "acm.waiter.certificate_validated"}},
      {Op::kRoute53UpsertValidationRecord,
       OperationClass::kCall,
       "route53:UpsertValidationRecord",
       "ChangeResourceRecordSets with the record that proves to ACM that the name is ours",
       {components("certificates", kCertificate, "the certificates it validates")},
       "route53",
       true,
       kChanging,
       {kChangeCall}},
  };
}

std::vector<OperationRule> listener_calls() {
  return {
      {Op::kElbDescribeListeners,
       OperationClass::kCall,
       "elbv2:DescribeListeners",
       "Reads the listeners of a load balancer and their certificates",
       {component("load_balancer", kBalancer, "the load balancer")},
       "elbv2",
       false,
       kReading,
       {kReadCall}},
      {Op::kElbModifyListener,
       OperationClass::kCall,
       "elbv2:ModifyListener",
       "Lets the listener show the certificate that was issued last",
       {component("load_balancer", kBalancer, "the load balancer"),
        component("certificate", kCertificate, "the certificate")},
       "elbv2",
       true,
       kChanging,
       {kChangeCall},
       "alb.modify_listener_certificate"},
      {Op::kCloudFrontSetViewerCertificate,
       OperationClass::kCall,
       "cloudfront:SetViewerCertificate",
       "UpdateDistribution with the certificate that was issued last, after editing the "
       "configuration by hand; takes certificates of us-east-1 only",
       {component("distribution", kEdge, "the distribution"),
        component("certificate", kCertificate, "the certificate")},
       "cloudfront",
       true,
       "people.edit_json_config",
       {kChangeCall}},
      {Op::kCloudFrontWaitDeployed,
       OperationClass::kWait,
       "cloudfront:WaitDistributionDeployed",
       "Polls until every change of the distribution has reached the edges, or gives up",
       {component("distribution", kEdge, "the distribution")},
       "cloudfront",
       false,
       {},
       {},
       {},
       WaiterRule{Op::kProbeDistributionDeployed, "cloudfront.waiter.distribution_poll",
                  "cloudfront.waiter.distribution_timeout"}},
  };
}

std::vector<OperationRule> certificate_probes_and_faults() {
  return {
      probe(Op::kProbeCertificateIssued, "acm:issued",
            "Nothing requested is pending validation, and the newest certificate is not expired",
            {certificate()}, "acm"),
      probe(Op::kProbeCertificateImported, "acm:imported",
            "It was imported, so that ACM does not renew it", {certificate()}, "acm"),
      probe(Op::kProbeValidationRecordPresent, "acm:validation-record-present",
            "The record that proves the domain is in DNS", {certificate()}, {}),
      probe(Op::kProbeServedValidFor, "tls:valid-for",
            "The certificate that clients are shown stays valid for so long",
            {certificate(), value("at_least", kDuration, "how long")}, {}),
      probe(Op::kProbeDistributionDeployed, "cloudfront:deployed",
            "Every change of the distribution has reached the edges",
            {component("distribution", kEdge, "the distribution")}, "cloudfront"),
      {Op::kFaultCertificateExpires,
       OperationClass::kFault,
       "fault:certificate-expires",
       "It turns out that the certificate which is served has only so much validity left",
       {certificate(), value("in", kDuration, "validity left; zero: expired")},
       {},
       true,
       {},
       {}},
      {Op::kFaultValidationRecordRemoved,
       OperationClass::kFault,
       "fault:validation-record-removed",
       "The record that proves the domain to ACM is gone from DNS, so that no renewal succeeds",
       {components("certificates", kCertificate, "the certificates it validates")},
       {},
       true,
       {},
       {}},
      {.operation = Op::kMetricDaysToExpiry,
       .kind = OperationClass::kMetric,
       .name = "certificate:days_to_expiry",
       .meaning = "Days of validity that the certificate which is served has left; a metric of our "
                  "own, published once in a while",
       .parameters = {component("of", kCertificate, "the certificate")},
       .metric = {.sampled = true}},
  };
}

}  // namespace

std::vector<OperationRule> certificate_rules() {
  std::vector<OperationRule> all = certificate_calls();
  for (auto* part : {listener_calls, certificate_probes_and_faults}) {
    for (OperationRule& rule : part()) all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace firedrill::vocabulary_rows

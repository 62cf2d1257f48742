#include "engine/live/aws/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/live/aws/service_model.hpp"

namespace firedrill::aws {
namespace {

struct ServiceAddress {
  std::string_view service;
  std::string_view override_variable;  // the end of AWS_ENDPOINT_URL_...
  std::string_view global_host;        // empty: one host a region
};

// One host for all regions is signed for us-east-1. The names of the variables are the service
// identifiers of "Service-specific endpoints" in the AWS SDKs and Tools Reference Guide.
constexpr ServiceAddress kAddresses[] = {
    {"acm", "ACM", ""},
    {"cloudfront", "CLOUDFRONT", "cloudfront.amazonaws.com"},
    {"cloudwatch", "CLOUDWATCH", ""},
    {"dynamodb", "DYNAMODB", ""},
    {"ec2", "EC2", ""},
    {"ecs", "ECS", ""},
    {"elasticache", "ELASTICACHE", ""},
    {"elbv2", "ELASTIC_LOAD_BALANCING_V2", ""},
    {"fis", "FIS", ""},
    {"iam", "IAM", "iam.amazonaws.com"},
    {"kms", "KMS", ""},
    {"lambda", "LAMBDA", ""},
    {"logs", "CLOUDWATCH_LOGS", ""},
    {"rds", "RDS", ""},
    {"resourcegroupstaggingapi", "RESOURCE_GROUPS_TAGGING_API", ""},
    {"route53", "ROUTE_53", "route53.amazonaws.com"},
    {"s3", "S3", ""},
    {"secretsmanager", "SECRETS_MANAGER", ""},
    {"service-quotas", "SERVICE_QUOTAS", ""},
    {"sqs", "SQS", ""},
    {"ssm", "SSM", ""},
    {"sts", "STS", ""},
    {"wafv2", "WAFV2", ""},
};

// What the user has set instead of the service's own address; empty when nothing.
std::string configured_url(const ServiceAddress& address, const Environment& environment,
                           const std::string& profile_endpoint) {
  if (environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("") == "true") return {};
  const std::string own = "AWS_ENDPOINT_URL_" + std::string(address.override_variable);
  for (const std::string& name : {own, std::string("AWS_ENDPOINT_URL")}) {
    const auto url = environment(name);
    if (url && !url->empty()) return *url;
  }
  return profile_endpoint;
}

bool other_partition(std::string_view region) {
  return region.starts_with("cn-") || region.starts_with("us-gov-") ||
         region.starts_with("us-iso") || region.starts_with("eu-iso") ||
         region.starts_with("eusc-");
}

}  // namespace

bool plausible_region(std::string_view region) {
  return !region.empty() && region.size() < 40 && std::ranges::all_of(region, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

EndpointResult resolve_endpoint(std::string_view service, const std::string& region,
                                const Environment& environment,
                                const std::string& profile_endpoint) {
  EndpointResult result;
  const auto address = std::ranges::find(kAddresses, service, &ServiceAddress::service);
  if (address == std::end(kAddresses)) {
    result.error = fmt::format("no address is known of the service {}", service);
    return result;
  }
  if (!plausible_region(region) || other_partition(region)) {
    result.error = fmt::format("\"{}\" is no region of the standard partition", region);
    return result;
  }
  const bool global = !address->global_host.empty();
  ServiceEndpoint found;
  found.signing_region = global ? "us-east-1" : region;
  const std::string configured = configured_url(*address, environment, profile_endpoint);
  found.overridden = !configured.empty();
  std::string url = configured;
  if (url.empty() && global) url = fmt::format("https://{}", address->global_host);
  if (url.empty()) {
    url = fmt::format("https://{}.{}.amazonaws.com",
                      ServiceModel::of(service).metadata("endpointPrefix"), region);
  }
  std::string why_not;
  const auto endpoint = parse_endpoint(url, why_not);
  if (!endpoint) {
    result.error = fmt::format("{}: {}", url, why_not);
    return result;
  }
  found.endpoint = *endpoint;
  result.endpoint = std::move(found);
  return result;
}

}  // namespace firedrill::aws

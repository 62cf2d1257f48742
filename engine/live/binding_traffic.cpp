// Bindings of Route 53 and CloudFront.
#include <fmt/format.h>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

AwsRequest read_record(const Resources& resources, ComponentIndex component) {
  const ResourceSpec& record = resource_of(resources, component);
  return request_of("route53", "ListResourceRecordSets", "us-east-1",
                    {{"HostedZoneId", needed(record, record.hosted_zone, "hosted_zone")},
                     {"StartRecordName", record.id},
                     {"StartRecordType", record.record_type},
                     {"MaxItems", "1"}});
}

/// Where a record points, as a name: the first value, or the name behind the alias.
std::string answer_of(const AwsValue& record) {
  if (record.contains("AliasTarget")) return text_of(record["AliasTarget"], "DNSName");
  const AwsValue* value = first_of(record, "ResourceRecords");
  return value == nullptr ? std::string() : text_of(*value, "Value");
}

AwsValue upsert(const std::string& zone, const AwsValue& record) {
  return {{"HostedZoneId", zone},
          {"ChangeBatch", {{"Changes", {{{"Action", "UPSERT"}, {"ResourceRecordSet", record}}}}}}};
}

/// The record as it shall be: everything as it was but where it points.
AwsValue pointed_to(AwsValue record, const ResourceSpec& balancer) {
  if (record.contains("AliasTarget")) {
    AwsValue& alias = record["AliasTarget"];
    alias["DNSName"] = balancer.address;
    alias["HostedZoneId"] = needed(balancer, balancer.address_zone, "address_zone");
  } else {
    record["ResourceRecords"] = AwsValue::array({{{"Value", balancer.address}}});
  }
  return record;
}

std::vector<BoundCall> bind_record(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& record = resource_of(resources, component);
  const ResourceSpec& balancer = resource_of(resources, call.target);
  needed(balancer, balancer.address, "address");
  BoundCall change;
  change.component = component;
  change.resource = "Route 53 record " + record.id;
  change.look = read_record(resources, component);
  change.request =
      request_of("route53", "ChangeResourceRecordSets", "us-east-1",
                 upsert(record.hosted_zone, {{"Name", record.id}, {"Type", record.record_type}}));
  change.prepare = [&record, &balancer](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    const AwsValue* now = first_of(answer, "ResourceRecordSets");
    if (now == nullptr || text_of(*now, "Name") != record.id ||
        text_of(*now, "Type") != record.record_type) {
      prepared.refusal = fmt::format("there is no {} record {}", record.record_type, record.id);
      return prepared;
    }
    if (now->contains("SetIdentifier")) {
      prepared.refusal = record.id + " is one of several records that answer by turns or failover";
      return prepared;
    }
    prepared.arn = "arn:aws:route53:::hostedzone/" + record.hosted_zone;
    prepared.tag_look =
        request_of("route53", "ListTagsForResource", "us-east-1",
                   {{"ResourceType", "hostedzone"}, {"ResourceId", record.hosted_zone}});
    request.parameters = upsert(record.hosted_zone, pointed_to(*now, balancer));
    prepared.difference = fmt::format("{} -> {}", answer_of(*now), balancer.address);
    prepared.in_effect = answer_of(*now) == balancer.address;
    prepared.inverses = {{"route53", "ChangeResourceRecordSets", "us-east-1",
                          upsert(record.hosted_zone, *now), record.id,
                          fmt::format("record {}: back to {}", record.id, answer_of(*now))}};
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_read_config(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  return {plain_read(resources, component,
                     request_of("cloudfront", "GetDistributionConfig", "us-east-1",
                                {{"Id", resource_of(resources, component).id}}))};
}

AwsValue* origin_of(AwsValue& config, const std::string& id) {
  if (!config.contains("Origins") || !config["Origins"].contains("Items")) return nullptr;
  for (AwsValue& origin : config["Origins"]["Items"]) {
    if (text_of(origin, "Id") == id) return &origin;
  }
  return nullptr;
}

std::vector<BoundCall> bind_update_distribution(const Resources& resources,
                                                const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& distribution = resource_of(resources, component);
  const ResourceSpec& balancer = resource_of(resources, call.target);
  needed(balancer, balancer.address, "address");
  needed(distribution, distribution.origin, "origin");
  BoundCall change;
  change.component = component;
  change.resource = "CloudFront distribution " + distribution.id;
  change.look = request_of("cloudfront", "GetDistribution", "us-east-1", {{"Id", distribution.id}});
  change.request =
      request_of("cloudfront", "UpdateDistribution", "us-east-1", {{"Id", distribution.id}});
  change.prepare = [&distribution, &balancer](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    const AwsValue found = answer.value("Distribution", AwsValue::object());
    AwsValue config = found.value("DistributionConfig", AwsValue::object());
    const AwsValue before = config;
    AwsValue* origin = origin_of(config, distribution.origin);
    if (origin == nullptr) {
      prepared.refusal =
          fmt::format("distribution {} has no origin {}", distribution.id, distribution.origin);
      return prepared;
    }
    prepared.arn = text_of(found, "ARN");
    prepared.tag_look = tags_by_arn("us-east-1", prepared.arn);
    const std::string now = text_of(*origin, "DomainName");
    (*origin)["DomainName"] = balancer.address;
    request.parameters = {{"Id", distribution.id},
                          {"IfMatch", text_of(answer, "ETag")},
                          {"DistributionConfig", config}};
    prepared.difference = fmt::format("origin {} -> {}", now, balancer.address);
    prepared.in_effect = now == balancer.address;
    prepared.inverses = {{"cloudfront",
                          "UpdateDistribution",
                          "us-east-1",
                          {{"Id", distribution.id}, {"DistributionConfig", before}},
                          prepared.arn,
                          fmt::format("distribution {}: origin back to {}", distribution.id, now)}};
    return prepared;
  };
  return {std::move(change)};
}

constexpr Binding kTraffic[] = {
    {Operation::kRoute53ChangeRecord, "route53 ChangeResourceRecordSets",
     "UPSERT of the record as it was", bind_record},
    {Operation::kCloudFrontGetConfig, "cloudfront GetDistributionConfig", "", bind_read_config},
    {Operation::kCloudFrontUpdate, "cloudfront UpdateDistribution",
     "UpdateDistribution with the configuration of before and the newest ETag",
     bind_update_distribution},
};

}  // namespace

std::span<const Binding> traffic_bindings() { return kTraffic; }

}  // namespace firedrill::live

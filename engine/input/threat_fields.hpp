// The fields of firewalls, scaling, principals, detection and evidence.
#pragma once

#include "engine/input/component_documents.hpp"
#include "engine/input/field_rules.hpp"

namespace firedrill {

inline constexpr Choice kPrincipalTypes[] = {
    {"role", "Is assumed: its sessions end when their tokens do"}, {"user", "Has access keys"}};

template <class V>
void describe(V& v, WebAclSpec& w) {
  v.field("region", w.region,
          {.doc = "Region of its control plane; us-east-1 for one on a distribution",
           .required = true});
  v.field("ip_set", w.ip_set, {.doc = "A wafv2:ip-set that it blocks; absent: none"});
  v.field("rate_limit", w.rate_limit,
          {.doc = "Requests in five minutes from one address, above which it is blocked",
           .minimum = 10,
           .maximum = 2'000'000'000});
  v.field("shared_address_share", w.shared_address_share,
          {.doc = "Share of customers who come in through addresses that many share"});
  v.field("requests_per_shared_address", w.requests_per_shared_address,
          {.doc = "Mean requests of such an address in five minutes",
           .minimum = 1,
           .maximum = 2'000'000'000});
  v.field("customers_abroad", w.customers_abroad,
          {.doc = "Share of customers whom a rule for expected countries blocks"});
}

template <class V>
void describe(V& v, IpSetSpec& s) {
  v.field("region", s.region, {.doc = "Region of its control plane", .required = true});
  v.field("keeps_out", s.keeps_out,
          {.doc = "What its addresses would send, as a multiple of the usual requests",
           .minimum = 0,
           .maximum = 1'000'000});
}

template <class V>
void describe(V& v, ScalingPolicySpec& p) {
  v.field("service", p.service, {.doc = "The ecs:service that it scales", .required = true});
  v.field(
      "max_count", p.max_count,
      {.doc = "Most tasks that it asks for", .required = true, .minimum = 1, .maximum = 100'000});
  v.field("target", p.target,
          {.doc = "Share of what its tasks carry that it aims at", .above_zero = true});
}

template <class V>
void describe(V& v, ShieldSpec& s) {
  v.field("active", s.active, {.doc = "Whether Shield Advanced is subscribed"});
}

template <class V>
void describe(V& v, PrincipalSpec& p) {
  v.field("type", p.type, {.doc = "What it is", .choices = kPrincipalTypes});
  v.field("detector", p.detector, {.doc = "The guardduty:detector that sees what it does"});
}

template <class V>
void describe(V& v, DetectorSpec& d) {
  v.field("region", d.region, {.doc = "Region of the detector", .required = true});
}

template <class V>
void describe(V& v, SecurityGroupSpec& g) {
  v.field("region", g.region, {.doc = "Region of the group", .required = true});
}

template <class V>
void describe(V& v, LogGroupSpec& g) {
  v.field("region", g.region, {.doc = "Region of the log group", .required = true});
}

}  // namespace firedrill

// The fields of functions, the interfaces in front of them, web front ends and user pools.
#pragma once

#include "engine/input/field_rules.hpp"
#include "engine/input/serverless_documents.hpp"

namespace firedrill {

template <class V>
void describe(V& v, LambdaAccountSpec& a) {
  v.field("region", a.region, {.doc = "Region of the functions", .required = true});
  v.field("concurrency", a.concurrency,
          {.doc = "Invocations that may run at once, of all functions",
           .minimum = 100,
           .maximum = 1'000'000});
}

template <class V>
void describe(V& v, LambdaFunctionSpec& f) {
  v.field("region", f.region, {.doc = "Region it runs in", .required = true});
  v.field("account", f.account,
          {.doc = "The lambda:account whose concurrency it takes from", .required = true});
  v.field("api", f.api, {.doc = "What takes the requests for it", .required = true});
  v.field("reserved_concurrency", f.reserved_concurrency,
          {.doc = "Concurrency that it alone has, and is held to; 0: none",
           .minimum = 0,
           .maximum = 1'000'000});
  v.field("invoked_by_alias", f.invoked_by_alias,
          {.doc = "Callers invoke a published version through an alias; false: the latest code and "
                  "configuration"});
  v.field("duration_p50", f.duration_p50,
          {.doc = "Half of the invocations take no longer", .above_zero = true});
  v.field("duration_p95", f.duration_p95,
          {.doc = "95 % of the invocations take no longer", .above_zero = true});
  v.field("cpu_bound", f.cpu_bound, {.doc = "Share of that time which the processor works"});
  v.field("timeout", f.timeout, {.doc = "When an invocation is given up", .above_zero = true});
  v.field("memory", f.memory, {.doc = "Memory it is given", .above_zero = true});
  v.field("peak_memory_p50", f.peak_memory_p50,
          {.doc = "Half of the invocations need no more", .above_zero = true});
  v.field("peak_memory_p95", f.peak_memory_p95,
          {.doc = "95 % of the invocations need no more", .above_zero = true});
}

/// An interface that the provider runs, whichever sort.
template <class V>
void describe(V& v, ManagedApiSpec& a) {
  v.field("region", a.region, {.doc = "Region it runs in", .required = true});
  v.field("authorizer", a.authorizer,
          {.doc = "The cognito:user-pool whose tokens it asks for; absent: none"});
  v.field("web_acl", a.web_acl, {.doc = "A wafv2:web-acl of the region; absent: none"});
  v.field("rate_limit", a.rate_limit,
          {.doc = "Requests that it takes; the others are throttled", .above_zero = true});
  v.field("integration_timeout", a.integration_timeout,
          {.doc = "For how long it waits for an answer from behind it", .above_zero = true});
}

template <class V>
void describe(V& v, AmplifyAppSpec& a) {
  v.field("region", a.region, {.doc = "Region of the app", .required = true});
  v.field("connected_to_repository", a.connected_to_repository,
          {.doc = "Whether it is built from a repository; false: artefacts are uploaded by hand"});
  v.field("deployed", a.deployed, {.doc = "False where nothing was ever released"});
}

template <class V>
void describe(V& v, UserPoolSpec& p) {
  v.field("region", p.region, {.doc = "Region of the pool", .required = true});
  v.field("token_life", p.token_life,
          {.doc = "How long a token is accepted after it was issued", .above_zero = true});
  v.field("sign_in_share", p.sign_in_share,
          {.doc = "Share of the tokens that people get by signing in; the others are renewed"});
}

}  // namespace firedrill

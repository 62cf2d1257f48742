// Components of platforms without servers of their own: functions, the interfaces in front of them,
// web front ends, user pools.
#pragma once

#include <cstdint>

#include "engine/base/time.hpp"
#include "engine/input/document_parts.hpp"

namespace firedrill {

struct LambdaAccountSpec {  // kind "lambda:account": what the functions of a region share
  Name region;
  std::int64_t concurrency = 1000;
};
struct LambdaFunctionSpec {  // kind "lambda:function"
  Name region;
  Name account;                           // lambda:account of the region
  Name api;                               // what takes the requests for it
  std::int64_t reserved_concurrency = 0;  // 0: none, it takes from what the account has left
  /// Callers invoke a published version through an alias; false: whatever is the latest.
  bool invoked_by_alias = true;
  /// Of one invocation at the usual load, as it is lognormal.
  Duration duration_p50 = Duration::milliseconds(150);
  Duration duration_p95 = Duration::milliseconds(900);
  Share cpu_bound{0.5};  // of the duration, which more memory shortens
  Duration timeout = Duration::seconds(10);
  Size memory{1024.0 * 1024 * 1024};
  /// Most memory that one invocation uses, as it is lognormal.
  Size peak_memory_p50{256.0 * 1024 * 1024};
  Size peak_memory_p95{512.0 * 1024 * 1024};
};

/// What interfaces that the provider runs have in common.
struct ManagedApiSpec {
  Name region;
  Name authorizer;               // cognito:user-pool whose tokens it asks for; empty: none
  Name web_acl;                  // wafv2:web-acl of the region in front of it; empty: none
  EventRate rate_limit{10'000};  // requests that it takes
  Duration integration_timeout = Duration::seconds(29);
};
struct RestApiSpec : ManagedApiSpec {};     // kind "apigateway:rest-api"
struct GraphqlApiSpec : ManagedApiSpec {};  // kind "appsync:graphql-api"

struct AmplifyAppSpec {  // kind "amplify:app": a web front end, its builds and its hosting
  Name region;
  bool connected_to_repository = true;
  bool deployed = true;  // false: nothing was ever released there
};
struct UserPoolSpec {  // kind "cognito:user-pool"
  Name region;
  Duration token_life = Duration::hours(1);
  /// Of the tokens that are asked for, those of people who sign in; the others are renewed.
  Share sign_in_share{0.2};
};

}  // namespace firedrill

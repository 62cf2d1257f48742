// Calls operations of AWS: checked against the model, signed, limited, repeated only where that
// does no harm, and answered with what is known about the effect.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/live/aws/clock.hpp"
#include "engine/live/aws/credentials.hpp"
#include "engine/live/aws/endpoint.hpp"
#include "engine/live/aws/operation.hpp"
#include "engine/live/aws/rate_limit.hpp"
#include "engine/live/aws/reply.hpp"
#include "engine/live/aws/retry.hpp"
#include "engine/live/aws/signer.hpp"
#include "engine/live/aws/transport.hpp"

namespace firedrill::aws {

/// What bounds one call.
struct CallContext {
  std::string region;
  Instant deadline = Instant::max();  // for all attempts and waits together
  /// Asked about ten times a second, also while a request is under way.
  std::function<bool()> cancelled;
};

/// One attempt, as a journal writes it down. `parameters` are redacted.
struct Attempt {
  const Operation& operation;
  const std::string& region;
  const nlohmann::json& parameters;
  std::string origin;         // "https://ecs.eu-west-1.amazonaws.com"
  std::string access_key_id;  // who signs; not a secret
  /// SHA-256 over operation, region and redacted parameters: a digest of a secret would let a weak
  /// one be guessed. The same for every attempt.
  std::string request_digest;
  int number = 0;  // from 1
  UtcInstant at{};
};

/// Told before a request is sent and after its answer. What it throws goes to the caller, and
/// before a request that means that nothing is sent: no record, no change.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void before(const Attempt& attempt) = 0;
  /// `outcome` is that of this attempt; another may follow.
  virtual void after(const Attempt& attempt, const Outcome& outcome,
                     const std::string& request_id) = 0;
};

/// The parts of a client. All of them outlive it; observer may be null.
struct ClientParts {
  Transport& transport;
  const Signer& signer;
  CredentialSource& credentials;
  Clock& clock;
  RandomBits random_bits;
  CallObserver* observer = nullptr;
};

struct ClientOptions {
  Environment environment = process_environment();
  std::string profile_endpoint;  // `endpoint_url` of the profile
  RetryOptions retry;
  Rate rate;
  std::map<std::string, Rate, std::less<>> rate_by_service;
};

/// Safe to share between threads when its parts are.
class Client {
 public:
  Client(ClientParts parts, ClientOptions options);

  Reply call(const Operation& operation, const nlohmann::json& parameters,
             const CallContext& context);

  /// Where calls to that service go, for what is shown before a run.
  EndpointResult endpoint(std::string_view service, const std::string& region) const;

  int retry_budget_left() const { return budget_.left(); }

 private:
  class Call;

  ClientParts parts_;
  ClientOptions options_;
  RetryBudget budget_;
  RateLimit limit_;
};

}  // namespace firedrill::aws

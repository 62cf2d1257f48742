// How the platform reaches AWS: the client with its parts, or, in tests, whatever answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/live/aws/client.hpp"
#include "engine/live/binding.hpp"
#include "engine/live/guards.hpp"

namespace firedrill::live {

class Caller {
 public:
  virtual ~Caller() = default;
  virtual aws::Reply call(const AwsRequest& request, const CallControl& control) = 0;
  virtual aws::EndpointResult endpoint(std::string_view service, const std::string& region) = 0;
  /// Who signs now; changes when credentials are renewed. Not a secret.
  virtual std::string access_key_id() = 0;
};

struct SessionOptions {
  aws::Environment environment = aws::process_environment();
  double calls_per_s = 5;                 // to each service
  bool allow_commands = false;            // of the AWS CLI
  aws::CallObserver* observer = nullptr;  // outlives the session; told of changing calls alone
};

/// A caller with what it is made of, for what speaks to AWS on its own account: heartbeats, probes.
class AwsSession : public Caller {
 public:
  virtual aws::Client& client() = 0;
  /// For addresses that are not those of AWS.
  virtual aws::Transport& web() = 0;
};

/// The client over libcurl, with credentials of the environment. Safe to share between threads.
std::unique_ptr<AwsSession> make_aws_session(const SessionOptions& options);

/// What STS and IAM say, or why they cannot be asked.
struct AccountFacts {
  std::optional<Identity> identity;
  std::vector<std::string> aliases;
  std::string error;
};
AccountFacts read_account(Caller& caller, const std::string& region, const CallControl& control);

/// For people: "AccessDenied: ...", never a secret.
std::string failure_text(const aws::Outcome& outcome);

}  // namespace firedrill::live

// Runs what no operation of the table covers: a command of the AWS CLI, by its words.
//
// It is off unless the caller allows it. There is no shell, and no other program than the CLI. The
// words are data: what is left unresolved in them refuses, and so do options that would change who
// asks, where, or how safely. The CLI's own repeats are off, since it repeats changes as well.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/aws/client.hpp"
#include "engine/live/aws/credentials.hpp"
#include "engine/live/aws/operation.hpp"
#include "engine/live/aws/reply.hpp"

namespace firedrill::aws {

struct CommandOptions {
  bool allowed = false;
  bool files_allowed = false;  // words such as file://change.json
  std::string aws_cli = "aws";
  std::chrono::milliseconds timeout = std::chrono::minutes(2);
  std::size_t output_bytes = std::size_t{4} << 20;
  Environment environment = process_environment();
  std::string profile_endpoint;
};

struct CommandReply {
  Outcome outcome;
  std::string output;                // as the CLI printed it: JSON, mostly
  std::vector<std::string> started;  // the words that ran, without secrets; empty when none did
  UtcInstant began{};
  UtcInstant ended{};
};

/// Why these words may not run; empty when they may.
std::string command_fault(const std::vector<std::string>& words, const CommandOptions& options);

/// What the command does to the account: from the table where it is there, else by its verb. A verb
/// that is not known counts as irreversible.
OperationKind command_kind(const std::vector<std::string>& words);

/// The service that a command is for, as the table calls it: "s3" of `aws s3api ...`.
std::string_view command_service(const std::vector<std::string>& words);
/// What IAM calls the command: "elasticache:rebootcachecluster", whose case it does not mind. Empty
/// for what nobody can be denied, and for commands that are several calls, as those of `aws s3`.
std::string command_action(const std::vector<std::string>& words);

/// Where a command of that service is sent. A service outside the table is found by what is set for
/// all services; else the address is the CLI's own choice, and told by the form that such have.
EndpointResult command_endpoint(std::string_view service, const std::string& region,
                                const Environment& environment,
                                const std::string& profile_endpoint);

/// Commands as operations, so that they are bound, guarded and written down as calls are:
/// `parameters` hold the words under "argv". The operation says no more than what kind it is.
inline constexpr std::string_view kCommandService = "aws-cli";
std::span<const Operation> command_operations();
const Operation& command_operation(OperationKind kind);

class CommandExecutor {
 public:
  /// `observer` may be null; it is told of a command as of the one attempt of a call.
  CommandExecutor(CommandOptions options, CredentialSource& credentials, Clock& clock,
                  CallObserver* observer = nullptr);

  /// `words` begin with "aws". A command that changes something and ends without a clear answer is
  /// unknown, as a call is.
  CommandReply run(const std::vector<std::string>& words, const CallContext& context);

 private:
  CommandOptions options_;
  CredentialSource& credentials_;
  Clock& clock_;
  CallObserver* observer_;
};

}  // namespace firedrill::aws

// What the operations of the vocabulary are in AWS: a closed table. What is not in it is done by a
// person.
//
// A binding says which call is made, what is read just before it, and what that reading gives: the
// parameters that only it can know (a lock token, the configuration that is edited), the call that
// puts everything back, and what differs from now.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/aws/operation.hpp"
#include "engine/live/platform.hpp"
#include "engine/live/resources.hpp"

namespace firedrill::live {

/// Parameters of calls and what they answer.
using AwsValue = nlohmann::json;

/// The staging document does not say what a binding needs.
class BindError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct AwsRequest {
  const aws::Operation* operation = nullptr;
  std::string region;
  nlohmann::json parameters = nlohmann::json::object();
};

/// The operation by service and name; throws std::logic_error for one that the client lacks, which
/// is a mistake in a table of this folder.
AwsRequest request_of(std::string_view service, std::string_view operation, std::string region,
                      nlohmann::json parameters);

/// What the look before a call has told.
struct Prepared {
  std::string arn;                // of what is touched
  std::vector<Inverse> inverses;  // undone from the last to the first
  std::string difference;         // "desired count 2 -> 12"; empty: as it is
  std::string state;      // what was read, where no inverse holds it; equal for equal states
  nlohmann::json tagged;  // what holds its tags, where the look shows them
  std::optional<AwsRequest> tag_look;  // else where they are read
  std::string refusal;                 // why the call cannot be made: "there is no such service"
  bool nothing_to_do = false;          // a read that has nothing to ask for
  /// Of a change whose answer was lost: whether the look now shows its effect; nothing: cannot
  /// tell.
  std::optional<bool> in_effect;
};

/// Reads the answer of the look, and completes the request with what only it can know.
using Prepare = std::function<Prepared(const nlohmann::json& answer, AwsRequest& request)>;

/// One call, with everything resolved that can be before it is made.
struct BoundCall {
  AwsRequest request;
  std::string resource;  // by ARN or name: what the limits count
  ComponentIndex component;
  std::optional<AwsRequest> look;
  Prepare prepare;
  /// Calls that put back what only the answer names: kept once it is there. May be empty.
  std::function<std::vector<Inverse>(const AwsValue& reply)> after;
  std::int64_t desired_count = -1;  // that it sets; -1: none
  bool undoable = true;             // false: no call restores what was there before
  bool made_by_a_step = false;      // what it looks at is not there when the drill begins
  std::string goes_on_costing;      // what is left afterwards and costs money

  bool changes() const { return request.operation->kind != aws::OperationKind::kRead; }
};

struct Binding {
  Operation operation;
  std::string_view calls;    // for the reference page: "ecs UpdateService"
  std::string_view inverse;  // how it is put back, in words
  std::vector<BoundCall> (*bind)(const Resources& resources, const PlannedCall& call);
};

/// Reads something now; nothing when it could not be read.
using Reader = std::function<std::optional<nlohmann::json>(const AwsRequest& request)>;

struct ProbeBinding {
  Operation operation;
  std::string_view reads;
  Observation (*observe)(const Resources& resources, const PlannedCall& call, const Reader& read);
};

std::vector<const Binding*> bindings();
std::vector<const ProbeBinding*> probe_bindings();
/// Null: a person does it.
const Binding* find_binding(Operation operation);
const ProbeBinding* find_probe_binding(Operation operation);

/// Whether a machine does a call: its operation is bound and, if it is a fault, the staging
/// document wants it caused so; or a command does the step `by`, and commands are allowed.
bool done_by_machine(const Resources& resources, const PlannedCall& call, StepIndex by);
/// The calls that it is then; throws BindError.
std::vector<BoundCall> bound_calls(const Resources& resources, const PlannedCall& call,
                                   StepIndex by);

/// The command that the staging document gives for a step; null: none.
const StagingCommandSpec* command_of(const Resources& resources, const PlannedCall& call,
                                     StepIndex by);
bool is_command(const AwsRequest& request);
/// The service that is asked, also of a command.
std::string called_service(const AwsRequest& request);
std::vector<std::string> command_words(const AwsRequest& request);
std::string command_text(const AwsRequest& request);

}  // namespace firedrill::live

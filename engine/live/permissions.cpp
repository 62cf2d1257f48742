// What IAM says beforehand of the calls of a drill.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "engine/live/aws/command.hpp"
#include "engine/live/aws/iam_action.hpp"
#include "engine/live/binding_parts.hpp"
#include "engine/live/preflight.hpp"

namespace firedrill::live {
namespace {

/// What is asked together: SimulatePrincipalPolicy holds every action against every resource.
struct Place {
  std::string arn;
  std::string region;
  auto operator<=>(const Place&) const = default;
};

/// As IAM calls it: more than one name where a call needs several, none where it has no name.
std::vector<std::string> actions_of(const AwsRequest& request) {
  if (is_command(request)) {
    const std::string action = aws::command_action(command_words(request));
    return action.empty() ? std::vector<std::string>() : std::vector<std::string>{action};
  }
  return aws::iam_actions(*request.operation, request.parameters);
}

/// Values of the keys that conditions of a policy for drills are about.
AwsValue context_of(const OptInTagSpec& tag, const Place& place) {
  const auto entry = [](std::string key, const std::string& value) -> AwsValue {
    return {{"ContextKeyName", std::move(key)},
            {"ContextKeyType", "string"},
            {"ContextKeyValues", {value}}};
  };
  AwsValue context = AwsValue::array({entry("aws:RequestedRegion", place.region)});
  for (const char* key : {"aws:ResourceTag/", "aws:RequestTag/"}) {
    context.push_back(entry(key + tag.key, tag.value));
  }
  return context;
}

class Simulation {
 public:
  Simulation(Caller& caller, const CallControl& control, const StagingDocument& staging,
             const Identity& identity, std::string role)
      : caller_(caller),
        control_(control),
        staging_(staging),
        source_(fmt::format("arn:aws:iam::{}:role/{}", identity.account, role)) {}

  /// False when IAM does not say: then `unasked` says why.
  bool ask(const Place& place, const std::set<std::string>& actions) {
    AwsValue parameters = {{"PolicySourceArn", source_},
                           {"ActionNames", actions},
                           {"ContextEntries", context_of(staging_.opt_in_tag, place)}};
    if (!place.arn.empty()) parameters["ResourceArns"] = {place.arn};
    for (bool more = true; more;) {
      const aws::Reply reply = caller_.call(
          request_of("iam", "SimulatePrincipalPolicy", "us-east-1", parameters), control_);
      if (!reply.outcome.ok()) {
        unasked = failure_text(reply.outcome);
        return false;
      }
      for (const auto& result : reply.value.value("EvaluationResults", AwsValue::array())) {
        take(result, place);
      }
      const std::string marker = text_of(reply.value, "Marker");
      more = reply.value.value("IsTruncated", false) && !marker.empty();
      parameters["Marker"] = marker;
    }
    return true;
  }

  std::set<std::string> denied;
  std::set<std::string> open;  // actions that the policy neither allows nor denies as asked
  std::string unasked;

 private:
  void take(const AwsValue& result, const Place& place) {
    const std::string decision = text_of(result, "EvalDecision");
    if (decision == "allowed") return;
    const std::string action = text_of(result, "EvalActionName");
    const bool by_condition =
        !result.value("MissingContextValues", AwsValue::array()).empty() || place.arn.empty();
    if (decision != "explicitDeny" && by_condition) {
      open.insert(action);
    } else {
      denied.insert(place.arn.empty() ? action : action + " on " + place.arn);
    }
  }

  Caller& caller_;
  const CallControl& control_;
  const StagingDocument& staging_;
  std::string source_;
};

/// Of "arn:aws:sts::111122223333:assumed-role/NAME/SESSION"; empty for anybody else.
std::string role_of(const Identity& identity) {
  constexpr std::string_view kMark = ":assumed-role/";
  const auto role = identity.arn.find(kMark);
  if (role == std::string::npos) return {};
  const std::string rest = identity.arn.substr(role + kMark.size());
  return rest.substr(0, rest.find('/'));
}

}  // namespace

void check_permissions(const StagingDocument& staging, const Identity& identity,
                       const std::vector<AskedCall>& calls, Caller& caller,
                       const CallControl& control, PreflightChecks& checks) {
  std::map<Place, std::set<std::string>> asked;
  for (const AskedCall& call : calls) {
    for (const std::string& action : actions_of(call.request)) {
      asked[{call.arn, call.request.region}].insert(action);
    }
  }
  const std::string role = role_of(identity);
  if (asked.empty() || role.empty()) return;
  Simulation simulation(caller, control, staging, identity, role);
  for (const auto& [place, actions] : asked) {
    if (simulation.ask(place, actions)) continue;
    checks.push_back({9, "permissions, as IAM simulates them: not asked", true,
                      "the calls themselves may be denied: " + simulation.unasked});
    return;
  }
  PreflightCheck check{9, "permissions, as IAM simulates them", simulation.denied.empty(), {}};
  if (!check.passed) {
    check.why = fmt::format("{} may not {}", role, fmt::join(simulation.denied, ", nor "));
  } else if (!simulation.open.empty()) {
    check.why = fmt::format("open, since they depend on what is not known before the call: {}",
                            fmt::join(simulation.open, ", "));
  }
  checks.push_back(std::move(check));
}

}  // namespace firedrill::live

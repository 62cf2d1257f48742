#include "engine/live/live_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/live/account_lock.hpp"
#include "engine/live/binding_parts.hpp"
#include "engine/live/live_world.hpp"
#include "engine/plan/print.hpp"

namespace firedrill::live {

namespace {

/// Makes the entries of the plan, one for each step, fault and call.
class PlanMaker {
 public:
  PlanMaker(const Resources& resources, Caller& caller, const CallControl& control)
      : resources_(resources),
        caller_(caller),
        control_(control),
        platform_({resources, caller, kept_, [](const std::string&) {}}) {}

  PlanJson faults() {
    PlanJson list = PlanJson::array();
    const auto& faults = resources_.plan().faults;
    for (const PlannedFault& fault : faults) {
      list.push_back(entry("fault/" + fault.id, fault.call, {}, false, ""));
    }
    return list;
  }

  PlanJson steps() {
    PlanJson list = PlanJson::array();
    const Plan& plan = resources_.plan();
    for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
      const PlannedStep& step = plan.steps[i];
      PlanJson made =
          entry(resources_.name_of({i}, step.call), step.call, {i}, step.irreversible, step.title);
      const std::string name = made["step"];
      if (step.when) made["when"] = condition(step.when->probe);
      if (step.verify) made["verify"] = check(step.verify->probe, name, made["by"] == "person");
      list.push_back(std::move(made));
    }
    return list;
  }

  const std::vector<Refusal>& refusals() const { return refusals_; }
  /// What the plan asks of AWS, the way back included.
  const std::vector<AskedCall>& asked() const { return asked_; }
  AwsPlatform& platform() { return platform_; }

 private:
  class Kept : public InverseRecord {
    void keep(const Inverse&) override {}
  };

  bool can_be_seen(const PlannedCall& call) const {
    return is_service_probe(call.operation) ? is_watched(call.service) : platform_.observes(call);
  }

  static std::string_view eyes_of(const PlannedCall& call) {
    const ProbeBinding* binding = find_probe_binding(call.operation);
    return binding == nullptr ? "probes of services" : binding->reads;
  }

  PlanJson condition(const PlannedCall& call) const {
    return {{"observe", rule_of(call.operation).name},
            {"by", can_be_seen(call) ? eyes_of(call) : "a person; --auto: taken as not so"}};
  }

  /// What nothing can look at, whoever does the step vouches for; a machine's step could never be
  /// seen to have worked.
  PlanJson check(const PlannedCall& call, const std::string& step, bool person) {
    const bool seen = can_be_seen(call);
    if (!seen && !person) {
      refuse({9, fmt::format(
                     "{}: nothing looks at {}{}", step, describe_call(resources_.plan(), call),
                     is_service_probe(call.operation) ? ", which has no checks under \"services\""
                                                      : "")});
    }
    return {{"observe", rule_of(call.operation).name},
            {"by", seen ? eyes_of(call) : "whoever does the step"}};
  }

  bool is_watched(ServiceIndex service) const {
    const auto& specs = resources_.staging().services;
    const std::string& name = resources_.plan().service(service).name;
    return std::any_of(specs.begin(), specs.end(),
                       [&](const StagingServiceSpec& spec) { return spec.service.text == name; });
  }

  PlanJson entry(const std::string& name, const PlannedCall& call, StepIndex step,
                 bool irreversible, const std::string& title) {
    PlanJson made = {{"step", name}, {"uses", rule_of(call.operation).name}};
    if (!title.empty()) made["title"] = title;
    if (irreversible) made["irreversible"] = true;
    if (!done_by_machine(resources_, call, step)) {
      made["by"] = by_whom(call);
      made["what"] = platform_.describe(call, step);
      return made;
    }
    made["by"] = "machine";
    PlanJson calls = PlanJson::array();
    try {
      for (BoundCall& bound : bound_calls(resources_, call, step)) {
        calls.push_back(resolved(std::move(bound), name));
      }
    } catch (const BindError& error) {
      refuse({6, name + ": " + error.what()});
    }
    made["calls"] = std::move(calls);
    return made;
  }

  static std::string_view by_whom(const PlannedCall& call) {
    return rule_of(call.operation).kind == OperationClass::kWait ? "polling" : "person";
  }

  PlanJson resolved(BoundCall bound, const std::string& name) {
    const bool later = bound.made_by_a_step;
    // What a step before it makes cannot be looked at yet.
    Looked looked =
        later ? not_yet(std::move(bound), name) : platform_.look(std::move(bound), name, control_);
    if (looked.refused) refuse({looked.refused->guard, name + ": " + looked.refused->why});
    if (!looked.unreadable.empty()) refuse({6, name + ": " + looked.unreadable});
    const BoundCall& call = looked.call;
    asked_.push_back({call.request, looked.prepared.arn});
    PlanJson made = {{"service", called_service(call.request)},
                     {"operation", operation_of(call.request)},
                     {"region", call.request.region},
                     {"kind", kind_of(call)},
                     {"resource", call.resource},
                     {"arn", looked.prepared.arn},
                     {"parameters", call.request.parameters}};
    if (!looked.prepared.difference.empty()) made["difference"] = looked.prepared.difference;
    if (!call.goes_on_costing.empty()) made["goes_on_costing"] = call.goes_on_costing;
    if (later) made["looked_at"] = "only in the run: a step before it makes what it is about";
    made["inverses"] = PlanJson::array();
    for (const Inverse& inverse : looked.prepared.inverses) {
      ask(inverse, call, looked.prepared.arn);
      made["inverses"].push_back({{"service", inverse.service},
                                  {"operation", inverse.operation},
                                  {"region", inverse.region},
                                  {"parameters", inverse.parameters},
                                  {"what", inverse.what}});
    }
    return made;
  }

  static std::string operation_of(const AwsRequest& request) {
    return is_command(request) ? command_words(request).at(2)
                               : std::string(request.operation->name);
  }

  /// The inverse of what sets a state is about the same; of what makes something, about what is
  /// made.
  void ask(const Inverse& inverse, const BoundCall& call, const std::string& arn) {
    const bool same = inverse.operation == call.request.operation->name;
    const std::string about = inverse.resource.starts_with("arn:") ? inverse.resource : "";
    asked_.push_back(
        {request_of(inverse.service, inverse.operation, inverse.region, inverse.parameters),
         same ? arn : about});
  }

  Looked not_yet(BoundCall bound, const std::string& name) {
    Looked looked{std::move(bound), {}, {}, {}, {}};
    for (const Verdict& verdict : {check_region(resources_.staging(), looked.call.request.region),
                                   check_approval(resources_, looked.call, name)}) {
      if (verdict && !looked.refused) looked.refused = verdict;
    }
    return looked;
  }

  static std::string_view kind_of(const BoundCall& call) {
    if (!call.changes()) return "read";
    return call.undoable && call.request.operation->kind == aws::OperationKind::kChange
               ? "change"
               : "not-undoable";
  }

  void refuse(Refusal refusal) { refusals_.push_back(std::move(refusal)); }

  const Resources& resources_;
  Caller& caller_;
  const CallControl& control_;
  Kept kept_;
  AwsPlatform platform_;
  std::vector<Refusal> refusals_;
  std::vector<AskedCall> asked_;
};

/// Which services are called in which regions, and where that is.
PlanJson endpoints(const Resources& resources, Caller& caller, const PlanJson& document,
                   PreflightChecks& checks) {
  std::set<std::pair<std::string, std::string>> places;
  for (const char* part : {"faults", "steps"}) {
    for (const PlanJson& step : document[part]) {
      if (!step.contains("calls")) continue;
      for (const PlanJson& call : step["calls"]) places.emplace(call["service"], call["region"]);
    }
  }
  for (const StopConditionSpec& condition : resources.staging().stop_conditions) {
    places.emplace("cloudwatch", condition.region.text);
  }
  const auto& lock = resources.staging().lock;
  if (lock) places.emplace("ssm", lock->region.text);
  PlanJson list = PlanJson::array();
  Verdict wrong;
  for (const auto& [service, region] : places) {
    const auto endpoint = caller.endpoint(service, region);
    if (!wrong) wrong = check_endpoint(resources.staging(), endpoint);
    list.push_back({{"service", service},
                    {"region", region},
                    {"origin", endpoint.endpoint ? endpoint.endpoint->endpoint.origin() : ""}});
  }
  add(checks, 5, "endpoints are " + resources.staging().endpoints, wrong);
  return list;
}

/// The look at the account itself: nothing else is asked for where that fails.
std::optional<Identity> check_owner(const Resources& resources, Caller& caller,
                                    const CallControl& control, PreflightChecks& checks) {
  const StagingDocument& staging = resources.staging();
  const std::string& region = staging.regions.front().text;
  const Verdict place = check_endpoint(staging, caller.endpoint("sts", region));
  if (place) {
    add(checks, 5, "endpoints are " + staging.endpoints, place);
    return std::nullopt;
  }
  const AccountFacts facts = read_account(caller, region, control);
  if (!facts.identity) {
    add(checks, 2, "the account is allowed", Refusal{2, facts.error});
    return std::nullopt;
  }
  add(checks, 2, "the account is allowed", check_account(staging.accounts, *facts.identity));
  add(checks, 3, "its alias is " + staging.accounts.alias,
      check_alias(staging.accounts, facts.aliases, {}));
  add(checks, 7, "calls are made by the role for drills", check_role(staging, *facts.identity));
  const bool passed = std::all_of(checks.begin(), checks.end(),
                                  [](const PreflightCheck& check) { return check.passed; });
  return passed ? facts.identity : std::nullopt;
}

/// Everything that is looked at before the first step and is no part of a step.
void look_at_account(const Resources& resources, Caller& caller, ServiceProbes* probes,
                     const Identity& identity, PlanMaker& maker, const CallControl& control,
                     PreflightChecks& checks) {
  const StagingDocument& staging = resources.staging();
  AwsPlatform& platform = maker.platform();
  AccountLock lock(staging, caller, [&](const AwsRequest& request, const CallControl& by) {
    return platform.check_place(request, by);
  });
  if (staging.lock) {
    add(checks, 9, "no other run holds the lock " + staging.lock->parameter, lock.free(control));
  }
  check_alarms(platform, resources.plan(), control, checks);
  if (probes != nullptr) check_services(resources.plan(), *probes, control, checks);
  check_data(resources, caller, aws::system_clock().utc_now(), control, checks);
  check_quotas(staging, caller, control, checks);
  std::vector<AskedCall> asked = maker.asked();
  for (AwsRequest& request : lock.requests()) {
    asked.push_back({std::move(request), lock.arn(identity.account)});
  }
  check_permissions(staging, identity, asked, caller, control, checks);
}

}  // namespace

LivePlan make_live_plan(const Resources& resources, Caller& caller, ServiceProbes* probes,
                        const LivePlanSources& sources, const CallControl& control) {
  LivePlan plan;
  const Plan& scenario = resources.plan();
  const StagingDocument& staging = resources.staging();
  const auto identity = check_owner(resources, caller, control, plan.preflight);
  PlanJson& document = plan.document;
  document = {{"format_version", "1.0"}, {"kind", "live-plan"}};
  document["scenario"] = {{"name", scenario.scenario},
                          {"path", sources.scenario_path},
                          {"sha256", scenario.scenario_sha256}};
  document["staging"] = {{"name", staging.metadata.name.text},
                         {"path", sources.staging_path},
                         {"sha256", sources.staging_sha256}};
  if (identity) {
    document["account"] = {{"id", identity->account},
                           {"alias", staging.accounts.alias},
                           {"role", staging.accounts.role.text}};
    document["emulator"] = staging.endpoints == "loopback";
    PlanMaker maker(resources, caller, control);
    document["faults"] = maker.faults();
    std::set<std::string> struck;
    for (const PlanJson& fault : document["faults"]) {
      for (const PlanJson& call : fault.value("calls", PlanJson::array())) {
        struck.insert(call["region"].get<std::string>());
      }
    }
    add(plan.preflight, 14, "faults are caused in one region", check_one_region(struck));
    document["steps"] = maker.steps();
    if (const auto approvals = approvals_of(scenario); !approvals.empty()) {
      document["approvals"] = approvals;
    }
    document["rollback"] = staging.rollback;
    if (staging.lock) {
      document["lock"] = {{"parameter", staging.lock->parameter},
                          {"region", staging.lock->region.text}};
    }
    document["endpoints"] = endpoints(resources, caller, document, plan.preflight);
    look_at_account(resources, caller, probes, *identity, maker, control, plan.preflight);
    plan.refusals = maker.refusals();
  }
  for (auto check = plan.preflight.rbegin(); check != plan.preflight.rend(); ++check) {
    if (!check->passed) plan.refusals.insert(plan.refusals.begin(), {check->guard, check->why});
  }
  plan.digest = digest_of(document);
  return plan;
}

}  // namespace firedrill::live

#include "models/web_acl.hpp"

#include <cmath>

namespace firedrill {

double share_above_rate(double limit, double mean) {
  if (mean <= 0) return 0;
  return (1 + limit / mean) * std::exp(-limit / mean);
}

// --------------------------------------------------------------------------------------- addresses

IpSet::IpSet(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self), change_(context, self, "change"), token_(context.plan) {}

Outcome IpSet::take(const PlannedCall& call, StepIndex by) {
  if (call.operation == Operation::kWafGetIpSet) token_.read(by);
  if (call.operation != Operation::kWafUpdateIpSet) return Component::take(call, by);
  if (const Outcome current = token_.change(by); !current.ok()) return current;
  List list = call.word == "extended" ? wanted_ : List{.keeps_first = false, .attacks = {}};
  if (firewall_ != nullptr) {
    if (firewall_->sampled_blocked_only()) context_.note(Note::kBlindSample, self_.value, by);
    list.attacks.insert(firewall_->sampled().begin(), firewall_->sampled().end());
  }
  wanted_ = list;
  tasks_.spawn(deploy(std::move(list), ++newest_, by));
  return {};
}

Task<void> IpSet::deploy(List list, int number, StepIndex by) {
  auto propagated = sleep_for(context_.agenda, change_.duration());
  co_await propagated;
  if (number < deployed_) co_return;  // a later one was faster
  deployed_ = number;
  const double before = returned();
  in_force_ = std::move(list);
  if (returned() > before) {
    context_.unusual_traffic = true;
    context_.note(Note::kBlocksVanished, self_.value, by);
  }
  context_.change(by);
}

double IpSet::returned() const {
  return in_force_.keeps_first ? 0.0 : spec_as<IpSetSpec>().keeps_out;
}

// ------------------------------------------------------------------------------------------- rules

WebAcl::WebAcl(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      rule_change_(context, self, "rule_change"),
      rate_reaction_(context, self, "rate_reaction"),
      token_(context.plan),
      wanted_{.rate_limit = static_cast<double>(spec().rate_limit)},
      in_force_(wanted_),
      counted_limit_(wanted_.rate_limit) {}

void WebAcl::connect(const Parts& parts) {
  ip_set_ = parts.as<IpSet>(planned().reference("ip_set"));
  if (ip_set_ != nullptr) ip_set_->serve(*this);
}

Outcome WebAcl::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kWafGetWebAcl:
      token_.read(by);
      return {};
    case Operation::kWafUpdateWebAcl:
      return update(call, by);
    case Operation::kWafCreateIpSet:
      context_.note(Note::kListUnused, self_.value, by);
      return {};
    case Operation::kLogsFilterEvents:
      sample(call);
      return {};
    default:
      return Component::take(call, by);
  }
}

Outcome WebAcl::update(const PlannedCall& call, StepIndex by) {
  if (const Outcome current = token_.change(by); !current.ok()) return current;
  if (call.count >= 0) wanted_.rate_limit = static_cast<double>(call.count);
  if (call.word == "expected-countries") wanted_.expected_countries = true;
  if (call.word == "attack-signature") wanted_.attack_signature = true;
  tasks_.spawn(deploy(wanted_, ++newest_, by));
  return {};
}

Task<void> WebAcl::deploy(Rules rules, int number, StepIndex by) {
  auto propagated = sleep_for(context_.agenda, rule_change_.duration());
  co_await propagated;
  if (number < deployed_) co_return;  // a later one was faster
  deployed_ = number;
  const bool other_limit = rules.rate_limit != in_force_.rate_limit;
  in_force_ = rules;
  if (other_limit) tasks_.spawn(count_anew(rules.rate_limit, by));
  context_.change(by);
}

/// Addresses between the old and the new limit are blocked, or let go, at the next count.
Task<void> WebAcl::count_anew(double limit, StepIndex by) {
  auto counted = sleep_for(context_.agenda, rate_reaction_.duration());
  co_await counted;
  if (in_force_.rate_limit != limit) co_return;
  counted_limit_ = limit;
  context_.change(by);
}

void WebAcl::attacked(FaultIndex attack) {
  if (known_.insert(attack).second) tasks_.spawn(count(attack));
}

Task<void> WebAcl::count(FaultIndex attack) {
  auto counted = sleep_for(context_.agenda, rate_reaction_.duration());
  co_await counted;
  counted_.insert(attack);
  context_.change({});
}

double WebAcl::through(const Attack& attack) const {
  double share = 1 - attack.caught_by_rules;
  if (counted_.contains(attack.fault)) {
    share *= 1 - share_above_rate(counted_limit_, attack.requests_per_address);
  }
  if (ip_set_ != nullptr && ip_set_->lists(attack.fault)) share *= 1 - attack.listable;
  if (in_force_.expected_countries) share *= 1 - attack.abroad;
  if (in_force_.attack_signature) share *= 1 - attack.signature;
  return share;
}

void WebAcl::shape(const Path&, Traffic& traffic) const {
  for (AttackStream& stream : traffic.attacks) stream.size *= through(stream.attack);
  if (ip_set_ != nullptr && ip_set_->returned() > 0) {
    traffic.attacks.push_back({Attack{}, ip_set_->returned()});
  }
}

double WebAcl::blocked(const Traffic& traffic) const {
  double sum = 0;
  for (const AttackStream& stream : traffic.attacks) {
    sum += stream.size * (1 - through(stream.attack));
  }
  return sum;
}

double WebAcl::customers_blocked(const Rules& rules) const {
  const double behind_shared =
      spec().shared_address_share.value *
      share_above_rate(rules.rate_limit, static_cast<double>(spec().requests_per_shared_address));
  const double abroad = rules.expected_countries ? spec().customers_abroad.value : 0.0;
  return 1 - (1 - behind_shared) * (1 - abroad);
}

double WebAcl::passes(const Path&) const {
  Rules counted = in_force_;
  counted.rate_limit = counted_limit_;
  const Rules first{.rate_limit = static_cast<double>(spec().rate_limit)};
  const double usual = 1 - customers_blocked(first);
  return usual > 0 ? std::min(1.0, (1 - customers_blocked(counted)) / usual) : 1.0;
}

// ------------------------------------------------------------------------------------- what is
// seen

/// What is in the log: of all requests, or only of those that were blocked.
void WebAcl::sample(const PlannedCall& call) {
  sample_ = call.word == "blocked" ? Sample::kBlocked : Sample::kAny;
  in_sample_ = arriving_;
  sampled_.clear();
  if (sample_ == Sample::kBlocked) {
    in_sample_.customers = 0;
    for (AttackStream& stream : in_sample_.attacks) stream.size *= 1 - through(stream.attack);
  } else {
    for (const AttackStream& stream : in_sample_.attacks) {
      if (stream.attack.fault.valid()) sampled_.insert(stream.attack.fault);
    }
  }
}

Observation WebAcl::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeAttackIs || sample_ == Sample::kNone) return {};
  double of_kind = 0;
  for (const AttackStream& stream : in_sample_.attacks) {
    const double share = probe.word == "from-few-addresses" ? stream.attack.listable
                         : probe.word == "from-abroad"      ? stream.attack.abroad
                         : probe.word == "of-one-signature" ? stream.attack.signature
                                                            : 1.0;
    of_kind += share * stream.size;
  }
  // "present" asks for a share of all requests, the other words for one of the attacking ones.
  const double whole = probe.word == "present" ? in_sample_.total() : in_sample_.attacking();
  return {true, whole > 0 && of_kind >= probe.share * whole};
}

}  // namespace firedrill

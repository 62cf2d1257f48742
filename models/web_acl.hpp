// AWS WAF: a firewall's rules, the set of addresses it blocks, and what they do to attacks and to
// customers.
//
// Of an attack, what gets through is
//   (1 - caught by the rules in place) * (1 - fast(limit)) * (1 - listable, once listed) *
//   (1 - abroad, once countries are checked) * (1 - signature, once there is a rule for it).
// Addresses send at rates that are exponentially distributed with mean m requests in five minutes.
// The rate-based rule blocks an address whole while it is above the limit L, so it catches
//   fast(L) = (integral from L of x exp(-x / m) dx) / (integral from 0) = (1 + L / m) exp(-L / m)
// of the requests, once it has counted them: a reaction after the attack has begun, or after a new
// limit is in force. The same rule catches the customers behind shared addresses, and the rule for
// countries those who are abroad; usual is what the rules let through at the start.
//
// Changed rules and lists are in force after they have propagated, the newest one last. A list is
// replaced as a whole: what an update leaves out comes back. What can be listed are the addresses
// of the last sample of the log; a sample of blocked requests shows only addresses whose requests
// are blocked anyway, so to list them changes nothing.
#pragma once

#include <set>

#include "models/edit_token.hpp"
#include "models/traffic.hpp"

namespace firedrill {

/// The share of the requests that come from addresses above a limit, where the mean is `mean`.
double share_above_rate(double limit, double mean);

class IpSet : public Component {
 public:
  IpSet(DrillContext& context, const Regions& regions, ComponentIndex self);

  Outcome take(const PlannedCall& call, StepIndex by) override;

  /// The firewall that blocks it, whose log shows which addresses attack.
  void serve(const WebAcl& firewall) { firewall_ = &firewall; }
  bool lists(FaultIndex attack) const { return in_force_.attacks.contains(attack); }
  /// What was kept out by addresses that are no longer listed.
  double returned() const;

 private:
  struct List {
    bool keeps_first = true;  // the addresses of the start
    std::set<FaultIndex> attacks;
  };
  Task<void> deploy(List list, int number, StepIndex by);

  SlotDraws change_;
  EditToken token_;
  const WebAcl* firewall_ = nullptr;
  List wanted_;
  List in_force_;
  int newest_ = 0;
  int deployed_ = 0;
  TaskSet tasks_;
};

class WebAcl : public Component {
 public:
  WebAcl(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;
  double passes(const Path& path) const override;
  void shape(const Path& path, Traffic& traffic) const override;

  /// An attack that will pass here has begun.
  void attacked(FaultIndex attack);
  /// Requests that it takes out of what arrives, in the unit of `traffic`.
  double blocked(const Traffic& traffic) const;
  /// What came past at the last change of shares: sampled by whoever reads the log.
  void see(Traffic arriving) { arriving_ = std::move(arriving); }
  /// Attacks whose addresses the last sample shows and that are not blocked already.
  const std::set<FaultIndex>& sampled() const { return sampled_; }
  bool sampled_blocked_only() const { return sample_ == Sample::kBlocked; }

 private:
  struct Rules {
    double rate_limit = 0;
    bool expected_countries = false;
    bool attack_signature = false;
  };
  enum class Sample { kNone, kBlocked, kAny };

  const WebAclSpec& spec() const { return spec_as<WebAclSpec>(); }
  Outcome update(const PlannedCall& call, StepIndex by);
  void sample(const PlannedCall& call);
  /// Share of an attack that gets past the rules.
  double through(const Attack& attack) const;
  double customers_blocked(const Rules& rules) const;
  Task<void> deploy(Rules rules, int number, StepIndex by);
  Task<void> count(FaultIndex attack);
  Task<void> count_anew(double limit, StepIndex by);

  SlotDraws rule_change_;
  SlotDraws rate_reaction_;
  EditToken token_;
  IpSet* ip_set_ = nullptr;
  Rules wanted_;
  Rules in_force_;
  double counted_limit_;          // the limit that addresses have been counted against
  std::set<FaultIndex> known_;    // attacks that have begun
  std::set<FaultIndex> counted_;  // and whose addresses the rate-based rule has counted
  Traffic arriving_;
  Sample sample_ = Sample::kNone;
  Traffic in_sample_;
  std::set<FaultIndex> sampled_;
  int newest_ = 0;
  int deployed_ = 0;
  TaskSet tasks_;
};

}  // namespace firedrill

// An IAM role or user: who may use it, and what it takes to stop whoever should not.
//
// A changed policy or key is in force after the change time. A denial covers everything that is
// done in the principal's name, in sessions opened before too: it ends a misuse, and it stops every
// service that needs the principal. An inactive key ends what is signed with it; sessions that were
// opened with it go on for the rest of their tokens' life. Somebody who holds a session's token
// needs no key at all.
//
// Tasks read who they are when they start. Once a clean role exists, those that start use it, and
// once a user has a new key, they sign with that, which does not help a user who is denied: with n
// serving tasks, of which k were started since, the share k / n of a service's requests passes.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class Detector;

class Principal : public Component {
 public:
  Principal(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  double passes(const Path& path) const override;

 private:
  enum class Means { kNone, kKey, kSession };

  const PrincipalSpec& spec() const { return spec_as<PrincipalSpec>(); }
  bool is_role() const { return spec().type == "role"; }
  Task<void> deny(bool denied, int number, StepIndex by);
  Task<void> deactivate(StepIndex by);
  Task<void> replace(TimePoint& replaced_at, StepIndex by);
  void end_misuse(StepIndex by);

  SlotDraws change_;
  SlotDraws session_;
  SlotDraws delivery_;
  Detector* detector_ = nullptr;
  const Parts* parts_ = nullptr;
  bool denied_ = false;
  bool key_active_ = true;
  TimePoint clean_role_since_ = TimePoint::never();
  TimePoint new_key_since_ = TimePoint::never();
  Means misused_by_ = Means::kNone;
  TimePoint seen_to_end_;  // when the last of the misuse is in CloudTrail
  int newest_ = 0;
  int deployed_ = 0;
  TaskSet tasks_;
};

}  // namespace firedrill

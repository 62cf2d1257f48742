// An encryption key behind an alias, and the data that is stored under it.
//
// A new key that the alias means encrypts what is written from then on. What was there stays under
// the old key until it is stored anew, at a constant rate: t after that has begun, a share
// 1 - t / (size * time a terabyte) of it is left.
//
// A key whose deletion is scheduled is disabled for the whole waiting period: it decrypts nothing
// from the first second. Who holds data keys works on for `key_cached`; then everything that is
// still under the old key cannot be read. Taking the deletion back enables the key again.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class KmsKey : public Component {
 public:
  KmsKey(DrillContext& context, const Regions& regions, ComponentIndex self);

  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;
  double passes(const Path&) const override { return unreadable_ ? 1 - under_old_ : 1.0; }

 private:
  Outcome schedule_deletion(StepIndex by);
  Task<void> move_alias(StepIndex by);
  Task<void> store_anew(StepIndex by);
  Task<void> lose(StepIndex by);

  SlotDraws alias_change_;
  SlotDraws reencrypt_per_tb_;
  SlotDraws key_cached_;
  bool rotates_;
  bool new_key_ = false;  // there is a second one
  bool alias_moved_ = false;
  double under_old_ = 1;     // share of the data that only the old key decrypts
  bool unreadable_ = false;  // whatever is under the old key
  Task<void> losing_;
  TaskSet tasks_;
};

}  // namespace firedrill

#include "models/kms.hpp"

namespace firedrill {
namespace {

constexpr double kTerabyte = 1e12;
// How often the share that is left is looked at anew while data is stored anew.
constexpr int kStoringSteps = 20;

}  // namespace

KmsKey::KmsKey(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      alias_change_(context, self, "alias_change"),
      reencrypt_per_tb_(context, self, "reencrypt_per_tb"),
      key_cached_(context, self, "key_cached"),
      rotates_(spec_as<KmsKeySpec>().automatic_rotation) {}

Outcome KmsKey::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kKmsEnableRotation:
      rotates_ = true;
      return {};
    case Operation::kKmsCreateKey:
      new_key_ = true;
      return {};
    case Operation::kKmsUpdateAlias:
      if (!new_key_) return Outcome::failed(Failure::kNotFound);
      tasks_.spawn(move_alias(by));
      return {};
    case Operation::kKmsReEncrypt:
      if (!alias_moved_) return Outcome::failed(Failure::kRefused);  // it would be the same key
      tasks_.spawn(store_anew(by));
      return {};
    case Operation::kKmsScheduleDeletion:
      return schedule_deletion(by);
    case Operation::kKmsCancelDeletion:
      losing_.cancel();
      unreadable_ = false;
      context_.change(by);
      return {};
    default:
      return Component::take(call, by);
  }
}

Observation KmsKey::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeRotationEnabled:
      return {true, rotates_};
    case Operation::kProbeDataUnderNewKey:
      return {true, under_old_ <= 0};
    default:
      return {};
  }
}

Outcome KmsKey::schedule_deletion(StepIndex by) {
  if (under_old_ > 0) context_.note(Note::kKeyInUseDisabled, self_.value, by);
  losing_ = lose(by);
  losing_.start(nullptr);
  return {};
}

Task<void> KmsKey::move_alias(StepIndex by) {
  auto consistent = sleep_for(context_.agenda, alias_change_.duration());
  co_await consistent;
  alias_moved_ = true;
  context_.change(by);
}

Task<void> KmsKey::store_anew(StepIndex by) {
  const double terabytes = spec_as<KmsKeySpec>().data.bytes / kTerabyte;
  const Duration step =
      duration_from_seconds(reencrypt_per_tb_.value() * terabytes / kStoringSteps);
  const double share = under_old_ / kStoringSteps;
  for (int i = 1; i <= kStoringSteps; ++i) {
    auto stored = sleep_for(context_.agenda, step);
    co_await stored;
    if (unreadable_) co_return;  // what cannot be read cannot be stored anew
    under_old_ = i == kStoringSteps ? 0 : under_old_ - share;
    context_.change(by);
  }
}

Task<void> KmsKey::lose(StepIndex by) {
  auto noticed = sleep_for(context_.agenda, key_cached_.duration());
  co_await noticed;
  unreadable_ = true;
  context_.change(by);
}

}  // namespace firedrill

// A credential, seen from who accepts it: a database and its user's password, the provider and an
// access key, or the verifiers of tokens and the key they are signed with.
//
// Versions count from 0, the one in use at the start. A refused version logs nobody in any more,
// but what a database user had logged in before lives on, evenly spread up to `session_life` (the
// age at which a pool gives a connection up): t after the refusal, max(0, 1 - t / life) of it is
// left. Every request with an access key is checked anew, so nothing of it is left; tokens that
// were got with it before live on all the same, for `token_residual`. Both keep an exposed version
// usable after it was refused.
//
// How versions change: a password set by hand refuses all older ones at once. An access key is
// created beside the old one (two at most) and the older one is then deactivated. A rotation
// function refuses the older versions too, unless the credential has an `overlap`: two users in
// turn, or verifiers that hold the previous key too.
#pragma once

#include <vector>

#include "models/component.hpp"

namespace firedrill {

class Credential : public Component {
 public:
  Credential(DrillContext& context, const Regions& regions, ComponentIndex self);

  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;

  int newest() const { return static_cast<int>(versions_.size()) - 1; }
  bool accepts(int version) const { return refused_at(version) > context_.now(); }
  /// never() while it is accepted.
  TimePoint refused_at(int version) const {
    return versions_[static_cast<std::size_t>(version)].refused;
  }
  /// Share of what had logged in with the version before it was refused that is still logged in.
  double sessions_left(int version) const;

  bool signs() const { return form_ == Form::kSigningKey; }
  bool overlaps() const { return overlap_; }
  /// How long a session, or a token, lives at most.
  Duration session_life() const { return session_life_; }

  /// A new version, made by whoever rotates it; older ones are refused unless they overlap.
  void rotate(StepIndex by);

 private:
  enum class Form : std::uint8_t { kDatabaseUser, kAccessKey, kSigningKey };
  struct Version {
    TimePoint refused = TimePoint::never();
    TimePoint sessions_end = TimePoint::never();  // ended by hand
  };

  static Form form_of(const CredentialSpec& spec);
  Outcome alter(StepIndex by);
  Outcome terminate(StepIndex by);
  Outcome create_key(StepIndex by);
  Outcome deactivate(StepIndex by);
  int oldest_accepted() const;
  void refuse(int version, TimePoint at);
  void refuse_before(int version, TimePoint at);
  Task<void> fade(TimePoint from, Duration over);

  SlotDraws change_;
  SlotDraws token_residual_;
  Duration session_life_;
  Form form_;
  bool overlap_;
  std::vector<Version> versions_{1};
  int exposed_ = -1;
  Duration exposed_tokens_;  // how long tokens of the exposed version live on
  TaskSet tasks_;
};

}  // namespace firedrill

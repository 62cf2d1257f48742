// A secret of Secrets Manager in one region: which version of a credential it stores, and which
// version each task of the services that need it holds.
//
// A task reads the secret when it starts, and then holds what it read (`at-start`), or reads it
// again when its cache ends (`cached`: evenly spread over `cache_life`, so that t after a version
// was stored a share t / cache_life of the older tasks has it). A task whose version is refused
// lives on what it had logged in before; started after the refusal, it fails. Over the N tasks of a
// service,
//
//   passes = 1/N sum over tasks of (1 if its version is accepted,
//                                   else sessions_left(version) if it was started before the
//                                   refusal, else 0).
//
// With a single user, a rotation under running tasks lets 1 - t / life through until tasks are
// started anew or read again, and a restart in waves puts back the share that it has restarted.
//
// A signing key is different: who signs is also who verifies. A token is good where its key is
// held: new tasks hold the new key, and the previous one if they overlap; old ones know nothing of
// the new key. With n the share of new tasks and f that of tokens signed with the new key,
//
//   passes = f n + (1 - f) ((1 - n) + n [overlap]),    f' = (n - f) / session_life,
//
// so that new tasks started at s_i give f = 1/N sum of 1 - exp(-(t - s_i) / session_life).
//
// The secret of another region follows by replication, and then takes no value by hand; or it has a
// value of its own, and is old until somebody stores the new one there.
#pragma once

#include <vector>

#include "models/credential.hpp"

namespace firedrill {

class Secret : public Component {
 public:
  Secret(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override { tasks_.spawn(watch_logins()); }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;

 private:
  struct Stored {
    int version = 0;
    TimePoint since;  // labelled AWSCURRENT from then on
  };
  const SecretSpec& spec() const { return spec_as<SecretSpec>(); }
  bool is_replica() const { return !spec().replicates_from.empty(); }
  int current() const { return stored_.back().version; }
  /// The version that a task read when it was started.
  int read_at(TimePoint start) const;
  /// Share of the tasks that have read again since the current version was stored.
  double reread() const;
  double works(int version, TimePoint start) const;
  double tokens_pass(const std::vector<TimePoint>& starts) const;
  /// Neither it nor its credential has been changed or refused in this drill.
  bool untouched() const;
  bool holds_refused(const std::vector<TimePoint>& starts) const;
  Outcome put(StepIndex by);
  void store(int version, StepIndex by);
  Task<void> replicate(int version, StepIndex by);
  Task<void> rotate(StepIndex by);
  Task<void> spread();
  Task<void> watch_logins();

  SlotDraws rotation_;
  SlotDraws rotation_fails_;
  SlotDraws replication_;
  Duration cache_life_;
  const Parts* parts_ = nullptr;
  Credential* credential_ = nullptr;
  std::vector<Secret*> followers_;
  std::vector<const Component*> consumers_;
  std::vector<Stored> stored_{1};
  bool overdue_ = false;
  TaskSet tasks_;
};

}  // namespace firedrill

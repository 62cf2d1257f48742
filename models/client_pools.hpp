// The services that use one copy of a store, and the connection pools by which they do.
//
// When the copy's writer changes every pool is broken, and each finds the new writer in a time of
// its own: what needs n services is back after the largest of n draws. Where the old address lives
// on (as a reader, or behind a connection that nothing has closed), a pool may never notice, with
// the probability of the library: then only its new tasks get through, those that started since.
// A service that is given another store by its configuration goes over the same way, task by task.
#pragma once

#include <vector>

#include "models/drill_context.hpp"

namespace firedrill {

class Component;
class Parts;

class ClientPools {
 public:
  ClientPools(DrillContext& context, ComponentIndex store);

  void connect(const Parts& parts);
  /// The writer has changed just now. `old_address_lives`: a pool can miss it.
  void broken(bool old_address_lives, StepIndex by);
  /// Tasks that start from now on come to this store,
  void join_with_new_tasks();
  /// or go to another.
  void leave_with_new_tasks();
  /// Share of a service's tasks that can use the store, as far as their connections go.
  double share(ComponentIndex site) const;

 private:
  enum class State : std::uint8_t { kConnected, kReconnecting, kNewTasksOnly, kOldTasksOnly };
  struct Pool {
    ComponentIndex site;
    const Component* service;
    Stream reconnect;
    Stream stuck;
    State state = State::kConnected;
    TimePoint since;  // of the change that its tasks may have missed
  };
  Task<void> reconnect(std::size_t pool, StepIndex by);
  void all_become(State state);

  DrillContext& context_;
  ComponentIndex store_;
  TimingIndex reconnect_;  // invalid: a store without pools
  TimingIndex stuck_;
  std::vector<Pool> pools_;
  TaskSet tasks_;
};

}  // namespace firedrill

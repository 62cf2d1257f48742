#include "models/drill_context.hpp"

#include <string>

namespace firedrill {

EntityKey SlotDraws::slot_key(std::string_view component, std::string_view slot) {
  std::string name(component);
  name += '/';
  name += slot;
  return entity_key(name);
}

Task<void> next_raise(Signal& signal) {
  auto change = signal.wait();
  co_await change;
}

bool behaves(const DrillContext& context, Behaviour behaviour, std::string_view subject) {
  std::string name("behaviour/");
  name += behaviours()[static_cast<std::size_t>(behaviour)].name;
  name += '/';
  name += subject;
  Stream stream(context.draws, entity_key(name));
  return stream.next() < context.plan.probability(behaviour);
}

}  // namespace firedrill

#include "tools/firedrill/simulated_runner.hpp"

#include <memory>
#include <utility>

#include "engine/run/executor.hpp"
#include "models/simulated_world.hpp"
#include "tools/firedrill/signals.hpp"

namespace firedrill {
namespace {

class SimulatedRunner : public DrillRunner {
 public:
  explicit SimulatedRunner(const Plan& plan) : graph_(plan), platform_(plan) {
    // SimGrid takes Ctrl-C for itself, and would end the process with a status of its own.
    catch_signals();
  }

  void run(std::uint64_t seed, std::uint64_t replication, EventLog& log) override {
    // No coroutine itself: it only hands on the one that run_drill makes.
    const SimulatedPlatform::Script script = [this](World& world, EventLog& events,
                                                    std::vector<bool> occurs) {
      return run_drill(graph_, world, events, std::move(occurs));
    };
    platform_.run(seed, replication, script, log);
  }

 private:
  StepGraph graph_;
  SimulatedPlatform platform_;
};

}  // namespace

DrillRunnerFactory simulated_runners() {
  return [](const Plan& plan) -> std::unique_ptr<DrillRunner> {
    return std::make_unique<SimulatedRunner>(plan);
  };
}

}  // namespace firedrill

// Prints firedrill's own makespans of a drill, one a line in seconds, for the oracles to be
// compared with: from documents through plan, executor and simulated world.
//
//   makespans SCENARIO LIBRARY DRILLS SEED
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/measure/metrics.hpp"
#include "engine/plan/load.hpp"
#include "engine/run/executor.hpp"
#include "models/simulated_world.hpp"

using namespace firedrill;

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("makespans SCENARIO LIBRARY DRILLS SEED\n", stderr);
    return 2;
  }
  std::ifstream file(argv[2]);
  std::stringstream library;
  library << file.rdbuf();
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto plan = load_plan(argv[1], library.str(), sources, diagnostics);
  if (!plan) {
    for (const Diagnostic& d : diagnostics.list()) std::fprintf(stderr, "%s\n", d.message.c_str());
    return 2;
  }
  const StepGraph graph(*plan);
  SimulatedPlatform platform(*plan);
  EventLog log;
  const std::uint64_t drills = std::strtoull(argv[3], nullptr, 10);
  const std::uint64_t seed = std::strtoull(argv[4], nullptr, 10);
  for (std::uint64_t drill = 0; drill < drills; ++drill) {
    platform.run(
        seed, drill,
        [&](World& world, EventLog& events, std::vector<bool> occurs) {
          return run_drill(graph, world, events, std::move(occurs));
        },
        log);
    const std::int64_t closed = measure(*plan, log.events()).marks.closed_us;
    if (closed == kNotReachedUs) return 1;
    std::printf("%.6f\n", static_cast<double>(closed) * 1e-6);
  }
  return 0;
}

#include "models/simgrid_engine.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/forked.hpp"

using namespace firedrill;

namespace {

constexpr double kMb = 1e6;

TimePoint at_s(std::int64_t seconds) { return TimePoint{} + Duration::seconds(seconds); }

Task<void> transfer(SimGridEngine& engine, LaneIndex lane, TimePoint start, double bytes,
                    double limit, std::string& log, std::string name) {
  auto begin = sleep_until(engine.agenda(), start);
  co_await begin;
  SimGridEngine::Flow flow(engine, lane, bytes, limit);
  auto ended = flow.ended();
  const bool arrived = co_await ended;
  log += name + (arrived ? "+" : "-") + std::to_string(engine.agenda().now().us) + " ";
}

Task<void> cut(SimGridEngine& engine, SharedLinkIndex link, TimePoint when, bool up) {
  auto wait = sleep_until(engine.agenda(), when);
  co_await wait;
  engine.set_link_up(link, up);
}

Task<void> group(std::vector<Task<void>>& tasks) {
  auto all = when_all(tasks);
  co_await all;
}

Task<void> wait_on(Signal& never) {
  auto change = never.wait();
  co_await change;
}

}  // namespace

TEST_CASE("flows share a link fairly, within their own limits, to the microsecond", "[contract]") {
  // A 1 MB/s link. A: 5 MB from second 10, limited to 0.5 MB/s. B: 5 MB from second 12, unlimited.
  // Until 12 A has moved 1 MB. From then on each gets 0.5 MB/s: A ends after another 8 s, at 20; B
  // has moved 4 MB by then and gets the whole link: it ends at 21.
  const std::string log = in_child([] {
    SimGridEngine engine({{"shared", kMb, Duration{}}}, {{{{0}}}, {{{0}}}});
    std::string out;
    for (int drill = 0; drill < 3; ++drill) {  // the engine is used again, drill after drill
      std::vector<Task<void>> tasks;
      tasks.push_back(transfer(engine, {0}, at_s(10), 5 * kMb, 0.5 * kMb, out, "A"));
      tasks.push_back(transfer(engine, {1}, at_s(12), 5 * kMb, 1e12, out, "B"));
      Task<void> root = group(tasks);
      const DrillEnd end = engine.drive(root, at_s(1000));
      out += end == DrillEnd::kCompleted && engine.flows() == 0 ? "ok " : "bad ";
      root.cancel();
      tasks.clear();
      engine.reset();
    }
    return out;
  });
  CHECK(log == "A+20000000 B+21000000 ok A+20000000 B+21000000 ok A+20000000 B+21000000 ok ");
}

TEST_CASE("a link that goes off fails its flows, and refuses new ones until it is back",
          "[contract]") {
  const std::string log = in_child([] {
    SimGridEngine engine({{"shared", kMb, Duration{}}}, {{{{0}}}, {{{0}}}, {{{0}}}});
    std::string out;
    std::vector<Task<void>> tasks;
    tasks.push_back(transfer(engine, {0}, at_s(0), 5 * kMb, 1e12, out, "A"));
    tasks.push_back(cut(engine, {0}, at_s(2), false));
    tasks.push_back(transfer(engine, {1}, at_s(3), 5 * kMb, 1e12, out, "B"));
    tasks.push_back(cut(engine, {0}, at_s(4), true));
    tasks.push_back(transfer(engine, {2}, at_s(5), 5 * kMb, 1e12, out, "C"));
    Task<void> root = group(tasks);
    engine.drive(root, at_s(1000));
    return out;
  });
  CHECK(log == "A-2000000 B-3000000 C+10000000 ");
}

TEST_CASE("a drill that waits for nothing is stalled, one that takes too long is past its horizon",
          "[contract]") {
  const std::string log = in_child([] {
    SimGridEngine engine({{"shared", kMb, Duration{}}}, {{{{0}}}});
    std::string out;
    const auto name = [](DrillEnd end) {
      return end == DrillEnd::kStalled       ? "stalled "
             : end == DrillEnd::kPastHorizon ? "late "
                                             : "done ";
    };
    {
      Signal never(engine.agenda());
      Task<void> root = wait_on(never);
      out += name(engine.drive(root, at_s(100)));
      root.cancel();
    }
    engine.reset();
    {
      std::vector<Task<void>> tasks;
      tasks.push_back(transfer(engine, {0}, at_s(5), 1e12, 1.0, out, "A"));
      Task<void> root = group(tasks);
      out += name(engine.drive(root, at_s(100)));
      root.cancel();
    }
    engine.reset();
    {
      std::vector<Task<void>> tasks;
      tasks.push_back(cut(engine, {0}, at_s(99), true));
      Task<void> root = group(tasks);
      out += name(engine.drive(root, at_s(100)));
      root.cancel();
    }
    return out;
  });
  CHECK(log == "stalled stalled done ");
}

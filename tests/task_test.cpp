#include "engine/base/task.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "engine/base/agenda.hpp"

using namespace firedrill;

namespace {

TimePoint at_s(std::int64_t seconds) { return TimePoint{} + Duration::seconds(seconds); }

Task<int> value_after(Agenda& agenda, Duration span, int value) {
  co_await sleep_for(agenda, span);
  co_return value;
}

Task<void> note_at(Agenda& agenda, TimePoint when, std::string& log, char letter) {
  co_await sleep_until(agenda, when);
  log += letter;
}

/// Notes when it is dropped, the way a person or a flow would be let go.
struct Releases {
  std::string& log;
  ~Releases() { log += 'R'; }
};

Task<int> holds_something(Agenda& agenda, Duration span, std::string& log) {
  const Releases held{log};
  co_await sleep_for(agenda, span);
  log += 'E';
  co_return 7;
}

Task<void> race(Agenda& agenda, Duration limit, Duration work, std::string& log) {
  Task<int> task = holds_something(agenda, work, log);
  Within<int> limited(agenda, agenda.now() + limit, task);
  const bool ended = co_await limited;
  log += ended ? '+' : '-';
  if (ended) log += std::to_string(task.result());
}

Task<void> collect(Agenda& agenda, std::vector<int>& out, bool any) {
  std::vector<Task<int>> children;
  children.push_back(value_after(agenda, Duration::seconds(3), 3));
  children.push_back(value_after(agenda, Duration::seconds(1), 1));
  children.push_back(value_after(agenda, Duration::seconds(2), 2));
  if (any) {
    auto group = when_any(children);
    const std::size_t winner = co_await group;
    out.push_back(static_cast<int>(winner));
    out.push_back(children[winner].result());
  } else {
    auto group = when_all(children);
    co_await group;
    for (auto& child : children) out.push_back(child.result());
  }
}

Task<int> at_once(int value) { co_return value; }

Task<void> all_at_once(std::vector<int>& out) {
  std::vector<Task<int>> children;
  children.push_back(at_once(1));
  children.push_back(at_once(2));
  auto group = when_all(children);
  co_await group;
  for (auto& child : children) out.push_back(child.result());
  std::vector<Task<int>> none;
  auto empty = when_all(none);
  co_await empty;
  out.push_back(0);
}

Task<void> wait_for(Signal& signal, std::string& log, char letter) {
  auto change = signal.wait();
  co_await change;
  log += letter;
}

}  // namespace

TEST_CASE("entries of one instant are resumed first in, first out", "[unit]") {
  Agenda agenda;
  std::string log;
  TaskSet tasks;
  for (const char letter : std::string("abcdefgh")) {
    tasks.spawn(note_at(agenda, at_s(5), log, letter));
  }
  tasks.spawn(note_at(agenda, at_s(4), log, '0'));
  agenda.run_until(at_s(10));
  CHECK(log == "0abcdefgh");
  CHECK(agenda.now() == at_s(10));
  CHECK(agenda.empty());
}

TEST_CASE("waiting for all ends with the slowest and keeps every result", "[unit]") {
  Agenda agenda;
  std::vector<int> out;
  Task<void> root = collect(agenda, out, false);
  root.start(nullptr);
  agenda.run_until(at_s(2));
  CHECK_FALSE(root.done());
  agenda.run_until(at_s(3));
  CHECK(root.done());
  CHECK(out == std::vector<int>{3, 1, 2});
}

TEST_CASE("waiting for any ends with the fastest and leaves nothing on the agenda", "[unit]") {
  Agenda agenda;
  std::vector<int> out;
  Task<void> root = collect(agenda, out, true);
  root.start(nullptr);
  agenda.run_until(at_s(1));
  CHECK(root.done());
  CHECK(out == std::vector<int>{1, 1});
  CHECK(agenda.empty());
}

TEST_CASE("groups of tasks that never suspend, and empty groups, end at once", "[unit]") {
  std::vector<int> out;
  Task<void> root = all_at_once(out);
  root.start(nullptr);
  CHECK(root.done());
  CHECK(out == std::vector<int>{1, 2, 0});
}

TEST_CASE("a task that loses against its deadline is cancelled and lets go of what it held",
          "[unit]") {
  Agenda agenda;
  std::string log;
  Task<void> root = race(agenda, Duration::seconds(2), Duration::seconds(5), log);
  root.start(nullptr);
  agenda.run_until(at_s(10));
  CHECK(log == "R-");
  CHECK(agenda.empty());
}

TEST_CASE("a task that beats its deadline gives its result and cancels the deadline", "[unit]") {
  Agenda agenda;
  std::string log;
  Task<void> root = race(agenda, Duration::seconds(5), Duration::seconds(2), log);
  root.start(nullptr);
  agenda.run_until(at_s(2));
  CHECK(log == "ER+7");
  CHECK(agenda.empty());
}

TEST_CASE("dropping a task cancels everything below it", "[unit]") {
  Agenda agenda;
  std::string log;
  {
    Task<void> root = race(agenda, Duration::seconds(50), Duration::seconds(20), log);
    root.start(nullptr);
    agenda.run_until(at_s(1));
    CHECK(agenda.size() == 2);
  }
  CHECK(log == "R");
  CHECK(agenda.empty());
}

TEST_CASE("a signal resumes its waiters in order, at this instant, and forgets them", "[unit]") {
  Agenda agenda;
  Signal changed(agenda);
  std::string log;
  TaskSet tasks;
  tasks.spawn(wait_for(changed, log, 'a'));
  tasks.spawn(wait_for(changed, log, 'b'));
  {
    Task<void> dropped = wait_for(changed, log, 'x');
    dropped.start(nullptr);
  }
  changed.raise();
  CHECK(log.empty());  // never from inside the code that raised it
  agenda.run_until(agenda.now());
  CHECK(log == "ab");
  changed.raise();
  agenda.run_until(agenda.now());
  CHECK(log == "ab");
}

TEST_CASE("a waiter that is dropped between the signal and its turn is not resumed", "[unit]") {
  Agenda agenda;
  Signal changed(agenda);
  std::string log;
  {
    Task<void> task = wait_for(changed, log, 'x');
    task.start(nullptr);
    changed.raise();
  }
  agenda.run_until(at_s(1));
  CHECK(log.empty());
  CHECK(agenda.empty());
}

TEST_CASE("who waits for a signal that has gone is not resumed, and is dropped later", "[unit]") {
  Agenda agenda;
  std::string log;
  TaskSet tasks;
  {
    Signal changed(agenda);
    tasks.spawn(wait_for(changed, log, 'x'));
    tasks.spawn(wait_for(changed, log, 'y'));
  }
  agenda.run_until(at_s(1));
  CHECK(log.empty());
  CHECK(tasks.running() == 2);
  tasks.clear();
  CHECK(agenda.empty());
}

TEST_CASE("random schedules and cancellations keep the agenda in order", "[unit]") {
  std::uint64_t state = 12345;
  const auto next = [&state] {
    return state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  };
  for (int round = 0; round < 50; ++round) {
    Agenda agenda;
    std::vector<Task<void>> tasks;
    std::vector<std::pair<std::int64_t, int>> expected;
    std::string log;
    for (int i = 0; i < 60; ++i) {
      const auto when = static_cast<std::int64_t>((next() >> 33) % 20);
      tasks.push_back(note_at(agenda, at_s(when), log, static_cast<char>('!' + i)));
      tasks.back().start(nullptr);
      expected.emplace_back(when, i);
    }
    for (int i = 0; i < 60; ++i) {
      if ((next() >> 33) % 3 == 0) {
        tasks[static_cast<std::size_t>(i)].cancel();
        std::erase_if(expected, [i](const auto& e) { return e.second == i; });
      }
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string want;
    for (const auto& [when, i] : expected) want += static_cast<char>('!' + i);
    agenda.run_until(at_s(30));
    REQUIRE(log == want);
  }
}

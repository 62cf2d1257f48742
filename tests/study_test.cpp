#include "engine/study/study.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "engine/study/row.hpp"
#include "tests/support/plan_builder.hpp"

namespace firedrill {
namespace {

using Body = std::function<void(std::uint64_t seed, std::int64_t k, EventLog& log)>;

class FakeRunner : public DrillRunner {
 public:
  explicit FakeRunner(Body body) : body_(std::move(body)) {}
  void run(std::uint64_t seed, std::uint64_t replication, EventLog& log) override {
    log.clear();
    body_(seed, static_cast<std::int64_t>(replication), log);
  }

 private:
  Body body_;
};

DrillRunnerFactory runners(Body body) {
  return [body](const Plan&) -> std::unique_ptr<DrillRunner> {
    return std::make_unique<FakeRunner>(body);
  };
}

Plan small_plan() {
  test::PlanBuilder builder;
  builder.store("orders").service("shop", Duration::minutes(5), {"orders"});
  return builder.plan();
}

/// How long the shop is out in drill k.
Duration outage(std::uint64_t seed, std::int64_t k) {
  return Duration::milliseconds(static_cast<std::int64_t>(seed) * 1000 + k * 7919 % 100'003);
}

/// The shop is out from the start; each drill ends 10 minutes after it is back.
void one_outage(std::uint64_t seed, std::int64_t k, EventLog& log) {
  const TimePoint back = TimePoint{} + outage(seed, k);
  log.add({.subject = 0, .kind = EventKind::kFaultStarted});
  log.add({.value = 0, .value2 = 0, .subject = 0, .kind = EventKind::kServedShare});
  log.add({.at = back, .value = 1, .value2 = 1, .subject = 0, .kind = EventKind::kServedShare});
  log.add({.at = back + Duration::minutes(10), .object = 0, .kind = EventKind::kDrillEnded});
}

StudyResult study(std::int64_t runs, int jobs, const Body& body = one_outage) {
  StudyOptions options;
  options.seed = 3;
  options.runs = runs;
  options.jobs = jobs;
  return run_study(small_plan(), options, runners(body));
}

template <class T>
void append(std::string& bytes, const std::vector<T>& column, std::size_t rows) {
  rows = std::min(rows, column.size());
  bytes.append(reinterpret_cast<const char*>(column.data()), rows * sizeof(T));
  bytes += '|';
}
template <class T>
void append(std::string& bytes, const std::vector<std::vector<T>>& columns, std::size_t rows) {
  for (const auto& column : columns) append(bytes, column, rows);
  bytes += '#';
}

/// The first `rows` rows of every column.
std::string bytes_of(const Samples& s, std::size_t rows = SIZE_MAX) {
  std::string bytes;
  append(bytes, s.replication, rows);
  append(bytes, s.end, rows);
  append(bytes, s.notes, rows);
  for (const auto* columns : {&s.rto_ms, &s.rpo_ms, &s.clients99_ms, &s.lost_ms, &s.store_rpo_ms,
                              &s.store_age99_ms, &s.marks_ms, &s.step_ms}) {
    append(bytes, *columns, rows);
  }
  append(bytes, s.store_missing, rows);
  append(bytes, s.step_flags, rows);
  return bytes;
}

/// Runs `lost` are missing, every other one is there, once and in order.
void check_all_but(const StudyResult& result, std::int64_t first_lost, std::int64_t last_lost) {
  std::vector<std::int64_t> expected;
  for (std::int64_t k = 0; k < result.asked; ++k) {
    if (k < first_lost || k > last_lost) expected.push_back(k);
  }
  CHECK(result.samples.replication == expected);
  CHECK(result.completed == static_cast<std::int64_t>(expected.size()));
  CHECK(result.failed == last_lost - first_lost + 1);
}

TEST_CASE("microseconds become the nearest milliseconds, halves away from zero", "[study][unit]") {
  CHECK(to_ms(0) == 0);
  CHECK(to_ms(499) == 0);
  CHECK(to_ms(500) == 1);
  CHECK(to_ms(1'499) == 1);
  CHECK(to_ms(-499) == 0);
  CHECK(to_ms(-500) == -1);
  CHECK(to_ms(kNotReachedUs) == kNotReachedMs);
  CHECK(to_ms(kNotReachedUs - 1) == kNotReachedMs);
  CHECK(to_ms(std::int64_t{kNotReachedMs} * 1000) == kNotReachedMs);
  CHECK(to_ms((std::int64_t{kNotReachedMs} - 1) * 1000) == kNotReachedMs - 1);
  CHECK(to_ms(std::numeric_limits<std::int64_t>::min()) ==
        std::numeric_limits<std::int32_t>::min());
}

TEST_CASE("a study measures every drill, in order", "[study][process]") {
  const StudyResult result = study(600, 2);
  check_all_but(result, 0, -1);
  CHECK(result.failures.empty());
  CHECK_FALSE(result.aborted);
  REQUIRE(result.samples.rto_ms.size() == 1);
  for (std::size_t k = 0; k < 600; ++k) {
    REQUIRE(result.samples.rto_ms[0][k] == outage(3, static_cast<std::int64_t>(k)).us / 1000);
  }
}

TEST_CASE("the number of jobs changes no byte", "[study][process][determinism]") {
  const std::string one = bytes_of(study(1000, 1).samples);
  CHECK(bytes_of(study(1000, 2).samples) == one);
  CHECK(bytes_of(study(1000, 7).samples) == one);
}

TEST_CASE("a study that is extended is the one that ran at once", "[study][process][determinism]") {
  StudyOptions options;
  options.seed = 3;
  options.jobs = 2;
  StudyResult grown;
  for (const std::int64_t runs : {256, 768, 1000}) {
    options.runs = runs;
    extend_study(small_plan(), options, runners(one_outage), grown);
    CHECK(grown.completed == runs);
  }
  CHECK(bytes_of(grown.samples) == bytes_of(study(1000, 2).samples));
  CHECK(grown.asked == 1000);
}

TEST_CASE("blocks that end out of order are still in order", "[study][process][determinism]") {
  const auto slow_first = [](std::uint64_t seed, std::int64_t k, EventLog& log) {
    if (k == 0) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    one_outage(seed, k, log);
  };
  CHECK(bytes_of(study(1000, 4, slow_first).samples) == bytes_of(study(1000, 1).samples));
}

TEST_CASE("fewer drills are the first ones of more", "[study][process][determinism]") {
  CHECK(bytes_of(study(300, 2).samples) == bytes_of(study(1000, 2).samples, 300));
}

TEST_CASE("any number of drills", "[study][process]") {
  for (const std::int64_t runs : {0, 1, 255, 256, 257, 512, 513}) {
    CAPTURE(runs);
    check_all_but(study(runs, 2), 0, -1);
  }
  const StudyResult none = study(0, 2);
  CHECK(none.samples.rto_ms.size() == 1);  // columns are there, though empty
  CHECK(none.samples.marks_ms.size() == 7);
}

TEST_CASE("no jobs are one job", "[study][process]") {
  check_all_but(study(10, 0), 0, -1);
  check_all_but(study(10, -1), 0, -1);
}

TEST_CASE("a runner that does not clear the log meets an empty one", "[study][process]") {
  struct Careless : DrillRunner {
    void run(std::uint64_t seed, std::uint64_t k, EventLog& log) override {
      one_outage(seed, static_cast<std::int64_t>(k), log);
    }
  };
  StudyOptions options;
  options.seed = 3;
  options.runs = 20;
  const StudyResult result =
      run_study(small_plan(), options, [](const Plan&) { return std::make_unique<Careless>(); });
  CHECK(bytes_of(result.samples) == bytes_of(study(20, 1).samples));
}

Body breaking_at(std::int64_t bad, const std::function<void()>& how) {
  return [bad, how](std::uint64_t seed, std::int64_t k, EventLog& log) {
    if (k == bad) how();
    one_outage(seed, k, log);
  };
}

TEST_CASE("a drill that crashes costs the rest of its block", "[study][process]") {
  const StudyResult result = study(1000, 2, breaking_at(300, [] { raise(SIGSEGV); }));
  check_all_but(result, 300, 511);  // 256 to 299 were run, and stay
  REQUIRE(result.failures.size() == 1);
  const BlockFailure& failure = result.failures[0];
  CHECK(failure.kind == BlockFailureKind::kCrashed);
  CHECK(failure.replication == 300);
  CHECK(failure.first_lost == 300);
  CHECK(failure.last_lost == 511);
  CHECK(failure.signal == SIGSEGV);
  CHECK(failure.exit_code == 0);
}

TEST_CASE("fewer drills are the first ones of more, crashes included",
          "[study][process][determinism]") {
  const Body body = breaking_at(290, [] { raise(SIGABRT); });
  const std::string whole = bytes_of(study(1000, 2, body).samples, 280);
  CHECK(bytes_of(study(280, 2, body).samples) == whole);
}

TEST_CASE("a drill that ends its process is a failure, whatever it says", "[study][process]") {
  for (const int code : {0, 7}) {
    CAPTURE(code);
    const StudyResult result = study(257, 2, breaking_at(0, [code] { std::exit(code); }));
    check_all_but(result, 0, 255);
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].replication == 0);
    CHECK(result.failures[0].signal == 0);
    CHECK(result.failures[0].exit_code == code);
  }
}

/// Shared with every child, so that one that runs code of the parent shows.
std::atomic<int>& shared_count() {
  static auto* const count =
      static_cast<std::atomic<int>*>(mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return *count;
}

TEST_CASE("a worker runs nothing of its parent's end", "[study][process]") {
  static pid_t parent = 0;
  parent = getpid();
  shared_count() = 0;
  std::atexit([] {
    if (getpid() != parent) ++shared_count();
  });
  study(10, 1);
  study(10, 1, breaking_at(5, [] { std::exit(7); }));
  CHECK(shared_count() == 0);
}

TEST_CASE("an exception of a drill never leaves its worker", "[study][process]") {
  const pid_t parent = getpid();
  shared_count() = 0;
  StudyResult result;
  try {
    result = study(300, 2, breaking_at(5, [] { throw std::runtime_error("broken drill"); }));
  } catch (const std::exception&) {
    ++shared_count();
  }
  if (getpid() != parent) _exit(9);  // a child that came back as if it were us
  CHECK(shared_count() == 0);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures[0].replication == 5);
  CHECK(result.failures[0].signal == SIGABRT);
}

TEST_CASE("a factory that breaks costs every block, not the study", "[study][process]") {
  StudyOptions options;
  options.runs = 300;
  const StudyResult result = run_study(
      small_plan(), options, [](const Plan&) -> std::unique_ptr<DrillRunner> { std::_Exit(3); });
  CHECK(result.completed == 0);
  CHECK(result.failed == 300);
  REQUIRE(result.failures.size() == 2);
  CHECK(result.failures[0].replication == 0);
  CHECK(result.failures[1].replication == 256);
}

TEST_CASE("a drill that hangs is killed", "[study][process]") {
  StudyOptions options;
  options.seed = 3;
  options.runs = 600;
  options.jobs = 2;
  options.hung_after_ms = 200;
  const Body body = breaking_at(20, [] {
    for (;;) pause();
  });
  const StudyResult result = run_study(small_plan(), options, runners(body));
  check_all_but(result, 20, 255);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures[0].kind == BlockFailureKind::kHung);
  CHECK(result.failures[0].replication == 20);
}

TEST_CASE("a slow drill is not a hung one", "[study][process]") {
  StudyOptions options;
  options.runs = 8;
  options.hung_after_ms = 200;
  const auto slow = [](std::uint64_t seed, std::int64_t k, EventLog& log) {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));  // 480 ms a block
    one_outage(seed, k, log);
  };
  CHECK(run_study(small_plan(), options, runners(slow)).failures.empty());
}

TEST_CASE("a stop keeps the drills that were done", "[study][process]") {
  std::atomic<bool> stop{false};
  StudyOptions options;
  options.seed = 3;
  options.runs = 100'000;
  options.jobs = 2;
  options.stop = &stop;
  options.progress = [&](std::int64_t done) { stop = stop || done >= 20; };
  const auto slow = [](std::uint64_t seed, std::int64_t k, EventLog& log) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    one_outage(seed, k, log);
  };
  const StudyResult result = run_study(small_plan(), options, runners(slow));
  CHECK(result.aborted);
  CHECK(result.failures.empty());
  CHECK(result.failed == 0);
  CHECK(result.completed > 0);
  CHECK(result.completed < options.runs);
  const auto& kept = result.samples.replication;
  CHECK(std::is_sorted(kept.begin(), kept.end()));
  CHECK(std::adjacent_find(kept.begin(), kept.end()) == kept.end());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    REQUIRE(result.samples.rto_ms[0][i] == outage(3, kept[i]).us / 1000);
  }
}

TEST_CASE("a stop before the first drill", "[study][process]") {
  const std::atomic<bool> stop{true};
  StudyOptions options;
  options.stop = &stop;
  const StudyResult result = run_study(small_plan(), options, runners(one_outage));
  CHECK(result.aborted);
  CHECK(result.completed == 0);
}

TEST_CASE("a signal that ends the workers of a stopped study is no failure", "[study][process]") {
  std::atomic<bool> stop{false};
  StudyOptions options;
  options.runs = 256;
  options.stop = &stop;
  options.progress = [&](std::int64_t) {
    stop = true;
    // Long enough for the worker to be gone before it is asked to go.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  };
  const auto killed = breaking_at(3, [] {
    std::this_thread::sleep_for(std::chrono::milliseconds(80));
    raise(SIGTERM);
  });
  CHECK(run_study(small_plan(), options, runners(killed)).failures.empty());
}

/// A log with `count` notes beside the outage.
Body with_notes(std::int64_t count) {
  return [count](std::uint64_t seed, std::int64_t k, EventLog& log) {
    one_outage(seed, k, log);
    for (std::int64_t i = 0; i < count; ++i) {
      log.add({.at = TimePoint{k}, .value = static_cast<double>(i), .subject = 0, .object = 1});
    }
  };
}

bool same(const Event& a, const Event& b) {
  return a.at == b.at && a.value == b.value && a.value2 == b.value2 && a.subject == b.subject &&
         a.object == b.object && a.cause == b.cause && a.kind == b.kind;
}

TEST_CASE("a drill run again is the one of the batch", "[study][process][determinism]") {
  // Drill k depends on what its block left behind: running it alone would not do.
  const auto factory = [](const Plan&) -> std::unique_ptr<DrillRunner> {
    auto before = std::make_shared<std::int64_t>(0);
    return std::make_unique<FakeRunner>([before](std::uint64_t seed, std::int64_t k, EventLog& l) {
      one_outage(seed, k + *before, l);
      ++*before;
    });
  };
  StudyOptions options;
  options.seed = 3;
  options.runs = 600;
  const Plan plan = small_plan();
  const StudyResult batch = run_study(plan, options, factory);
  for (const std::int64_t k : {0, 1, 255, 256, 300, 599}) {
    CAPTURE(k);
    std::vector<Event> events;
    BlockFailure failure;
    REQUIRE(replay_drill(plan, 3, k, factory, events, failure));
    CHECK(to_ms(measure(plan, events).services[0].rto_us) == batch.samples.rto_ms[0][k]);
  }
}

TEST_CASE("a huge log comes back whole", "[study][process]") {
  constexpr std::int64_t kNotes = 200'000;  // about 10 MB: far more than a pipe holds
  std::vector<Event> events;
  BlockFailure failure;
  REQUIRE(replay_drill(small_plan(), 3, 2, runners(with_notes(kNotes)), events, failure));
  EventLog expected;
  with_notes(kNotes)(3, 2, expected);
  CHECK(std::equal(events.begin(), events.end(), expected.events().begin(), expected.events().end(),
                   same));
}

TEST_CASE("rows beyond what a pipe holds arrive whole", "[study][process]") {
  test::PlanBuilder builder;
  builder.service("shop", Duration::minutes(5));
  Plan plan = builder.plan();
  plan.stores.resize(2000);  // 24 kB a row, 6 MB a block
  StudyOptions options;
  options.seed = 3;
  options.runs = 300;
  options.jobs = 2;
  const StudyResult result = run_study(plan, options, runners(one_outage));
  check_all_but(result, 0, -1);
  CHECK(result.samples.store_rpo_ms.back() == std::vector<std::int32_t>(300, 0));
}

TEST_CASE("a replay says which drill broke it", "[study][process]") {
  std::vector<Event> events;
  BlockFailure failure;
  const Body body = breaking_at(260, [] { raise(SIGSEGV); });
  CHECK_FALSE(replay_drill(small_plan(), 3, 270, runners(body), events, failure));
  CHECK(failure.kind == BlockFailureKind::kCrashed);
  CHECK(failure.replication == 260);
  CHECK(failure.signal == SIGSEGV);
  CHECK(replay_drill(small_plan(), 3, 259, runners(body), events, failure));
  CHECK_FALSE(replay_drill(small_plan(), 3, 260, runners(breaking_at(260, [] { std::exit(0); })),
                           events, failure));
  CHECK(failure.exit_code == 0);
}

TEST_CASE("a replay that hangs ends", "[study][process]") {
  std::vector<Event> events;
  BlockFailure failure;
  const Body body = breaking_at(1, [] {
    for (;;) pause();
  });
  CHECK_FALSE(replay_drill(small_plan(), 3, 2, runners(body), events, failure, 200));
  CHECK(failure.kind == BlockFailureKind::kHung);
  CHECK(failure.replication == 1);
}

}  // namespace
}  // namespace firedrill

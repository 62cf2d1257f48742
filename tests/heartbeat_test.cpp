// What a heartbeat makes of its rows, by hand.
#include "engine/live/heartbeat.hpp"

#include <catch2/catch.hpp>

using namespace firedrill;
using namespace firedrill::live;

namespace {

constexpr Duration kSecond = Duration::seconds(1);

/// Rows 1, 2, ... a second apart, the first at second 1: `o` ok, `f` failed, `u` unknown.
std::vector<Beat> rows(const std::string& outcomes) {
  std::vector<Beat> beats;
  for (const char c : outcomes) {
    const std::uint64_t n = beats.size() + 1;
    beats.push_back({n, TimePoint{} + Duration::seconds(static_cast<std::int64_t>(n)),
                     c == 'o'   ? OutcomeKind::kOk
                     : c == 'f' ? OutcomeKind::kFailed
                                : OutcomeKind::kUnknown});
  }
  return beats;
}

std::set<std::uint64_t> up_to(std::uint64_t n) {
  std::set<std::uint64_t> all;
  for (std::uint64_t i = 1; i <= n; ++i) all.insert(i);
  return all;
}

}  // namespace

TEST_CASE("a copy that has everything has lost nothing") {
  const HeartbeatLoss loss = loss_of(rows("oooofff"), up_to(4), kSecond, true);
  CHECK(loss.least.span.us == 0);
  CHECK(loss.most.span.us == 0);
  CHECK(loss.committed == 4);
  CHECK(loss_events({0}, {}, loss)[0].value == 0);
  CHECK(loss_events({0}, {}, loss)[0].value2 == 0);
}

TEST_CASE("the loss runs from the newest survivor to the newest committed row") {
  // Rows at 1 ... 8 s, failed from the 9th on; the copy ends with the one at 5 s: 8 - 5 = 3 s.
  const HeartbeatLoss loss = loss_of(rows("ooooooooff"), up_to(5), kSecond, true);
  CHECK(loss.least.span == Duration::seconds(3));
  CHECK(loss.most.span == Duration::seconds(3));
  CHECK(loss.least.missing == 3);
  CHECK(loss.error == kSecond);
  CHECK(loss_events({4}, TimePoint{7}, loss)[0].value == Approx(3.0));
  CHECK(loss_events({4}, TimePoint{7}, loss)[0].value2 == -1);
  CHECK(loss_events({4}, TimePoint{7}, loss)[0].subject == 4);
}

TEST_CASE("nothing that survived: all of it, from one interval before the first row") {
  const HeartbeatLoss loss = loss_of(rows("oooo"), {}, kSecond, true);
  CHECK(loss.least.span == Duration::seconds(4));  // 4 - 1 + 1
  CHECK(loss.least.missing == 4);
}

TEST_CASE("rows of unknown outcome make a range") {
  // The copy ends at 4 s. The 7th row may have been committed: 6 - 4 = 2 s, or 7 - 4 = 3 s.
  const HeartbeatLoss loss = loss_of(rows("oooooouf"), up_to(4), kSecond, true);
  CHECK(loss.least.span == Duration::seconds(2));
  CHECK(loss.most.span == Duration::seconds(3));
  CHECK(loss.unknown == 1);
  CHECK(describe(loss) ==
        "2s lost (2 of 6 rows), with 1 row of unknown outcome up to 3s; error 1s");
  CHECK(loss_events({0}, {}, loss)[0].value == Approx(3.0));
}

TEST_CASE("a row of unknown outcome that survived was committed") {
  const HeartbeatLoss loss = loss_of(rows("ooou"), up_to(4), kSecond, true);
  CHECK(loss.committed == 4);
  CHECK(loss.unknown == 0);
  CHECK(loss.most.span.us == 0);
}

TEST_CASE("in order, a row of unknown outcome before the newest survivor was never committed") {
  std::set<std::uint64_t> copy = up_to(6);
  copy.erase(3);
  CHECK(loss_of(rows("oouooo"), copy, kSecond, true).most.span.us == 0);
  // Out of order it may be on its way: from 3 s to 6 s and one interval.
  CHECK(loss_of(rows("oouooo"), copy, kSecond, false).most.span == Duration::seconds(4));
  CHECK(loss_of(rows("oouooo"), copy, kSecond, false).least.span.us == 0);
}

TEST_CASE("out of order one straggler decides, and 99 % say how unusual it is") {
  std::vector<Beat> beats = rows(std::string(200, 'o'));
  std::set<std::uint64_t> copy = up_to(101);
  copy.erase(1);
  // Missing: 1 and 102 ... 200, a hundred rows. The oldest is 199 s older than the newest, with the
  // interval 200 s; the 99th by age is that of row 102: 98 s and 1 s.
  const HeartbeatLoss loss = loss_of(beats, copy, kSecond, false);
  CHECK(loss.least.missing == 100);
  CHECK(loss.least.span == Duration::seconds(200));
  REQUIRE(loss.age_of_99);
  CHECK(*loss.age_of_99 == Duration::seconds(99));
  CHECK(loss_events({0}, {}, loss).size() == 2);
}

namespace {

/// Keeps rows in memory; the copy has everything up to a sequence.
class Rows final : public HeartbeatStore {
 public:
  Outcome write(const std::string&, std::uint64_t sequence, TimePoint,
                const CallControl&) override {
    written.push_back(sequence);
    return {};
  }
  std::optional<std::set<std::uint64_t>> survivors(const std::string&,
                                                   const CallControl&) override {
    return up_to(copied);
  }
  bool in_order() const override { return true; }
  std::string problem() const override { return {}; }

  std::vector<std::uint64_t> written;
  std::uint64_t copied = 0;
};

}  // namespace

TEST_CASE("a run that is taken up again goes on behind its rows") {
  Rows store;
  MonotonicClock clock;
  HeartbeatWriter writer(store, clock, {.run = "r", .interval = Duration::milliseconds(1)});
  writer.restore(rows("ooo"));
  writer.begin();
  while (writer.beats().size() < 6) std::this_thread::yield();
  writer.end();
  // The 4th may have been on its way when the first part was cut off.
  CHECK(store.written.front() == 5);
  CHECK(writer.beats()[3].outcome == OutcomeKind::kUnknown);
  // What was lost before the cut is seen after it: of rows 1, 2, 3 the copy has two.
  store.copied = 2;
  const auto loss = writer.measure({});
  REQUIRE(loss);
  CHECK(loss->least.missing == static_cast<std::int64_t>(store.written.size()) + 1);
  store.copied = store.written.back();
  CHECK(writer.measure({})->most.span.us == 0);
}

TEST_CASE("a writer that was held up is less exact") {
  std::vector<Beat> beats = rows("oooooo");
  beats[5].stamp = beats[5].stamp + Duration::seconds(10);  // 16 s
  const HeartbeatLoss loss = loss_of(beats, up_to(4), kSecond, true);
  CHECK(loss.least.span == Duration::seconds(12));  // 16 - 4
  CHECK(loss.error == Duration::seconds(11));       // nothing is known between 5 s and 16 s
}

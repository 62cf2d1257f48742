#include "engine/live/heartbeat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>

namespace firedrill::live {
namespace {

HeartbeatLoss::Bound bound_of(const std::vector<Beat>& committed,
                              const std::set<std::uint64_t>& survivors, Duration interval,
                              bool in_order) {
  HeartbeatLoss::Bound bound;
  const Beat* oldest_missing = nullptr;
  const Beat* survivor = nullptr;  // the newest before the oldest missing
  for (const Beat& beat : committed) {
    if (!survivors.contains(beat.sequence)) {
      ++bound.missing;
      if (oldest_missing == nullptr) oldest_missing = &beat;
    } else if (oldest_missing == nullptr) {
      survivor = &beat;
    }
  }
  if (oldest_missing == nullptr) return bound;
  const TimePoint newest = committed.back().stamp;
  bound.span = in_order && survivor != nullptr ? newest - survivor->stamp
                                               : newest - oldest_missing->stamp + interval;
  return bound;
}

/// The age below which 99 % of the missing rows lie, the nearest rank upwards.
std::optional<Duration> age_of_99(const std::vector<Beat>& committed,
                                  const std::set<std::uint64_t>& survivors, Duration interval) {
  std::vector<Duration> ages;
  for (const Beat& beat : committed) {
    if (survivors.contains(beat.sequence)) continue;
    ages.push_back(committed.back().stamp - beat.stamp + interval);
  }
  if (ages.empty()) return std::nullopt;
  std::sort(ages.begin(), ages.end());
  const std::size_t rank = (ages.size() * 99 + 99) / 100;
  return ages[rank - 1];
}

Duration widest_gap(const std::vector<Beat>& committed, TimePoint from, Duration interval) {
  Duration widest = interval;
  for (std::size_t i = 1; i < committed.size(); ++i) {
    if (committed[i].stamp < from) continue;
    widest = std::max(widest, committed[i].stamp - committed[i - 1].stamp);
  }
  return widest;
}

}  // namespace

HeartbeatLoss loss_of(const std::vector<Beat>& beats, const std::set<std::uint64_t>& survivors,
                      Duration interval, bool in_order) {
  std::vector<Beat> certain;
  std::vector<Beat> possible;
  HeartbeatLoss loss;
  const std::uint64_t newest = survivors.empty() ? 0 : *survivors.rbegin();
  for (const Beat& beat : beats) {
    // A copy in order holds all that was committed before the newest row it has.
    const bool never = in_order && beat.outcome == OutcomeKind::kUnknown && beat.sequence < newest;
    if (never && !survivors.contains(beat.sequence)) continue;
    const bool known = beat.outcome == OutcomeKind::kOk || survivors.contains(beat.sequence);
    if (known) certain.push_back(beat);
    if (known || beat.outcome == OutcomeKind::kUnknown) possible.push_back(beat);
  }
  loss.committed = static_cast<std::int64_t>(certain.size());
  loss.unknown = static_cast<std::int64_t>(possible.size() - certain.size());
  loss.least = bound_of(certain, survivors, interval, in_order);
  loss.most = bound_of(possible, survivors, interval, in_order);
  if (!in_order) loss.age_of_99 = age_of_99(possible, survivors, interval);
  const TimePoint from =
      possible.empty() ? TimePoint{} : possible.back().stamp - loss.most.span - interval;
  loss.error = widest_gap(possible, from, interval);
  return loss;
}

std::vector<Event> loss_events(StoreIndex store, TimePoint at, const HeartbeatLoss& loss) {
  // How many writes of others are missing nobody knows: only the rows were counted.
  std::vector<Event> events{{.at = at,
                             .value = to_seconds(loss.most.span),
                             .value2 = loss.most.missing == 0 ? 0.0 : -1.0,
                             .subject = store.value,
                             .kind = EventKind::kDataLoss}};
  if (loss.age_of_99) {
    events.push_back({.at = at,
                      .value = to_seconds(*loss.age_of_99),
                      .subject = store.value,
                      .kind = EventKind::kDataLossShape});
  }
  return events;
}

std::string describe(const HeartbeatLoss& loss) {
  const auto rows = [](std::int64_t n) { return fmt::format("{} row{}", n, n == 1 ? "" : "s"); };
  std::string text = fmt::format("{} lost ({} of {})", to_human(loss.least.span),
                                 loss.least.missing, rows(loss.committed));
  if (loss.unknown > 0) {
    text += fmt::format(", with {} of unknown outcome up to {}", rows(loss.unknown),
                        to_human(loss.most.span));
  }
  return text + fmt::format("; error {}", to_human(loss.error));
}

HeartbeatWriter::HeartbeatWriter(HeartbeatStore& store, RunClock& clock, Options options,
                                 std::function<void(const Beat&)> told)
    : store_(store), clock_(clock), options_(std::move(options)), told_(std::move(told)) {}

HeartbeatWriter::~HeartbeatWriter() { end(); }

void HeartbeatWriter::restore(std::vector<Beat> beats) {
  if (beats.empty()) return;
  const Beat last = beats.back();
  beats.push_back({last.sequence + 1, last.stamp + options_.interval, OutcomeKind::kUnknown});
  const std::lock_guard lock(mutex_);
  beats_ = std::move(beats);
}

void HeartbeatWriter::begin() {
  if (thread_.joinable()) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { write_all(stop); });
}

void HeartbeatWriter::end() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void HeartbeatWriter::write_all(const std::stop_token& stop) {
  std::mutex sleeping;
  std::condition_variable_any wake;
  const std::vector<Beat> before = beats();
  std::uint64_t sequence = before.empty() ? 0 : before.back().sequence;
  while (!stop.stop_requested()) {
    Beat beat{++sequence, clock_.now(), OutcomeKind::kUnknown};
    CallControl control;
    control.deadline =
        std::chrono::steady_clock::now() + std::chrono::microseconds(options_.write_limit.us);
    beat.outcome = store_.write(options_.run, beat.sequence, beat.stamp, control).kind;
    {
      const std::lock_guard lock(mutex_);
      beats_.push_back(beat);
    }
    if (told_) told_(beat);
    const Duration rest = beat.stamp + options_.interval - clock_.now();
    std::unique_lock lock(sleeping);
    wake.wait_for(lock, stop, std::chrono::microseconds(std::max<std::int64_t>(0, rest.us)),
                  [] { return false; });
  }
}

std::vector<Beat> HeartbeatWriter::beats() const {
  const std::lock_guard lock(mutex_);
  return beats_;
}

std::optional<HeartbeatLoss> HeartbeatWriter::measure(const CallControl& control) const {
  const auto survivors = store_.survivors(options_.run, control);
  if (!survivors) return std::nullopt;
  const HeartbeatLoss loss = loss_of(beats(), *survivors, options_.interval, store_.in_order());
  return loss.committed == 0 ? std::nullopt : std::optional(loss);
}

}  // namespace firedrill::live

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <map>
#include <memory>
#include <type_traits>

#include "engine/study/row.hpp"
#include "engine/study/study.hpp"
#include "engine/study/worker.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kReadAtOnce = 64 * 1024;
constexpr int kPollMs = 50;
// Rows that room is made for beforehand; more are fine, and grow as vectors do.
constexpr std::int64_t kRoomAtMost = 1'000'000;

/// Runs the drills of a block from its first on, in the child.
void run_block(const Plan& plan, std::uint64_t seed, std::int64_t first, std::int64_t end,
               const DrillRunnerFactory& factory, SharedRows& rows) {
  const RowLayout layout(plan);
  const std::unique_ptr<DrillRunner> runner = factory(plan);
  restore_child_signals();
  EventLog log;
  std::vector<std::byte> row;
  for (std::int64_t k = first; k < end; ++k) {
    rows.begin(k);
    log.clear();
    runner->run(seed, static_cast<std::uint64_t>(k), log);
    row.clear();
    layout.encode(k, measure(plan, log.events()), log.drawn(), row);
    rows.add(row.data());
  }
}

/// Appends what there is to `bytes`. True at the end of the pipe.
bool receive(int fd, std::vector<std::byte>& bytes) {
  std::array<std::byte, kReadAtOnce> buffer;
  for (;;) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno != EAGAIN;
    if (n == 0) return true;
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + n);
  }
}

struct Worker {
  explicit Worker(std::int64_t hung_after_ms) : silence(hung_after_ms) {}

  Child child{};
  std::int64_t block = 0;
  std::int64_t first = 0;
  std::int64_t end = 0;
  std::unique_ptr<SharedRows> rows{};
  Silence silence;
};

class Study {
 public:
  Study(const Plan& plan, const StudyOptions& options, const DrillRunnerFactory& factory,
        StudyResult& result)
      : plan_(plan),
        options_(options),
        factory_(factory),
        layout_(plan),
        result_(result),
        next_block_(std::max(options.first_block, result.asked / kBlockSize)),
        next_to_flush_(next_block_),
        done_in_finished_(result.asked) {
    if (result.asked == 0) {
      result_.samples = layout_.empty(
          static_cast<std::size_t>(std::clamp<std::int64_t>(options.runs, 0, kRoomAtMost)));
    }
    result_.seed = options.seed;
    result_.asked = options.runs;
  }
  Study(const Study&) = delete;
  Study& operator=(const Study&) = delete;
  ~Study() {
    for (Worker& worker : workers_) end_child(worker.child);
  }

  void run() {
    const std::int64_t whole = (options_.runs + kBlockSize - 1) / kBlockSize;
    const std::int64_t blocks = options_.last_block < whole ? options_.last_block + 1 : whole;
    const auto jobs = static_cast<std::size_t>(std::max(1, options_.jobs));
    while ((next_block_ < blocks || !workers_.empty()) && !stopped()) {
      while (next_block_ < blocks && workers_.size() < jobs) {
        if (!start(next_block_)) break;
        ++next_block_;
      }
      listen();
    }
    result_.aborted = stopped();
    for (Worker& worker : workers_) {
      end_child(worker.child);
      keep(worker);
    }
    flush(blocks);
    result_.completed = static_cast<std::int64_t>(result_.samples.replication.size());
    std::sort(result_.failures.begin(), result_.failures.end(),
              [](const auto& a, const auto& b) { return a.replication < b.replication; });
  }

 private:
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  /// False when no process is to be had now, but others still run: it is tried again later.
  bool start(std::int64_t block) {
    Worker worker(options_.hung_after_ms);
    worker.block = block;
    worker.first = block * kBlockSize;
    worker.end = std::min(worker.first + kBlockSize, options_.runs);
    worker.rows = room_for_rows();
    if (worker.rows->valid()) {
      worker.child = start_child([&](PipeWriter&) {
        run_block(plan_, options_.seed, worker.first, worker.end, factory_, *worker.rows);
      });
    }
    if (worker.child.pid < 0) {
      if (!workers_.empty()) return false;
      fail(worker, BlockFailureKind::kCrashed, 0, 0);
      return true;
    }
    workers_.push_back(std::move(worker));
    return true;
  }

  std::unique_ptr<SharedRows> room_for_rows() {
    if (free_rows_.empty()) {
      return std::make_unique<SharedRows>(static_cast<std::size_t>(kBlockSize), layout_.bytes());
    }
    std::unique_ptr<SharedRows> rows = std::move(free_rows_.back());
    free_rows_.pop_back();
    rows->clear();
    return rows;
  }

  void listen() {
    std::vector<pollfd> ends;
    for (const Worker& worker : workers_) ends.push_back({worker.child.fd, POLLIN, 0});
    if (poll(ends.data(), ends.size(), kPollMs) < 0 && errno != EINTR) return;
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      std::vector<std::byte> nothing;  // rows go through memory; the pipe only tells the end
      const bool ended = receive(worker->child.fd, nothing);
      if (ended || worker->silence.too_long(worker->rows->replication())) {
        ended ? reap(*worker) : kill_hung(*worker);
        keep(*worker);
        worker = workers_.erase(worker);
      } else {
        ++worker;
      }
    }
    if (options_.progress) options_.progress(drills_done());
  }

  void reap(Worker& worker) {
    const int status = reap_child(worker.child);
    const auto expected = static_cast<std::size_t>(worker.end - worker.first);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && worker.rows->done() == expected) return;
    // The signal that stops the study may have gone to its workers as well.
    if (stopped()) return;
    fail(worker, BlockFailureKind::kCrashed, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
         WIFEXITED(status) ? WEXITSTATUS(status) : 0);
  }

  void kill_hung(Worker& worker) {
    end_child(worker.child);
    fail(worker, BlockFailureKind::kHung, SIGKILL, 0);
  }

  void fail(const Worker& worker, BlockFailureKind kind, int signal, int exit_code) {
    const bool begun = worker.rows->valid();
    const std::int64_t at = begun ? worker.rows->replication() : -1;
    const std::int64_t first_lost =
        worker.first + (begun ? static_cast<std::int64_t>(worker.rows->done()) : 0);
    result_.failures.push_back({.kind = kind,
                                .replication = std::max(at, worker.first),
                                .first_lost = first_lost,
                                .last_lost = worker.end - 1,
                                .signal = signal,
                                .exit_code = exit_code});
    result_.failed += worker.end - first_lost;
  }

  /// Rows go to the columns in the order of their blocks, whatever order they come in.
  void keep(Worker& worker) {
    finished_[worker.block] = std::move(worker.rows);
    done_in_finished_ += worker.end - worker.first;
    flush(next_to_flush_);
  }

  void flush(std::int64_t up_to) {
    while (!finished_.empty()) {
      const auto first = finished_.begin();
      if (first->first > next_to_flush_ && first->first >= up_to) return;
      const SharedRows& rows = *first->second;
      for (std::size_t i = 0; rows.valid() && i < rows.done(); ++i) {
        options_.rows ? options_.rows(rows.row(i)) : layout_.decode(rows.row(i), result_.samples);
      }
      if (rows.valid()) free_rows_.push_back(std::move(first->second));
      next_to_flush_ = first->first + 1;
      finished_.erase(first);
    }
  }

  std::int64_t drills_done() const {
    std::int64_t done = done_in_finished_;
    for (const Worker& worker : workers_) {
      done += static_cast<std::int64_t>(worker.rows->done());
    }
    return done;
  }

  const Plan& plan_;
  const StudyOptions& options_;
  const DrillRunnerFactory& factory_;
  RowLayout layout_;
  StudyResult& result_;
  std::list<Worker> workers_;
  std::map<std::int64_t, std::unique_ptr<SharedRows>> finished_;  // by block, not in the columns
  std::vector<std::unique_ptr<SharedRows>> free_rows_;
  std::int64_t next_block_;
  std::int64_t next_to_flush_;
  std::int64_t done_in_finished_;
};

}  // namespace

StudyResult run_study(const Plan& plan, const StudyOptions& options,
                      const DrillRunnerFactory& factory) {
  StudyResult result;
  extend_study(plan, options, factory, result);
  return result;
}

void extend_study(const Plan& plan, const StudyOptions& options, const DrillRunnerFactory& factory,
                  StudyResult& result) {
  Study(plan, options, factory, result).run();
}

bool replay_drill(const Plan& plan, std::uint64_t seed, std::int64_t replication,
                  const DrillRunnerFactory& factory, std::vector<Event>& events,
                  BlockFailure& failure, std::int64_t hung_after_ms) {
  static_assert(std::is_trivially_copyable_v<Event>);
  const std::int64_t first = replication / kBlockSize * kBlockSize;
  failure = {.replication = first, .first_lost = first, .last_lost = replication};
  SharedRows progress(0, 0);
  if (!progress.valid()) return false;
  Child child = start_child([&](PipeWriter& out) {
    const std::unique_ptr<DrillRunner> runner = factory(plan);
    restore_child_signals();
    EventLog log;
    for (std::int64_t k = first; k <= replication; ++k) {
      progress.begin(k);
      log.clear();
      runner->run(seed, static_cast<std::uint64_t>(k), log);
    }
    const std::uint64_t count = log.events().size();
    out.write(&count, sizeof count);
    out.write(log.events().data(), count * sizeof(Event));
  });
  if (child.pid < 0) return false;
  std::vector<std::byte> bytes;
  Silence silence(hung_after_ms);
  bool ended = false;
  while (!ended && !silence.too_long(progress.replication())) {
    pollfd end{child.fd, POLLIN, 0};
    poll(&end, 1, kPollMs);
    ended = receive(child.fd, bytes);
  }
  const int status = ended ? reap_child(child) : 0;
  end_child(child);
  failure.replication = failure.first_lost = std::max(progress.replication(), first);
  failure.kind = ended ? BlockFailureKind::kCrashed : BlockFailureKind::kHung;
  failure.signal = !ended ? SIGKILL : WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  failure.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  // One that ended by itself before its time has not sent everything.
  std::uint64_t count = 0;
  if (failure.signal != 0 || failure.exit_code != 0 || bytes.size() < sizeof count) return false;
  std::memcpy(&count, bytes.data(), sizeof count);
  if (bytes.size() - sizeof count != count * sizeof(Event)) return false;
  events.resize(count);
  if (count > 0) std::memcpy(events.data(), bytes.data() + sizeof count, count * sizeof(Event));
  return true;
}

}  // namespace firedrill

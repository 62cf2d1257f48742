#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <list>
#include <map>
#include <memory>

#include "engine/study/row.hpp"
#include "engine/study/study.hpp"
#include "engine/study/worker.hpp"

namespace firedrill {
namespace {

using Clock = std::chrono::steady_clock;  // to tell a hung worker; never reaches a result

constexpr std::size_t kWriteAtOnce = 64 * 1024;
constexpr int kPollMs = 50;

/// Runs the drills of a block from its first on, in the child.
void run_block(const Plan& plan, std::uint64_t seed, std::int64_t first, std::int64_t end,
               const DrillRunnerFactory& factory, ProgressWord& now_at, PipeWriter& out) {
  const RowLayout layout(plan);
  const std::unique_ptr<DrillRunner> runner = factory(plan);
  restore_child_signals();
  EventLog log;
  std::vector<std::byte> rows;
  for (std::int64_t k = first; k < end; ++k) {
    now_at.set(k);
    runner->run(seed, static_cast<std::uint64_t>(k), log);
    layout.encode(k, measure(plan, log.events()), rows);
    if (rows.size() >= kWriteAtOnce) {
      out.write(rows.data(), rows.size());
      rows.clear();
    }
  }
  out.write(rows.data(), rows.size());
}

struct Worker {
  Child child;
  std::int64_t block = 0;
  std::int64_t first = 0;
  std::int64_t end = 0;
  std::unique_ptr<ProgressWord> now_at;
  std::vector<std::byte> rows;
  std::int64_t seen_at = -1;
  Clock::time_point seen;
};

class Study {
 public:
  Study(const Plan& plan, const StudyOptions& options, const DrillRunnerFactory& factory)
      : plan_(plan), options_(options), factory_(factory), layout_(plan) {
    result_.seed = options.seed;
    result_.asked = options.runs;
    result_.samples = layout_.empty();
  }

  StudyResult run() {
    const std::int64_t blocks = (options_.runs + kBlockSize - 1) / kBlockSize;
    while ((next_block_ < blocks || !workers_.empty()) && !stopped()) {
      while (next_block_ < blocks && workers_.size() < static_cast<std::size_t>(options_.jobs)) {
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
    return std::move(result_);
  }

 private:
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  /// False when no process is to be had now, but others still run: it is tried again later.
  bool start(std::int64_t block) {
    Worker worker;
    worker.block = block;
    worker.first = block * kBlockSize;
    worker.end = std::min(worker.first + kBlockSize, options_.runs);
    worker.now_at = std::make_unique<ProgressWord>();
    worker.seen = Clock::now();
    if (worker.now_at->valid()) {
      worker.child = start_child([&](PipeWriter& out) {
        run_block(plan_, options_.seed, worker.first, worker.end, factory_, *worker.now_at, out);
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

  void listen() {
    std::vector<pollfd> ends;
    for (const Worker& worker : workers_) ends.push_back({worker.child.fd, POLLIN, 0});
    if (poll(ends.data(), ends.size(), kPollMs) < 0 && errno != EINTR) return;
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      const bool ended = receive(*worker);
      if (ended || hung(*worker)) {
        ended ? reap(*worker) : kill_hung(*worker);
        keep(*worker);
        worker = workers_.erase(worker);
      } else {
        ++worker;
      }
    }
    if (options_.progress) options_.progress(drills_done());
  }

  /// True at the end of the pipe.
  static bool receive(Worker& worker) {
    std::array<std::byte, kWriteAtOnce> buffer;
    for (;;) {
      const ssize_t n = read(worker.child.fd, buffer.data(), buffer.size());
      if (n < 0) return errno != EAGAIN && errno != EINTR;
      if (n == 0) return true;
      worker.rows.insert(worker.rows.end(), buffer.begin(), buffer.begin() + n);
    }
  }

  bool hung(Worker& worker) const {
    const std::int64_t at = worker.now_at->get();
    if (at != worker.seen_at) {
      worker.seen_at = at;
      worker.seen = Clock::now();
    }
    return Clock::now() - worker.seen > std::chrono::milliseconds(options_.hung_after_ms);
  }

  void reap(Worker& worker) {
    int status = 0;
    while (waitpid(worker.child.pid, &status, 0) < 0 && errno == EINTR) {
    }
    worker.child.pid = -1;
    end_child(worker.child);
    const auto expected = static_cast<std::size_t>(worker.end - worker.first) * layout_.bytes();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && worker.rows.size() == expected) return;
    fail(worker, BlockFailureKind::kCrashed, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
         WIFEXITED(status) ? WEXITSTATUS(status) : 0);
  }

  void kill_hung(Worker& worker) {
    end_child(worker.child);
    fail(worker, BlockFailureKind::kHung, SIGKILL, 0);
  }

  void fail(const Worker& worker, BlockFailureKind kind, int signal, int exit_code) {
    const auto received = static_cast<std::int64_t>(worker.rows.size() / layout_.bytes());
    const std::int64_t at = worker.now_at->valid() ? worker.now_at->get() : -1;
    const std::int64_t first_lost = worker.first + received;
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
      for (std::size_t at = 0; at + layout_.bytes() <= first->second.size();
           at += layout_.bytes()) {
        layout_.decode(first->second.data() + at, result_.samples);
      }
      next_to_flush_ = first->first + 1;
      finished_.erase(first);
    }
  }

  std::int64_t drills_done() const {
    std::int64_t done = done_in_finished_;
    for (const Worker& worker : workers_) {
      done += std::max<std::int64_t>(0, worker.now_at->get() - worker.first);
    }
    return done;
  }

  const Plan& plan_;
  const StudyOptions& options_;
  const DrillRunnerFactory& factory_;
  RowLayout layout_;
  StudyResult result_;
  std::list<Worker> workers_;
  std::map<std::int64_t, std::vector<std::byte>> finished_;  // by block, not yet in the columns
  std::int64_t next_block_ = 0;
  std::int64_t next_to_flush_ = 0;
  std::int64_t done_in_finished_ = 0;
};

}  // namespace

StudyResult run_study(const Plan& plan, const StudyOptions& options,
                      const DrillRunnerFactory& factory) {
  return Study(plan, options, factory).run();
}

bool replay_drill(const Plan& plan, std::uint64_t seed, std::int64_t replication,
                  const DrillRunnerFactory& factory, std::vector<Event>& events,
                  BlockFailure& failure) {
  ProgressWord now_at;
  if (!now_at.valid()) return false;
  const std::int64_t first = replication / kBlockSize * kBlockSize;
  Child child = start_child([&](PipeWriter& out) {
    const std::unique_ptr<DrillRunner> runner = factory(plan);
    restore_child_signals();
    EventLog log;
    for (std::int64_t k = first; k <= replication; ++k) {
      now_at.set(k);
      runner->run(seed, static_cast<std::uint64_t>(k), log);
    }
    out.write(log.events().data(), log.events().size() * sizeof(Event));
  });
  if (child.pid < 0) return false;
  std::vector<std::byte> bytes;
  std::array<std::byte, kWriteAtOnce> buffer;
  for (;;) {
    pollfd end{child.fd, POLLIN, 0};
    poll(&end, 1, kPollMs);
    const ssize_t n = read(child.fd, buffer.data(), buffer.size());
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) break;
    if (n > 0) bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + n);
  }
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  child.pid = -1;
  end_child(child);
  failure = {.kind = BlockFailureKind::kCrashed,
             .replication = now_at.get(),
             .first_lost = now_at.get(),
             .last_lost = replication,
             .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
             .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return false;
  events.resize(bytes.size() / sizeof(Event));
  std::copy_n(bytes.begin(), events.size() * sizeof(Event),
              reinterpret_cast<std::byte*>(events.data()));
  return true;
}

}  // namespace firedrill

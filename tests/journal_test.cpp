// The journal of a live run: what reaches the disk, and what happens when nothing does any more.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "engine/live/aws/operation.hpp"
#include "engine/live/journal_reader.hpp"
#include "engine/live/run_lock.hpp"
#include "tests/support/live_rig.hpp"

using namespace firedrill;
using namespace firedrill::live;
using namespace firedrill::test;

namespace {

const JournalJson kHeader = {{"format_version", "1.2"}, {"run_id", "drill-1"}};

struct SentCall {
  std::string region = "eu-west-1";
  nlohmann::json parameters = {{"service", "payments"}, {"desiredCount", 4}};
  aws::Attempt attempt;

  explicit SentCall(std::string_view operation)
      : attempt{*aws::find_operation("ecs", operation),
                region,
                parameters,
                "https://e",
                "AKIA",
                "digest",
                1,
                {}} {}
};

/// A journal on a full disk: the size of files is limited to that of the header and little more.
template <class F>
bool on_full_disk(const std::string& path, F body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    auto journal = Journal::create(path, kHeader);
    const rlim_t size = std::ifstream(path, std::ios::ate | std::ios::binary).tellg();
    const rlimit limit{size + 40, size + 40};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(body(*journal) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool throws(const std::function<void()>& body) {
  try {
    body();
  } catch (const JournalError&) {
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a journal holds calls on their account, inverses and events", "[live]") {
  const ScratchFolder folder;
  const std::string path = folder.file("run.jsonl");
  {
    auto journal = Journal::create(path, kHeader);
    journal->set_clock([] { return TimePoint{1'500'000}; });
    const OnAccountOf account("step", "failover/scale");
    SentCall call("UpdateService");
    journal->keep(
        {"ecs", "UpdateService", "eu-west-1", {{"desiredCount", 2}}, "arn:payments", "back to 2"});
    journal->before(call.attempt);
    journal->after(call.attempt, {aws::OutcomeState::kOk, {}}, "req-1");
    SentCall look("DescribeServices");
    journal->before(look.attempt);
    journal->after(look.attempt, {aws::OutcomeState::kOk, {}}, "req-2");
    journal->write("event", {{"event", {{"t_s", 1.5}, {"event", "alarm"}}}});
  }
  const auto before = records(path, "call-before");
  REQUIRE(before.size() == 1);  // the look leaves none
  CHECK(before[0].at("step") == "failover/scale");
  CHECK(before[0].at("parameters").at("desiredCount") == 4);
  CHECK(before[0].at("t_s") == 1.5);
  CHECK(records(path, "call-after").size() == 2);
  const JournalContent content = read_journal(path);
  CHECK(content.header.at("run_id") == "drill-1");
  REQUIRE(content.inverses.size() == 1);
  CHECK(content.inverses[0].parameters.at("desiredCount") == 2);
  CHECK(content.unsettled.contains("failover/scale"));  // no result for the executor
  CHECK_FALSE(content.unanswered.contains("failover/scale"));
  CHECK(content.events.size() == 1);
  CHECK_FALSE(content.ended);
}

TEST_CASE("a journal is a new file, and of one run at a time", "[live]") {
  const ScratchFolder folder;
  const std::string path = folder.file("run.jsonl");
  auto journal = Journal::create(path, kHeader);
  CHECK(throws([&] { Journal::create(path, kHeader); }));
  CHECK(throws([&] { Journal::reopen(path); }));
  journal.reset();
  CHECK_FALSE(throws([&] { Journal::reopen(path); }));
}

TEST_CASE("a last line that was cut off is passed over, and removed when the run goes on",
          "[live]") {
  const ScratchFolder folder;
  const std::string path = folder.file("run.jsonl");
  Journal::create(path, kHeader)->write("note", {{"text", "kept"}});
  std::ofstream(path, std::ios::app) << R"({"record":"note","at":"2026)";
  CHECK(read_journal(path).header.at("run_id") == "drill-1");
  Journal::reopen(path)->write("note", {{"text", "after"}});
  const auto notes = records(path, "note");
  REQUIRE(notes.size() == 2);
  CHECK(notes[1].at("text") == "after");
  std::ofstream(path, std::ios::app) << "garbled\n";
  CHECK(throws([&] { read_journal(path); }));
}

TEST_CASE("without room for its record no changing call is made", "[live]") {
  const ScratchFolder folder;
  CHECK(on_full_disk(folder.file("change.jsonl"), [](Journal& journal) {
    SentCall call("UpdateService");
    return throws([&] { journal.before(call.attempt); }) && journal.broken();
  }));
  CHECK(on_full_disk(folder.file("inverse.jsonl"), [](Journal& journal) {
    const Inverse inverse{"ecs", "UpdateService", "eu-west-1", {}, "arn", "back"};
    return throws([&] { journal.keep(inverse); }) && journal.inverses().empty();
  }));
  // After a gap a look is refused as well, and what would still fit is not written either.
  CHECK(on_full_disk(folder.file("gap.jsonl"), [](Journal& journal) {
    SentCall call("UpdateService");
    SentCall look("DescribeServices");
    return throws([&] { journal.before(call.attempt); }) &&
           throws([&] { journal.before(look.attempt); }) && throws([&] { journal.write("n", {}); });
  }));
}

TEST_CASE("one run an account", "[live]") {
  const ScratchFolder folder;
  std::string problem;
  auto first = RunLock::take(folder.path(), "111122223333", problem);
  REQUIRE(first);
  CHECK_FALSE(RunLock::take(folder.path(), "111122223333", problem));
  CHECK(problem.find("another run") != std::string::npos);
  CHECK(RunLock::take(folder.path(), "444455556666", problem));
  first.reset();
  CHECK(RunLock::take(folder.path(), "111122223333", problem));
}

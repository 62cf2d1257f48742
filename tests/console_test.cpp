// People at a terminal: what is shown, and what their lines mean.
#include "engine/live/console.hpp"

#include <catch2/catch.hpp>

using namespace firedrill;
using namespace firedrill::live;

namespace {

struct Terminal {
  Agenda agenda;
  std::string shown;
  std::vector<std::string> notes;
  TerminalConsole console{agenda, [this](const std::string& text) { shown += text; },
                          [this](const std::string& step, const std::string& note) {
                            notes.push_back(step + ": " + note);
                          }};

  Task<PromptAnswer> asked(const std::string& step, std::uint32_t severity) {
    Prompt prompt;
    prompt.who = "on-call";
    prompt.what = "look";
    prompt.check = "it holds";
    prompt.step = step;
    prompt.runbook = {severity};
    prompt.severity = {severity};
    Task<PromptAnswer> task = console.ask(prompt);
    task.start(nullptr);
    return task;
  }
  void type(std::string_view line) {
    console.line(line);
    agenda.run_until(agenda.now());
  }
};

}  // namespace

TEST_CASE("Enter, s and f answer the prompt, and a note does not", "[live]") {
  Terminal terminal;
  Task<PromptAnswer> first = terminal.asked("book/look", 1);
  CHECK(terminal.shown.find("[1] STEP for on-call: book/look") != std::string::npos);
  CHECK(terminal.shown.find("check: it holds") != std::string::npos);
  terminal.type("n disk is full");
  CHECK_FALSE(first.done());
  CHECK(terminal.notes == std::vector<std::string>{"book/look: disk is full"});
  terminal.type("what?");
  CHECK_FALSE(first.done());
  terminal.console.line("");
  CHECK_FALSE(first.done());  // nothing is resumed from inside the call
  terminal.type("");
  REQUIRE(first.done());
  CHECK(first.result().end == PromptEnd::kDone);
  Task<PromptAnswer> skipped = terminal.asked("book/b", 1);
  terminal.type("s");
  CHECK(skipped.result().end == PromptEnd::kSkipped);
  Task<PromptAnswer> failed = terminal.asked("book/c", 1);
  terminal.type("f");
  CHECK(failed.result().end == PromptEnd::kFailed);
}

TEST_CASE("of several prompts the worst comes first, and a number chooses", "[live]") {
  Terminal terminal;
  Task<PromptAnswer> minor = terminal.asked("book/minor", 2);
  Task<PromptAnswer> later = terminal.asked("book/later", 2);
  Task<PromptAnswer> worst = terminal.asked("book/worst", 0);
  terminal.type("");
  CHECK(worst.done());
  CHECK_FALSE(minor.done());
  terminal.type("9");
  CHECK(terminal.shown.find("there is no such number") != std::string::npos);
  terminal.type("2 f");
  REQUIRE(later.done());
  CHECK(later.result().end == PromptEnd::kFailed);
  minor.cancel();
  CHECK(terminal.shown.find("[1] is no longer asked for") != std::string::npos);
  terminal.type("");
  CHECK(terminal.agenda.empty());
}

TEST_CASE("an incident that becomes worse comes first", "[live]") {
  Terminal terminal;
  Task<PromptAnswer> first = terminal.asked("book/first", 1);
  Task<PromptAnswer> second = terminal.asked("book/second", 2);
  terminal.console.severity_raised({2}, {0});
  terminal.type("");
  CHECK(second.done());
  CHECK_FALSE(first.done());
}

TEST_CASE("without anybody there, a step that has no answer fails", "[live]") {
  Agenda agenda;
  std::vector<std::string> notes;
  AutoConsole console(agenda,
                      {{"book/look", {{PromptEnd::kDone, "as agreed"}, Duration::seconds(3)}}},
                      [&](const std::string& step, const std::string& note) {
                        notes.push_back(step + ": " + note);
                      });
  Prompt prompt;
  prompt.step = "book/look";
  Task<PromptAnswer> known = console.ask(prompt);
  prompt.step = "book/other";
  Task<PromptAnswer> unknown = console.ask(prompt);
  prompt.kind = PromptKind::kPage;
  prompt.step = "";
  Task<PromptAnswer> page = console.ask(prompt);
  for (Task<PromptAnswer>* task : {&known, &unknown, &page}) task->start(nullptr);
  agenda.run_until(TimePoint{} + Duration::seconds(2));
  CHECK_FALSE(known.done());
  CHECK(unknown.result().end == PromptEnd::kFailed);
  CHECK(page.result().end == PromptEnd::kDone);
  agenda.run_until(TimePoint{} + Duration::seconds(3));
  CHECK(known.result().end == PromptEnd::kDone);
  CHECK(notes == std::vector<std::string>{"book/other: the staging file has no answer",
                                          "book/look: as agreed"});
}

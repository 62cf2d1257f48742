// People at a terminal: what is shown, and what their lines mean.
#include "engine/live/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

using namespace firedrill;
using namespace firedrill::live;

namespace {

struct Terminal {
  Agenda agenda;
  std::string shown;
  std::vector<std::string> notes;
  std::vector<std::string> answers;
  TerminalConsole console{
      agenda,
      {},
      [this](const std::string& text) { shown += text; },
      {.note = [this](const std::string& step,
                      const std::string& note) { notes.push_back(step + ": " + note); },
       .answer =
           [this](const Prompt& prompt, PromptEnd end, TimePoint) {
             answers.push_back(prompt.step + ": " + std::string(to_text(end)));
           }}};

  Task<PromptAnswer> asked(const std::string& step, std::uint32_t severity,
                           PromptKind kind = PromptKind::kWork) {
    Prompt prompt;
    prompt.kind = kind;
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
  CHECK(terminal.shown ==
        "\n[1] STEP on-call: book/look\n"
        "    look\n"
        "    check  it holds\n"
        "    keys   Enter done, s skip, f failed, n TEXT note\n");
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
  CHECK(terminal.answers ==
        std::vector<std::string>{"book/look: done", "book/b: skipped", "book/c: failed"});
}

TEST_CASE("a decision is made or not, a page is only acknowledged", "[live]") {
  Terminal terminal;
  Task<PromptAnswer> decision = terminal.asked("book/decide", 1, PromptKind::kDecision);
  CHECK(terminal.shown.find("Enter yes, f no, n TEXT note") != std::string::npos);
  terminal.type("s");
  CHECK_FALSE(decision.done());
  terminal.type("f");
  REQUIRE(decision.done());
  CHECK(decision.result().end == PromptEnd::kFailed);
  Task<PromptAnswer> page = terminal.asked("", 1, PromptKind::kPage);
  terminal.type("f");
  CHECK_FALSE(page.done());
  terminal.type("");
  CHECK(page.done());
}

TEST_CASE("an Enter that was meant for another prompt is asked for again", "[live]") {
  Terminal terminal;
  Task<PromptAnswer> minor = terminal.asked("book/minor", 2);
  Task<PromptAnswer> worst = terminal.asked("book/worst", 0);
  terminal.type("");  // in the instant in which the worse one came
  CHECK_FALSE(minor.done());
  CHECK_FALSE(worst.done());
  CHECK(terminal.shown.find("[2] has just come in between") != std::string::npos);
  terminal.type("");
  CHECK(worst.done());
  Task<PromptAnswer> next = terminal.asked("book/next", 0);
  terminal.agenda.run_until(terminal.agenda.now() + Duration::seconds(2));
  terminal.type("");
  CHECK(next.done());
  terminal.type("1");
  CHECK(minor.done());
}

TEST_CASE("what is asked fits a terminal of 80 columns, and cannot act upon it", "[live]") {
  Agenda agenda;
  std::string shown;
  TerminalConsole console(agenda, {}, [&](const std::string& text) { shown += text; }, {});
  Prompt prompt;
  prompt.who = "primary-on-call";
  prompt.step = "region-degradation/" + std::string(40, 'a');
  prompt.what = "Look \x1b[2J at\n" + std::string(100, 'b');
  for (int i = 0; i < 12; ++i) prompt.people += fmt::format("platform-engineer-{}, ", i);
  Task<PromptAnswer> asked = console.ask(prompt);
  asked.start(nullptr);
  std::size_t longest = 0;
  for (std::size_t from = 0, end = 0; (end = shown.find('\n', from)) != std::string::npos;) {
    longest = std::max(longest, end - from);
    from = end + 1;
  }
  CHECK(longest <= 80);
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.find("platform-engineer-11") != std::string::npos);
}

TEST_CASE("of several prompts the worst comes first, and a number chooses", "[live]") {
  Terminal terminal;
  Task<PromptAnswer> minor = terminal.asked("book/minor", 2);
  Task<PromptAnswer> later = terminal.asked("book/later", 2);
  Task<PromptAnswer> worst = terminal.asked("book/worst", 0);
  terminal.agenda.run_until(terminal.agenda.now() + Duration::seconds(1));
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
  AutoConsole console(
      agenda, {{"book/look", {{PromptEnd::kDone, "as agreed"}, Duration::seconds(3)}}},
      {.note = [&](const std::string& step,
                   const std::string& note) { notes.push_back(step + ": " + note); },
       .answer = {}});
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

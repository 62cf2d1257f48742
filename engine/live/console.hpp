// People in a live drill: what they are asked to do, and what they answer.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/agenda.hpp"
#include "engine/base/task.hpp"
#include "engine/plan/plan.hpp"

namespace firedrill::live {

enum class PromptKind { kPage, kWork, kDecision, kMessage };
/// "PAGE", "STEP", "DECISION", "MESSAGE".
std::string_view to_text(PromptKind kind);

struct Prompt {
  PromptKind kind = PromptKind::kWork;
  std::string who;     // "on-call"
  std::string people;  // who that is: "ada, ben"; may be empty
  std::string what;    // what to do; a line end begins another paragraph
  std::string check;   // what must hold afterwards; may be empty
  std::string step;  // RUNBOOK/STEP, RUNBOOK/STEP/approval, or fault/ID; empty for pages and posts
  RunbookIndex runbook{};
  SeverityIndex severity{};  // the worst comes first
};

enum class PromptEnd { kDone, kSkipped, kFailed };
std::string_view to_text(PromptEnd end);

struct PromptAnswer {
  PromptEnd end = PromptEnd::kDone;
  std::string note;
};

/// Keeps what people say: every note as it is typed, and how each prompt ended. Either may be
/// empty.
struct Listener {
  std::function<void(const std::string& step, const std::string& note)> note;
  std::function<void(const Prompt& prompt, PromptEnd end, TimePoint asked)> answer;
};

class Console {
 public:
  virtual ~Console() = default;
  /// Ends with the answer, never from inside the call. Dropped, it is asked no longer.
  virtual Task<PromptAnswer> ask(Prompt prompt) = 0;
  virtual void severity_raised(RunbookIndex runbook, SeverityIndex severity) = 0;
};

/// Asks on a terminal. Several prompts may be open at once; each has a number.
///
///     Enter    the first of them is done      2      number 2 is done
///     s, 2 s   skipped                        f, 2 f failed
///     n TEXT   a note, to number 2 with 2 n TEXT
///
/// A decision is made or not made, never skipped. An Enter that comes within a second after a worse
/// prompt has taken the first place was meant for another, and is asked for again.
class TerminalConsole final : public Console {
 public:
  using Write = std::function<void(const std::string& text)>;
  struct Look {
    int width = 80;  // columns
    bool unicode = false;
  };
  TerminalConsole(Agenda& agenda, Look look, Write write, Listener listener);

  Task<PromptAnswer> ask(Prompt prompt) override;
  void severity_raised(RunbookIndex runbook, SeverityIndex severity) override;

  /// A line that was typed, without its end. In the thread of the agenda.
  void line(std::string_view text);

 private:
  struct Open {
    int number = 0;
    Prompt* prompt = nullptr;
    Signal* answered = nullptr;
    TimePoint asked;
    bool done = false;
    PromptAnswer answer;
  };
  /// Takes a prompt off the list when its coroutine goes away.
  struct Listed {
    TerminalConsole& console;
    Open& open;
    ~Listed();
  };
  void say(const std::string& text);
  Open* chosen(std::string_view& text);
  bool too_soon();
  void show(const Open& open);
  void note(const std::string& step, std::string_view text);
  void end(Open& open, PromptEnd how);

  Agenda& agenda_;
  Look look_;
  Write write_;
  Listener listener_;
  std::vector<Open*> open_;                   // the worst first, of one severity in order of asking
  TimePoint displaced_ = TimePoint::never();  // when another last took the first place
  int next_number_ = 1;
};

/// What answers when nobody is there: from the staging file. Pages and messages are answered at
/// once, and a step that has no answer fails.
class AutoConsole final : public Console {
 public:
  struct Reply {
    PromptAnswer answer;
    Duration takes;
  };
  /// By step.
  AutoConsole(Agenda& agenda, std::map<std::string, Reply, std::less<>> replies, Listener listener);

  Task<PromptAnswer> ask(Prompt prompt) override;
  void severity_raised(RunbookIndex, SeverityIndex) override {}

 private:
  Agenda& agenda_;
  std::map<std::string, Reply, std::less<>> replies_;
  Listener listener_;
};

}  // namespace firedrill::live

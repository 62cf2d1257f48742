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

struct Prompt {
  PromptKind kind = PromptKind::kWork;
  std::string who;    // "on-call (ada, ben)"
  std::string what;   // what to do
  std::string check;  // what must hold afterwards; may be empty
  std::string step;   // RUNBOOK/STEP, or fault/ID; empty outside of runbooks
  RunbookIndex runbook{};
  SeverityIndex severity{};  // the worst comes first
};

enum class PromptEnd { kDone, kSkipped, kFailed };
std::string_view to_text(PromptEnd end);

struct PromptAnswer {
  PromptEnd end = PromptEnd::kDone;
  std::string note;
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
class TerminalConsole final : public Console {
 public:
  using Write = std::function<void(const std::string& text)>;
  /// `told` gets every note at once: (step, text).
  using Told = std::function<void(const std::string& step, const std::string& note)>;
  TerminalConsole(Agenda& agenda, Write write, Told told);

  Task<PromptAnswer> ask(Prompt prompt) override;
  void severity_raised(RunbookIndex runbook, SeverityIndex severity) override;

  /// A line that was typed, without its end. In the thread of the agenda.
  void line(std::string_view text);

 private:
  struct Open {
    int number = 0;
    Prompt* prompt = nullptr;
    Signal* answered = nullptr;
    bool done = false;
    PromptAnswer answer;
  };
  /// Takes a prompt off the list when its coroutine goes away.
  struct Listed {
    TerminalConsole& console;
    Open& open;
    ~Listed();
  };
  Open* chosen(std::string_view& text);
  void show(const Open& open);
  void end(Open& open, PromptEnd how);

  Agenda& agenda_;
  Write write_;
  Told told_;
  std::vector<Open*> open_;  // the worst first, of one severity in order of asking
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
  /// By step. `told` gets the notes.
  AutoConsole(Agenda& agenda, std::map<std::string, Reply, std::less<>> replies,
              TerminalConsole::Told told);

  Task<PromptAnswer> ask(Prompt prompt) override;
  void severity_raised(RunbookIndex, SeverityIndex) override {}

 private:
  Agenda& agenda_;
  std::map<std::string, Reply, std::less<>> replies_;
  TerminalConsole::Told told_;
};

}  // namespace firedrill::live

#include "engine/live/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace firedrill::live {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

constexpr std::string_view kKinds[] = {"PAGE", "STEP", "DECISION", "MESSAGE"};

}  // namespace

std::string_view to_text(PromptEnd end) {
  constexpr std::string_view kWords[] = {"done", "skipped", "failed"};
  return kWords[static_cast<std::size_t>(end)];
}

TerminalConsole::TerminalConsole(Agenda& agenda, Write write, Told told)
    : agenda_(agenda), write_(std::move(write)), told_(std::move(told)) {}

TerminalConsole::Listed::~Listed() {
  std::erase(console.open_, &open);
  if (open.done) return;
  console.write_(fmt::format("[{}] is no longer asked for\n", open.number));
}

Task<PromptAnswer> TerminalConsole::ask(Prompt prompt) {
  Signal answered(agenda_);
  Open open;
  open.number = next_number_++;
  open.prompt = &prompt;
  open.answered = &answered;
  const auto lesser = std::find_if(open_.begin(), open_.end(), [&](const Open* other) {
    return other->prompt->severity > prompt.severity;
  });
  open_.insert(lesser, &open);
  const Listed listed{*this, open};
  show(open);
  while (!open.done) {
    auto answer = answered.wait();
    co_await answer;
  }
  co_return open.answer;
}

void TerminalConsole::severity_raised(RunbookIndex runbook, SeverityIndex severity) {
  for (const Open* open : open_) {
    Prompt& prompt = *open->prompt;
    if (prompt.runbook == runbook) prompt.severity = std::min(severity, prompt.severity);
  }
  std::stable_sort(open_.begin(), open_.end(), [](const Open* a, const Open* b) {
    return a->prompt->severity < b->prompt->severity;
  });
}

void TerminalConsole::show(const Open& open) {
  const Prompt& prompt = *open.prompt;
  std::string text = fmt::format(
      "\n[{}] {} for {}{}\n    {}\n", open.number, kKinds[static_cast<std::size_t>(prompt.kind)],
      prompt.who, prompt.step.empty() ? std::string() : fmt::format(": {}", prompt.step),
      prompt.what);
  if (!prompt.check.empty()) text += fmt::format("    check: {}\n", prompt.check);
  text +=
      fmt::format("    Enter or {0} done, {0} s skip, {0} f fail, {0} n TEXT note\n", open.number);
  write_(text);
}

/// The prompt that a line speaks of; its number is taken off the line.
TerminalConsole::Open* TerminalConsole::chosen(std::string_view& text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{}) return open_.front();
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const Open* open) { return open->number == number; });
  if (found == open_.end()) return nullptr;
  text = trimmed(text.substr(static_cast<std::size_t>(read.ptr - text.data())));
  return *found;
}

void TerminalConsole::line(std::string_view text) {
  text = trimmed(text);
  if (open_.empty()) {
    // A note outside of every prompt is one on the drill.
    if (text.starts_with("n ")) return told_("", std::string(trimmed(text.substr(2))));
    if (!text.empty()) write_("nothing is asked just now\n");
    return;
  }
  Open* const open = chosen(text);
  if (open == nullptr) return write_("there is no such number\n");
  if (text.empty()) return end(*open, PromptEnd::kDone);
  if (text == "s") return end(*open, PromptEnd::kSkipped);
  if (text == "f") return end(*open, PromptEnd::kFailed);
  if (!text.starts_with("n ")) {
    return write_("Enter done, s skip, f fail, n TEXT note; a number before it chooses\n");
  }
  const std::string note(trimmed(text.substr(2)));
  open->answer.note += (open->answer.note.empty() ? "" : "; ") + note;
  told_(open->prompt->step, note);
}

void TerminalConsole::end(Open& open, PromptEnd how) {
  open.done = true;
  open.answer.end = how;
  write_(fmt::format("[{}] {}\n", open.number, to_text(how)));
  std::erase(open_, &open);
  open.answered->raise();
}

AutoConsole::AutoConsole(Agenda& agenda, std::map<std::string, Reply, std::less<>> replies,
                         TerminalConsole::Told told)
    : agenda_(agenda), replies_(std::move(replies)), told_(std::move(told)) {}

Task<PromptAnswer> AutoConsole::ask(Prompt prompt) {
  const auto found = replies_.find(prompt.step);
  Reply reply;
  if (found != replies_.end()) {
    reply = found->second;
  } else if (!prompt.step.empty() &&
             (prompt.kind == PromptKind::kWork || prompt.kind == PromptKind::kDecision)) {
    reply.answer = {PromptEnd::kFailed, "the staging file has no answer"};
  }
  auto taken = sleep_for(agenda_, reply.takes);
  co_await taken;
  if (!reply.answer.note.empty()) told_(prompt.step, reply.answer.note);
  co_return reply.answer;
}

}  // namespace firedrill::live

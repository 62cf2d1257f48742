#include "engine/live/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/plan/print_text.hpp"

namespace firedrill::live {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

struct KindWords {
  std::string_view name;
  std::string_view enter;  // what Enter means
  bool skips;              // it can be left out
  bool fails;
};
constexpr KindWords kKinds[] = {{"PAGE", "acknowledged", false, false},
                                {"STEP", "done", true, true},
                                {"DECISION", "yes", false, true},
                                {"MESSAGE", "sent", true, false}};

const KindWords& words_of(PromptKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

/// `Enter done, s skipped, f failed, n TEXT note`; of a prompt that is not the first one, each with
/// its number.
std::string keys_of(PromptKind kind, const std::string& number) {
  const KindWords& words = words_of(kind);
  std::string text = fmt::format("{} {}", number.empty() ? "Enter" : number, words.enter);
  const std::string before = number.empty() ? number : number + " ";
  if (words.skips) text += fmt::format(", {}s skip", before);
  if (words.fails) text += fmt::format(", {}f {}", before, words.skips ? "failed" : "no");
  return text + fmt::format(", {}n TEXT note", before);
}

std::string title_of(const Prompt& prompt) {
  return fmt::format("{} {}{}", words_of(prompt.kind).name, prompt.who,
                     prompt.step.empty() ? std::string() : ": " + prompt.step);
}

}  // namespace

std::string_view to_text(PromptEnd end) {
  constexpr std::string_view kWords[] = {"done", "skipped", "failed"};
  return kWords[static_cast<std::size_t>(end)];
}

std::string_view to_text(PromptKind kind) { return words_of(kind).name; }

TerminalConsole::TerminalConsole(Agenda& agenda, Look look, Write write, Listener listener)
    : agenda_(agenda), look_(look), write_(std::move(write)), listener_(std::move(listener)) {}

TerminalConsole::Listed::~Listed() {
  std::erase(console.open_, &open);
  if (open.done) return;
  console.say(fmt::format("[{}] is no longer asked for", open.number));
}

/// One line of our own, wrapped.
void TerminalConsole::say(const std::string& text) {
  TextPage page(look_.width, look_.unicode);
  page.line(0, 4, text);
  write_(page.take());
}

Task<PromptAnswer> TerminalConsole::ask(Prompt prompt) {
  Signal answered(agenda_);
  Open open;
  open.number = next_number_++;
  open.prompt = &prompt;
  open.answered = &answered;
  open.asked = agenda_.now();
  const auto lesser = std::find_if(open_.begin(), open_.end(), [&](const Open* other) {
    return other->prompt->severity > prompt.severity;
  });
  if (lesser == open_.begin() && !open_.empty()) displaced_ = agenda_.now();
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
  const bool first = open_.front() == &open;
  TextPage page(look_.width, look_.unicode);
  page.line(0, 4, fmt::format("[{}] {}", open.number, title_of(prompt)));
  for (std::size_t from = 0; from <= prompt.what.size();) {
    const std::size_t end = std::min(prompt.what.find('\n', from), prompt.what.size());
    page.line(4, 4, prompt.what.substr(from, end - from));
    from = end + 1;
  }
  constexpr int kBeside = 11;
  page.field(4, kBeside, "check", prompt.check);
  page.field(4, kBeside, "who", prompt.people);
  page.field(4, kBeside, "keys",
             keys_of(prompt.kind, first ? std::string() : std::to_string(open.number)));
  if (!first) page.field(4, kBeside, "", fmt::format("Enter is for [{}]", open_.front()->number));
  write_('\n' + page.take());
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

/// An Enter that was on its way when another prompt took the first place.
bool TerminalConsole::too_soon() {
  constexpr Duration kReaction = Duration::seconds(1);
  const bool soon = displaced_ != TimePoint::never() && agenda_.now() < displaced_ + kReaction;
  displaced_ = TimePoint::never();
  return soon;
}

void TerminalConsole::note(const std::string& step, std::string_view text) {
  if (listener_.note) listener_.note(step, std::string(text));
  say("noted");
}

void TerminalConsole::line(std::string_view text) {
  text = trimmed(text);
  if (open_.empty()) {
    // A note outside of every prompt is one on the drill.
    if (text.starts_with("n ")) return note("", trimmed(text.substr(2)));
    if (!text.empty()) say("nothing is asked just now; n TEXT takes a note");
    return;
  }
  const bool bare = text.empty();
  Open* const open = chosen(text);
  if (open == nullptr) return say("there is no such number");
  if (bare && too_soon()) {
    return say(
        fmt::format("[{}] has just come in between: Enter again if it was meant", open->number));
  }
  const KindWords& words = words_of(open->prompt->kind);
  if (text.empty()) return end(*open, PromptEnd::kDone);
  if (text == "s" && words.skips) return end(*open, PromptEnd::kSkipped);
  if (text == "f" && words.fails) return end(*open, PromptEnd::kFailed);
  if (!text.starts_with("n ")) {
    return say(fmt::format("[{}] {}; a number before it chooses another", open->number,
                           keys_of(open->prompt->kind, {})));
  }
  const std::string_view said = trimmed(text.substr(2));
  open->answer.note += fmt::format("{}{}", open->answer.note.empty() ? "" : "; ", said);
  note(open->prompt->step, said);
}

void TerminalConsole::end(Open& open, PromptEnd how) {
  open.done = true;
  open.answer.end = how;
  const KindWords& words = words_of(open.prompt->kind);
  const std::string_view said = how == PromptEnd::kDone                     ? words.enter
                                : how == PromptEnd::kFailed && !words.skips ? "no"
                                                                            : to_text(how);
  std::erase(open_, &open);
  std::string text = fmt::format("[{}] {}", open.number, said);
  if (!open_.empty()) {
    text += fmt::format("; Enter is for [{}] {} now", open_.front()->number,
                        title_of(*open_.front()->prompt));
  }
  say(text);
  if (listener_.answer) listener_.answer(*open.prompt, how, open.asked);
  open.answered->raise();
}

AutoConsole::AutoConsole(Agenda& agenda, std::map<std::string, Reply, std::less<>> replies,
                         Listener listener)
    : agenda_(agenda), replies_(std::move(replies)), listener_(std::move(listener)) {}

Task<PromptAnswer> AutoConsole::ask(Prompt prompt) {
  const auto found = replies_.find(prompt.step);
  Reply reply;
  if (found != replies_.end()) {
    reply = found->second;
  } else if (!prompt.step.empty() &&
             (prompt.kind == PromptKind::kWork || prompt.kind == PromptKind::kDecision)) {
    reply.answer = {PromptEnd::kFailed, "the staging file has no answer"};
  }
  const TimePoint asked = agenda_.now();
  auto taken = sleep_for(agenda_, reply.takes);
  co_await taken;
  if (!reply.answer.note.empty() && listener_.note) listener_.note(prompt.step, reply.answer.note);
  if (listener_.answer) listener_.answer(prompt, reply.answer.end, asked);
  co_return reply.answer;
}

}  // namespace firedrill::live

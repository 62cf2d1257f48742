#include <array>

#include "reports/event_lines.hpp"

namespace firedrill {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 12> kFailures = {
    "none",      "timed-out",   "gave-up",      "refused",    "unreachable",   "throttled",
    "not-found", "no-capacity", "not-verified", "lost-reply", "service-error", "conflict"};
static_assert(kFailures.size() == static_cast<std::size_t>(Failure::kConflict) + 1);

constexpr std::array<std::string_view, kNoteCount> kNotes = {"promotion-refused",
                                                             "waiter-gave-up",
                                                             "waiter-ended-early",
                                                             "quota-short",
                                                             "no-capacity",
                                                             "state-unreachable",
                                                             "monitoring-blind",
                                                             "human-error",
                                                             "primary-never-answered",
                                                             "circuit-breaker-tripped",
                                                             "restarts-throttled",
                                                             "exec-unavailable",
                                                             "blocks-vanished",
                                                             "blind-sample",
                                                             "sessions-go-on",
                                                             "access-ended",
                                                             "isolation-idle",
                                                             "export-incomplete",
                                                             "certificate-expired",
                                                             "certificate-elsewhere",
                                                             "login-refused",
                                                             "rotation-failed",
                                                             "key-in-use-disabled",
                                                             "error-missed",
                                                             "traffic-before-ready",
                                                             "impossible-command",
                                                             "limit-lowered",
                                                             "change-without-effect",
                                                             "control-plane-lost",
                                                             "writes-diverge",
                                                             "opened-to-all",
                                                             "list-unused",
                                                             "logs-gone",
                                                             "messages-lost"};
static_assert(!kNotes.back().empty());

constexpr std::array<std::string_view, 3> kEnds = {"completed", "past-horizon", "stalled"};

template <std::size_t n, class E>
std::string_view at(const std::array<std::string_view, n>& words, E value) {
  const auto i = static_cast<std::size_t>(value);
  return i < n ? words[i] : "unknown";
}

}  // namespace

std::string_view to_word(Failure why) { return at(kFailures, why); }
std::string_view to_word(Note note) { return at(kNotes, note); }
std::string_view to_word(DrillEnd end) { return at(kEnds, end); }

}  // namespace firedrill

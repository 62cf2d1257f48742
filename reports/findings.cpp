#include "reports/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/plan/print_text.hpp"
#include "reports/findings_of_targets.hpp"
#include "reports/samples.hpp"

namespace firedrill {
namespace {

struct NoteRule {
  Note note;
  std::string_view id;
  Severity severity;
  std::string_view title;
  std::string_view advice;
};

// The notes of event_log.hpp, and what to do about each.
constexpr NoteRule kNoteRules[] = {
    {Note::kPromotionRefused, "promotion-refused", Severity::kCritical,
     "The provider refuses the documented promotion",
     "Write the command that fits this database engine into the runbook."},
    {Note::kNoCapacity, "no-capacity", Severity::kCritical,
     "The standby region has no capacity left",
     "Reserve capacity, or keep more tasks running there."},
    {Note::kQuotaShort, "quota-short", Severity::kCritical,
     "The quota of the standby region is too small for production",
     "Raise it before the night, and alarm on it."},
    {Note::kStateUnreachable, "state-unreachable", Severity::kCritical,
     "The state that the procedure needs is in the lost region",
     "Keep it in another region, or in both."},
    {Note::kWaiterGaveUp, "waiter-gave-up", Severity::kWarning,
     "A waiter gives up before the platform is ready",
     "Give the waiter a limit that fits, or repeat it in the runbook."},
    {Note::kWaiterEndedEarly, "waiter-ended-early", Severity::kWarning,
     "A waiter sees the state of before the change and ends at once",
     "Check for the new state, not for a stable one."},
    {Note::kMonitoringBlind, "monitoring-blind", Severity::kWarning,
     "Alarms that are evaluated in the lost region do not arrive",
     "Let another region watch this one."},
    {Note::kHumanError, "human-error", Severity::kWarning,
     "A step is done wrongly and must be done again",
     "Script the steps that change things, and check them."},
    {Note::kPrimaryNeverAnswered, "primary-never-answered", Severity::kWarning,
     "The first responder does not answer, and the page goes up the ladder",
     "Shorten the time until the next level is called."},
    {Note::kCircuitBreakerTripped, "circuit-breaker-tripped", Severity::kInfo,
     "A deployment is given up and rolled back by its circuit breaker",
     "See whether the people who are paged know that it has happened."},
    {Note::kRestartsThrottled, "restarts-throttled", Severity::kWarning,
     "Tasks that cannot start are tried less and less often",
     "Force a new deployment once the cause is gone, which starts them at once."},
    {Note::kExecUnavailable, "exec-unavailable", Severity::kWarning,
     "No session can be opened in a running task",
     "Enable execute-command on the service, and try it before the night."},
    {Note::kBlocksVanished, "blocks-vanished", Severity::kCritical,
     "An update of an address list replaces it, and what it had kept out comes back",
     "Read the list first, and write it back with the new addresses added."},
    {Note::kBlindSample, "blind-sample", Severity::kWarning,
     "Addresses to block are taken from a log of what is blocked already",
     "Sample the requests that pass the firewall."},
    {Note::kSessionsGoOn, "sessions-go-on", Severity::kCritical,
     "A key is made inactive, and the sessions opened with it go on",
     "Deny the principal everything as well, and first."},
    {Note::kAccessEnded, "access-ended", Severity::kInfo, "The misuse of a principal has ended",
     "The time of it bounds what was taken."},
    {Note::kIsolationIdle, "isolation-idle", Severity::kWarning,
     "A group for isolation is made, and nothing is ever moved into it",
     "Write down the call that moves the interfaces."},
    {Note::kExportIncomplete, "export-incomplete", Severity::kWarning,
     "Logs are exported before the newest of them can be",
     "Export once more after twelve hours, or stream the logs to the bucket."},
    {Note::kCertificateExpired, "certificate-expired", Severity::kCritical,
     "Clients are shown a certificate that is no longer valid",
     "Alarm early enough for somebody to act, and watch the validation records too."},
    {Note::kCertificateElsewhere, "certificate-elsewhere", Severity::kWarning,
     "The new certificate is in a region where the distribution cannot use it",
     "Say in the step which region each certificate must be requested in."},
    {Note::kLoginRefused, "login-refused", Severity::kCritical,
     "Tasks hold a version of a credential that is no longer accepted",
     "Keep the old version accepted until every consumer has the new one: two users in turn."},
    {Note::kRotationFailed, "rotation-failed", Severity::kWarning,
     "The rotation function fails and changes nothing",
     "Alarm on its errors, and rotate ahead of the date."},
    {Note::kKeyInUseDisabled, "key-in-use-disabled", Severity::kCritical,
     "A key is disabled while data is stored under it",
     "Schedule the deletion only after everything is stored under the new key."},
    {Note::kErrorMissed, "error-missed", Severity::kWarning,
     "An error passes unnoticed until a later check, or to the end",
     "Let a check follow each step that changes something, not only the last."},
    {Note::kTrafficBeforeReady, "traffic-before-ready", Severity::kWarning,
     "Clients are sent to where their service cannot be served yet",
     "Make the data and the tasks ready there first, then move the traffic."},
    {Note::kImpossibleCommand, "impossible-command", Severity::kCritical,
     "A step has a command that the provider refuses however things are",
     "Try every command of the procedure once, on a quiet day."},
    {Note::kLimitLowered, "limit-lowered", Severity::kCritical,
     "A step that sets a limit sets it lower than it was",
     "Read the limit first, and never write a number that fits another day."},
    {Note::kChangeWithoutEffect, "change-without-effect", Severity::kWarning,
     "A change is accepted, and requests go on as before",
     "Add the step that brings it to the requests, and look at them afterwards."},
    {Note::kControlPlaneLost, "control-plane-lost", Severity::kCritical,
     "The procedure needs a control plane that is hosted in the lost region",
     "Let a health check move the traffic: answers of DNS change without a control plane."},
    {Note::kWritesDiverge, "writes-diverge", Severity::kCritical,
     "A replica becomes a writer while its source goes on taking writes",
     "Stop the writes first: what either side takes from then on, the other never gets."},
    {Note::kOpenedToAll, "opened-to-all", Severity::kCritical,
     "A rule that was meant to block lets everybody in",
     "A security group only allows: take the rules away, or block in a network list or firewall."},
    {Note::kListUnused, "list-unused", Severity::kWarning,
     "A list of addresses is made, and no rule of a firewall names it",
     "Keep an empty list with its rule ready, and add addresses to that."},
    {Note::kLogsGone, "logs-gone", Severity::kCritical,
     "Evidence is taken from the logs of pods after they have been replaced",
     "Save the logs before anything that restarts pods, or ship them elsewhere all the time."},
    {Note::kMessagesLost, "messages-lost", Severity::kCritical,
     "Messages that were waiting are gone without having been handled",
     "Keep the queue where it outlives a node, and give it a dead-letter queue."},
};
static_assert(std::size(kNoteRules) == kNoteCount);

constexpr std::int64_t kWorthTellingMs = 60'000;

std::string human(const ReportTime& ms) {
  return ms ? to_human(Duration::milliseconds(*ms)) : "longer than the horizon";
}

class Finder {
 public:
  Finder(const Plan& plan, const StudyResult& study)
      : plan_(plan), study_(study), samples_(study.samples), drills_(samples_.replication.size()) {}

  std::vector<ReportFinding> run() {
    if (drills_ == 0) return {};
    for (const NoteRule& rule : kNoteRules) note(rule);
    never_back();
    ended(DrillEnd::kStalled, "drill-stalled", Severity::kCritical,
          "The procedure comes to a halt: nothing is left that could ever happen");
    ended(DrillEnd::kPastHorizon, "past-horizon", Severity::kWarning,
          "The drill is not over at the end of the horizon");
    people_short();
    needed_twice();
    for (ReportFinding& one : findings_of_targets(plan_, study_)) found_.push_back(std::move(one));
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) {
      if (a.severity != b.severity) return a.severity > b.severity;
      return a.drills > b.drills;
    });
    return std::move(found_);
  }

 private:
  using Chosen = std::function<bool(std::size_t drill)>;

  void add(std::string_view id, Severity severity, std::string title, std::string detail,
           std::int64_t drills) {
    found_.push_back({std::string(id), severity, std::move(title), std::move(detail), drills,
                      static_cast<double>(drills) / static_cast<double>(drills_)});
  }

  std::int64_t count(const Chosen& chosen) const {
    std::int64_t n = 0;
    for (std::size_t i = 0; i < drills_; ++i) n += chosen(i) ? 1 : 0;
    return n;
  }

  ReportTime median_restored(const Chosen& chosen) const {
    std::vector<std::int32_t> times;
    for (std::size_t i = 0; i < drills_; ++i) {
      if (chosen(i)) times.push_back(samples_.marks_ms[kRestoredMark][i]);
    }
    return quantiles_of(std::move(times)).p50;
  }

  /// Median time that fallback steps took in the chosen drills; nothing when none ran.
  std::string fallback_cost(const Chosen& chosen) const {
    std::vector<std::int32_t> times;
    for (std::size_t i = 0; i < drills_; ++i) {
      if (!chosen(i)) continue;
      std::int64_t sum = 0;
      for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
        if (plan_.steps[s].is_fallback) sum += std::max(0, samples_.step_ms[s][i]);
      }
      times.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(sum, kNotReachedMs)));
    }
    const ReportTime median = quantiles_of(std::move(times)).p50;
    if (median && *median == 0) return {};
    return fmt::format(" The fallback steps take {} in half of these drills.", human(median));
  }

  void note(const NoteRule& rule) {
    const NoteSet bit = bit_of(rule.note);
    const Chosen with = [&](std::size_t i) { return (samples_.notes[i] & bit) != 0; };
    const std::int64_t drills = count(with);
    if (drills == 0) return;
    std::string cost =
        fmt::format("Median until the last service is back: {}", human(median_restored(with)));
    if (drills < static_cast<std::int64_t>(drills_)) {
      const Chosen without = [&](std::size_t i) { return !with(i); };
      cost += fmt::format(", and {} in the other drills", human(median_restored(without)));
    }
    cost += '.';
    if (rule.note == Note::kPromotionRefused) cost += fallback_cost(with);
    add(rule.id, rule.severity, std::string(rule.title), fmt::format("{} {}", cost, rule.advice),
        drills);
  }

  /// Services that share their bad drills share a finding.
  void never_back() {
    std::vector<std::pair<std::int64_t, std::vector<std::string>>> groups;
    for (std::size_t s = 0; s < plan_.services.size(); ++s) {
      if (!plan_.services[s].judged) continue;
      const auto& rto = samples_.rto_ms[s];
      const std::int64_t drills = count([&](std::size_t i) { return rto[i] == kNotReachedMs; });
      if (drills == 0) continue;
      const auto known = std::find_if(groups.begin(), groups.end(),
                                      [&](const auto& group) { return group.first == drills; });
      if (known == groups.end()) {
        groups.push_back({drills, {plan_.services[s].name}});
      } else {
        known->second.push_back(plan_.services[s].name);
      }
    }
    for (const auto& [drills, names] : groups) {
      const bool one = names.size() == 1;
      add("service-never-back", Severity::kCritical,
          one ? fmt::format("{} does not come back within the horizon", names[0])
              : fmt::format("{} services do not come back within the horizon", names.size()),
          fmt::format("{}{}The drill is watched for {}.",
                      one ? "" : fmt::format("{}", fmt::join(names, ", ")), one ? "" : ". ",
                      to_human(plan_.horizon)),
          drills);
    }
  }

  void ended(DrillEnd end, std::string_view id, Severity severity, std::string title) {
    const Chosen chosen = [&](std::size_t i) { return samples_.end[i] == end; };
    const std::int64_t drills = count(chosen);
    if (drills > 0) add(id, severity, std::move(title), never_done(chosen), drills);
  }

  /// The steps that most often did not run in the chosen drills, though nothing but a failure
  /// leaves them out.
  std::string never_done(const Chosen& chosen) const {
    std::vector<std::pair<std::int64_t, std::size_t>> missing;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const PlannedStep& step = plan_.steps[s];
      if (step.is_fallback || step.when) continue;
      const auto& flags = samples_.step_flags[s];
      const std::int64_t n =
          count([&](std::size_t i) { return chosen(i) && (flags[i] & kStepRan) == 0; });
      if (n > 0) missing.emplace_back(-n, s);
    }
    if (missing.empty()) return "Every step was begun; look at the log of such a drill.";
    std::stable_sort(missing.begin(), missing.end());
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, missing.size()); ++i) {
      names += fmt::format("{}{} ({} drills)", i == 0 ? "" : ", ",
                           plan_.steps[missing[i].second].id, thousands(-missing[i].first));
    }
    return fmt::format("Steps most often not done: {}.", names);
  }

  /// The step on the critical path that waited longest for people who were not there.
  void people_short() {
    const auto waits = longest(samples_.critical_away_ms);
    if (!waits) return;
    add("people-short", Severity::kInfo,
        fmt::format("Step {} waits for {} on the critical path", plan_.steps[waits->step].id,
                    role_of(waits->step)),
        fmt::format(
            "It is ready, but nobody of that role is there yet, for {} or longer in half of "
            "these drills.",
            to_human(Duration::milliseconds(waits->median_ms))),
        waits->drills);
  }

  /// The step on the critical path that waited longest for people who were at another step.
  void needed_twice() {
    const auto waits = longest(samples_.critical_busy_ms);
    if (!waits) return;
    add("people-needed-twice", Severity::kWarning,
        fmt::format("{} is needed in two places at once", role_of(waits->step)),
        fmt::format("Step {} is ready, and in half of these drills waits {} or longer for hands "
                    "that are at another step.",
                    plan_.steps[waits->step].id,
                    to_human(Duration::milliseconds(waits->median_ms))),
        waits->drills);
  }

  struct Waits {
    std::size_t step;
    std::int64_t median_ms;  // of the drills in which it waited
    std::int64_t drills;
  };

  /// The step that waited longest over all drills; nothing when that is not worth telling.
  static std::optional<Waits> longest(const std::vector<std::vector<std::int32_t>>& by_step) {
    std::size_t longest = 0;
    std::int64_t most_ms = 0;
    for (std::size_t s = 0; s < by_step.size(); ++s) {
      const std::int64_t sum = std::accumulate(by_step[s].begin(), by_step[s].end(), 0LL);
      if (sum <= most_ms) continue;
      most_ms = sum;
      longest = s;
    }
    if (most_ms == 0) return std::nullopt;
    const auto drills = static_cast<std::int64_t>(by_step[longest].size());
    if (most_ms / drills < kWorthTellingMs) return std::nullopt;
    return Waits{longest, quantiles_of(by_step[longest]).p50.value_or(0), drills};
  }

  std::string role_of(std::size_t step) const {
    const RoleIndex role = plan_.steps[step].role;
    return role.valid() ? plan_.roles[role.value].name : "nobody";
  }

  const Plan& plan_;
  const StudyResult& study_;
  const Samples& samples_;
  std::size_t drills_;
  std::vector<ReportFinding> found_;
};

}  // namespace

std::vector<ReportFinding> find_findings(const Plan& plan, const StudyResult& study) {
  return Finder(plan, study).run();
}

}  // namespace firedrill

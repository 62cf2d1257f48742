// The event log: what happened in one drill, in order. It is the only thing that measuring,
// reports, replay and people read; nothing is measured anywhere else.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/plan/plan.hpp"

namespace firedrill {

enum class OutcomeKind : std::uint8_t { kOk, kFailed, kUnknown };

/// Why something failed, or why nobody can tell. A closed list: reports and findings name them.
enum class Failure : std::uint8_t {
  kNone,
  kTimedOut,      // the step's own timeout
  kGaveUp,        // a waiter reached its limit
  kRefused,       // the provider says that the call does not apply to this resource
  kUnreachable,   // region, link or control plane is down
  kThrottled,     // too many calls for the control plane
  kNotFound,      // the resource does not exist (yet)
  kNoCapacity,    // quota or capacity
  kNotVerified,   // done, but the check afterwards does not hold
  kLostReply,     // it may have taken effect
  kServiceError,  // answered with an error of the control plane
  kConflict,      // changed by somebody else since it was read
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::kOk;
  Failure why = Failure::kNone;

  bool ok() const { return kind == OutcomeKind::kOk; }
  static Outcome failed(Failure why) { return {OutcomeKind::kFailed, why}; }
  static Outcome unknown(Failure why) { return {OutcomeKind::kUnknown, why}; }
};

enum class EventKind : std::uint8_t {
  kFaultStarted,    // subject: fault
  kFaultEnded,      // subject: fault
  kServedShare,     // subject: service; value: share of clients that honour the TTL; value2: of all
  kAlarm,           // subject: alarm
  kPaged,           // subject: role; value: how often it was paged before
  kAcknowledged,    // subject: role; object: person
  kJoined,          // subject: role; object: person
  kDeclared,        // subject: runbook; object: severity
  kSeverityRaised,  // subject: runbook; object: severity
  kApproved,      // subject: runbook; object: person; cause: step, if it is for one; value: seconds
                  // from asking
  kChangeWindow,  // subject: runbook; cause: step, if it is for one; value: seconds of waiting
  kStatusUpdate,  // subject: runbook; object: person; value: seconds of their time; value2: seconds
                  // that it was late
  kDecided,       // subject: step
  kHandedOver,    // subject: role; object: person who takes over; value: seconds until briefed
  kStepReady,     // subject: step; object: step that released it
  kStepStarted,   // subject: step; object: person; cause: step that freed the person; hands-on only
  kStepActing,    // subject: step; hands are free, the call or the wait goes on; hands-on only
  kStepPreempted,   // subject: step; object: person; cause: the step of the worse incident, if any
  kStepResumed,     // subject: step; object: person
  kStepEnded,       // subject: step; outcome; flag: skipped
  kRunbookAborted,  // subject: runbook; object: step
  kVerified,        // subject: runbook
  kClosed,          // subject: runbook
  kDataLoss,        // subject: store; value: seconds of missing writes; value2: missing writes, -1
                    // unknown
  kDataLossShape,   // subject: store; value: age in seconds that covers 99 % of the missing writes
  kReplicaLag,      // subject: component; value: seconds that it is behind for want of network;
                    // value2: by how much that changes a second from now on
  kNote,            // subject: component; object: a Note
  kDrillEnded,      // object: DrillEnd
};

/// Facts worth a finding that a world met on its way. They carry no time of their own: the log
/// does.
enum class Note : std::uint8_t {
  kPromotionRefused,
  kWaiterGaveUp,
  kWaiterEndedEarly,
  kQuotaShort,
  kNoCapacity,
  kStateUnreachable,
  kMonitoringBlind,
  kHumanError,  // the cause is the step that was wrong; noted when it is done again
  kPrimaryNeverAnswered,
  kCircuitBreakerTripped,
  kRestartsThrottled,
  kExecUnavailable,
  kBlocksVanished,      // a list was replaced, and what it had kept out comes back
  kBlindSample,         // addresses were taken from a sample that holds only what is blocked anyway
  kSessionsGoOn,        // a key is inactive, and the sessions opened with it go on
  kAccessEnded,         // nobody who should not uses a principal any more
  kIsolationIdle,       // a group for isolation exists, and nothing was moved into it
  kExportIncomplete,    // logs were exported before the newest of them could be
  kCertificateExpired,  // the certificate that clients are shown is no longer valid
  kCertificateElsewhere,  // a certificate of a region in which it cannot be used
  kLoginRefused,          // tasks hold a version of a credential that is no longer accepted
  kRotationFailed,        // the rotation function failed and changed nothing
  kKeyInUseDisabled,      // data is stored under a key that decrypts nothing any more
  kErrorMissed,           // a step is done wrongly, and whoever checks does not see it
  kTrafficBeforeReady,    // clients are sent to where their service cannot be served yet
  kImpossibleCommand,     // a command of the document that no provider carries out
  kLimitLowered,          // a call that sets a limit sets it lower than it was
  kChangeWithoutEffect,   // a change is accepted, and requests go on as before
  kControlPlaneLost,      // a call goes to a control plane whose home region is lost
  kWritesDiverge,         // a replica is cut loose while its source goes on taking writes
  kOpenedToAll,           // a rule that was meant to block lets everybody in
  kListUnused,            // a list of addresses is made, and no rule names it
  kLogsGone,              // logs are wanted as evidence of pods that have been replaced
  kMessagesLost,          // messages that were waiting are gone without having been handled
};
constexpr auto kNoteCount = static_cast<std::size_t>(Note::kMessagesLost) + 1;

/// The notes of a drill, a bit each.
using NoteSet = std::uint64_t;
static_assert(kNoteCount <= 64);
constexpr NoteSet bit_of(Note note) { return NoteSet{1} << static_cast<unsigned>(note); }

enum class DrillEnd : std::uint8_t {
  kCompleted,    // every runbook ended and the services are steady
  kPastHorizon,  // the horizon came first
  kStalled,      // nothing was left that could ever happen: a deadlock
};

/// Served shares are logged when the share of the clients that honour the TTL changes at all, when
/// that of all clients has moved by this much, and when it passes `kNearlyAllClients`.
constexpr double kServedShareResolution = 0.001;
constexpr double kNearlyAllClients = 0.99;

constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

/// Known only to a simulator, or observed from outside as well: reports never mix the two silently.
enum class Knowledge : std::uint8_t { kObserved, kSimulatorOnly };

struct Event {
  TimePoint at{};
  double value = 0;
  double value2 = 0;
  std::uint32_t subject = kNobody;
  std::uint32_t object = kNobody;
  std::uint32_t cause = kNobody;  // step that brought it about; kNobody: a fault, or nobody
  EventKind kind = EventKind::kNote;
  Outcome outcome{};
  bool skipped = false;
  Knowledge knowledge = Knowledge::kObserved;
};

/// What a simulator drew of one timing in one drill, in the unit of the plan.
struct DrawnTiming {
  double sum = 0;
  std::uint32_t count = 0;
};

class EventLog {
 public:
  void add(const Event& event) { events_.push_back(event); }
  void clear() {
    events_.clear();
    drawn_.clear();
  }
  const std::vector<Event>& events() const { return events_; }

  /// No events, and nothing is measured by them: they say what the luck of the drill was.
  void drew(TimingIndex timing, double value) {
    if (drawn_.size() <= timing.value) drawn_.resize(timing.value + 1);
    drawn_[timing.value].sum += value;
    ++drawn_[timing.value].count;
  }
  const std::vector<DrawnTiming>& drawn() const { return drawn_; }  // by timing, as far as drawn

 private:
  std::vector<Event> events_;
  std::vector<DrawnTiming> drawn_;
};

}  // namespace firedrill

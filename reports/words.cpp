#include "reports/report.hpp"

namespace firedrill {

std::string_view to_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMet:
      return "met";
    case Verdict::kMissed:
      return "missed";
    case Verdict::kInconclusive:
      break;
  }
  return "inconclusive";
}

std::string_view to_word(BottleneckKind kind) {
  switch (kind) {
    case BottleneckKind::kDetection:
      return "detection";
    case BottleneckKind::kPage:
      return "page";
    case BottleneckKind::kTriage:
      return "triage";
    case BottleneckKind::kRoleDecides:
      return "role-decides";
    case BottleneckKind::kRoleBusy:
      return "role-busy";
    case BottleneckKind::kRoleAway:
      return "role-away";
    case BottleneckKind::kStepWork:
      return "step-work";
    case BottleneckKind::kStepWait:
      return "step-wait";
    case BottleneckKind::kStore:
      return "store";
    case BottleneckKind::kNoStep:
      break;
  }
  return "no-step";
}

std::string_view to_word(Confidence confidence) {
  switch (confidence) {
    case Confidence::kMeasured:
      return "measured";
    case Confidence::kDocumented:
      return "documented";
    case Confidence::kReported:
      return "reported";
    case Confidence::kEstimate:
      break;
  }
  return "estimate";
}

std::string_view to_word(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "critical";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      break;
  }
  return "info";
}

}  // namespace firedrill

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

std::string_view to_word(Objective objective) {
  return objective == Objective::kRto ? "rto" : "rpo";
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

// Rows of the vocabulary: faults of people and of what they talk with.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

std::vector<OperationRule> people_fault_rules() {
  return {
      {Op::kFaultRoleAbsent,
       OperationClass::kFault,
       "fault:role-absent",
       "Nobody of a role answers or begins any work; what they have begun they finish",
       {value("role", kRole, "the role")},
       {},
       true,
       {},
       {}},
      {Op::kFaultRoleAsleep,
       OperationClass::kFault,
       "fault:role-asleep",
       "A role answers as if woken up, at whatever hour",
       {value("role", kRole, "the role")},
       {},
       true,
       {},
       {}},
      {Op::kFaultPagingDown,
       OperationClass::kFault,
       "fault:paging-down",
       "Pages reach nobody; somebody has to phone around",
       {},
       {},
       true,
       {},
       {"people.ack.via_intermediary"}},
      {Op::kFaultChatDown,
       OperationClass::kFault,
       "fault:chat-down",
       "Bridge and chat are out: joining and every message take longer",
       {},
       {},
       true,
       {},
       {"people.chat_down_slowdown"}},
      {Op::kFaultWrongStep,
       OperationClass::kFault,
       "fault:wrong-step",
       "A step is done wrongly, whoever does it, and must be done again",
       {value("step", kStep, "id of the step")},
       {},
       true,
       {},
       {}},
  };
}

}  // namespace firedrill::vocabulary_rows

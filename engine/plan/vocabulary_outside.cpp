// Rows of the vocabulary: audit logs, and providers outside of the platform.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

std::vector<OperationRule> outside_rules() {
  const ParameterRule provider = component("provider", "email:provider", "the provider");
  return {
      {.operation = Op::kProbeEmailOnTime,
       .kind = OperationClass::kProbe,
       .name = "email:on-time",
       .meaning = "The provider accepts messages, and none waits from before",
       .parameters = {provider}},
      {.operation = Op::kMetricEmailDelayed,
       .kind = OperationClass::kMetric,
       .name = "email:delayed",
       .meaning = "1 while messages wait for the provider",
       .parameters = {component("of", "email:provider", "the provider")}},
  };
}

std::vector<ComponentKindRule> outside_kinds() {
  return {
      {"audit:log",
       "Entries in storage that can be added to and never changed, perhaps with a copy elsewhere",
       {{"replication", "s3.replication_standard", "by which an asynchronous copy is behind"},
        {"wrong_data_report", "detect.customer_or_staff_report",
         "never used: its entries are never wrong"}}},
      {"email:provider", "E-mail as a service, and the messages that wait for it", {}},
  };
}

}  // namespace firedrill::vocabulary_rows

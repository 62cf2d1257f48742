#include "engine/plan/vocabulary.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill {
namespace {

std::vector<OperationRule> all_rules() {
  std::vector<OperationRule> all;
  using namespace vocabulary_rows;
  for (auto* part :
       {human_rules,     wait_rules,        compute_rules,      data_rules,    recovery_rules,
        edge_rules,      certificate_rules, credential_rules,   traffic_rules, breach_rules,
        fault_rules,     store_fault_rules, people_fault_rules, probe_rules,   store_look_rules,
        metric_rules,    deployment_rules,  kubernetes_rules,   outside_rules, managed_rules,
        serverless_rules}) {
    for (OperationRule& rule : part()) all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace

const std::vector<OperationRule>& vocabulary() {
  static const std::vector<OperationRule> rules = all_rules();
  return rules;
}

const OperationRule& rule_of(Operation operation) {
  // Asked at every call of every drill, so by index. The vocabulary names every operation; a test
  // holds it to that.
  static const std::vector<const OperationRule*> by_operation = [] {
    std::vector<const OperationRule*> list;
    for (const OperationRule& rule : vocabulary()) {
      const auto index = static_cast<std::size_t>(rule.operation);
      if (index >= list.size()) list.resize(index + 1, nullptr);
      list[index] = &rule;
    }
    return list;
  }();
  const OperationRule* rule = by_operation.at(static_cast<std::size_t>(operation));
  if (rule == nullptr) std::abort();
  return *rule;
}

bool strikes_people(Operation fault) {
  return fault >= Operation::kFaultRoleAbsent && fault <= Operation::kFaultWrongStep;
}

const OperationRule* find_operation(std::string_view name) {
  const auto& rules = vocabulary();
  const auto it = std::find_if(rules.begin(), rules.end(),
                               [&](const OperationRule& r) { return r.name == name; });
  return it == rules.end() ? nullptr : &*it;
}

std::vector<std::string_view> kinds_in(std::string_view alternatives) {
  std::vector<std::string_view> kinds;
  while (!alternatives.empty()) {
    const std::size_t bar = std::min(alternatives.find('|'), alternatives.size());
    kinds.push_back(alternatives.substr(0, bar));
    alternatives.remove_prefix(std::min(bar + 1, alternatives.size()));
  }
  return kinds;
}

}  // namespace firedrill

#include "engine/live/aws/operations.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/live/aws/command.hpp"

namespace firedrill::aws {

bool always_repeatable(const nlohmann::json&) { return true; }
bool never_repeatable(const nlohmann::json&) { return false; }

std::span<const Operation> operations() {
  static const std::vector<Operation> kAll = [] {
    std::vector<Operation> all;
    for (const auto part : {compute_operations(), database_operations(), edge_operations(),
                            storage_operations(), security_operations(), control_operations()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    std::ranges::sort(all, [](const Operation& a, const Operation& b) {
      return std::pair(a.service, a.name) < std::pair(b.service, b.name);
    });
    return all;
  }();
  return kAll;
}

const Operation* find_operation(std::string_view service, std::string_view name) {
  for (const Operation& operation : operations()) {
    if (operation.service == service && operation.name == name) return &operation;
  }
  for (const Operation& operation : command_operations()) {
    if (operation.service == service && operation.name == name) return &operation;
  }
  return nullptr;
}

std::string_view to_text(OperationKind kind) {
  switch (kind) {
    case OperationKind::kRead:
      return "read";
    case OperationKind::kChange:
      return "change";
    case OperationKind::kIrreversible:
      return "irreversible";
  }
  return "";
}

}  // namespace firedrill::aws

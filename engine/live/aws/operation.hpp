// One call of one AWS service, as the closed table of this folder describes it.
//
// What goes on the wire (protocol, path, shapes) stands in the service's model; what a drill has to
// know about the call and no model says stands here: whether it changes anything, whether it may be
// sent twice, and where its inverse comes from.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

namespace firedrill::aws {

enum class OperationKind {
  kRead,          // leaves everything as it was
  kChange,        // changes state; another call restores what was there before
  kIrreversible,  // changes state; no call restores it
};

/// Whether the same request may be sent again when its answer was lost.
using RepeatRule = bool (*)(const nlohmann::json& parameters);

struct Operation {
  std::string_view service;  // as the service's model is called: "ecs", "elbv2"
  std::string_view name;     // as the API spells it: "UpdateService"
  OperationKind kind = OperationKind::kRead;
  RepeatRule repeatable = nullptr;
  std::string_view repeat_reason;  // why sending it twice does no harm, or what it would do
  std::string_view inverse;        // for kChange: which call undoes it, from what was read before
};

/// Every operation that can be called, by service and name.
std::span<const Operation> operations();

/// The operation, or null: there is no way to call what the table does not hold.
const Operation* find_operation(std::string_view service, std::string_view name);

std::string_view to_text(OperationKind kind);

}  // namespace firedrill::aws

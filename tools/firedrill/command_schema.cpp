#include "engine/input/schema.hpp"
#include "reports/against.hpp"
#include "reports/calibration.hpp"
#include "reports/comparison.hpp"
#include "reports/history.hpp"
#include "reports/json.hpp"
#include "reports/sensitivity_json.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

std::string schema_of(const std::string& kind) {
  if (kind == "system") return schema_text(DocumentKind::kSystem);
  if (kind == "runbook") return schema_text(DocumentKind::kRunbook);
  if (kind == "scenario") return schema_text(DocumentKind::kScenario);
  if (kind == "timings") return schema_text(DocumentKind::kTimingLibrary);
  if (kind == "drill-record") return schema_text(DocumentKind::kDrillRecord);
  if (kind == "overlay") return schema_text(DocumentKind::kOverlay);
  if (kind == "staging") return schema_text(DocumentKind::kStaging);
  if (kind == "outage") return schema_text(DocumentKind::kOutage);
  if (kind == "sensitivity") return sensitivity_schema_text();
  if (kind == "comparison") return comparison_schema_text();
  if (kind == "against") return against_schema_text();
  if (kind == "calibration") return calibration_schema_text();
  if (kind == "history") return history_schema_text();
  if (kind == "suite") return suite_schema_text();
  return result_schema_text();
}

}  // namespace

void add_schema_command(CLI::App& app, Action& chosen) {
  auto kind = std::make_shared<std::string>();
  auto* command = app.add_subcommand("schema", "print the JSON Schema of a document or a result");
  command
      ->add_option(
          "kind", *kind,
          "system, runbook, scenario, timings, drill-record, overlay, staging, outage, result, "
          "suite, sensitivity, comparison, against, calibration or history")
      ->required()
      ->check(CLI::IsMember({"system", "runbook", "scenario", "timings", "drill-record", "overlay",
                             "staging", "outage", "result", "suite", "sensitivity", "comparison",
                             "against", "calibration", "history"}))
      ->type_name("KIND");
  command->callback([kind, &chosen] {
    chosen = [kind] {
      write_stdout(schema_of(*kind));
      return static_cast<int>(kExitOk);
    };
  });
}

}  // namespace firedrill

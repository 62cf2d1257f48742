// The causes of a report as parts of its JSON, and of the published schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

nlohmann::ordered_json split_json(const ReportSplit& split);
nlohmann::ordered_json criticality_json(const std::vector<ReportCriticality>& all);
nlohmann::ordered_json influences_json(const std::vector<ReportInfluences>& all);
nlohmann::ordered_json path_json(const std::vector<ReportPathStep>& path);

/// One timing, as in results and in analyses of sensitivity.
nlohmann::ordered_json influence_json(const ReportInfluence& one);
nlohmann::ordered_json influence_schema();

/// Keys of a result with their schemas: `operations`, `role_criticality`, `influences`.
std::vector<std::pair<std::string, nlohmann::ordered_json>> causes_schemas();
/// Of `path` in an example, and of what time was spent on.
nlohmann::ordered_json path_schema();
nlohmann::ordered_json split_schema(const char* description);

}  // namespace firedrill

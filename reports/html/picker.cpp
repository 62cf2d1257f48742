#include "reports/html/picker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/study/study.hpp"
#include "reports/build_report.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/sections.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

using Json = nlohmann::ordered_json;

/// A sample takes about so many bytes: seconds with a digit after the point, and a comma.
constexpr std::size_t kSampleBytes = 8;
constexpr std::size_t kBytesMax = 160'000;

/// Seconds, rounded up so that what misses a limit still does; null: never; -1: not asked.
Json sample(std::int32_t ms) {
  if (ms == kNotReachedMs) return nullptr;
  return ms == kNotJudgedMs ? Json(-1) : Json((ms / 100 + (ms % 100 > 0 ? 1 : 0)) / 10.0);
}

/// The rows of samples that the page has room for.
std::size_t rows_of(const Report& report) {
  const auto& columns = report.samples.achieved_ms;
  if (columns.empty()) return 0;
  return std::min(columns.front().size(), kBytesMax / kSampleBytes / columns.size());
}

/// The script shows these texts as they are, and JSON brings control characters through by name.
Json picker_data(const Report& report, std::size_t rows) {
  Json targets = Json::array();
  for (std::size_t i = 0; i < report.samples.achieved_ms.size(); ++i) {
    const ReportTarget& t = report.targets.at(i);
    Json achieved = Json::array();
    for (std::size_t k = 0; k < rows; ++k) {
      achieved.push_back(sample(report.samples.achieved_ms[i].at(k)));
    }
    targets.push_back({{"name", printable(shortened(t.subject), true)},
                       {"target", objective_words(t)},
                       {"limit", static_cast<double>(t.limit_ms) / 1000},
                       {"achieved", std::move(achieved)}});
  }
  return {{"missing", report.samples.missing},
          {"command", printable(example_command(report.scenario, report.seed, 0), true)},
          {"targets", std::move(targets)}};
}

}  // namespace

Element picker_section(const Report& report) {
  const std::size_t rows = rows_of(report);
  Element section("section");
  section.set("id", "picker").flag("hidden").add(element("h2", "One drill"));
  if (rows == 0) return section;
  Element field("input");
  field.set("type", "number").set("id", "drill").set("min", "0").set("value", "0");
  section.add(Element("p")
                  .set("class", "picker")
                  .add({element("label", "Drill number ").set("for", "drill"), field}));
  section.add(Element("div").set("id", "drill-result").set("aria-live", "polite"));
  const std::string json =
      picker_data(report, rows).dump(-1, ' ', false, Json::error_handler_t::replace);
  return section.add(
      Element("script").set("type", "application/json").set("id", "drill-data").data(json));
}

}  // namespace firedrill::html

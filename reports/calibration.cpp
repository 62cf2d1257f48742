#include "reports/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/plan/print_text.hpp"
#include "reports/schema_parts.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kFigure = 9;

/// Six significant digits: more than any time was measured with.
double rounded(double value) { return std::stod(fmt::format("{:.6g}", value)); }

double median_of(const std::vector<double>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::string human_s(double seconds) { return to_human(duration_from_seconds(seconds)); }

std::string samples_in_words(const CalibratedTiming& timing) {
  if (timing.seconds.size() == 1) return fmt::format("n = 1: {:.6g} s", timing.seconds.front());
  return fmt::format("n = {}: median {:.6g} s, {:.6g} to {:.6g} s", timing.seconds.size(),
                     median_of(timing.seconds), timing.seconds.front(), timing.seconds.back());
}

Json distribution_of(const CalibratedTiming& timing) {
  Json json = {{"family", "lognormal"},
               {"p50", rounded(timing.updated.p50)},
               {"p95", rounded(timing.updated.p95)}};
  if (timing.distribution.minimum() > 0) {
    json["truncate_min"] = rounded(timing.distribution.minimum());
  }
  if (std::isfinite(timing.distribution.maximum())) {
    json["truncate_max"] = rounded(timing.distribution.maximum());
  }
  return json;
}

Json entry_of(const Calibration& calibration, const CalibratedTiming& timing) {
  const PlannedTiming& was = calibration.plan.timing(timing.timing);
  const char* const what = calibration.rehearsal ? "rehearsed" : "measured";
  const char* const confidence = calibration.rehearsal ? "estimate" : "measured";
  return {{"id", was.id},
          {"unit", "s"},
          {"distribution", distribution_of(timing)},
          {"source", fmt::format("{} in {} drill{} of {}, {}", what, calibration.drills,
                                 calibration.drills == 1 ? "" : "s", calibration.plan.scenario,
                                 to_text(calibration.date))},
          {"figure", samples_in_words(timing)},
          {"confidence", confidence},
          {"note", fmt::format("Updates {} (p50 {:.6g} s, p95 {:.6g} s), which counts for {:.6g} "
                               "observations.",
                               was.distribution.describe(), timing.prior_p50, timing.prior_p95,
                               timing.weight)}};
}

Json document_of(const Calibration& calibration) {
  Json entries = Json::array();
  for (const CalibratedTiming& timing : calibration.timings) {
    entries.push_back(entry_of(calibration, timing));
  }
  return {{"apiVersion", "firedrill/v1"},
          {"kind", "TimingLibrary"},
          {"metadata", {{"name", "calibrated"}}},
          {"timings", entries}};
}

}  // namespace

std::string render_timing_document(const Calibration& calibration) {
  return document_of(calibration).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string render_calibration(const Calibration& calibration, const TextOptions& options) {
  const auto width = static_cast<std::size_t>(std::clamp(options.width, 72, 100));
  const Paint paint(options.color);
  const std::size_t name = width - 6 * kFigure - 2;
  std::string page = wrapped(
      fmt::format(
          "{} timings of {} updated by {} recorded drill{}. With few samples that is a "
          "Bayesian update: the library counts for as many observations as \"weight\" says.",
          calibration.timings.size(), calibration.plan.scenario, calibration.drills,
          calibration.drills == 1 ? "" : "s"),
      0, 2, width);
  if (calibration.rehearsal) {
    page +=
        wrapped("Nothing of it was measured on the platform: entries stay estimates.", 0, 2, width);
  }
  page += '\n' + paint(Ink::kStrong, cell("TIMINGS", name + 2));
  for (const char* column : {"n", "median", "weight", "p50 was", "p50 now", "p95 now"}) {
    page += right_cell(column, kFigure);
  }
  page += '\n';
  for (const CalibratedTiming& timing : calibration.timings) {
    const std::string id = printable(calibration.plan.timing(timing.timing).id, options.unicode);
    const bool fits = columns(id) <= name;
    if (!fits) page += "  " + id + '\n';
    page += "  " + cell(fits ? id : std::string(), name);
    page += right_cell(std::to_string(timing.seconds.size()), kFigure);
    page += right_cell(human_s(median_of(timing.seconds)), kFigure);
    page += right_cell(fmt::format("{:.3g}", timing.weight), kFigure);
    page += right_cell(human_s(timing.prior_p50), kFigure);
    page += right_cell(human_s(timing.updated.p50), kFigure);
    page += right_cell(human_s(timing.updated.p95), kFigure) + '\n';
  }
  return page;
}

std::string render_calibration_json(const Calibration& calibration, const Comparison& comparison) {
  const Json json = {{"format_version", "1.0"},
                     {"kind", "Calibration"},
                     {"drills", calibration.drills},
                     {"rehearsal", calibration.rehearsal},
                     {"document", document_of(calibration)},
                     {"comparison", Json::parse(render_comparison_json(comparison))}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

namespace {

Json entry_schema() {
  Json distribution = schema::object("its logarithms are normal",
                                     {{"family", schema::word("of distributions", {"lognormal"})},
                                      {"p50", schema::number("median")},
                                      {"p95", schema::number("95th percentile")}});
  distribution["properties"]["truncate_min"] =
      schema::number("no draw is below it; absent: there is no such bound");
  distribution["properties"]["truncate_max"] =
      schema::number("no draw is above it; absent: there is no such bound");
  return schema::object(
      "a timing that at least one log shows",
      {{"id", schema::text("of the timing in the library")},
       {"unit", schema::word("of its values", {"s"})},
       {"distribution", distribution},
       {"source", schema::text("which drills, and the day of the last")},
       {"figure", schema::text("how many samples, their median and ends")},
       {"confidence",
        schema::word("estimate: nothing was measured on the platform", {"measured", "estimate"})},
       {"note", schema::text("the value before, and how many observations it counts for")}});
}

Json timing_document_schema() {
  return schema::object(
      "the timing document that was written: what a scenario lists under `timings`",
      {{"apiVersion", schema::word("of documents", {"firedrill/v1"})},
       {"kind", schema::word("of document", {"TimingLibrary"})},
       {"metadata", schema::object("its head", {{"name", schema::text("of the document")}})},
       {"timings", schema::array("by their id", entry_schema())}});
}

/// The published schema of a comparison as a part of another.
Json comparison_schema() {
  Json whole = Json::parse(comparison_schema_text());
  for (const char* head : {"$schema", "$id", "title"}) whole.erase(head);
  return whole;
}

}  // namespace

std::string calibration_schema_text() {
  return schema::document(
      "calibration", "firedrill calibration",
      schema::object(
          "timings updated by recorded drills, as `firedrill calibrate --json` writes them",
          {{"format_version", schema::text("major.minor; a minor version only adds")},
           {"kind", schema::word("what this is", {"Calibration"})},
           {"drills", schema::count("recorded ones")},
           {"rehearsal", schema::typed("boolean", "logs of simulated drills or of emulators too")},
           {"document", timing_document_schema()},
           {"comparison", comparison_schema()}}));
}

}  // namespace firedrill

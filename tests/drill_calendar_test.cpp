// Which drills are due, from records made by hand.
#include "reports/drill_calendar.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/input/reader.hpp"
#include "reports/drill_record.hpp"
#include "reports/text_cells.hpp"

using namespace firedrill;

namespace {

Date date(const char* text) { return parse_date(text).value(); }

SystemDocument bank() {
  SystemDocument system;
  system.metadata.name.text = "bank";
  system.drill_calendar = {{{"tier-1", {}}, 3}, {{"tier-2", {}}, 6}, {{"tier-3", {}}, 12}};
  return system;
}

DrillRecordDocument held(const char* day, const char* tier, const char* verdict = "met") {
  DrillRecordDocument record;
  record.date = date(day);
  record.system = "bank";
  record.scenario = "region-loss";
  record.tiers = {{tier, {}}};
  record.verdict = verdict;
  return record;
}

const char* const kResult = R"({"kind": "Result", "status": "completed", "verdict": "missed",
  "scenario": {"name": "region-loss", "system": "bank"},
  "targets": [{"tier": "tier-1"}, {"tier": ""}, {"tier": "tier-2"}, {"tier": "tier-1"}]})";

}  // namespace

TEST_CASE("a drill is due its months after the last one", "[unit]") {
  // Three months after 21 August are 21 November: due that day, overdue the next.
  const std::vector records = {held("2026-05-01", "tier-1"), held("2026-08-21", "tier-1")};
  const auto on = [&](const char* today) {
    return make_calendar(bank(), records, date(today)).rows[0];
  };
  CHECK(on("2026-11-20").days_left == 1);
  CHECK(on("2026-11-21").state == DrillDue::kDone);
  CHECK(on("2026-11-22").state == DrillDue::kOverdue);
  CHECK(on("2026-11-22").days_left == -1);
  CHECK(to_text(*on("2026-11-22").last) == "2026-08-21");
}

TEST_CASE("a tier without a drill was never held, which is overdue", "[unit]") {
  const DrillCalendar calendar =
      make_calendar(bank(), {held("2026-11-01", "tier-1")}, date("2026-11-21"));
  CHECK(calendar.rows[1].state == DrillDue::kNever);
  CHECK(calendar.overdue);
  const DrillCalendar all = make_calendar(
      bank(),
      {held("2026-11-01", "tier-1"), held("2026-11-01", "tier-2"), held("2026-11-01", "tier-3")},
      date("2026-11-21"));
  CHECK_FALSE(all.overdue);
}

TEST_CASE("records of other systems and of the future do not count", "[unit]") {
  DrillRecordDocument other = held("2026-11-01", "tier-1");
  other.system = "shop";
  const DrillCalendar calendar =
      make_calendar(bank(), {other, held("2026-12-01", "tier-1")}, date("2026-11-21"));
  CHECK(calendar.records == 0);
  CHECK(calendar.rows[0].state == DrillDue::kNever);
}

TEST_CASE("a drill that failed was held, and is tracked", "[unit]") {
  const std::vector records = {held("2026-11-01", "tier-1", "missed"),
                               held("2026-11-01", "tier-1", "met")};
  const DrillCalendar calendar = make_calendar(bank(), records, date("2026-11-21"));
  CHECK(calendar.rows[0].state == DrillDue::kDone);
  CHECK(calendar.rows[0].to_track);
  const std::string page = render_calendar(calendar, {});
  CHECK(
      page.find("tier-1: the drill of 2026-11-01 (region-loss) was missed: track it as a SEV-3.") !=
      std::string::npos);
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) CHECK(columns(line) <= 80);
  const auto json = nlohmann::json::parse(render_calendar_json(calendar));
  CHECK(json["tiers"][0]["due"] == "2027-02-01");
  CHECK(json["tiers"][0]["track_as_sev_3"] == true);
  CHECK(json["tiers"][1]["last"].is_null());
}

TEST_CASE("a scenario has an interval of its own, in weeks or months", "[unit]") {
  SystemDocument system = bank();
  DrillIntervalSpec weekly;
  weekly.scenario.text = "restore-of-a-copy";
  weekly.every_weeks = 2;
  system.drill_calendar.push_back(weekly);
  DrillRecordDocument restored = held("2026-02-16", "tier-1");
  restored.scenario = "restore-of-a-copy";
  const std::vector records = {held("2026-02-25", "tier-1"), restored};
  const auto on = [&](const char* today) {
    return make_calendar(system, records, date(today)).rows.back();
  };
  // Two weeks after 16 February 2026 are 2 March.
  CHECK(to_text(*on("2026-02-26").due) == "2026-03-02");
  CHECK(on("2026-03-02").state == DrillDue::kDone);
  CHECK(on("2026-03-03").state == DrillDue::kOverdue);
  // The drill of a tier counts whatever scenario it was.
  CHECK(to_text(*make_calendar(system, records, date("2026-03-03")).rows[0].last) == "2026-02-25");
  const std::string page = render_calendar(make_calendar(system, records, date("2026-03-03")), {});
  CHECK(page.find("restore-of-a-copy    2 weeks  2026-02-16") != std::string::npos);
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) CHECK(columns(line) <= 80);
}

TEST_CASE("an entry of the calendar is about one thing, with one interval", "[unit]") {
  const auto mistakes = [](const char* entry) {
    SourceFiles sources;
    Diagnostics diagnostics;
    const std::string text = fmt::format(
        R"({{"apiVersion": "firedrill/v1", "kind": "System", "metadata": {{"name": "s"}},
             "tiers": [{{"name": "t", "rto": "PT1H", "rpo": "PT1H", "slo": 0.9}}],
             "drill_calendar": [{}]}})",
        entry);
    DocumentReader(sources, diagnostics).read_any_text("s.json", text);
    std::size_t of_the_calendar = 0;
    for (const Diagnostic& d : diagnostics.list()) {
      of_the_calendar += d.message.find("drill_calendar") != std::string::npos ? 1 : 0;
    }
    return of_the_calendar;
  };
  CHECK(mistakes(R"({"tier": "t", "every_months": 3})") == 0);
  CHECK(mistakes(R"({"scenario": "s", "every_weeks": 1})") == 0);
  CHECK(mistakes(R"({"scenario": "s", "every_weeks": 1}, {"scenario": "s", "every_weeks": 2})") ==
        1);
  for (const char* entry : {R"({"tier": "t"})", R"({"every_weeks": 1})",
                            R"({"tier": "t", "scenario": "s", "every_weeks": 1})",
                            R"({"scenario": "s", "every_weeks": 1, "every_months": 1})"}) {
    CAPTURE(entry);
    CHECK(mistakes(entry) == 1);
  }
}

TEST_CASE("a result becomes a record that the reader takes", "[unit]") {
  const std::string digest(64, 'a');
  const DrillRecordText made = drill_record_of(kResult, digest, date("2026-11-02"), {});
  REQUIRE(made.problem.empty());
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto any = DocumentReader(sources, diagnostics).read_any_text("r.json", made.text);
  REQUIRE(any);
  const auto& record = std::get<DrillRecordDocument>(*any);
  CHECK(to_text(record.date) == "2026-11-02");
  CHECK(record.system == "bank");
  CHECK(record.verdict == "missed");
  REQUIRE(record.tiers.size() == 2);
  CHECK(record.tiers[1].text == "tier-2");
  CHECK(record.result_sha256 == digest);
}

TEST_CASE("what cannot be recorded says why", "[unit]") {
  const auto problem = [](std::string_view result, const std::vector<std::string>& tiers = {}) {
    return drill_record_of(result, std::string(64, 'a'), date("2026-11-02"), tiers).problem;
  };
  CHECK(problem("nonsense").find("no result") != std::string::npos);
  CHECK(problem(R"({"kind": "Suite"})").find("no result") != std::string::npos);
  CHECK(problem(R"({"kind": "Result", "status": "aborted"})").find("aborted") != std::string::npos);
  CHECK(problem(R"({"kind": "Result", "status": "completed"})").find("lacks") != std::string::npos);
  const char* const bare = R"({"kind": "Result", "status": "completed", "verdict": "met",
    "scenario": {"name": "restore", "system": "bank"}, "targets": [{"tier": ""}]})";
  CHECK(problem(bare).find("--tier") != std::string::npos);
  CHECK(problem(bare, {"tier-1"}).empty());
}

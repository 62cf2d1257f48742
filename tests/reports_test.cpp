// A report made by hand, and what each renderer makes of it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "reports/event_lines.hpp"
#include "reports/findings.hpp"
#include "reports/json.hpp"
#include "reports/suite_text.hpp"
#include "reports/text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::json;

// Clears the screen, turns the reading direction, closes a script.
const std::string kHostile = "\x1b[2J\xe2\x80\xae</script>\"'\xff\n";

Report sample_report() {
  Report r;
  r.program = {"0.1.0", "0123456789ab"};
  r.scenario = {"region-loss",
                "shop/region-loss.json",
                std::string(64, 'a'),
                "Ireland is lost",
                "How long until customers are served again?",
                "",
                "shop"};
  r.seed = 7;
  r.asked = 1000;
  r.completed = 1000;
  r.verdict = Verdict::kMissed;
  r.headline = "1 of 2 targets missed";
  r.targets.push_back({"payments",
                       "tier-1",
                       Objective::kRto,
                       7'200'000,
                       "PT2H",
                       0.95,
                       987,
                       0.987,
                       {0.978, 0.993},
                       Verdict::kMet,
                       {1'800'000, 4'320'000, 6'720'000, 7'500'000, 9'000'500}});
  r.targets.push_back({"search",
                       "tier-2",
                       Objective::kRpo,
                       60'000,
                       "PT1M",
                       0.95,
                       100,
                       0.1,
                       {0.082, 0.120},
                       Verdict::kMissed,
                       {0, 90'000, {}, {}, {}}});
  r.stores.push_back({"orders", {0, 1'250, 61'000, {}, 61'000}, 0.25});
  r.phases.push_back({"detect", "fault to first alarm that pages", 180'000, 300'000});
  r.phases.push_back({"verify", "to every check holding", 60'000, {}});
  r.steps.push_back({"failover",
                     "promote-db",
                     "Promote",
                     "dba",
                     1,
                     0.02,
                     0.98,
                     720'000,
                     1'200'000,
                     {72'000, 576'000, 0, 72'000, 0.1, 0.8, 0, 0.1}});
  r.critical_split = {72'000, 576'000, 0, 72'000, 0.1, 0.8, 0, 0.1};
  r.assumptions.push_back({AssumptionKind::kTiming, "people.ack.night", "lognormal p50 55 p95 150",
                           "asleep", "s", Confidence::kEstimate, "a guess"});
  r.assumptions.push_back(
      {AssumptionKind::kStated, "hour", "any", "an outage keeps none", {}, {}, {}});
  r.guesses = 1;
  r.timings = 1;
  r.findings.push_back({"promotion-refused", Severity::kCritical, "The promotion is refused",
                        "Write the right command.", 20, 0.02});
  r.ends = {990, 10, 0};
  r.examples.push_back({"median", 41, 4'320'000,
                        "firedrill run shop/region-loss.json --seed 7 --replication 41 -v"});
  return r;
}

Report hostile_report() {
  Report r = sample_report();
  r.scenario.title = r.scenario.question = r.scenario.path = kHostile;
  r.headline = kHostile;
  r.targets[0].subject = r.targets[0].tier = kHostile;
  r.stores[0].name = r.steps[0].step = r.steps[0].role = kHostile;
  r.findings[0].title = r.findings[0].detail = kHostile;
  for (ReportAssumption& a : r.assumptions) a.subject = a.value = a.reason = a.source = kHostile;
  r.examples[0].command = kHostile;
  return r;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void require_valid(const std::string& text, const std::string& by = result_schema_text()) {
  const Json schema_json = Json::parse(by);
  const Json result = Json::parse(text);
  valijson::Schema schema;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_json);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator;
  valijson::ValidationResults errors;
  const valijson::adapters::NlohmannJsonAdapter adapter(result);
  const bool valid = validator.validate(schema, adapter, &errors);
  valijson::ValidationResults::Error error;
  std::string said;
  while (errors.popError(error)) said += error.description + "\n";
  INFO(said);
  REQUIRE(valid);
}

const char* const kGolden = R"(x missed: 1 of 2 targets missed
Ireland is lost (region-loss): 1,000 drills, seed 7
How long until customers are served again?

TARGETS
  + met     payments  rto <= PT2H in 95 % of drills   98.7 % [97.8, 99.3]
            tier-1    achieved p50 1h 12m, p95 1h 52m
  x missed  search    rpo <= PT1M in 95 % of drills   10.0 % [8.2, 12.0]
            tier-2    achieved p50 1m 30s, p95 never
)";

const char* const kSummaryGolden = R"(x missed: 1 of 2 targets missed
Ireland is lost (region-loss): 1,000 drills, seed 7
How long until customers are served again?

TARGETS                                   met in [95 % interval]     p50     p95
  tier-1 rto <= PT2H in 95 % of drills
  + met     payments                         98.7 % [97.8, 99.3]  1h 12m  1h 52m
  tier-2 rpo <= PT1M in 95 % of drills
  x missed  search                            10.0 % [8.2, 12.0]  1m 30s   never
)";

TextOptions everything() {
  TextOptions options;
  options.verbose = true;
  return options;
}

}  // namespace

TEST_CASE("the text begins with the verdict and the targets") {
  const std::string text = render_text(sample_report(), everything());
  REQUIRE(text.substr(0, std::string(kGolden).size()) == kGolden);
}

TEST_CASE("the summary begins with the verdict and the targets by what they ask") {
  Report report = sample_report();
  for (ReportTarget& target : report.targets) target.judged = 1000;
  const std::string text = render_text(report, {});
  REQUIRE(text.substr(0, std::string(kSummaryGolden).size()) == kSummaryGolden);
}

TEST_CASE("the sections of the summary come in their order, and it says what it left out") {
  Report report = sample_report();
  report.steps.resize(1);
  report.steps.insert(report.steps.end(), 7, report.steps.front());
  report.findings.assign(9, report.findings.at(0));
  const std::string text = render_text(report, {});
  std::size_t at = 0;
  for (const char* part : {"\nTARGETS", "\nPHASES", "\nCRITICAL PATH", "  and 3 more", "\nFINDINGS",
                           "  and 4 more", "timings are guesses", ": -v\n"}) {
    const std::size_t next = text.find(part, at);
    INFO(part << " in\n" << text);
    REQUIRE(next != std::string::npos);
    at = next;
  }
}

TEST_CASE("the sections of the text come in their order") {
  TextOptions options = everything();
  options.files = {"result.json"};
  const std::string text = render_text(sample_report(), options);
  std::size_t at = 0;
  for (const char* section : {"\nTARGETS", "\nPHASES", "\nWHERE THE TIME WENT", "\nDATA LOST",
                              "\nFINDINGS", "\nASSUMPTIONS", "\nONE DRILL AGAIN", "\nFILES"}) {
    const std::size_t next = text.find(section);
    INFO(section);
    REQUIRE(next != std::string::npos);
    REQUIRE(next > at);
    at = next;
  }
  REQUIRE(text.find("--seed 7 --replication 41 -v") != std::string::npos);
}

TEST_CASE("no line of the text is wider than asked, but for the command to copy") {
  for (const int width : {40, 60, 80, 120}) {
    for (const bool verbose : {false, true}) {
      TextOptions options;
      options.width = width;
      options.verbose = verbose;
      options.unicode = true;
      for (const std::string& line : lines_of(render_text(sample_report(), options))) {
        if (line.find("firedrill run") != std::string::npos) continue;
        INFO(line);
        REQUIRE(columns(line) <= static_cast<std::size_t>(width));
      }
    }
  }
}

TEST_CASE("a symbol has its word, and colour only when asked for") {
  TextOptions options;
  options.unicode = true;
  const std::string plain = render_text(sample_report(), options);
  REQUIRE(plain.find("✓ met") != std::string::npos);
  REQUIRE(plain.find("✗ missed") != std::string::npos);
  REQUIRE(plain.find('\x1b') == std::string::npos);
  options.color = true;
  const std::string painted = render_text(sample_report(), options);
  REQUIRE(painted.find("\x1b[32m✓ met") != std::string::npos);
  REQUIRE(painted.find("\x1b[31m✗ missed") != std::string::npos);
}

TEST_CASE("a hostile document cannot steer the terminal") {
  for (const bool unicode : {false, true}) {
    TextOptions options;
    options.unicode = unicode;
    options.verbose = true;
    const std::string text = render_text(hostile_report(), options);
    REQUIRE(text.find('\x1b') == std::string::npos);
    REQUIRE(text.find("\xe2\x80\xae") == std::string::npos);
    REQUIRE(text.find('\xff') == std::string::npos);
    if (!unicode) {
      REQUIRE(std::all_of(text.begin(), text.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    }
  }
}

TEST_CASE("the JSON has its fields, in seconds, in a stable order") {
  const std::string text = render_json(sample_report());
  REQUIRE(text.substr(0, 49) == "{\n  \"format_version\": \"1.3\",\n  \"kind\": \"Result\",\n");
  const Json json = Json::parse(text);
  REQUIRE(json["runs"] == Json({{"asked", 1000}, {"completed", 1000}, {"failed", 0}}));
  REQUIRE(json["status"] == "completed");
  REQUIRE(json["verdict"] == "missed");
  const Json& first = json["targets"][0];
  REQUIRE(first["limit_s"] == 7200.0);
  REQUIRE(first["max_s"] == 9000.5);
  REQUIRE(first["met_share_ci95"] == Json({0.978, 0.993}));
  REQUIRE(json["targets"][1]["p95_s"].is_null());
  REQUIRE(json["stores"][0]["rpo"]["p50_s"] == 1.25);
  REQUIRE(json["steps"][0]["split"]["wait_s"] == 576.0);
  REQUIRE(json["assumptions"][0]["confidence"] == "estimate");
  REQUIRE(json["examples"][0]["replication"] == 41);
  REQUIRE(render_json(sample_report()) == text);
}

TEST_CASE("the JSON is what its published schema says") {
  require_valid(render_json(sample_report()));
  require_valid(render_json(hostile_report()));
  Report empty;
  empty.aborted = true;
  require_valid(render_json(empty));
  Report failed = sample_report();
  failed.failures.push_back({"crashed", 300, 300, 511, 11, 0});
  require_valid(render_json(failed));
}

TEST_CASE("the schema refuses what is no result") {
  Json json = Json::parse(render_json(sample_report()));
  json["verdict"] = "fine";
  REQUIRE_THROWS([&] {
    const Json schema_json = Json::parse(result_schema_text());
    valijson::Schema schema;
    valijson::SchemaParser parser;
    const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_json);
    parser.populateSchema(schema_adapter, schema);
    valijson::Validator validator;
    const valijson::adapters::NlohmannJsonAdapter adapter(json);
    if (!validator.validate(schema, adapter, nullptr)) throw std::runtime_error("refused");
  }());
}

TEST_CASE("hostile strings come out of the JSON as they went in") {
  Report report = sample_report();
  report.scenario.title = "</script>\"'\n\xe2\x80\xae";
  const Json json = Json::parse(render_json(report));
  REQUIRE(json["scenario"]["title"] == report.scenario.title);
}

TEST_CASE("a suite is one document") {
  Report other = sample_report();
  other.worst_target = 1;
  const std::string text = render_json_suite({sample_report(), other});
  require_valid(text, suite_schema_text());
  const Json json = Json::parse(text);
  REQUIRE(json["kind"] == "Suite");
  REQUIRE(json["results"].size() == 2);
  REQUIRE(json["summary"][1]["worst_target"] == json["results"][1]["targets"][1]);
  REQUIRE_FALSE(json["summary"][0].contains("worst_target"));
}

TEST_CASE("a suite ends in one table, within its width") {
  Report missed = sample_report();
  missed.worst_target = 1;
  missed.targets[1].judged = 1000;
  missed.targets[1].bottleneck = {BottleneckKind::kRoleDecides, "incident-commander", 903'000};
  Report met = sample_report();
  met.scenario.name = std::string(70, 'n');
  met.verdict = Verdict::kMet;
  met.worst_target = 0;
  met.targets[0].judged = 1000;
  met.targets[0].subject = kHostile + std::string(100, 's');
  const std::string table = render_suite_table({missed, met}, 3, {});
  REQUIRE(table.substr(0, table.find("+ met")) ==
          "SUITE  3 scenarios: 1 met, 1 missed, 1 not run\n"
          "  scenario                       worst target     met     p95  held up by\n"
          "x missed\n"
          "  region-loss                    rpo           10.0 %   never  incident-command~\n");
  for (const int width : {40, 80, 120}) {
    TextOptions options;
    options.width = width;
    options.unicode = true;
    for (const std::string& line : lines_of(render_suite_table({missed, met}, 2, options))) {
      INFO(line);
      REQUIRE(columns(line) <= static_cast<std::size_t>(width));
    }
  }
}

TEST_CASE("scenarios of several systems are told apart by their systems") {
  Report ours = sample_report();
  Report theirs = sample_report();
  theirs.scenario.system = kHostile;
  const std::string table = render_suite_table({ours, theirs, ours}, 3, {});
  const std::string name = ours.scenario.system;
  CHECK(table.find("\n" + name + "  2 scenarios: 2 missed\n") != std::string::npos);
  CHECK(table.find("  1 scenario: 1 missed\n") != std::string::npos);
  CHECK(render_suite_table({ours, ours}, 2, {}).find("\n" + name + "  2") == std::string::npos);
}

TEST_CASE("text is wrapped and cut by characters") {
  REQUIRE(wrapped("one two three", 2, 4, 10) == "  one two\n    three\n");
  REQUIRE(wrapped("abcdefghij", 0, 2, 4) == "abcd\n  ef\n  gh\n  ij\n");
  REQUIRE(wrapped("", 2, 2, 10).empty());
  REQUIRE(cell("äöü", 5) == "äöü  ");
  REQUIRE(cell("äöüß", 3) == "äö~");
  REQUIRE(right_cell("7s", 4) == "  7s");
  REQUIRE(printable("a\xc0\xaf"
                    "b\xed\xa0\x80",
                    true) == "a  b   ");
  REQUIRE(printable("≤ ü", false) == "<= ?");
}

TEST_CASE("an event log as lines and as JSON Lines") {
  Plan plan;
  plan.scenario = "region-loss";
  plan.scenario_sha256 = "abc";
  plan.services.emplace_back().name = "payments";
  plan.roles.emplace_back().name = "on-call";
  plan.persons = {"Ada"};
  plan.steps.emplace_back().id = "promote-db";
  const TimePoint at{Duration::seconds(60).us};
  std::vector<Event> events;
  events.push_back({.at = at, .subject = 3, .kind = EventKind::kFaultStarted});
  events.push_back({.at = at + Duration::milliseconds(1500),
                    .value = 0.25,
                    .value2 = 0.5,
                    .subject = 0,
                    .kind = EventKind::kServedShare});
  events.push_back(
      {.at = at + Duration::hours(1), .subject = 0, .object = 0, .kind = EventKind::kAcknowledged});
  events.push_back({.at = at + Duration::hours(2),
                    .subject = 0,
                    .kind = EventKind::kStepEnded,
                    .outcome = Outcome::failed(Failure::kRefused)});
  REQUIRE(event_lines(plan, events, false) ==
          " 0:01:00.000      +0:00  fault #3\n"
          " 0:01:01.500      +0:01  service payments serves 25 % of requests (50 % with old DNS "
          "answers)\n"
          " 1:01:00.000   +1:00:00  on-call acknowledges: Ada\n"
          " 2:01:00.000   +2:00:00  step promote-db failed: refused\n");
  const auto lines = lines_of(event_json_lines(plan, events, {7, 41, "0123", "simulated"}));
  REQUIRE(lines.size() == 5);
  const Json header = Json::parse(lines[0]);
  REQUIRE(header["kind"] == "EventLog");
  REQUIRE(header["replication"] == 41);
  REQUIRE(header["back_end"] == "simulated");
  const Json ended = Json::parse(lines[4]);
  REQUIRE(ended["event"] == "step-ended");
  REQUIRE(ended["outcome"] == "failed");
  REQUIRE(ended["why"] == "refused");
  REQUIRE(ended["t_s"] == 7260.0);
}

TEST_CASE("findings name what the notes of a study say") {
  Plan plan;
  plan.services.emplace_back().name = "payments";
  StudyResult study;
  Samples& s = study.samples;
  s.replication = {0, 1, 2, 3};
  s.end = {DrillEnd::kCompleted, DrillEnd::kCompleted, DrillEnd::kCompleted, DrillEnd::kStalled};
  s.notes = {bit_of(Note::kPromotionRefused), 0, 0, 0};
  s.rto_ms = {{7'200'000, 3'600'000, 3'600'000, kNotReachedMs}};
  s.marks_ms.assign(7, s.rto_ms[0]);
  const auto findings = find_findings(plan, study);
  REQUIRE(findings.size() == 3);
  REQUIRE(findings[0].id == "promotion-refused");
  REQUIRE(findings[0].share == 0.25);
  REQUIRE(findings[0].detail.find("2h, and 1h in the other drills") != std::string::npos);
  REQUIRE(findings[1].id == "service-never-back");
  REQUIRE(findings[2].id == "drill-stalled");
}

}  // namespace firedrill

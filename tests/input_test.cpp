// Documents in, typed values or the exact words of a refusal out.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/input/document_fields.hpp"
#include "engine/input/json_text.hpp"
#include "engine/input/quantities.hpp"
#include "engine/input/reader.hpp"
#include "tests/support/sample_documents.hpp"

namespace firedrill {
namespace {

using testing::kSampleRunbook;
using testing::kSampleScenario;
using testing::kSampleSystem;
using testing::kSampleTimings;

/// Everything the reader says about a text, rendered; empty for a valid document.
std::string said(std::string text) {
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader reader(sources, diagnostics);
  const auto document = reader.read_any_text("d.json", std::move(text));
  CHECK(document.has_value() == diagnostics.empty());
  std::string all;
  for (const Diagnostic& d : diagnostics.list()) all += render(d, sources);
  return all;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

/// A runbook in few lines, so that positions can be counted.
std::string runbook(const std::string& steps) {
  return "{\"apiVersion\": \"firedrill/v1\", \"kind\": \"Runbook\",\n"
         "\"metadata\": {\"name\": \"r\"}, \"trigger\": {\"alarms\": []}, \"severity\": \"s\",\n"
         "\"steps\": [\n" +
         steps + "\n]}\n";
}

std::string timing(const std::string& distribution) {
  return "{\"apiVersion\": \"firedrill/v1\", \"kind\": \"TimingLibrary\", \"metadata\": {\"name\": "
         "\"t\"},\n\"timings\": [{\"id\": \"a\", \"unit\": \"s\", \"source\": \"x\", "
         "\"confidence\": "
         "\"estimate\",\n\"distribution\": " +
         distribution + "}]}\n";
}

// ----------------------------------------------------------------------------- valid documents --

TEST_CASE("a system is read with every field in its place", "[unit]") {
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto system =
      DocumentReader(sources, diagnostics).read_system_text("s.json", kSampleSystem);
  REQUIRE(system);
  CHECK(system->metadata.name.text == "shop");
  CHECK(system->metadata.labels.at("owner") == "platform");
  CHECK(system->regions[0].zones[1].text == "east-b");
  CHECK(system->regions[1].name.at.line == 10);
  CHECK(system->regions[1].name.at.column == 14);
  CHECK(system->links[0].bandwidth.bytes_per_s == 5e9 / 8);
  CHECK(system->links[0].latency == Duration::milliseconds(35));
  CHECK(system->tiers[0].rto == Duration::minutes(15));
  CHECK(system->tiers[0].slo.value == 0.9995);
  REQUIRE(system->components.size() == 12);
  const auto& service = std::get<EcsServiceSpec>(system->components[0].detail);
  CHECK(service.desired_count == 4);
  CHECK(service.image_size.bytes == 400.0 * 1024 * 1024);
  CHECK(system->components[0].timings.at("app_boot").text == "shop.boot");
  CHECK(std::get<AuroraClusterSpec>(system->components[6].detail).engine == "aurora-mysql");
  CHECK(std::get<S3BucketSpec>(system->components[8].detail).write_rate.per_s == 0.5);
  CHECK(std::get<BackupPlanSpec>(system->components[9].detail).interval == Duration::hours(24));
  CHECK(system->stores[0].members[0].text == "db-east");
  CHECK(system->services[0].uses[0].text == "search");
  CHECK(system->alarms[0].threshold == 0.05);
  CHECK(system->people.office_to == Duration::minutes(17 * 60 + 30));
  CHECK(system->people.asleep_from == Duration::hours(23));
  CHECK(system->timings[0].confidence == Confidence::kMeasured);
  CHECK(system->timings[0].distribution.parameters.at("mode") == 20);
  CHECK(system->assumptions[0].reason == "not stated");
  CHECK(system->assumptions[0].at.line != 0);
}

TEST_CASE("a runbook is read with every field in its place", "[unit]") {
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto book =
      DocumentReader(sources, diagnostics).read_runbook_text("r.json", kSampleRunbook);
  REQUIRE(book);
  CHECK(book->trigger.alarms[0].text == "errors");
  REQUIRE(book->steps.size() == 2);
  const StepSpec& step = book->steps[1];
  REQUIRE(step.with.size() == 3);
  CHECK(step.with[0].key.text == "service");
  CHECK(std::get<std::string>(step.with[0].value) == "shop-west");
  CHECK(std::get<double>(step.with[1].value) == 4);
  CHECK(std::get<bool>(step.with[2].value));
  CHECK_FALSE(step.when->is);
  CHECK(step.verify->is);
  CHECK(step.timeout == Duration::minutes(10));
  CHECK(step.retry.attempts == 3);
  CHECK(step.on_failure.text == "step:decide");
  CHECK(book->steps[0].decides);
  CHECK(book->verification[0].on_failure.text == "abort");
  CHECK_FALSE(book->verification[0].timeout);
}

TEST_CASE("a scenario is read with every field in its place", "[unit]") {
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader reader(sources, diagnostics);
  const auto scenario = reader.read_scenario_text("s.json", kSampleScenario);
  REQUIRE(scenario);
  CHECK(scenario->faults[0].at == Duration::minutes(10));
  CHECK(scenario->faults[0].lasts == Duration::hours(6));
  CHECK(scenario->start.day.text == "weekday");
  CHECK(scenario->behaviours[0].name.text == "people.wait-for-provider");
  CHECK(scenario->behaviours[0].probability.value == 0.5);
  CHECK_FALSE(scenario->targets_from_tiers);
  CHECK(scenario->targets[1].objective == "rpo");
  CHECK(scenario->targets[1].required_share.value == 0.95);
  CHECK(scenario->runs == 1000);
  const auto brief = reader.read_scenario_text(
      "b.json",
      R"({"apiVersion": "firedrill/v1", "kind": "Scenario", "metadata": {"name": "b"},
          "system": "s.json", "faults": [], "targets": "tiers"})");
  REQUIRE(brief);
  CHECK(brief->targets_from_tiers);
  CHECK(brief->start.time.text == "any");
  CHECK(brief->runs == 10'000);
}

TEST_CASE("timings are read with every family", "[unit]") {
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto library =
      DocumentReader(sources, diagnostics).read_timings_text("t.json", kSampleTimings);
  REQUIRE(library);
  CHECK(library->timings[4].distribution.parameters.at("p95") == 150);
  CHECK(library->timings[4].distribution.truncate_max == 300);
  CHECK(library->timings[5].distribution.parameters.at("mu") == 4);
  CHECK(library->timings[8].distribution.values == std::vector<double>{1, 2, 3.5});
}

// ------------------------------------------------------------------------------------- errors --

TEST_CASE("malformed JSON is one error at the right place", "[unit]") {
  CHECK(said("{\"a\": 1\n \"b\": 2}") ==
        "d.json:2:2: error[FD003]: expected ',' or '}' after value\n \"b\": 2}\n ^\n");
  CHECK(said("[1, 2") ==
        "d.json:1:6: error[FD003]: expected ',' or ']' after value, but the file ends here\n"
        "[1, 2\n     ^\n");
  CHECK(said("") ==
        "d.json:1:1: error[FD003]: the file is empty\n\n^\nhelp: write a JSON object\n");
  CHECK(said("{} x") ==
        "d.json:1:4: error[FD003]: unexpected text after the end of the document\n{} x\n   ^\n");
  CHECK(said("\xEF\xBB\xBF{}") ==
        "d.json:1:1: error[FD003]: the file starts with a byte order mark\n\xEF\xBB\xBF{}\n^\n"
        "help: save it as UTF-8 without a byte order mark\n");
  CHECK(said("{\"a\": \"\xC0\xAF\"}") ==
        "d.json:1:8: error[FD003]: invalid UTF-8\n{\"a\": \"?\"}\n       ^\n"
        "help: save the file as UTF-8\n");
  CHECK(said("{\"a\": 01}") ==
        "d.json:1:8: error[FD003]: a number starts with 0\n{\"a\": 01}\n       ^\n");
  CHECK(said("{\"a\": 1e999}") ==
        "d.json:1:7: error[FD009]: a number is too large\n{\"a\": 1e999}\n      ^\n");
  CHECK(said("[\"\\ud800\"]") ==
        "d.json:1:3: error[FD003]: half of a surrogate pair\n[\"\\ud800\"]\n  ^\n");
  CHECK(said("[\"\\u0000\"]") ==
        "d.json:1:3: error[FD003]: a string holds the character NUL\n[\"\\u0000\"]\n  ^\n");
  CHECK(said("{\"a\" 1}") ==
        "d.json:1:6: error[FD003]: expected ':' after key\n{\"a\" 1}\n     ^\n");
  CHECK(said("{a: 1}") ==
        "d.json:1:2: error[FD003]: expected a key in double quotes\n{a: 1}\n ^\n");
  CHECK(said("[1,]") == "d.json:1:4: error[FD003]: expected a value after ','\n[1,]\n   ^\n");
}

TEST_CASE("limits hold before anything else", "[unit]") {
  CHECK(said(std::string(100'000, '['))
            .starts_with("d.json:1:65: error[FD002]: nested deeper than 64 levels\n"));
  CHECK(said("[\"" + std::string(5'000, 'x') + "\"]")
            .starts_with("d.json:1:2: error[FD002]: a string is longer than 4096 bytes\n"));
  CHECK(said("[" + std::string(5'000, '1') + "]")
            .starts_with("d.json:1:2: error[FD002]: a number is longer than 4096 bytes\n"));
  CHECK(said(std::string(9 * 1024 * 1024, ' '))
            .starts_with("d.json:1:1: error[FD002]: the file has 9437184 bytes, more than the "
                         "limit of 8388608\n"));
  std::string many = "[1";
  for (int i = 0; i < 500'000; ++i) many += ",1";
  CHECK(said(many + "]")
            .starts_with(
                "d.json:1:1000000: error[FD002]: the document has more than 500000 values\n"));
}

TEST_CASE("a head that is missing or wrong is the only error", "[unit]") {
  CHECK(said("[]") ==
        "d.json:1:1: error[FD008]: a document must be an object, not an array\n[]\n^\n");
  CHECK(said("{\"kind\": \"Runbok\"}") ==
        "d.json:1:1: error[FD005]: missing key \"apiVersion\"\n{\"kind\": \"Runbok\"}\n^\n"
        "help: add \"apiVersion\": \"firedrill/v1\"\n"
        "d.json:1:10: error[FD005]: unknown kind of document (did you mean \"Runbook\"?)\n"
        "{\"kind\": \"Runbok\"}\n         ^\n"
        "help: one of: System, Runbook, Scenario, TimingLibrary, DrillRecord, Overlay, Staging, "
        "Outage\n");
  SourceFiles sources;
  Diagnostics diagnostics;
  CHECK_FALSE(DocumentReader(sources, diagnostics)
                  .read_system_text("d", "{\"apiVersion\":\"firedrill/v1\",\"kind\":\"Runbook\"}"));
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(diagnostics.list()[0].message ==
        "this is a document of kind Runbook, but a System is needed here");
}

TEST_CASE("every independent error of a document is reported in one pass", "[unit]") {
  const std::string text = runbook(
      "{\"id\": \"a\", \"uses\": \"human:check\", \"timeout\": \"15m\", \"tittle\": \"x\"},\n"
      "{\"id\": \"a\", \"id\": \"b\", \"retry\": {\"attempts\": 0}, \"on_failure\": \"stop\"}");
  CHECK(
      said(text) ==
      "d.json:4:47: error[FD008]: \"timeout\" is not a duration: \"15m\"\n"
      "{\"id\": \"a\", \"uses\": \"human:check\", \"timeout\": \"15m\", \"tittle\": \"x\"},\n"
      "                                              ^\n"
      "help: write an ISO-8601 duration such as \"PT15M\" or \"P1DT6H\"\n"
      "d.json:4:54: error[FD006]: unknown key \"tittle\" (did you mean \"title\"?)\n"
      "{\"id\": \"a\", \"uses\": \"human:check\", \"timeout\": \"15m\", \"tittle\": \"x\"},\n"
      "                                                     ^\n"
      "help: known here: id, title, document, role, uses, with, needs, when, verify, timeout, "
      "retry, on_failure, rollback, time, change, irreversible, decides, gates\n"
      "d.json:5:1: error[FD007]: missing key \"uses\" in \"steps\"\n"
      "{\"id\": \"a\", \"id\": \"b\", \"retry\": {\"attempts\": 0}, \"on_failure\": \"stop\"}\n^\n"
      "help: add \"uses\": An action of the vocabulary\n"
      "d.json:5:8: error[FD011]: two steps are named \"a\"\n"
      "{\"id\": \"a\", \"id\": \"b\", \"retry\": {\"attempts\": 0}, \"on_failure\": \"stop\"}\n"
      "       ^\nhelp: the first stands in line 4\n"
      "d.json:5:13: error[FD004]: the key \"id\" stands twice in this object\n"
      "{\"id\": \"a\", \"id\": \"b\", \"retry\": {\"attempts\": 0}, \"on_failure\": \"stop\"}\n"
      "            ^\nhelp: remove one of the two\n"
      "d.json:5:46: error[FD009]: \"attempts\" must be at least 1\n"
      "{\"id\": \"a\", \"id\": \"b\", \"retry\": {\"attempts\": 0}, \"on_failure\": \"stop\"}\n"
      "                                             ^\n"
      "d.json:5:64: error[FD010]: \"on_failure\" cannot be \"stop\"\n"
      "{\"id\": \"a\", \"id\": \"b\", \"retry\": {\"attempts\": 0}, \"on_failure\": \"stop\"}\n"
      "                                                               ^\n"
      "help: write abort, continue, or step: and the id of a step\n");
}

TEST_CASE("an unknown kind of component is one error, whatever its fields", "[unit]") {
  std::string kinds;
  for (const Choice& kind : kComponentKinds) {
    kinds += (kinds.empty() ? "" : ", ") + std::string(kind.word);
  }
  CHECK(said(replaced(kSampleSystem, "\"ecs:cluster\"", "\"ecs:cluser\"")) ==
        "d.json:27:34: error[FD010]: \"kind\" cannot be \"ecs:cluser\" (did you mean "
        "\"ecs:cluster\"?)\n"
        "    {\"name\": \"ecs-east\", \"kind\": \"ecs:cluser\",\n"
        "                                 ^\n"
        "help: one of: " +
            kinds + "\n");
}

/// The message alone of the only error of a text.
std::string only_message(const std::string& text) {
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader(sources, diagnostics).read_any_text("d.json", text);
  REQUIRE(diagnostics.list().size() == 1);
  const Diagnostic& d = diagnostics.list()[0];
  return rule_id(d.rule) + " " + d.message;
}

TEST_CASE("each mistake in a system is said in its own words", "[unit]") {
  const auto broken = [](const char* what, const char* with) {
    return only_message(replaced(kSampleSystem, what, with));
  };
  CHECK(broken("\"PT60S\"", "60") == "FD008 \"ttl\" must be a duration, not a number");
  CHECK(broken("\"PT60S\"", "\"PT0S\"") == "FD009 \"ttl\" must be longer than zero");
  CHECK(broken("\"PT60S\"", "\"P1M\"") ==
        "FD008 \"ttl\" must not use years or months: their length varies");
  CHECK(broken("\"PT60S\"", "\"-PT1S\"") == "FD008 \"ttl\" must not have a sign");
  CHECK(broken("\"PT60S\"", "\"P10001D\"") == "FD009 \"ttl\" is longer than 10,000 days");
  CHECK(broken("\"512 GiB\"", "\"512 gib\"") == "FD008 \"size\" is not a size: \"512 gib\"");
  CHECK(broken("\"512 GiB\"", "\"0 GiB\"") == "FD009 \"size\" must be greater than zero");
  CHECK(broken("\"2 MiB/s\"", "2097152") == "FD008 \"write_rate\" must be a rate, not a number");
  CHECK(broken("\"30 /min\"", "\"30\"") == "FD008 \"write_rate\" is not a rate of events: \"30\"");
  CHECK(broken("0.9995", "1.5") == "FD009 \"slo\" must be at most 1");
  CHECK(broken("0.9995", "-0.5") == "FD009 \"slo\" must be at least 0");
  CHECK(broken("\"desired_count\": 4", "\"desired_count\": 4.5") ==
        "FD008 \"desired_count\" must be a whole number");
  CHECK(broken("\"desired_count\": 4", "\"desired_count\": -1") ==
        "FD009 \"desired_count\" must be at least 0");
  CHECK(broken("\"desired_count\": 4", "\"desired_count\": 99999999999999999999") ==
        "FD009 a whole number does not fit 64 bits");
  CHECK(broken("\"desired_count\": 4", "\"desired_count\": 100001") ==
        "FD009 \"desired_count\" must be at most 100000");
  CHECK(broken("[\"db-east\"]", "[]") == "FD009 \"members\" must not be empty");
  CHECK(broken("[\"db-east\"]", "[7]") ==
        "FD008 an entry of \"members\" must be a string, not a number");
  CHECK(broken("\"secondary\": \"cdn\"", "\"secondary\": \"\"") ==
        "FD008 \"secondary\" must not be an empty string");
  CHECK(broken("\"secondary\": \"cdn\"", "\"secondary\": null") ==
        "FD008 \"secondary\" must be a string, not null");
  CHECK(broken("\"secondary\": \"cdn\"", "\"secondary\": \"lb-east\"") ==
        "FD014 \"secondary\" is the same as \"primary\"");
  CHECK(broken("\"name\": \"shop\"", "\"name\": \"Shop_1\"") ==
        "FD008 \"name\" cannot be \"Shop_1\"");
  CHECK(broken("\"name\": \"west\"", "\"name\": \"east\"") ==
        "FD011 two regions are named \"east\"");
  CHECK(broken("\"to\": \"west\"", "\"to\": \"east\"") ==
        "FD014 link \"east-west\" leads from \"east\" to itself");
  CHECK(broken("\"09:00\"", "\"9:00\"") == "FD008 \"from\" is not a time of day: \"9:00\"");
  CHECK(broken("\"source\": \"boot log\", ", "") == "FD015 missing key \"source\" in \"timings\"");
  CHECK(broken("\"boot log\"", "\" \"") == "FD015 \"source\" is blank");
  CHECK(broken("\"confidence\": \"measured\", ", "") ==
        "FD015 missing key \"confidence\" in \"timings\"");
  CHECK(broken("\"measured\"", "\"mesured\"") ==
        "FD010 \"confidence\" cannot be \"mesured\" (did you mean \"measured\"?)");
  CHECK(broken("\"$comment\": \"two regions\"", "\"$comment\": 2") ==
        "FD008 \"$comment\" must be a string, not a number");
}

TEST_CASE("each mistake in a scenario is said in its own words", "[unit]") {
  const auto broken = [](const char* what, const char* with) {
    return only_message(replaced(kSampleScenario, what, with));
  };
  CHECK(broken("\"weekday\"", "\"workday\"") ==
        "FD010 \"day\" cannot be \"workday\" (did you mean \"weekday\"?)");
  CHECK(broken("\"asleep\"", "\"25:00\"") == "FD010 \"time\" cannot be \"25:00\"");
  CHECK(broken("0.5", "2") == "FD009 \"people.wait-for-provider\" must be at most 1");
  CHECK(broken("{\"region\": \"east\"}", "{\"region\": [\"east\"]}") ==
        "FD008 argument \"region\" must be a string, a number, true or false, not an array");
  CHECK(broken("\"rpo\"", "\"rto\"") == "FD011 two targets are named \"shop rto\"");
  CHECK(broken("\"runs\": 1000", "\"runs\": 0") == "FD009 \"runs\" must be at least 1");
  CHECK(broken("\"P1D\"", "\"PT0S\"") == "FD009 \"horizon\" must be longer than zero");
  const std::string head =
      R"({"apiVersion": "firedrill/v1", "kind": "Scenario", "metadata": {"name": "b"},
          "system": "s.json", "faults": [], "targets": )";
  CHECK(only_message(head + "[]}") == "FD017 \"targets\" is empty, so there is nothing to judge");
  CHECK(only_message(head + "\"tier\"}") ==
        "FD008 \"targets\" must be the string \"tiers\" or an array of targets");
}

TEST_CASE("a step that needs itself is a circle", "[unit]") {
  CHECK(only_message(runbook(R"({"id": "a", "uses": "human:check", "needs": ["a"]})")) ==
        "FD013 step \"a\" names itself in \"needs\"");
}

TEST_CASE("distributions that cannot be are refused", "[unit]") {
  const auto message = [](const char* distribution) { return only_message(timing(distribution)); };
  CHECK(message(R"({"family": "lognormal", "p50": 5})") ==
        "FD007 missing key \"p95\" in \"distribution\"");
  CHECK(message(R"({"family": "lognormal", "p50": 0, "p95": 5})") ==
        "FD009 \"p50\" must be greater than zero");
  CHECK(message(R"({"family": "lognormal", "p50": 9, "p95": 5})") ==
        "FD014 \"p50\" is 9, greater than \"p95\", which is 5");
  CHECK(message(R"({"family": "lognormal", "mu": 1, "sigma": -1})") ==
        "FD009 \"sigma\" must be at least 0");
  CHECK(message(R"({"family": "pert", "min": 3, "mode": 2, "max": 4})") ==
        "FD014 \"min\" is 3, greater than \"mode\", which is 2");
  CHECK(message(R"({"family": "uniform", "min": 3, "max": 2})") ==
        "FD014 \"min\" is 3, greater than \"max\", which is 2");
  CHECK(message(R"({"family": "constant", "value": 3, "mean": 2})") ==
        "FD006 unknown key \"mean\"");
  CHECK(message(R"({"family": "empirical", "values": []})") ==
        "FD009 \"values\" must not be empty");
  CHECK(message(R"({"family": "exponential", "mean": 2, "truncate_min": 5, "truncate_max": 4})") ==
        "FD014 \"truncate_min\" is 5, greater than \"truncate_max\", which is 4");
  CHECK(message(R"({"family": "uniform", "min": 1, "max": 2, "truncate_max": 0})") ==
        "FD014 the truncation leaves no value that can be drawn");
  CHECK(message(R"({"family": "lognorm", "p50": 5})") ==
        "FD010 \"family\" cannot be \"lognorm\" (did you mean \"lognormal\"?)");
  CHECK(message(R"({"value": 5})") == "FD007 missing key \"family\" in \"distribution\"");
}

TEST_CASE("a flood of errors is cut and counted", "[unit]") {
  std::string text = "{\"apiVersion\": \"firedrill/v1\", \"kind\": \"System\"";
  for (int i = 0; i < 5'000; ++i) text += ",\n\"k" + std::to_string(i) + "\": 0";
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader(sources, diagnostics).read_any_text("d.json", text + "}");
  REQUIRE(diagnostics.list().size() == 1'001);
  CHECK(diagnostics.list()[0].message ==
        "5005 errors in this file, of which the first 1000 are shown");
}

// -------------------------------------------------------------------------------------- files --

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "firedrill-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string file_message(const std::string& path) {
  SourceFiles sources;
  Diagnostics diagnostics;
  CHECK_FALSE(DocumentReader(sources, diagnostics).read_system(path));
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(sources.path(0) == path);
  CHECK_FALSE(DocumentReader::kind_of(path));
  return rule_id(diagnostics.list()[0].rule) + " " + diagnostics.list()[0].message;
}

TEST_CASE("what is no readable regular file is refused without waiting", "[unit]") {
  const Folder folder;
  CHECK(file_message(folder / "none.json") ==
        "FD001 cannot read the file: No such file or directory");
  CHECK(file_message(folder / "") == "FD001 cannot read the file: it is a directory");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(file_message(folder / "pipe") == "FD001 cannot read the file: it is not a regular file");
  CHECK(file_message("/dev/zero") == "FD001 cannot read the file: it is not a regular file");
  std::ofstream(folder / "empty.json");
  CHECK(file_message(folder / "empty.json") == "FD003 the file is empty");
  // Sparse, so that nothing is written.
  std::ofstream(folder / "huge.json");
  std::filesystem::resize_file(folder / "huge.json", 50'000'000);
  CHECK(file_message(folder / "huge.json") == "FD002 the file is larger than 8388608 bytes");
}

TEST_CASE("the kind of a file is told without reporting anything", "[unit]") {
  const Folder folder;
  std::ofstream(folder / "r.json") << kSampleRunbook;
  std::ofstream(folder / "other.json") << R"({"kind": "Runbook"})";
  CHECK(DocumentReader::kind_of(folder / "r.json") == DocumentKind::kRunbook);
  CHECK_FALSE(DocumentReader::kind_of(folder / "other.json"));
}

// --------------------------------------------------------------------------------- properties --

TEST_CASE("a document cut or flipped anywhere never crashes the reader", "[unit]") {
  for (const std::string text : {kSampleRunbook, kSampleScenario, kSampleTimings}) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const int change : {-1, 0x01, 0x20, 0x80}) {
        std::string broken = change < 0 ? text.substr(0, i) : text;
        if (change >= 0) broken[i] = static_cast<char>(broken[i] ^ change);
        SourceFiles sources;
        Diagnostics diagnostics;
        const auto document = DocumentReader(sources, diagnostics).read_any_text("d", broken);
        if (document.has_value() != diagnostics.empty()) FAIL("at " << i << " change " << change);
        for (const Diagnostic& d : diagnostics.list()) render(d, sources);
      }
    }
  }
}

TEST_CASE("our JSON parser takes no text that an independent one refuses", "[unit]") {
  const std::string text =
      "[{\"a\": [1, -2.5e+3, 0, \"x\\u00e9\\ud83d\\ude00\\n\xC3\xA9\", true, null]}, {}]";
  int taken = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string broken = text;
      broken[i] = static_cast<char>(byte);
      SourceFiles sources;
      Diagnostics diagnostics;
      const bool ours =
          parse_json(sources, sources.add("d", broken), diagnostics) && diagnostics.empty();
      const bool theirs = nlohmann::json::accept(broken);
      if (ours != theirs) FAIL("at " << i << " byte " << byte << ": " << broken);
      taken += ours ? 1 : 0;
    }
  }
  CHECK(taken > 500);
}

TEST_CASE("a printed quantity parses back to the same value", "[unit]") {
  for (const char* text : {"512 GiB", "400 MB", "1 B", "1.5 TiB", "0 B", "3 kB", "1500 MiB"}) {
    INFO(text);
    const auto size = parse_size(text);
    REQUIRE(size);
    CHECK(parse_size(to_text(*size))->bytes == size->bytes);
  }
  for (const char* text : {"40 MiB/s", "5 Gbit/s", "100 kbit/s", "1 bit/s", "3 MB/s"}) {
    INFO(text);
    const auto rate = parse_byte_rate(text);
    REQUIRE(rate);
    CHECK(to_text(*rate) == text);
  }
  for (const char* text : {"12 /s", "30 /min", "1 /h", "7 /d"}) {
    const auto rate = parse_event_rate(text);
    REQUIRE(rate);
    CHECK(parse_event_rate(to_text(*rate))->per_s == rate->per_s);
  }
  CHECK(to_text(Size{512.0 * 1024 * 1024 * 1024}) == "512 GiB");
  CHECK(to_text(Size{4e8}) == "400 MB");
  CHECK(parse_size("5GiB")->bytes == 5.0 * 1024 * 1024 * 1024);
  for (const char* text : {"", "5", "GiB", "-5 GiB", "5  GiB", "5 GiB ", "5e3 B", ".5 B", "5. B",
                           "5 gib", "5 GiB/s", "1234567890123456 B", "nan B", "5 Gbit"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text));
  }
  CHECK(parse_time_of_day("24:00") == Duration::hours(24));
  for (const char* text : {"24:01", "9:00", "09:60", "0900", "09:00 ", "-9:00"}) {
    CHECK_FALSE(parse_time_of_day(text));
  }
}

TEST_CASE("a JSON pointer leads to the line and column of its value", "[unit]") {
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto root =
      parse_json(sources, sources.add("d", "{\"a/b\": [1,\n {\"c\": 2}]}"), diagnostics);
  REQUIRE(root);
  CHECK(origin_at(*root, "/a~1b/1/c").line == 2);
  CHECK(origin_at(*root, "/a~1b/1/c").column == 8);
  CHECK(origin_at(*root, "/a~1b/7").column == 9);
  CHECK(origin_at(*root, "").column == 1);
}

}  // namespace
}  // namespace firedrill

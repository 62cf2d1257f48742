// What-ifs: overlays and variables, what they change, and what is said of those that cannot be.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/input/document_patch.hpp"
#include "engine/plan/load.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

std::string merged(const std::string& document, const std::string& patch, std::string* said = {}) {
  SourceFiles sources;
  Diagnostics diagnostics;
  auto root = parse_json(sources, sources.add("d", document), diagnostics);
  auto part = parse_json(sources, sources.add("o", patch), diagnostics);
  REQUIRE(root);
  REQUIRE(part);
  DocumentPatches patches;
  patches.add({DocumentKind::kSystem, {}, "", {}, *part});
  CHECK(patches.apply(DocumentKind::kSystem, *root, diagnostics));
  for (const Diagnostic& d : diagnostics.list()) {
    if (said != nullptr) *said += render(d, sources);
  }
  if (said == nullptr) CHECK(diagnostics.empty());
  return to_json_text(*root);
}

TEST_CASE("objects are merged, lists of named things by name", "[input][unit]") {
  const std::string list = R"({"components":[{"name":"a.b","ttl":1},{"name":"c","ttl":2}]})";
  CHECK(merged(list, R"({"components":{"c":{"ttl":9}}})") ==
        R"({"components":[{"name":"a.b","ttl":1},{"name":"c","ttl":9}]})");
  CHECK(merged(list, R"({"components":{"a.b":null}})") ==
        R"({"components":[{"name":"c","ttl":2}]})");
  CHECK(merged(list, R"({"components":{"+d":{"ttl":3}}})") ==
        R"({"components":[{"name":"a.b","ttl":1},{"name":"c","ttl":2},{"ttl":3,"name":"d"}]})");
  CHECK(merged(R"({"a":{"b":1,"c":[1,2]}})", R"({"a":{"c":[3],"b":null}})") ==
        R"({"a":{"c":[3]}})");
  CHECK(merged(R"({"list":[{"x":1},{"x":2}]})", R"({"list":{"1":{"x":5}}})") ==
        R"({"list":[{"x":1},{"x":5}]})");
}

TEST_CASE("what an overlay names must be there, or marked as new", "[input][unit]") {
  const std::string list = R"({"components":[{"name":"dns","ttl":1}]})";
  std::string said;
  merged(list, R"({"components":{"dsn":{"ttl":9}}})", &said);
  CHECK(said.find("o:1:16: error[FD012]: \"components\" has no \"dsn\" (did you mean \"dns\"?)") ==
        0);
  said.clear();
  merged(list, R"({"components":{"+dns":{"ttl":9}}})", &said);
  CHECK(said.find("error[FD011]: \"components\" already has \"dns\"") != std::string::npos);
  said.clear();
  merged(list, R"({"colour":null})", &said);
  CHECK(said.find("error[FD012]: there is no \"colour\" to remove") != std::string::npos);
}

struct Folder {
  fs::path path = fs::temp_directory_path() / "firedrill-what-if-test";
  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

std::string library() {
  std::ifstream file(FIREDRILL_SOURCE_DIR "/models/timings/library.json");
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Loaded {
  std::optional<Plan> plan;
  std::string said;
};

Loaded load(const WhatIf& what_if) {
  SourceFiles sources;
  Diagnostics diagnostics;
  Loaded loaded;
  loaded.plan = load_plan(FIREDRILL_SOURCE_DIR "/scenarios/causeway/region-loss.json", library(),
                          sources, diagnostics, what_if);
  for (const Diagnostic& d : diagnostics.list()) loaded.said += render(d, sources);
  return loaded;
}

const EcsServiceSpec& service(const Plan& plan, const std::string& name) {
  for (const PlannedComponent& component : plan.components) {
    if (component.name == name) return std::get<EcsServiceSpec>(component.detail);
  }
  throw std::runtime_error("no such component");
}

TEST_CASE("an overlay is an architecture change in ten lines", "[plan][unit]") {
  const Folder folder;
  const std::string overlay = folder.write("hot.json", R"({
  "apiVersion": "firedrill/v1",
  "kind": "Overlay",
  "metadata": {"name": "hot-standby"},
  "system": {"components": {"payment-processing-api-dr": {"with": {"desired_count": 12}}}},
  "timings": {"people.triage_initial": "x0.5"},
  "steps": {"region-degradation/assess-scope": "PT1M"}
})");
  const auto as_is = load({}).plan;
  const Loaded changed = load({{overlay}, {}});
  REQUIRE(as_is);
  CHECK(changed.said.empty());
  REQUIRE(changed.plan);
  CHECK(service(*as_is, "payment-processing-api-dr").desired_count == 2);
  CHECK(service(*changed.plan, "payment-processing-api-dr").desired_count == 12);
  const auto median = [](const Plan& plan) {
    const TimingIndex index = plan.timing_by_id.find("people.triage_initial")->second;
    return plan.timing(index).distribution.quantile(0.5);
  };
  CHECK(median(*changed.plan) == Approx(median(*as_is) / 2));
  CHECK(changed.plan->scenario_sha256 != as_is->scenario_sha256);
  CHECK(changed.plan->what_if == std::vector<std::string>{"--with " + overlay});
}

TEST_CASE("a variable sets one value, and the last change wins", "[plan][unit]") {
  const Folder folder;
  const std::string overlay = folder.write("o.json", R"({
  "apiVersion": "firedrill/v1", "kind": "Overlay", "metadata": {"name": "o"},
  "system": {"components": {"payment-processing-api-dr": {"with": {"desired_count": 12}}}}})");
  const Loaded loaded = load({{overlay},
                              {"system.components.payment-processing-api-dr.with.desired_count=5",
                               "scenario.horizon=2h", "steps.region-degradation/assess-scope=x0",
                               "scenario.behaviours.\"people.wait-for-provider\"=0"}});
  CHECK(loaded.said.empty());
  REQUIRE(loaded.plan);
  CHECK(service(*loaded.plan, "payment-processing-api-dr").desired_count == 5);
  CHECK(loaded.plan->horizon == Duration::hours(2));
  CHECK(loaded.plan->probability(Behaviour::kWaitForProvider) == 0);
}

TEST_CASE("mistakes of a what-if are shown where they stand", "[plan][unit]") {
  const Folder folder;
  const std::string overlay = folder.write("bad.json", R"({
  "apiVersion": "firedrill/v1", "kind": "Overlay", "metadata": {"name": "bad"},
  "system": {"regions": {"eu-west-9": null}},
  "runbooks": {"region-degradtion": {"title": "x"}},
  "timings": {"people.triage": "x0.5", "people.triage_initial": "often"}})");
  const Loaded loaded = load({{overlay}, {}});
  CHECK_FALSE(loaded.plan);
  const auto says = [](const Loaded& l, const std::string& text) {
    CAPTURE(l.said, text);
    CHECK(l.said.find(text) != std::string::npos);
  };
  says(loaded, "bad.json:3:26: error[FD012]: \"regions\" has no \"eu-west-9\"");
  says(loaded, "bad.json:4:37: error[FD012]: \"runbooks\" has no \"region-degradtion\"");
  // Times are judged in the plan, which there is once the documents are right.
  const std::string times = folder.write("times.json", R"({
  "apiVersion": "firedrill/v1", "kind": "Overlay", "metadata": {"name": "times"},
  "timings": {"people.triage_initia": "x0.5", "people.triage_initial": "often"},
  "steps": {"region-degradation/no-such-step": "PT1M"}})");
  const Loaded late = load({{times}, {}});
  says(late, "times.json:3:39: error[FD012]: there is no timing \"people.triage_initia\"");
  says(late, "times.json:3:72: error[FD008]: \"often\" is no change of \"people.triage_initial\"");
  says(late, "times.json:4:48: error[FD012]: there is no step \"region-degradation/no-such-step\"");

  says(load({{}, {"system.colour=3"}}), "--var:1:1: error[FD006]: unknown key \"colour\"");
  says(load({{}, {"scenario.runs=many"}}), "--var:1:15: error[FD008]: \"runs\" must be a whole");
  says(load({{}, {"scenario.runs=5", "scenario.runs=6"}}),
       "--var:2:1: error[FD011]: \"scenario.runs\" is set twice");
  says(load({{}, {"sytem.title=x"}}),
       "error[FD012]: there is no \"sytem\" to change (did you mean");
  says(load({{}, {"whatever"}}), "--var:1:1: error[FD008]: \"whatever\" is not PATH=VALUE");
}

TEST_CASE("a change of a time", "[plan][unit]") {
  CHECK(parse_time_change("x0.5")->factor == 0.5);
  CHECK(parse_time_change("PT10M")->value == 600);
  CHECK(parse_time_change("90s")->value == 90);
  CHECK(parse_time_change("0.25")->value == 0.25);
  for (const char* bad : {"", "x", "x-1", "xinf", "-1", "soon", "x0.5x", "nan"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time_change(bad));
  }
}

}  // namespace
}  // namespace firedrill

#include "engine/base/diagnostics.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace firedrill {
namespace {

std::string rendered(const std::string& text, std::uint32_t line, std::uint32_t column) {
  SourceFiles sources;
  const std::uint32_t file = sources.add("a.json", text);
  return render({Rule::kUnknownName, {file, line, column}, "no such step", "name a step"}, sources);
}

TEST_CASE("a diagnostic shows its line with a caret and the remedy", "[unit]") {
  CHECK(rendered("{\n  \"needs\": [\"stop-writs\"]\n}\n", 2, 13) ==
        "a.json:2:13: error[FD012]: no such step\n"
        "  \"needs\": [\"stop-writs\"]\n"
        "            ^\n"
        "help: name a step\n");
}

TEST_CASE("a diagnostic without a position shows the file alone", "[unit]") {
  CHECK(rendered("text", 0, 0) == "a.json: error[FD012]: no such step\nhelp: name a step\n");
  CHECK(render({Rule::kNotJson, {7, 1, 1}, "broken", ""}, SourceFiles()) ==
        "error[FD003]: broken\n");
}

TEST_CASE("the caret counts characters where the column counts bytes", "[unit]") {
  CHECK(rendered("\xC3\xA9\xE2\x9C\x93x\r\n", 1, 6) ==
        "a.json:1:6: error[FD012]: no such step\n\xC3\xA9\xE2\x9C\x93x\n  ^\nhelp: name a step\n");
}

TEST_CASE("nothing that a terminal acts upon is passed on", "[unit]") {
  SourceFiles sources;
  const std::uint32_t file = sources.add("a\x1B.json", "\tx\x1B[31m\xE2\x80\xAEy\xFF");
  CHECK(render({Rule::kNotJson, {file, 1, 2}, "bad\nnews\x07", ""}, sources) ==
        "a?.json:1:2: error[FD003]: bad?news?\n x?[31m?y?\n ^\n");
}

TEST_CASE("long lines are cut around the caret", "[unit]") {
  const std::string line(1'000, 'x');
  CHECK(rendered(line, 1, 1) == "a.json:1:1: error[FD012]: no such step\n" + std::string(96, 'x') +
                                    "...\n^\nhelp: name a step\n");
  CHECK(rendered(line, 1, 501) == "a.json:1:501: error[FD012]: no such step\n..." +
                                      std::string(96, 'x') + "...\n" + std::string(51, ' ') +
                                      "^\nhelp: name a step\n");
  CHECK(rendered(line, 1, 1'001) == "a.json:1:1001: error[FD012]: no such step\n..." +
                                        std::string(96, 'x') + "\n" + std::string(99, ' ') +
                                        "^\nhelp: name a step\n");
}

TEST_CASE("a message that quotes thousands of characters keeps its beginning and its end",
          "[unit]") {
  const std::string name(4000, 'n');
  const std::string text = render(
      {Rule::kUnknownKey, {7, 1, 1}, "unknown key \"" + name + "\" in step", ""}, SourceFiles());
  REQUIRE(text.size() < 900);
  REQUIRE(text.find("error[FD006]: unknown key \"nnn") == 0);
  REQUIRE(text.find(" characters) ...n") != std::string::npos);
  REQUIRE(text.substr(text.size() - 11) == "n\" in step\n");
}

TEST_CASE("positions past the end of a file are harmless", "[unit]") {
  CHECK(rendered("x\n", 9, 9) ==
        "a.json:9:9: error[FD012]: no such step\n\n^\nhelp: name a step\n");
}

TEST_CASE("sorting orders by place and drops exact repeats", "[unit]") {
  Diagnostics list;
  list.error(Rule::kWrongType, {0, 2, 1}, "b");
  list.error(Rule::kWrongType, {0, 1, 5}, "a");
  list.error(Rule::kWrongType, {0, 2, 1}, "b");
  list.error(Rule::kUnknownKey, {0, 2, 1}, "c");
  list.sort();
  REQUIRE(list.list().size() == 3);
  CHECK(list.list()[0].message == "a");
  CHECK(list.list()[1].message == "c");
  CHECK(list.list()[2].message == "b");
}

TEST_CASE("every rule is described once, in order, under a name of its own", "[unit]") {
  std::set<std::string_view> names;
  std::uint16_t number = 0;
  for (const RuleDescription& rule : rule_descriptions()) {
    CHECK(static_cast<std::uint16_t>(rule.rule) == ++number);
    CHECK(names.insert(rule.name).second);
    CHECK(rule.meaning.ends_with('.'));
  }
  CHECK(number == static_cast<std::uint16_t>(Rule::kUnsupported));
  CHECK(rule_id(Rule::kUnknownName) == "FD012");
}

TEST_CASE("the nearest name is suggested when it is near enough", "[unit]") {
  const std::vector<std::string> names{"stop-writes", "start-writes", "promote-db"};
  CHECK(nearest_name("stop-writs", names) == "stop-writes");
  CHECK(nearest_name("promtoe-db", names) == "promote-db");
  CHECK(nearest_name("something-else", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name("ab", {"ac"}).empty());
  // "cab" is one swap from "acb" and one change from "cat": the earlier wins.
  CHECK(nearest_name("cab", {"acb", "cat"}) == "acb");
  CHECK(nearest_name("cab", {"cat", "acb"}) == "cat");
  CHECK(did_you_mean("stop-writs", names) == " (did you mean \"stop-writes\"?)");
  CHECK(did_you_mean("x", names).empty());
}

}  // namespace
}  // namespace firedrill

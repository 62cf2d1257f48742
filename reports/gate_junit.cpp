#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "reports/gate.hpp"
#include "reports/target_name.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

void set(pugi::xml_node node, const char* name, const std::string& value) {
  // What XML 1.0 forbids even as a reference is a blank in it.
  node.append_attribute(name).set_value(printable(value, true).c_str());
}

void property(pugi::xml_node properties, const char* name, const std::string& value) {
  pugi::xml_node node = properties.append_child("property");
  set(node, "name", name);
  set(node, "value", value);
}

std::string seconds_text(const ReportTime& ms) {
  return ms ? fmt::format("{:.3f}", static_cast<double>(*ms) / 1000.0) : std::string("0");
}

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
};

void add_case(pugi::xml_node suite, const Report& report, const GateTarget& g, Counts& counts) {
  const ReportTarget& t = report.targets[g.target];
  pugi::xml_node node = suite.append_child("testcase");
  const std::string& group = t.tier.empty() ? t.subject : t.tier;
  set(node, "classname", fmt::format("{}.{}", report.scenario.name, group));
  set(node, "name", target_name(t));
  set(node, "file", t.file.empty() ? report.scenario.path : t.file);
  if (t.line > 0) set(node, "line", std::to_string(t.line));
  set(node, "time", seconds_text(t.achieved.p50));
  pugi::xml_node properties = node.append_child("properties");
  property(properties, "met_share", fmt::format("{:.6f}", t.met_share));
  property(properties, "p50_s", t.achieved.p50 ? seconds_text(t.achieved.p50) : "never");
  property(properties, "p95_s", t.achieved.p95 ? seconds_text(t.achieved.p95) : "never");
  ++counts.tests;
  if (t.judged == 0) {
    set(node.append_child("skipped"), "message", "no drill was judged by it");
    ++counts.skipped;
  } else if (g.fails) {
    const bool worse = g.change == GateChange::kWorse;
    pugi::xml_node failure = node.append_child("failure");
    set(failure, "type", worse ? "regression" : std::string(to_word(t.verdict)));
    set(failure, "message", target_figures(t) + (worse ? "; worse: " + g.reason : ""));
    ++counts.failures;
  }
}

void add_broken(pugi::xml_node suite, const Report& report, Counts& counts) {
  if (report.failed == 0) return;
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "classname", report.scenario.name);
  set(node, "name", "every drill has a result");
  set(node.append_child("error"), "message", fmt::format("{} drills broke", report.failed));
  ++counts.tests;
  ++counts.errors;
}

void add_suite(pugi::xml_node all, const std::vector<Report>& reports, std::size_t index,
               const Gate& gate) {
  const Report& report = reports[index];
  pugi::xml_node suite = all.append_child("testsuite");
  set(suite, "name", report.scenario.name);
  pugi::xml_node properties = suite.append_child("properties");
  property(properties, "seed", std::to_string(report.seed));
  property(properties, "drills", std::to_string(report.completed));
  property(properties, "scenario_sha256", report.scenario.sha256);
  Counts counts;
  // In the order of the document: a case has its place, whatever its verdict.
  for (std::size_t t = 0; t < report.targets.size(); ++t) {
    for (const GateTarget& g : gate.targets) {
      if (g.report == index && g.target == t) add_case(suite, report, g, counts);
    }
  }
  add_broken(suite, report, counts);
  set(suite, "tests", std::to_string(counts.tests));
  set(suite, "failures", std::to_string(counts.failures));
  set(suite, "errors", std::to_string(counts.errors));
  set(suite, "skipped", std::to_string(counts.skipped));
}

}  // namespace

std::string render_junit(const std::vector<Report>& reports, const Gate& gate) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node all = document.append_child("testsuites");
  set(all, "name", "firedrill");
  for (std::size_t i = 0; i < reports.size(); ++i) add_suite(all, reports, i, gate);
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace firedrill

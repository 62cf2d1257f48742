#include "reports/html/page.hpp"

#include "reports/html/charts.hpp"
#include "reports/html/picker.hpp"
#include "reports/html/sections.hpp"
#include "reports/html/trim.hpp"
#include "reports/kept.hpp"

namespace firedrill {
namespace {

using namespace html;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

struct Link {
  std::string_view id;
  std::string_view words;
};

Element contents(const std::vector<Link>& links) {
  Element nav("nav");
  nav.set("aria-label", "On this page");
  for (const Link& link : links) {
    nav.add(Element("a").set("href", '#' + std::string(link.id)).text(link.words)).text(" ");
  }
  return nav;
}

Element charts_section(const Report& report) {
  Element all("section");
  all.set("id", "charts").add(element("h2", "How likely, and how sure"));
  if (!report.targets.empty()) all.add(share_chart(report));
  for (const Element& chart : distribution_charts(report)) all.add(chart);
  if (!report.stores.empty()) all.add(store_chart(report));
  return all;
}

Element influences_section(const Report& report) {
  Element all("section");
  all.set("id", "influences").add(element("h2", "What it depends on"));
  const std::vector<Element> charts = influence_charts(report);
  if (charts.empty()) all.add(element("p", "No timing varies with what the targets achieved."));
  for (const Element& chart : charts) all.add(chart);
  return all;
}

Element drills_section(const Report& report) {
  Element all("section");
  all.set("id", "drills").add(element("h2", "Two drills as they went"));
  for (const ReportTimeline& line : report.timelines) {
    all.add({gantt_chart(report, line), state_chart(report, line)});
  }
  return all;
}

}  // namespace

namespace {

std::string page_of(const Report& report, const HtmlOptions& options,
                    const std::vector<std::string>& left_out) {
  std::vector<Link> links = {{"compliance", "Compliance"},
                             {"targets", "Targets"},
                             {"charts", "Charts"},
                             {"phases", "Phases"},
                             {"drills", "Two drills"},
                             {"influences", "What it depends on"},
                             {"findings", "Findings"},
                             {"steps", "Where the time went"},
                             {"people", "People and promises"},
                             {"assumptions", "Assumptions"},
                             {"provenance", "Provenance"}};
  if (report.timelines.empty()) {
    std::erase_if(links, [](const Link& link) { return link.id == "drills"; });
  }
  if (options.against) links.insert(links.begin() + 2, {"difference", "What changed"});
  if (options.history) links.insert(links.end() - 1, {"history", "Over time"});
  Element content("main");
  content.add({compliance_matrix(report), target_table(report)});
  if (options.against) content.add(difference_section(*options.against));
  content.add({charts_section(report), phases_section(report)});
  if (!report.timelines.empty()) content.add(drills_section(report));
  content.add(influences_section(report));
  content.add(picker_section(report));
  content.add(findings_section(report));
  if (!report.failures.empty()) content.add(failures_section(report));
  content.add({steps_section(report), organisation_section(report), assumptions_section(report)});
  if (options.history) content.add(history_section(*options.history));
  content.add(provenance_section(report, options));
  Element body("body");
  body.add({banner(report, options, left_out), contents(links), content});
  body.add(Element("script").asset(page_script()));
  Element root("html");
  root.set("lang", "en");
  return document(root.add({page_head(report.scenario.name + ": " + report.headline), body}));
}

}  // namespace

/// Rows are left out, fewer and fewer kept, until the page is small enough: with eight of each it
/// has some 400 kB, whatever the texts.
std::string render_html(const Report& whole, const HtmlOptions& options) {
  const Report report = as_kept(whole);
  std::vector<std::string> left_out;
  std::string page = page_of(report, options, left_out);
  for (std::size_t rows = 256; page.size() > kPageBytesMax && rows >= 4; rows /= 2) {
    left_out.clear();
    HtmlOptions fewer = options;
    if (options.against) fewer.against = trimmed(*options.against, rows);
    page = page_of(trimmed(report, rows, left_out), fewer, left_out);
  }
  return page;
}

}  // namespace firedrill

#include "tools/firedrill/html_export.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "tools/firedrill/moment.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

/// Scenarios of one folder may have one name, and file systems that ignore case are common.
std::vector<std::string> page_names(const std::vector<Report>& reports) {
  std::vector<std::string> names;
  std::set<std::string> taken = {"index.html"};
  for (const Report& report : reports) {
    std::string name = fmt::format("{}.html", report.scenario.name);
    for (int number = 2; !taken.insert(name).second; ++number) {
      name = fmt::format("{}-{}.html", report.scenario.name, number);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

HtmlOptions html_options() {
  HtmlOptions options;
  options.generated_at_s = moment_s();
  return options;
}

std::string write_html(const std::string& file, const Report& report, const HeldAgainst& held) {
  HtmlOptions options = html_options();
  options.against = compared(held, report);
  options.history = recorded(held, report);
  write_file(file, render_html(report, options));
  return file;
}

std::string write_html_suite(const std::string& folder, const std::vector<Report>& reports,
                             const HeldAgainst& held) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw OutputError(fmt::format("cannot make {}: {}", folder, failed.message()));
  const std::vector<std::string> names = page_names(reports);
  HtmlOptions options = html_options();
  const std::string index = (fs::path(folder) / "index.html").string();
  write_file(index, render_html_suite(reports, names, options));
  options.suite_page = "index.html";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    options.against = compared(held, reports[i]);
    options.history = recorded(held, reports[i]);
    write_file((fs::path(folder) / names[i]).string(), render_html(reports[i], options));
  }
  return index;
}

void check_html_folder(const std::string& folder) {
  std::error_code ignored;
  if (fs::exists(folder, ignored) && !fs::is_directory(folder, ignored)) {
    throw OutputError(fmt::format("cannot write {}: a suite needs a folder there", folder));
  }
  if (fs::is_directory(folder, ignored)) {
    check_writable((fs::path(folder) / "index.html").string());
  } else {
    check_writable(folder);
  }
}

}  // namespace firedrill

#include "reports/samples_csv.hpp"

#include <fmt/format.h>

#include <iterator>

#include "reports/event_lines.hpp"
#include "reports/mark_names.hpp"
#include "reports/report.hpp"

namespace firedrill {
namespace {

std::string quoted(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
    text.insert(text.begin(), '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

void add_time(std::string& line, std::int32_t ms) {
  line += ',';
  if (ms == kNotReachedMs || ms == kNotJudgedMs) return;
  fmt::format_to(std::back_inserter(line), "{}.{:03}", ms / 1000, ms % 1000);
}

std::string header(const Plan& plan) {
  std::string line = "replication,end";
  for (const NamedMark& mark : kNamedMarks) line += fmt::format(",{}_s", mark.name);
  for (const PlannedTarget& target : plan.targets) {
    line += ',' + quoted(fmt::format("{} {}_s", target.subject, to_word(target.objective)));
  }
  for (const auto& store : plan.stores) line += ',' + quoted(store.name + " lost_s");
  return line + "\r\n";
}

}  // namespace

std::string render_csv(const Plan& plan, const Samples& samples) {
  std::string csv = header(plan);
  for (std::size_t i = 0; i < samples.replication.size(); ++i) {
    std::string line = fmt::format("{},{}", samples.replication[i], to_word(samples.end[i]));
    for (const auto& mark : samples.marks_ms) add_time(line, mark[i]);
    for (const auto& target : samples.target_ms) add_time(line, target[i]);
    for (const auto& store : samples.store_rpo_ms) add_time(line, store[i]);
    csv += line + "\r\n";
  }
  return csv;
}

}  // namespace firedrill

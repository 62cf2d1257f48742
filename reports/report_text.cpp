#include "reports/report_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"

namespace firedrill {

namespace {
constexpr int kWidthMin = 40;
}

ReportText::ReportText(const Report& report, const TextOptions& options)
    : report_(report),
      options_(options),
      width_(static_cast<std::size_t>(std::max(options.width, kWidthMin))),
      paint_(options.color) {}

void ReportText::heading(std::string_view text, std::string_view rest) {
  text_ += '\n' + paint_(Ink::kStrong, text);
  const bool fits = columns(text) + 2 + columns(rest) <= width_;
  if (fits && !rest.empty()) text_ += fmt::format("  {}", rest);
  text_ += '\n';
  if (!fits) prose(2, 2, rest);
}

void ReportText::led(std::size_t hang, Ink ink, const std::string& lead, std::string_view rest) {
  const std::string all = wrapped(fmt::format("{} {}", lead, rest), 0, hang, width_);
  const std::size_t end = std::min(all.find(lead), all.size());
  if (end == all.size()) {
    text_ += all;
    return;
  }
  text_ += all.substr(0, end) + paint_(ink, lead) + all.substr(end + lead.size());
}

void ReportText::prose(std::size_t indent, std::size_t hang, std::string_view text) {
  text_ += wrapped(clean(text), indent, hang, width_);
}

void ReportText::head() {
  const std::string lead =
      fmt::format("{} {}:", symbol(report_.verdict, options_.unicode), to_word(report_.verdict));
  led(2, ink_of(report_.verdict), lead, clean(report_.headline));
  prose(0, 2,
        fmt::format("{} ({}): {} drills, seed {}", report_.scenario.title, report_.scenario.name,
                    thousands(report_.completed), report_.seed));
  prose(0, 2, report_.scenario.question);
  for (const std::string& change : report_.scenario.what_if) prose(0, 2, "what if: " + change);
  if (const auto& looks = report_.sequential) {
    prose(0, 2,
          fmt::format("Stopped by itself at look {} of {}, from {} to {} drills; what it says of "
                      "shares holds for all looks together.",
                      looks->looks_made, looks->looks_planned, thousands(looks->min_runs),
                      thousands(looks->max_runs)));
  }
  if (report_.aborted) {
    text_ += paint_(Ink::kBad, "aborted");
    text_ += fmt::format(": {} of {} drills done\n", thousands(report_.completed),
                         thousands(report_.asked));
  }
}

void ReportText::failures() {
  if (report_.failures.empty()) return;
  heading("FAILURES");
  for (const ReportFailure& f : report_.failures) {
    const std::string cause = f.signal != 0 ? fmt::format("signal {}", f.signal)
                                            : fmt::format("exit code {}", f.exit_code);
    prose(2, 4,
          fmt::format("drill {} {} ({}); drills {} to {} were not run", f.replication, f.kind,
                      cause, f.first_lost, f.last_lost));
  }
}

void ReportText::files() {
  if (options_.files.empty()) return;
  heading("FILES");
  for (const std::string& file : options_.files) text_ += "  " + clean(file) + '\n';
}

Ink ink_of(Severity severity) {
  if (severity == Severity::kInfo) return Ink::kPlain;
  return severity == Severity::kCritical ? Ink::kBad : Ink::kDoubtful;
}

std::string about(std::int64_t drills) {
  std::int64_t digit = 1;
  while (drills / digit >= 100) digit *= 10;
  return fmt::format("about {}", thousands((drills + digit - 1) / digit * digit));
}

}  // namespace firedrill

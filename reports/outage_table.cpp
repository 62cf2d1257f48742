#include "reports/outage_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firedrill {
namespace {

constexpr std::size_t kOutageColumnMin = 10;
constexpr std::size_t kPlatformColumnMax = 14;

std::vector<std::string> in_order(const std::vector<OutageTrial>& trials,
                                  std::string OutageTrial::*name) {
  std::vector<std::string> found;
  for (const OutageTrial& trial : trials) {
    if (std::find(found.begin(), found.end(), trial.*name) == found.end()) {
      found.push_back(trial.*name);
    }
  }
  return found;
}

const OutageTrial* find(const std::vector<OutageTrial>& trials, const std::string& system,
                        const std::string& outage) {
  const auto trial = std::find_if(trials.begin(), trials.end(), [&](const OutageTrial& t) {
    return t.system == system && t.outage == outage;
  });
  return trial == trials.end() ? nullptr : &*trial;
}

std::int64_t targets_met(const Report& report) {
  return std::count_if(report.targets.begin(), report.targets.end(),
                       [](const ReportTarget& t) { return t.verdict == Verdict::kMet; });
}

class OutageTable {
 public:
  OutageTable(const std::vector<OutageTrial>& trials, const TextOptions& options)
      : trials_(trials),
        options_(options),
        paint_(options.color),
        systems_(in_order(trials, &OutageTrial::system)),
        outages_(in_order(trials, &OutageTrial::outage)) {
    name_ = kOutageColumnMin;
    for (const std::string& outage : outages_) name_ = std::max(name_, columns(outage));
    const auto width = static_cast<std::size_t>(std::max(options.width, 40));
    const std::size_t left = width > name_ + 2 ? width - name_ - 2 : 0;
    platform_ = std::min(kPlatformColumnMax, left / std::max<std::size_t>(1, systems_.size()));
    platform_ = std::max<std::size_t>(platform_, 6);
  }

  std::string run() {
    std::string text = paint_(Ink::kStrong, "OUTAGES") + "\n" + std::string(name_ + 2, ' ');
    for (const std::string& system : systems_) {
      text += right_cell(printable(system, options_.unicode), platform_ - 1) + ' ';
    }
    text += '\n';
    for (const std::string& outage : outages_) text += row(outage);
    return text + legend();
  }

 private:
  std::string row(const std::string& outage) {
    std::string line = cell(printable(outage, options_.unicode), name_) + "  ";
    for (const std::string& system : systems_) {
      const OutageTrial* trial = find(trials_, system, outage);
      line += trial == nullptr ? std::string(platform_, ' ') : verdict(*trial);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line + '\n';
  }

  std::string verdict(const OutageTrial& trial) {
    if (!trial.report) return right_cell("not hit", platform_ - 1) + ' ';
    const Report& report = *trial.report;
    const std::string share = fmt::format("{}/{}", targets_met(report), report.targets.size());
    const std::string sign = symbol(report.verdict, options_.unicode);
    const std::size_t room = platform_ - 1 - columns(sign) - 1;
    return paint_(ink_of(report.verdict), right_cell(share, room) + ' ' + sign) + ' ';
  }

  std::string legend() {
    std::string text = wrapped(
        "Targets met out of those set, when it strikes where the platform is at home. Not hit: "
        "the platform has nothing that the outage touched.",
        0, 0, static_cast<std::size_t>(std::max(options_.width, 40)));
    return "\n" + text;
  }

  const std::vector<OutageTrial>& trials_;
  const TextOptions& options_;
  const Paint paint_;
  std::vector<std::string> systems_;
  std::vector<std::string> outages_;
  std::size_t name_;
  std::size_t platform_;
};

}  // namespace

std::string render_outage_table(const std::vector<OutageTrial>& trials,
                                const TextOptions& options) {
  return OutageTable(trials, options).run();
}

}  // namespace firedrill

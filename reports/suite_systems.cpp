#include "reports/suite_systems.hpp"

#include <algorithm>

namespace firedrill {

std::vector<std::vector<std::size_t>> by_systems(const std::vector<Report>& reports) {
  std::vector<std::vector<std::size_t>> systems;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    auto own = std::find_if(systems.begin(), systems.end(), [&](const auto& some) {
      return reports[some.front()].scenario.system == reports[i].scenario.system;
    });
    if (own == systems.end()) own = systems.insert(systems.end(), std::vector<std::size_t>());
    own->push_back(i);
  }
  return systems;
}

}  // namespace firedrill

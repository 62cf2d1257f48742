#include "engine/plan/circles.hpp"

#include <algorithm>

namespace firedrill {
namespace {

struct Visit {
  std::uint32_t node;
  std::size_t next_edge = 0;
};

enum class Mark : std::uint8_t { kNew, kOnPath, kDone };

}  // namespace

void DependenceGraph::add(std::uint32_t from, std::uint32_t to, Origin at) {
  if (from >= edges_.size() || to >= edges_.size()) return;
  edges_[from].push_back({to, at});
}

std::vector<DependenceGraph::Circle> DependenceGraph::circles() const {
  std::vector<Circle> found;
  std::vector<Mark> marks(edges_.size(), Mark::kNew);
  std::vector<bool> in_circle(edges_.size(), false);
  for (std::uint32_t root = 0; root < edges_.size(); ++root) {
    if (marks[root] != Mark::kNew) continue;
    std::vector<Visit> path = {{root}};
    marks[root] = Mark::kOnPath;
    while (!path.empty()) {
      Visit& visit = path.back();
      if (visit.next_edge == edges_[visit.node].size()) {
        marks[visit.node] = Mark::kDone;
        path.pop_back();
        continue;
      }
      const Edge edge = edges_[visit.node][visit.next_edge++];
      if (marks[edge.to] == Mark::kNew) {
        marks[edge.to] = Mark::kOnPath;
        path.push_back({edge.to});
        continue;
      }
      if (marks[edge.to] != Mark::kOnPath) continue;
      const auto begin =
          std::find_if(path.begin(), path.end(), [&](const Visit& v) { return v.node == edge.to; });
      Circle circle{{}, edge.at};
      for (auto it = begin; it != path.end(); ++it) circle.nodes.push_back(it->node);
      const bool known = std::any_of(circle.nodes.begin(), circle.nodes.end(),
                                     [&](std::uint32_t n) { return in_circle[n]; });
      if (known) continue;
      for (const std::uint32_t n : circle.nodes) in_circle[n] = true;
      std::rotate(circle.nodes.begin(), std::min_element(circle.nodes.begin(), circle.nodes.end()),
                  circle.nodes.end());
      found.push_back(std::move(circle));
    }
  }
  return found;
}

void DependenceGraph::report(const std::string& what, const std::vector<std::string>& names,
                             Diagnostics& diagnostics) const {
  for (const Circle& circle : circles()) {
    std::string round;
    for (const std::uint32_t node : circle.nodes) round += names[node] + " -> ";
    round += names[circle.nodes.front()];
    diagnostics.error(Rule::kCycle, circle.at, what + " depend on each other in a circle: " + round,
                      "remove one of these dependences");
  }
}

}  // namespace firedrill

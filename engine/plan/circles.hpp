// Circles in what depends on what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/diagnostics.hpp"

namespace firedrill {

/// Who depends on whom, as nodes 0 to n-1, and where each dependence is written.
class DependenceGraph {
 public:
  explicit DependenceGraph(std::size_t nodes) : edges_(nodes) {}
  /// Ignores nodes that do not exist: references that did not bind.
  void add(std::uint32_t from, std::uint32_t to, Origin at);

  struct Circle {
    std::vector<std::uint32_t> nodes;  // beginning with the smallest
    Origin at;                         // of the dependence that closes it
  };
  /// Circles that share no node, at least one if there is any. Iterative: documents may chain
  /// thousands of steps.
  std::vector<Circle> circles() const;

  /// One kCycle for each circle: `steps depend on each other in a circle: a -> b -> a`.
  void report(const std::string& what, const std::vector<std::string>& names,
              Diagnostics& diagnostics) const;

 private:
  struct Edge {
    std::uint32_t to;
    Origin at;
  };
  std::vector<std::vector<Edge>> edges_;
};

}  // namespace firedrill

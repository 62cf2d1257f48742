// What the pictures of single drills share: one scale, clock marks and limits above it.
#pragma once

#include <string>
#include <vector>

#include "reports/html/chart.hpp"
#include "reports/report.hpp"

namespace firedrill::html {

constexpr double kDrillWidth = 1100;
constexpr double kDrillLeft = 250;
constexpr double kDrillRight = 960;

/// Far enough for every drill of the report, so that all are on one scale.
TimeAxis drill_axis(const Report& report);

/// Labelled lines from above a drill down through it: clock marks, faults and the RTO limits. Room
/// for the labels is found row by row, so that none lies over another.
class MarkLines {
 public:
  MarkLines(const Report& report, const ReportTimeline& line, const TimeAxis& axis);
  /// Of all labels.
  double height() const;
  /// With the labels from 0 to height(), and the lines on to `bottom`.
  void draw(Element& svg, double bottom) const;

 private:
  struct Mark {
    double x = 0;
    std::string label;
    std::string hint;
    std::string_view colour;
    bool limit = false;
    std::size_t row = 0;
    bool to_left = false;
  };
  void add(Mark mark);

  std::vector<Mark> marks_;
  std::vector<double> free_from_;  // by row
};

/// The entries of a legend that explain those lines.
std::vector<LegendEntry> mark_legend();

/// "median" or "p95" drill in words: `Median drill (512)`.
std::string drill_words(const ReportTimeline& line);

}  // namespace firedrill::html

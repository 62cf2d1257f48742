// What all charts of the page are made of: scales, marks, text that fits, and the figure around
// them.
//
// Colours, fonts and widths are presentation attributes, so that a chart reads where a server takes
// the style sheet away. Where the style sheet holds, its classes turn ink and paper for the dark.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html/element.hpp"
#include "reports/html/table.hpp"

namespace firedrill::html {

/// The colours that people with any colour vision tell apart: M. Okabe and K. Ito, "Color Universal
/// Design" (2008). Nothing is told by colour alone: a shape, a hatch, a dash or a word goes with
/// it.
constexpr std::string_view kBlue = "#0072B2";
constexpr std::string_view kSky = "#56B4E9";
constexpr std::string_view kGreen = "#009E73";
constexpr std::string_view kOrange = "#E69F00";
constexpr std::string_view kVermillion = "#D55E00";
constexpr std::string_view kPurple = "#CC79A7";
constexpr std::string_view kInk = "#1a1a1a";
constexpr std::string_view kFaint = "#8a8f98";
constexpr std::string_view kGrid = "#d9dce1";
constexpr std::string_view kPaper = "#ffffff";

constexpr double kTextSize = 12;

/// Zero to a maximum on a horizontal line, with ticks at round times.
class TimeAxis {
 public:
  /// `max_ms` is rounded up to a tick.
  TimeAxis(std::int64_t max_ms, double left, double right);

  /// What lies beyond an end is put onto it.
  double at(std::int64_t ms) const;
  std::int64_t max_ms() const { return max_ms_; }
  std::vector<std::int64_t> ticks() const;
  /// `1:30` in the unit of the axis.
  std::string label(std::int64_t ms) const;
  std::string_view unit() const;
  double left() const { return left_; }
  double right() const { return right_; }

 private:
  std::int64_t step_ms_;
  std::int64_t max_ms_;
  double left_;
  double right_;
};

/// Grid lines from `top` to `bottom`, labels and `title` with the unit below them.
void draw_axis(Element& svg, const TimeAxis& axis, double top, double bottom,
               std::string_view title);

struct Point {
  double x = 0;
  double y = 0;
};

Element line(Point from, Point to, std::string_view colour, double width = 1);
Element dashed(Point from, Point to, std::string_view colour, double width = 1.5);
Element rect(Point corner, double width, double height, std::string_view fill);
/// Anchored at its `start`, `middle` or `end`.
Element words(Point at, std::string_view text, std::string_view anchor = "start",
              double size = kTextSize);
Element circle(Point centre, double radius, std::string_view fill);
Element diamond(Point centre, double radius, std::string_view fill);
/// Straight lines through `points`, nothing filled.
Element path(const std::vector<Point>& points, std::string_view colour, double width = 2);
Element polygon(const std::vector<Point>& points, std::string_view fill, double opacity);
/// A tooltip of the browser's own.
Element tooltip(std::string_view text);

/// An upper estimate for a common sans serif.
double text_width(std::string_view text, double size = kTextSize);
/// Cut with an ellipsis where it is wider than `width`.
std::string fitted(std::string_view text, double width, double size = kTextSize);
/// The same by number of characters, for names in running text.
std::string shortened(std::string_view text, std::size_t characters = 120);

/// A picture with the sentence that it shows.
struct Chart {
  std::string id;
  std::string finding;      // one sentence
  std::string description;  // how to read it
  Table data;
};

/// The empty drawing of a chart, `role=img` with the finding as its title.
Element drawing(const Chart& chart, double width, double height);

struct LegendEntry {
  Element mark;  // drawn within 24 x 12
  std::string text;
};
Element legend(const std::vector<LegendEntry>& entries);

/// Finding, drawing, legend, how to read it, and its data.
Element figure(const Chart& chart, const Element& svg, const Element& key);

}  // namespace firedrill::html

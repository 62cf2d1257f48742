#include "reports/html/chart.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firedrill::html {
namespace {

constexpr std::string_view kFont = "system-ui, -apple-system, 'Segoe UI', sans-serif";

/// Round times; an axis has at most nine of its step.
constexpr std::int64_t kSteps[] = {
    1,          2,          5,          10,          20,         50,        100,       200,
    500,        1000,       2000,       5000,        10'000,     15'000,    30'000,    60'000,
    120'000,    300'000,    600'000,    900'000,     1'800'000,  3'600'000, 7'200'000, 14'400'000,
    21'600'000, 43'200'000, 86'400'000, 172'800'000, 432'000'000};
constexpr std::int64_t kTicksMax = 9;

std::int64_t step_for(std::int64_t max_ms) {
  for (const std::int64_t step : kSteps) {
    if (max_ms <= step * kTicksMax) return step;
  }
  return (max_ms / kTicksMax / 86'400'000 + 1) * 86'400'000;
}

bool is_wide(std::uint32_t lead) { return lead >= 0xE3; }

std::size_t bytes_of(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

double width_of(unsigned char lead, double size) {
  const auto c = static_cast<char>(lead);
  if (is_wide(lead)) return 1.1 * size;
  if (lead >= 0x80) return 0.66 * size;
  if (std::string_view("iljtfrI.,:;|!' -()[]").find(c) != std::string_view::npos) {
    return 0.38 * size;
  }
  if (std::string_view("mwMW@%").find(c) != std::string_view::npos) return 0.95 * size;
  return (c >= 'A' && c <= 'Z') ? 0.7 * size : 0.59 * size;
}

std::string points_text(const std::vector<Point>& points) {
  std::string text;
  for (const Point& p : points) text += fmt::format("{:.1f},{:.1f} ", p.x, p.y);
  if (!text.empty()) text.pop_back();
  return text;
}

/// Dark mode turns ink and faint lines around; colours stay.
void set_stroke(Element& element, std::string_view colour, double width) {
  if (colour == kInk) element.set("class", "ink-line");
  if (colour == kGrid) element.set("class", "grid-line");
  element.set("stroke", colour).set("stroke-width", width);
}

}  // namespace

TimeAxis::TimeAxis(std::int64_t max_ms, double left, double right)
    : step_ms_(step_for(std::max<std::int64_t>(max_ms, 1))),
      max_ms_((std::max<std::int64_t>(max_ms, 1) + step_ms_ - 1) / step_ms_ * step_ms_),
      left_(left),
      right_(right) {}

double TimeAxis::at(std::int64_t ms) const {
  const auto shown = static_cast<double>(std::clamp<std::int64_t>(ms, 0, max_ms_));
  return left_ + (right_ - left_) * shown / static_cast<double>(max_ms_);
}

std::vector<std::int64_t> TimeAxis::ticks() const {
  std::vector<std::int64_t> ticks;
  for (std::int64_t ms = 0; ms <= max_ms_; ms += step_ms_) ticks.push_back(ms);
  return ticks;
}

std::string TimeAxis::label(std::int64_t ms) const {
  if (step_ms_ >= 60'000) return fmt::format("{}:{:02}", ms / 3'600'000, ms / 60'000 % 60);
  if (max_ms_ > 60'000) return fmt::format("{}:{:02}", ms / 60'000, ms / 1000 % 60);
  return fmt::format("{}", static_cast<double>(ms) / 1000);
}

std::string_view TimeAxis::unit() const {
  if (step_ms_ >= 60'000) return "h:mm";
  return max_ms_ > 60'000 ? "m:ss" : "seconds";
}

void draw_axis(Element& svg, const TimeAxis& axis, double top, double bottom,
               std::string_view title) {
  for (const std::int64_t ms : axis.ticks()) {
    const double x = axis.at(ms);
    svg.add(line({x, top}, {x, bottom}, kGrid));
    svg.add(words({x, bottom + 16}, axis.label(ms), "middle"));
  }
  const double middle = (axis.left() + axis.right()) / 2;
  svg.add(words({middle, bottom + 34}, fmt::format("{} ({})", title, axis.unit()), "middle"));
}

Element line(Point from, Point to, std::string_view colour, double width) {
  Element mark("line");
  mark.set("x1", from.x).set("y1", from.y).set("x2", to.x).set("y2", to.y);
  set_stroke(mark, colour, width);
  return mark;
}

Element dashed(Point from, Point to, std::string_view colour, double width) {
  return line(from, to, colour, width).set("stroke-dasharray", "5 3");
}

Element rect(Point corner, double width, double height, std::string_view fill) {
  return Element("rect")
      .set("x", corner.x)
      .set("y", corner.y)
      .set("width", std::max(0.0, width))
      .set("height", std::max(0.0, height))
      .set("fill", fill);
}

Element words(Point at, std::string_view text, std::string_view anchor, double size) {
  return Element("text")
      .set("x", at.x)
      .set("y", at.y)
      .set("class", "ink")
      .set("fill", kInk)
      .set("font-family", kFont)
      .set("font-size", size)
      .set("text-anchor", anchor)
      .text(text);
}

Element circle(Point centre, double radius, std::string_view fill) {
  return Element("circle")
      .set("cx", centre.x)
      .set("cy", centre.y)
      .set("r", radius)
      .set("fill", fill);
}

Element diamond(Point c, double radius, std::string_view fill) {
  return polygon(
      {{c.x, c.y - radius}, {c.x + radius, c.y}, {c.x, c.y + radius}, {c.x - radius, c.y}}, fill,
      1);
}

Element path(const std::vector<Point>& points, std::string_view colour, double width) {
  Element mark("polyline");
  mark.set("points", points_text(points)).set("fill", "none");
  set_stroke(mark, colour, width);
  return mark;
}

Element polygon(const std::vector<Point>& points, std::string_view fill, double opacity) {
  Element mark("polygon");
  mark.set("points", points_text(points)).set("fill", fill);
  if (opacity < 1) mark.set("fill-opacity", opacity);
  return mark;
}

Element tooltip(std::string_view text) { return element("title", text); }

double text_width(std::string_view text, double size) {
  double width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    width += width_of(lead, size);
    i += bytes_of(lead);
  }
  return width;
}

std::string fitted(std::string_view text, double width, double size) {
  if (text_width(text, size) <= width) return std::string(text);
  double left = width - size;  // the ellipsis
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    left -= width_of(lead, size);
    if (left < 0) break;
    i += bytes_of(lead);
  }
  return std::string(text.substr(0, i)) + "…";
}

std::string shortened(std::string_view text, std::size_t characters) {
  std::size_t i = 0;
  while (i < text.size() && characters > 0) {
    i += bytes_of(static_cast<unsigned char>(text[i]));
    --characters;
  }
  return i < text.size() ? std::string(text.substr(0, i)) + "…" : std::string(text);
}

Element drawing(const Chart& chart, double width, double height) {
  const std::string title = chart.id + "-title";
  const std::string description = chart.id + "-description";
  return Element("svg")
      .set("xmlns", "http://www.w3.org/2000/svg")
      .set("role", "img")
      .set("aria-labelledby", title + ' ' + description)
      .set("width", width)
      .set("height", height)
      .set("viewBox", fmt::format("0 0 {} {}", width, height))
      .add(element("title", chart.finding).set("id", title))
      .add(element("desc", chart.description).set("id", description));
}

Element legend(const std::vector<LegendEntry>& entries) {
  Element list("ul");
  list.set("class", "legend");
  for (const LegendEntry& entry : entries) {
    Element mark("svg");
    mark.set("width", 24).set("height", 12).set("aria-hidden", "true").add(entry.mark);
    list.add(Element("li").add(mark).add(element("span", " " + entry.text)));
  }
  return list;
}

Element figure(const Chart& chart, const Element& svg, const Element& key) {
  Element figure("figure");
  figure.set("id", chart.id);
  figure.add(Element("figcaption").add(element("h3", chart.finding)));
  figure.add(scrolling(chart.finding, svg));
  if (!key.empty()) figure.add(key);
  figure.add(element("p", chart.description).set("class", "note"));
  if (!chart.data.empty()) {
    figure.add(Element("details")
                   .add(element("summary", "The figures as a table"))
                   .add(scrolling("The figures as a table", chart.data.element())));
  }
  return figure;
}

}  // namespace firedrill::html

#include "engine/base/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <utility>

#include "engine/base/distribution_detail.hpp"
#include "engine/base/normal_quantile.hpp"
#include "engine/base/quantile_table.hpp"

namespace firedrill {
namespace {

namespace bm = boost::math;
using namespace distribution_detail;

constexpr double kLargestBelowOne = 1.0 - 0x1p-53;
constexpr double kLeastMass = 1e-9;

double normal_cdf(double z) { return 0.5 * std::erfc(-z * 0.70710678118654752440); }

}  // namespace

std::string_view to_string(Family family) {
  switch (family) {
    case Family::kConstant:
      return "constant";
    case Family::kUniform:
      return "uniform";
    case Family::kTriangular:
      return "triangular";
    case Family::kPert:
      return "pert";
    case Family::kExponential:
      return "exponential";
    case Family::kLognormal:
      return "lognormal";
    case Family::kGamma:
      return "gamma";
    case Family::kWeibull:
      return "weibull";
    case Family::kEmpirical:
      return "empirical";
  }
  return "unknown";
}

// ---- operations

DistributionResult Distribution::truncated(std::optional<double> min,
                                           std::optional<double> max) const {
  if (!min && !max) {
    return {*this, {}};
  }
  if (!finite({min.value_or(0), max.value_or(0)})) {
    return refused("a truncation bound must be a finite number");
  }
  if (min && max && *min > *max) {
    return refused(fmt::format("truncate_min {} must not be above truncate_max {}", *min, *max));
  }
  Distribution d = *this;
  d.truncated_ = true;
  d.lo_ = std::max(lo_, min.value_or(-kInfinity));
  d.hi_ = std::min(hi_, max.value_or(kInfinity));
  // Values that repeat in an empirical sample are atoms: one that lies on the lower bound stays.
  d.u_lo_ = whole_cdf_below(d.lo_);
  d.u_span_ = whole_cdf(d.hi_) - d.u_lo_;
  if (!(d.u_span_ >= kLeastMass)) {
    return refused(fmt::format("truncation to {} leaves nothing of {}",
                               !max   ? fmt::format("at least {}", *min)
                               : !min ? fmt::format("at most {}", *max)
                                      : fmt::format("{} to {}", *min, *max),
                               describe()));
  }
  return {std::move(d), {}};
}

Distribution Distribution::scaled(double factor) const {
  assert(factor > 0 && std::isfinite(factor));
  Distribution d = *this;
  switch (family_) {
    case Family::kConstant:
    case Family::kUniform:
    case Family::kTriangular:
    case Family::kPert:
      d.a_ *= factor;
      d.b_ *= factor;
      d.c_ *= factor;
      break;
    case Family::kExponential:
    case Family::kEmpirical:
      d.a_ *= factor;
      break;
    case Family::kLognormal:
      d.a_ += std::log(factor);
      break;
    case Family::kGamma:
    case Family::kWeibull:
      d.b_ *= factor;
      break;
  }
  d.lo_ *= factor;
  d.hi_ *= factor;
  return d;
}

double Distribution::quantile(double u) const {
  assert(u > 0 && u < 1);
  if (!truncated_) {
    return whole_quantile(u);
  }
  // Rounding could carry the probability to 1 and the value a digit past a bound; nothing else can,
  // so this clamp moves no draw.
  const double inside = std::min(u_lo_ + u * u_span_, kLargestBelowOne);
  return std::clamp(whole_quantile(inside), lo_, hi_);
}

double Distribution::cdf(double x) const {
  if (!truncated_) {
    return whole_cdf(x);
  }
  if (x < lo_) {
    return 0;
  }
  if (x >= hi_) {
    return 1;
  }
  return std::clamp((whole_cdf(x) - u_lo_) / u_span_, 0.0, 1.0);
}

double Distribution::mean() const {
  if (family_ == Family::kEmpirical) {
    // The quantile is linear between its knots, so the trapezoidal rule over them is exact.
    const std::vector<double>& v = table_->value;
    const double last = static_cast<double>(v.size() - 1);
    const double u_hi = std::min(u_lo_ + u_span_, 1.0);
    double sum = 0;
    double u = u_lo_;
    double x = whole_quantile(u);
    for (double k = std::floor(u_lo_ * last) + 1; u < u_hi; ++k) {
      const double next_u = std::min(k / last, u_hi);
      const double next_x = whole_quantile(next_u);
      sum += (next_u - u) * (x + next_x) / 2;
      u = next_u;
      x = next_x;
    }
    return std::clamp(sum / (u_hi - u_lo_), minimum(), maximum());
  }
  if (family_ == Family::kConstant) {
    return a_;
  }
  if (!truncated_) {
    return partial_mean(kInfinity);
  }
  return std::clamp((partial_mean(hi_) - partial_mean(lo_)) / u_span_, minimum(), maximum());
}

double Distribution::minimum() const { return std::max(lo_, whole_minimum()); }
double Distribution::maximum() const { return std::min(hi_, whole_maximum()); }

std::string Distribution::describe() const {
  std::string text;
  switch (family_) {
    case Family::kConstant:
      text = fmt::format("constant {:.6g}", a_);
      break;
    case Family::kUniform:
      text = fmt::format("uniform {:.6g} to {:.6g}", a_, b_);
      break;
    case Family::kTriangular:
    case Family::kPert:
      text = fmt::format("{} {:.6g} to {:.6g}, mode {:.6g}", to_string(family_), a_, c_, b_);
      break;
    case Family::kExponential:
      text = fmt::format("exponential mean {:.6g}", a_);
      break;
    case Family::kLognormal:
      text = fmt::format("lognormal p50 {:.6g} p95 {:.6g}", std::exp(a_),
                         std::exp(a_ + kNormalQuantile95 * b_));
      break;
    case Family::kGamma:
    case Family::kWeibull:
      text = fmt::format("{} shape {:.6g} scale {:.6g}", to_string(family_), a_, b_);
      break;
    case Family::kEmpirical:
      text = fmt::format("empirical {} values {:.6g} to {:.6g}", table_->value.size(),
                         whole_minimum(), whole_maximum());
      break;
  }
  const bool below = hi_ < kInfinity;
  const bool above = lo_ > -kInfinity;
  if (above && below) {
    text += fmt::format(", between {:.6g} and {:.6g}", lo_, hi_);
  } else if (above) {
    text += fmt::format(", at least {:.6g}", lo_);
  } else if (below) {
    text += fmt::format(", at most {:.6g}", hi_);
  }
  return text;
}

// ---- the whole distribution

double Distribution::whole_quantile(double u) const {
  switch (family_) {
    case Family::kConstant:
      return a_;
    case Family::kUniform:
      return a_ + u * (b_ - a_);
    case Family::kTriangular: {
      const double width = c_ - a_;
      return u * width < b_ - a_ ? a_ + std::sqrt(u * width * (b_ - a_))
                                 : c_ - std::sqrt((1 - u) * width * (c_ - b_));
    }
    case Family::kPert: {
      const auto exact = [&](double p) {
        return bm::ibeta_inv(beta_a(a_, b_, c_), beta_b(a_, b_, c_), p, BoostPolicy());
      };
      return a_ + (c_ - a_) * table_->at(u, exact);
    }
    case Family::kExponential:
      return -a_ * std::log1p(-u);
    case Family::kLognormal:
      return std::exp(a_ + b_ * standard_normal_quantile(u));
    case Family::kGamma: {
      const auto exact = [&](double p) { return bm::gamma_p_inv(a_, p, BoostPolicy()); };
      return b_ * table_->at(u, exact);
    }
    case Family::kWeibull:
      return b_ * std::pow(-std::log1p(-u), 1 / a_);
    case Family::kEmpirical: {
      const std::vector<double>& v = table_->value;
      const double position = u * static_cast<double>(v.size() - 1);
      const std::size_t k = std::min(static_cast<std::size_t>(position), v.size() - 2);
      return a_ * (v[k] + (position - static_cast<double>(k)) * (v[k + 1] - v[k]));
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Distribution::whole_cdf(double x) const {
  if (x >= whole_maximum()) {
    return 1;
  }
  switch (family_) {
    case Family::kConstant:
      return 0;
    case Family::kUniform:
      return x <= a_ ? 0 : (x - a_) / (b_ - a_);
    case Family::kTriangular:
      if (x <= a_) {
        return 0;
      }
      return x < b_ ? (x - a_) * (x - a_) / ((c_ - a_) * (b_ - a_))
                    : 1 - (c_ - x) * (c_ - x) / ((c_ - a_) * (c_ - b_));
    case Family::kPert:
      return x <= a_ ? 0
                     : bm::ibeta(beta_a(a_, b_, c_), beta_b(a_, b_, c_), (x - a_) / (c_ - a_),
                                 BoostPolicy());
    case Family::kExponential:
      return x <= 0 ? 0 : -std::expm1(-x / a_);
    case Family::kLognormal:
      return x <= 0 ? 0 : normal_cdf((std::log(x) - a_) / b_);
    case Family::kGamma:
      return x <= 0 ? 0 : bm::gamma_p(a_, x / b_, BoostPolicy());
    case Family::kWeibull:
      return x <= 0 ? 0 : -std::expm1(-std::pow(x / b_, a_));
    case Family::kEmpirical: {
      const std::vector<double>& v = table_->value;
      const double y = x / a_;
      const auto above = std::upper_bound(v.begin(), v.end(), y);
      if (above == v.begin() || above == v.end()) {
        return above == v.begin() ? 0 : 1;
      }
      const auto at = above - 1;
      return (static_cast<double>(at - v.begin()) + (y - *at) / (*above - *at)) /
             static_cast<double>(v.size() - 1);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// The share of draws strictly below `x`. It differs from the CDF only where there are atoms.
double Distribution::whole_cdf_below(double x) const {
  if (x <= whole_minimum()) {
    return 0;
  }
  if (family_ != Family::kEmpirical) {
    return whole_cdf(x);
  }
  const std::vector<double>& v = table_->value;
  const double y = x / a_;
  const auto at = std::lower_bound(v.begin(), v.end(), y);
  if (at == v.begin() || at == v.end()) {
    return at == v.begin() ? 0 : 1;
  }
  const auto below = at - 1;
  return (static_cast<double>(below - v.begin()) + (y - *below) / (*at - *below)) /
         static_cast<double>(v.size() - 1);
}

/// The integral of t f(t) over all t below `x`, which is the mean for x = infinity. Each is the
/// mean times the CDF of a neighbour of the family, found by integrating by parts.
double Distribution::partial_mean(double x) const {
  if (x <= whole_minimum()) {
    return 0;
  }
  x = std::min(x, whole_maximum());
  switch (family_) {
    case Family::kUniform:
      return (x - a_) * (x + a_) / (2 * (b_ - a_));
    case Family::kTriangular: {
      // The first side is (x - a) growing, the second what the whole lacks beyond x; with y the
      // distance to the end of the support, the integral of t y over a side is a polynomial in y.
      const double width = c_ - a_;
      if (x < b_) {
        const double y = x - a_;
        return (a_ * y * y + 2 * y * y * y / 3) / (width * (b_ - a_));
      }
      const double y = c_ - x;
      const double whole = (a_ + b_ + c_) / 3;
      return b_ == c_ ? whole : whole - (c_ * y * y - 2 * y * y * y / 3) / (width * (c_ - b_));
    }
    case Family::kPert: {
      const double a = beta_a(a_, b_, c_);
      const double b = beta_b(a_, b_, c_);
      const double y = (x - a_) / (c_ - a_);
      return a_ * bm::ibeta(a, b, y, BoostPolicy()) +
             (c_ - a_) * a / (a + b) * bm::ibeta(a + 1, b, y, BoostPolicy());
    }
    case Family::kExponential:
      return x == kInfinity ? a_ : a_ * bm::gamma_p(2.0, x / a_, BoostPolicy());
    case Family::kLognormal: {
      const double whole = std::exp(a_ + b_ * b_ / 2);
      return x == kInfinity ? whole : whole * normal_cdf((std::log(x) - a_) / b_ - b_);
    }
    case Family::kGamma:
      return x == kInfinity ? a_ * b_ : a_ * b_ * bm::gamma_p(a_ + 1, x / b_, BoostPolicy());
    case Family::kWeibull: {
      const double whole = b_ * std::tgamma(1 + 1 / a_);
      return x == kInfinity ? whole
                            : whole * bm::gamma_p(1 + 1 / a_, std::pow(x / b_, a_), BoostPolicy());
    }
    case Family::kConstant:
    case Family::kEmpirical:
      break;  // mean() needs no integral for these
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Distribution::whole_minimum() const {
  switch (family_) {
    case Family::kConstant:
    case Family::kUniform:
    case Family::kTriangular:
    case Family::kPert:
      return a_;
    case Family::kEmpirical:
      return a_ * table_->value.front();
    default:
      return 0;
  }
}

double Distribution::whole_maximum() const {
  switch (family_) {
    case Family::kConstant:
      return a_;
    case Family::kUniform:
      return b_;
    case Family::kTriangular:
    case Family::kPert:
      return c_;
    case Family::kEmpirical:
      return a_ * table_->value.back();
    default:
      return kInfinity;
  }
}

}  // namespace firedrill

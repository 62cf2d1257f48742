// A lognormal quantity given by its median and its 95th percentile, in closed form:
//   P(X > x) = Phi(-(ln x - mu) / sigma),
//   E[min(X, x)] = exp(mu + sigma^2 / 2) Phi((ln x - mu - sigma^2) / sigma) + x P(X > x).
#pragma once

#include <cmath>

namespace firedrill {

class Lognormal {
 public:
  static Lognormal of(double p50, double p95) {
    constexpr double kNormalQuantile95 = 1.6448536269514722;
    return {std::log(p50), std::log(p95 / p50) / kNormalQuantile95};
  }

  double above(double x) const {
    if (sigma_ <= 0) return std::log(x) < mu_ ? 1.0 : 0.0;
    return phi(-(std::log(x) - mu_) / sigma_);
  }
  double mean_up_to(double x) const {
    if (sigma_ <= 0) return std::fmin(std::exp(mu_), x);
    const double below = phi((std::log(x) - mu_ - sigma_ * sigma_) / sigma_);
    return std::exp(mu_ + sigma_ * sigma_ / 2) * below + x * above(x);
  }

 private:
  Lognormal(double mu, double sigma) : mu_(mu), sigma_(sigma) {}
  static double phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

  double mu_;
  double sigma_;
};

}  // namespace firedrill

// Provisioned throughput of a table, reads or writes: p units a second, and a reserve of what was
// not used in the last 300 seconds (DynamoDB developer guide, burst capacity).
//
// Where c units a second are asked for, the reserve R, at first 300 s times p less the usual, grows
// by p - c up to that again, or lasts R / (c - p) when more is asked for than there is. Without it
// min(1, p / c) of the requests are taken.
//
// Scaling by itself, where a dimension has it: once c has been above the target share of p for the
// reaction time, p becomes min(most, c / target). It never shrinks here: that is slow, and costs
// nobody an answer.
#pragma once

#include <algorithm>

#include "engine/base/time.hpp"

namespace firedrill {

class ProvisionedThroughput {
 public:
  ProvisionedThroughput(double provisioned_per_s, double usual_per_s)
      : provisioned_(provisioned_per_s),
        usual_(usual_per_s),
        asked_(usual_per_s),
        reserve_(std::max(0.0, provisioned_per_s - usual_per_s) * kReserveS) {}

  double provisioned() const { return provisioned_; }
  double asked() const { return asked_; }
  void provide(double per_s, TimePoint now) {
    settle(now);
    provisioned_ = per_s;
    reserve_ = std::min(reserve_, provisioned_ * kReserveS);
  }
  void ask(double multiple_of_usual, TimePoint now) {
    settle(now);
    asked_ = usual_ * multiple_of_usual;
  }

  /// When the reserve is used up; never() while enough is provided.
  TimePoint used_up() const {
    if (asked_ <= provisioned_) return TimePoint::never();
    return since_ + duration_from_seconds(reserve_ / (asked_ - provisioned_));
  }
  double taken_share(TimePoint now) const {
    return now < used_up() ? 1.0 : std::min(1.0, provisioned_ / asked_);
  }
  /// Whether more than this share of what is provided is asked for.
  bool above(double target) const { return asked_ > target * provisioned_; }

 private:
  static constexpr double kReserveS = 300;

  void settle(TimePoint now) {
    const double most = std::max(reserve_, kReserveS * (provisioned_ - usual_));
    const double grown = reserve_ + (provisioned_ - asked_) * to_seconds(now - since_);
    reserve_ = std::clamp(grown, 0.0, most);
    since_ = now;
  }

  double provisioned_;
  double usual_;
  double asked_;
  double reserve_;
  TimePoint since_;
};

}  // namespace firedrill

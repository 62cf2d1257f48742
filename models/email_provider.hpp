// A provider of e-mail outside of the platform, and the messages that wait for it.
//
// Messages come at rate a and are accepted at L > a at most. While the provider is down they wait;
// after D without it, a D of them do, and they are gone a D / (L - a) after it is back. Until then
// a new message is late, so that the service has its mail again only
//   D + a D / (L - a) = D L / (L - a)
// after the onset.
#pragma once

#include <algorithm>

#include "models/component.hpp"

namespace firedrill {

class EmailProvider final : public Component {
 public:
  using Component::Component;

  void place_changed() override {
    if (down() == was_down_) return;
    settle();
    was_down_ = down();
    catching_up_.cancel();
    if (was_down_ || spare() <= 0) return;
    catching_up_ = catch_up();
    catching_up_.start(nullptr);
  }
  double passes(const Path&) const override { return caught_up() ? 1.0 : 0.0; }
  Observation look(const PlannedCall& probe) const override {
    if (probe.operation != Operation::kProbeEmailOnTime) return Component::look(probe);
    return {true, caught_up()};
  }
  std::optional<double> metric(Operation metric) const override {
    if (metric != Operation::kMetricEmailDelayed) return Component::metric(metric);
    return caught_up() ? 0.0 : 1.0;
  }

 private:
  const EmailProviderSpec& spec() const { return spec_as<EmailProviderSpec>(); }
  double spare() const { return spec().send_rate.per_s - spec().arrival_rate.per_s; }
  bool caught_up() const { return !was_down_ && waiting_ <= 0; }

  /// Brings the number that waits to now.
  void settle() {
    const double elapsed_s = to_seconds(context_.now() - since_);
    waiting_ += elapsed_s * (was_down_ ? spec().arrival_rate.per_s : -spare());
    waiting_ = std::max(0.0, waiting_);
    since_ = context_.now();
  }
  Task<void> catch_up() {
    auto sent = sleep_for(context_.agenda, duration_from_seconds(waiting_ / spare()));
    co_await sent;
    waiting_ = 0;
    context_.change({});
  }

  bool was_down_ = false;
  double waiting_ = 0;  // as of since_
  TimePoint since_;
  Task<void> catching_up_;
};

}  // namespace firedrill

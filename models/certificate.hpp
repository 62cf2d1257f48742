// A TLS certificate of a name in one region: the one that clients are shown, and the one that is to
// replace it.
//
// Issued by ACM, it is renewed under the same ARN, which every listener follows by itself: from
// `renewal_begins` (60 days) before its end, and as soon as the record that proves the domain is in
// DNS. A missing record holds the renewal up until it is back; ACM then tries again after
// `renewal_retry`. A requested certificate is another ARN: it is issued `validation` after request
// and record are both there, and shown to nobody until a listener or a distribution is given it. An
// imported one is never renewed; importing another replaces it under the same ARN.
//
// An expired certificate fails every request whose path it lies on. With validity v left, a record
// that comes back at time r, retry R and validation V, the renewal wins against the end of validity
// if r + R + V < v.
//
// `days_to_expiry` is published every `metric_interval` at a phase drawn once a drill, so a renewal
// shows at the next publication and not sooner. From crossing a level to the first publication that
// shows it, a uniform share of the interval passes.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class Certificate : public Component {
 public:
  Certificate(DrillContext& context, const Regions& regions, ComponentIndex self);

  void begin() override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  TimePoint metric_crosses(Operation metric, double level) const override;
  double passes(const Path&) const override { return context_.now() < served_until_ ? 1.0 : 0.0; }

  /// The end of validity of the certificate that was issued last; nothing while it is requested.
  std::optional<TimePoint> newest() const;
  /// Shows clients the certificate that is valid until then.
  void serve(TimePoint until, StepIndex by);

 private:
  const CertificateSpec& spec() const { return spec_as<CertificateSpec>(); }
  Outcome request(StepIndex by);
  Outcome import(StepIndex by);
  Task<void> validate(StepIndex by);
  Task<void> renew();
  Task<void> with_record();
  Task<void> expire();
  TimePoint last_publication(TimePoint at) const;
  double published_days() const;

  SlotDraws validation_;
  SlotDraws renewal_retry_;
  Duration validity_;
  Duration renewal_begins_;
  Duration metric_interval_;
  Duration metric_phase_;
  bool imported_;
  bool record_present_;
  bool requested_ = false;
  TimePoint served_until_;
  TimePoint issued_until_;  // of the newest one, which need not be the one that is served
  // What the metric showed before the certificate that is served changed, and when that was.
  TimePoint shown_before_;
  TimePoint changed_at_;
  Task<void> expiring_;
  Task<void> renewing_;
  TaskSet tasks_;
};

}  // namespace firedrill

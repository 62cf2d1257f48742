// Whether services serve, by the checks of the staging document: HTTP answers, ECS rollouts, target
// health, alarms, database writers. Each look is one request or a few reads; nothing here waits for
// a state.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/live/aws/client.hpp"
#include "engine/live/binding.hpp"
#include "engine/live/platform.hpp"
#include "engine/live/resources.hpp"
#include "engine/live/run_clock.hpp"

namespace firedrill::live {

/// One check when what it shows has changed: the instant of each predicate of a recovery.
struct CheckChange {
  ServiceIndex service;
  std::string check;  // "http https://pay.example/health"
  TimePoint at;       // when the answer had come
  bool known = false;
  bool holds = false;
  std::string why;  // of what does not hold or cannot be told: "status 503", "connection refused"
};

/// A service serves all requests while every check of it holds, and none while one does not: a
/// share in between cannot be told from outside. Checks that cannot be made (a read that fails)
/// leave it open, unless another does not hold. An HTTP check whose server is not reached, or too
/// late, does not hold: customers do not reach it either.
class StagedServiceProbes final : public ServiceProbes {
 public:
  /// All of them outlive it. `told`, which may be empty, is told of every change of a check, the
  /// first look included; from whatever thread looks, one at a time.
  StagedServiceProbes(const Resources& resources, aws::Client& client, aws::Transport& web,
                      const RunClock& clock, std::function<void(const CheckChange&)> told = {});

  bool watches(ServiceIndex service) const override;
  std::optional<double> served_share(ServiceIndex service, const CallControl& control) override;

 private:
  struct Seen {
    Observation observation;
    std::string why;
  };
  struct Check {
    std::string name;
    std::chrono::microseconds timeout;
    std::function<Seen(const CallControl& control)> look;
    std::optional<Observation> last;  // guarded by `mutex_`
  };

  Check bind(const ServiceCheckSpec& spec);
  Seen http(const ServiceCheckSpec& spec, const CallControl& control);
  Seen read(const PlannedCall& probe, const CallControl& control);
  Seen alarm(const ServiceCheckSpec& spec, const CallControl& control);
  void tell(ServiceIndex service, Check& check, const Seen& seen);

  const Resources& resources_;
  aws::Client& client_;
  aws::Transport& web_;
  const RunClock& clock_;
  std::function<void(const CheckChange&)> told_;
  std::mutex mutex_;
  std::map<ServiceIndex, std::vector<Check>> checks_;
};

}  // namespace firedrill::live

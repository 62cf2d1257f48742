// Requests on their way to a service: those of customers, and those of attacks. Both are multiples
// of what customers usually send on that path, so that a path with twice its usual customers and no
// attack carries 2.
//
// They come in at an entrance (a record, a distribution, a load balancer), which adds what a fault
// sends there, and pass whatever stands on the path; a firewall takes streams of attacks out of
// them. What is left loads the tasks: with n healthy tasks, L that carry the usual load and traffic
// d, the share that is answered is min(1, n / (L d)), of customers and attackers alike.
#pragma once

#include <vector>

#include "models/component.hpp"

namespace firedrill {

class WebAcl;

/// What an attack is like: shares of it that each kind of rule can tell from customers. The rules
/// look at different things and are taken to catch independently of each other.
struct Attack {
  FaultIndex fault;
  double requests_per_address = 0;  // mean in five minutes; 0: too few for any rate limit
  double caught_by_rules = 0;
  double signature = 0;
  double listable = 0;
  double abroad = 0;
};

struct AttackStream {
  Attack attack;
  double size = 0;
};

struct Traffic {
  double customers = 1;
  std::vector<AttackStream> attacks;

  double attacking() const {
    double sum = 0;
    for (const AttackStream& stream : attacks) sum += stream.size;
    return sum;
  }
  double total() const { return customers + attacking(); }
};

/// Where requests come in.
class Entrance : public Component {
 public:
  using Component::Component;

  void connect(const Parts& parts) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  void shape(const Path& path, Traffic& traffic) const override;

  /// Usual requests a second of customers who come in here; 0 where they only pass.
  double request_rate() const;

 private:
  /// A surge of customers, or an attack, and how often it multiplies what is usual.
  struct Wave {
    Attack attack;
    bool customers = false;
    double factor = 1;
  };
  std::vector<Wave> waves_;
  std::vector<WebAcl*> firewalls_;  // that what comes in here passes sooner or later
};

}  // namespace firedrill

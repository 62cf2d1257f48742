#include "models/traffic.hpp"

#include <algorithm>

#include "models/web_acl.hpp"

namespace firedrill {
namespace {

Attack attack_of(const PlannedCall& fault) {
  return {fault.fault,
          fault.trait("requests_per_address"),
          fault.trait("caught_by_rules"),
          fault.trait("signature"),
          fault.trait("listable"),
          fault.trait("abroad")};
}

}  // namespace

/// Its own firewall, and those of wherever it sends requests on to.
void Entrance::connect(const Parts& parts) {
  std::vector<const PlannedComponent*> ahead = {&planned()};
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    if (WebAcl* own = parts.as<WebAcl>(ahead[i]->reference("web_acl"))) {
      if (std::find(firewalls_.begin(), firewalls_.end(), own) == firewalls_.end()) {
        firewalls_.push_back(own);
      }
    }
    for (const char* way : {"primary", "secondary", "origin"}) {
      const ComponentIndex next = ahead[i]->reference(way);
      if (next.valid()) ahead.push_back(&context_.plan.component(next));
    }
  }
}

Outcome Entrance::strike(const PlannedCall& fault, bool begins) {
  const bool surge = fault.operation == Operation::kFaultTrafficSurge;
  if (!surge && fault.operation != Operation::kFaultDdosAttack) {
    return Component::strike(fault, begins);
  }
  const auto same = [&](const Wave& wave) { return wave.attack.fault == fault.fault; };
  waves_.erase(std::remove_if(waves_.begin(), waves_.end(), same), waves_.end());
  if (begins) {
    waves_.push_back({attack_of(fault), surge, fault.factor});
    if (!surge) {
      for (WebAcl* firewall : firewalls_) firewall->attacked(fault.fault);
    }
  }
  context_.unusual_traffic = true;
  return {};
}

void Entrance::shape(const Path&, Traffic& traffic) const {
  for (const Wave& wave : waves_) {
    if (wave.customers) {
      traffic.customers *= wave.factor;
    } else {
      traffic.attacks.push_back({wave.attack, wave.factor - 1});
    }
  }
}

double Entrance::request_rate() const {
  if (const auto* record = std::get_if<DnsRecordSpec>(&planned().detail)) {
    return record->request_rate.per_s;
  }
  const auto* edge = std::get_if<DistributionPointSpec>(&planned().detail);
  return edge == nullptr ? 0.0 : edge->request_rate.per_s;
}

}  // namespace firedrill

// Components that keep evidence or stand outside of the platform, as an author writes them.
#pragma once

#include <string>

#include "engine/base/time.hpp"
#include "engine/input/document_parts.hpp"

namespace firedrill {

struct AuditLogSpec {  // kind "audit:log": entries that can be added, and never changed
  Name region;
  Name replicates_from;                 // audit:log of another region; empty: the primary
  std::string copies = "asynchronous";  // or synchronous: an entry counts once both have it
  Duration buffer;                      // entries wait up to so long with whoever writes them
};
struct EmailProviderSpec {    // kind "email:provider": software as a service, in no region
  EventRate arrival_rate{1};  // usual messages
  EventRate send_rate{4};     // messages that it accepts at most
};

}  // namespace firedrill

// The fields of audit logs and of providers outside of the platform.
#pragma once

#include "engine/input/component_documents.hpp"
#include "engine/input/field_rules.hpp"

namespace firedrill {

inline constexpr Choice kAuditCopies[] = {
    {"asynchronous", "The copy of another region follows a while later"},
    {"synchronous", "An entry counts once both regions have it"}};

template <class V>
void describe(V& v, AuditLogSpec& a) {
  v.field("region", a.region, {.doc = "Region of this copy", .required = true});
  v.field("replicates_from", a.replicates_from,
          {.doc = "The audit:log of another region that it is a copy of; absent: none"});
  v.field("copies", a.copies, {.doc = "When the copy has an entry", .choices = kAuditCopies});
  v.field("buffer", a.buffer,
          {.doc = "For how long entries wait, at most, with whoever writes them"});
}

template <class V>
void describe(V& v, EmailProviderSpec& e) {
  v.field("arrival_rate", e.arrival_rate, {.doc = "Usual messages", .above_zero = true});
  v.field("send_rate", e.send_rate,
          {.doc = "Messages that it accepts at most, more than usually come", .above_zero = true});
}

}  // namespace firedrill

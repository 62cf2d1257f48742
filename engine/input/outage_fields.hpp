// The fields of an outage; see document_fields.hpp.
#pragma once

#include "engine/input/field_rules.hpp"
#include "engine/input/outage_document.hpp"

namespace firedrill {

inline constexpr Choice kConfidences[] = {
    {"measured", "Measured on this platform"},
    {"documented", "Stated by an official document, source code or the modelled runbook"},
    {"reported", "Published or measured by somebody else"},
    {"estimate", "Judgement; nothing usable was found"}};
inline constexpr Choice kStruck[] = {
    {"region", "The region with everything in it"},
    {"zone", "One zone of the region"},
    {"control-plane", "Calls to services: what runs goes on running"},
    {"components", "Requests through whatever is of these kinds"}};
inline constexpr Choice kOutagePlaces[] = {
    {"home", "In the region where the platform is at home, and in what belongs to no region"},
    {"everywhere", "In every region"}};

// Described with the other documents.
template <class V>
void describe(V& v, Metadata& m);
template <class V>
void describe(V& v, Assumption& a);

template <class V>
void describe(V& v, OutageEffectSpec& e) {
  v.field("id", e.id, {.doc = "Name of the phase", .required = true, .form = Form::kLabel});
  v.field("strikes", e.strikes, {.doc = "What is hit", .required = true, .choices = kStruck});
  v.field("services", e.services, {.doc = "Of control-plane: services, such as ecs"});
  v.field("kinds", e.kinds, {.doc = "Of components: kinds, such as dynamodb:table"});
  v.field("where", e.where, {.doc = "Where it is hit", .choices = kOutagePlaces});
  v.field("at", e.at, {.doc = "From the onset of the outage to that of the phase"});
  v.field("ramp", e.ramp, {.doc = "Over which the share grows to its full size"});
  v.field("lasts", e.lasts, {.doc = "Absent: no end is known", .above_zero = true});
  v.field("probability", e.probability, {.doc = "Share of drills in which the platform is hit"});
  v.field("share", e.share, {.doc = "Share of calls or requests that fail"});
}

template <class V>
void describe(V& v, OutageDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "What happened, in a few words", .required = true});
  v.field("happened_on", d.happened_on, {.doc = "Date, and time where it is known"});
  v.field("happened_in", d.happened_in, {.doc = "Region, or what else was hit"});
  v.field("effects", d.effects,
          {.doc = "What was hit, and when", .required = true, .items_min = 1});
  v.field("source", d.source,
          {.doc = "Where the times come from", .required = true, .form = Form::kNotBlank});
  v.field("confidence", d.confidence, {.doc = "How sure the times are", .choices = kConfidences});
  v.field("assumptions", d.assumptions, {.doc = "What the source does not say"});
}

}  // namespace firedrill

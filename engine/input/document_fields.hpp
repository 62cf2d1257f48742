// The fields of every document, each described once: JSON key, member, constraint, meaning.
//
// `describe(visitor, value)` walks a struct. The reader (field_reader.hpp) is a visitor that fills
// the members from JSON; the schema writer (schema.cpp) is another that prints draft-07. What a
// document may hold is therefore said in one place, and the parser and the published schema cannot
// disagree.
//
// A visitor offers `field(key, member, FieldRules)` and `origin(Origin&)`. Where JSON and struct
// differ in shape, a small wrapper of field_rules.hpp stands for the member.
#pragma once

#include "engine/input/component_fields.hpp"
#include "engine/input/field_rules.hpp"
#include "engine/input/outage_fields.hpp"
#include "engine/input/overlay_fields.hpp"
#include "engine/input/people_fields.hpp"
#include "engine/input/runbook_fields.hpp"
#include "engine/input/staging_fields.hpp"

namespace firedrill {

// --------------------------------------------------------------------------------- tables of words

inline constexpr Choice kObjectives[] = {
    {"rto", "Of a service: onset of the fault to serving again"},
    {"rpo", "Of a service: span of committed writes that are gone"},
    {"interruption", "Of a service: all the time in which it does not serve"},
    {"completion", "Of a runbook, or one step of it: until it is done"},
    {"response", "Of a severity: first alarm to the first acknowledgement"},
    {"stabilise", "Of a severity: first alarm to all services serving again"},
    {"resolve", "Of a severity: first alarm to the last runbook closed"}};
inline constexpr Choice kTargetStarts[] = {
    {"onset", "The first fault, or the start of the drill without one"},
    {"detected", "The first alarm that calls for the runbook"},
    {"acknowledged", "The first person at work"},
    {"declared", "The severity is set and the runbook chosen"},
    {"decided", "The recovery path is chosen"},
    {"start", "The first step of the runbook is ready"}};
inline constexpr Choice kVerdicts[] = {{"met", "Every target was met"},
                                       {"missed", "A target was missed"},
                                       {"inconclusive", "Too few drills to tell"}};
inline constexpr Choice kMissingData[] = {{"missing", "Nothing: the alarm stays as it is"},
                                          {"ignore", "Nothing: the alarm stays as it is"},
                                          {"breaching", "A period that breaches"},
                                          {"notBreaching", "A period that does not breach"}};
inline constexpr Choice kStartTimes[] = {{"any", "Drawn anew for every drill"},
                                         {"office", "Within office hours"},
                                         {"asleep", "While people sleep"}};

// ------------------------------------------------------------------------------------ common parts

template <class V>
void describe(V& v, Assumption& a) {
  v.origin(a.at);
  v.field("subject", a.subject, {.doc = "What the source does not say", .required = true});
  v.field("value", a.value, {.doc = "What was taken instead", .required = true});
  v.field("reason", a.reason, {.doc = "Why this value", .required = true});
}

template <class V>
void describe(V& v, Metadata& m) {
  v.field("name", m.name,
          {.doc = "Name of the document: lower-case letters, digits and '-', at most 63",
           .required = true,
           .form = Form::kLabel});
  v.field("labels", m.labels, {.doc = "Free labels"});
}

template <class V>
void describe(V& v, TimingEntry& t) {
  v.field("id", t.id, {.doc = "Name of the timing, such as people.ack.night", .required = true});
  v.field("unit", t.unit,
          {.doc = "Unit of the parameters: s, min, h, probability, ratio, MB/s and so on",
           .required = true});
  v.field("distribution", t.distribution, {.doc = "How the value spreads", .required = true});
  v.field("source", t.source,
          {.doc = "Where the figure comes from; a judgement is a source too",
           .required = true,
           .form = Form::kNotBlank,
           .missing = Rule::kNoSource});
  v.field("figure", t.figure, {.doc = "What the source says, in a few words"});
  v.field("confidence", t.confidence,
          {.doc = "How sure the figure is", .required = true, .missing = Rule::kNoSource});
  v.field("note", t.note, {.doc = "Anything worth knowing"});
}

template <class V>
void describe(V& v, TimingDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("timings", d.timings, {.doc = "The timings", .required = true, .items_min = 1});
}

// ------------------------------------------------------------------------------------------ system

template <class V>
void describe(V& v, RegionSpec& r) {
  v.field("name", r.name, {.doc = "Name of the region", .required = true});
  v.field("zones", r.zones, {.doc = "Its availability zones", .required = true, .items_min = 1});
}

template <class V>
void describe(V& v, LinkSpec& l) {
  v.field("name", l.name, {.doc = "Name of the link", .required = true});
  v.field("from", l.from, {.doc = "One region", .required = true});
  v.field("to", l.to, {.doc = "The other region", .required = true});
  v.field("bandwidth", l.bandwidth,
          {.doc = "What it carries", .required = true, .above_zero = true});
  v.field("latency", l.latency, {.doc = "One way", .required = true});
  v.field("connections", l.connections,
          {.doc = "TCP connections that carry what crosses it", .minimum = 1, .maximum = 100'000});
}

template <class V>
void describe(V& v, ControlPlaneSpec& c) {
  v.field("service", c.service,
          {.doc = "Service whose calls it takes: ecs, rds, route53 and so on", .required = true});
  v.field("hosted_in", c.hosted_in, {.doc = "Region that hosts it; absent: in every region"});
  v.field("error_share", c.error_share, {.doc = "Share of calls that fail while it is healthy"});
}

template <class V>
void describe(V& v, TierSpec& t) {
  v.field("name", t.name, {.doc = "Name of the tier", .required = true});
  v.field("rto", t.rto, {.doc = "Recovery time objective", .required = true, .above_zero = true});
  v.field("rpo", t.rpo, {.doc = "Recovery point objective", .required = true});
  v.field("slo", t.slo, {.doc = "Share of requests that succeed over 30 days"});
  v.field("required_share", t.required_share,
          {.doc = "Share of drills that must meet the objectives", .above_zero = true});
}

template <class V>
void describe(V& v, StoreSpec& s) {
  v.field("name", s.name, {.doc = "Name of the store", .required = true});
  v.field("members", s.members,
          {.doc = "Its copies, the primary first", .required = true, .items_min = 1});
}

template <class V>
void describe(V& v, ServiceSpec& s) {
  v.field("name", s.name, {.doc = "Name of the service", .required = true});
  v.field("tier", s.tier, {.doc = "Tier whose objectives hold for it", .required = true});
  v.field("entry", s.entry,
          {.doc = "The route53:record or cloudfront:distribution that clients use"});
  v.field("sites", s.sites,
          {.doc = "The ecs:service components it runs on", .required = true, .items_min = 1});
  v.field("stores", s.stores, {.doc = "Stores it cannot serve without"});
  v.field("needs", s.needs, {.doc = "Services it cannot serve without"});
  v.field("uses", s.uses, {.doc = "Services it is degraded without"});
  v.field("full_load_tasks", s.full_load_tasks,
          {.doc = "Healthy tasks that carry all of its traffic", .minimum = 1, .maximum = 100'000});
  v.field("threshold", s.threshold,
          {.doc = "Share of requests from which it counts as serving", .above_zero = true});
  v.field("hold", s.hold, {.doc = "How long it must keep serving to count as restored"});
  v.field("judged", s.judged, {.doc = "False: modelled, but no target is set on it"});
}

template <class V>
void describe(V& v, AlarmSpec& a) {
  v.field("name", a.name, {.doc = "Name of the alarm", .required = true});
  v.field("metric", a.metric, {.doc = "A metric of the vocabulary", .required = true});
  v.field("of", a.of, {.doc = "The component it watches", .required = true});
  v.field("reported_in", a.reported_in,
          {.doc = "Region that evaluates it; absent: the region of the component"});
  v.field("threshold", a.threshold, {.doc = "Value that breaches", .required = true});
  v.field("below", a.below, {.doc = "True: values below the threshold breach, not those above"});
  v.field("missing_data", a.missing_data,
          {.doc = "What a period without data counts as", .choices = kMissingData});
  v.field("period", a.period, {.doc = "One evaluation period", .above_zero = true});
  v.field("datapoints", a.datapoints,
          {.doc = "Breaching periods in a row before it fires", .minimum = 1, .maximum = 1'000});
  v.field("severity", a.severity, {.doc = "Severity it suggests", .required = true});
  v.field("pages", a.pages, {.doc = "Whether it pages people"});
}

template <class V>
void describe(V& v, BudgetPolicySpec& p) {
  v.field("over", p.over, {.doc = "Share of the budget that is used", .required = true});
  v.field("effect", p.effect,
          {.doc = "What holds from then on", .required = true, .form = Form::kNotBlank});
}

template <class V>
void describe(V& v, ErrorBudgetSpec& b) {
  v.field("window", b.window, {.doc = "Window of the SLO", .above_zero = true});
  v.field("used", b.used, {.doc = "Share of every budget used when a drill begins"});
  v.field("policies", b.policies, {.doc = "What holds once so much is used"});
}

template <class V>
void describe(V& v, DrillIntervalSpec& d) {
  v.origin(d.at);
  v.field("tier", d.tier, {.doc = "Tier whose recovery is drilled, by any scenario"});
  v.field("scenario", d.scenario, {.doc = "Or the name of the one scenario that is drilled"});
  v.field("every_months", d.every_months,
          {.doc = "Longest time between two drills, in months", .minimum = 0, .maximum = 120});
  v.field("every_weeks", d.every_weeks, {.doc = "Or in weeks", .minimum = 0, .maximum = 520});
}

template <class V>
void describe(V& v, SystemDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "Title for people"});
  v.field("regions", d.regions, {.doc = "Regions and zones", .required = true, .items_min = 1});
  v.field("links", d.links, {.doc = "Links between regions"});
  v.field("control_planes", d.control_planes, {.doc = "Control planes that are special"});
  v.field("tiers", d.tiers, {.doc = "Tiers and their objectives", .required = true});
  v.field("components", d.components, {.doc = "What the platform consists of", .required = true});
  v.field("stores", d.stores, {.doc = "Data stores and their copies"});
  v.field("services", d.services, {.doc = "What customers use", .required = true});
  v.field("alarms", d.alarms, {.doc = "What is watched"});
  v.field("severities", d.severities,
          {.doc = "Severities, the worst first; absent: SEV-1 to SEV-4 without rules"});
  v.field("people", d.people, {.doc = "Roles, hours, escalation"});
  v.field("error_budget", d.error_budget, {.doc = "What may fail, and what holds when it has"});
  v.field("drill_calendar", d.drill_calendar,
          {.doc = "How often each tier, or scenario, is to be drilled"});
  v.field("changes", d.changes, {.doc = "Change windows, and who approves which change"});
  v.field("outage_runbooks", d.outage_runbooks,
          {.doc = "Runbooks for failures of the provider, relative paths: what people have at hand "
                  "when the system is put under an outage"});
  v.field("timings", d.timings, {.doc = "Timings that replace or add to the library"});
  v.field("assumptions", d.assumptions, {.doc = "What the source document does not say"});
}

// ---------------------------------------------------------------------------------------- scenario

template <class V>
void describe(V& v, FaultSpec& f) {
  v.field("id", f.id, {.doc = "Name of the fault in this scenario", .required = true});
  v.field("uses", f.uses, {.doc = "A fault of the vocabulary", .required = true});
  v.field("with", f.with, {.doc = "Arguments of the fault"});
  v.field("at", f.at, {.doc = "Onset, after the start of the drill"});
  v.field("ramp", f.ramp,
          {.doc = "Over which a share or factor grows to its full size; absent: at once"});
  v.field("lasts", f.lasts,
          {.doc = "From the onset; absent: for the whole drill", .above_zero = true});
  v.field("probability", f.probability, {.doc = "Share of drills in which it happens"});
}

template <class V>
void describe(V& v, StartSpec& s) {
  v.field("day", s.day, {.doc = "Day of the week", .choices = kDays});
  v.field("time", s.time,
          {.doc = "Time of day: any, office, asleep or HH:MM", .form = Form::kStartTime});
  v.field("date", s.date,
          {.doc = "Date, YYYY-MM-DD, which gives the day of the week; absent: any of the year"});
}

template <class V>
void describe(V& v, TargetSpec& t) {
  v.origin(t.at);
  v.field("objective", t.objective,
          {.doc = "What is judged", .required = true, .choices = kObjectives});
  v.field("service", t.service, {.doc = "Of rto, rpo and interruption: the service"});
  v.field("runbook", t.runbook, {.doc = "Of completion: the runbook"});
  v.field("step", t.step,
          {.doc = "Of completion: until this step of the runbook; absent: until the whole of it"});
  v.field("from", t.from,
          {.doc = "Of completion: where the time begins", .choices = kTargetStarts});
  v.field("severity", t.severity,
          {.doc = "Of response, stabilise and resolve: only drills of this severity are judged"});
  v.field("limit", t.limit, {.doc = "At most this", .required = true});
  v.field("required_share", t.required_share,
          {.doc = "Share of drills that must meet it", .above_zero = true});
}

template <class V>
void describe(V& v, ScenarioDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "Title for people"});
  v.field("question", d.question, {.doc = "What this scenario answers"});
  v.field("expected", d.expected, {.doc = "How it is expected to come out, and why"});
  v.field("system", d.system,
          {.doc = "Path of the system document, relative to this file", .required = true});
  v.field("runbooks", d.runbooks, {.doc = "Paths of the runbooks that are armed"});
  v.field("timings", d.timings, {.doc = "Paths of further timing documents"});
  v.field("faults", d.faults, {.doc = "What breaks", .required = true});
  v.field("components", d.components,
          {.doc = "Components as they are in this drill, in place of the system's of that name"});
  v.field("start", d.start, {.doc = "When the drill starts"});
  v.field("absent", d.absent, {.doc = "Roles that nobody fills in this drill"});
  v.field("behaviours", d.behaviours,
          {.doc = "Behaviours of people or providers, and how likely each is"});
  v.field("targets", TargetsField{d.targets_from_tiers, d.targets},
          {.doc = "The string tiers, or a list of targets"});
  v.field("error_budget_used", d.error_budget_used,
          {.doc = "Share of every error budget used when the drill begins; absent: as the system "
                  "says"});
  v.field("runs", d.runs, {.doc = "Drills to run", .minimum = 1, .maximum = 10'000'000});
  v.field("horizon", d.horizon, {.doc = "Longest simulated time of a drill", .above_zero = true});
  v.field("assumptions", d.assumptions, {.doc = "What the source document does not say"});
}

// ------------------------------------------------------------------------------------ drill record

template <class V>
void describe(V& v, DrillRecordDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("date", d.date, {.doc = "The day it was held, YYYY-MM-DD", .required = true});
  v.field("system", d.system,
          {.doc = "Name of the system", .required = true, .form = Form::kNotBlank});
  v.field("scenario", d.scenario,
          {.doc = "Name of the scenario", .required = true, .form = Form::kNotBlank});
  v.field("tiers", d.tiers, {.doc = "Tiers it exercised", .required = true, .items_min = 1});
  v.field("verdict", d.verdict, {.doc = "How it came out", .required = true, .choices = kVerdicts});
  v.field(
      "result_sha256", d.result_sha256,
      {.doc = "SHA-256 of the result that was recorded", .required = true, .form = Form::kSha256});
}

}  // namespace firedrill

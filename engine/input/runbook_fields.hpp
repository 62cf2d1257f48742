// The fields of a runbook; see document_fields.hpp.
#pragma once

#include "engine/input/field_rules.hpp"

namespace firedrill {

// Described with the other documents, and used by steps as well as by their runbooks.
template <class V>
void describe(V& v, Metadata& m);
template <class V>
void describe(V& v, Assumption& a);

template <class V>
void describe(V& v, ConditionSpec& c) {
  v.field("observe", c.observe, {.doc = "A probe of the vocabulary", .required = true});
  v.field("with", c.with, {.doc = "Arguments of the probe"});
  v.field("is", c.is, {.doc = "The answer that satisfies"});
}

template <class V>
void describe(V& v, RetrySpec& r) {
  v.field("attempts", r.attempts, {.doc = "Attempts in all", .minimum = 1, .maximum = 1'000});
  v.field("delay", r.delay, {.doc = "Before the next attempt"});
}

template <class V>
void describe(V& v, StepSpec& s) {
  v.field("id", s.id, {.doc = "Name of the step in this runbook", .required = true});
  v.field("title", s.title, {.doc = "Title for people"});
  v.field("document", s.document, {.doc = "Where the source document says it"});
  v.field("role", s.role, {.doc = "Whose hands it needs; absent: nobody's"});
  v.field("uses", s.uses, {.doc = "An action of the vocabulary", .required = true});
  v.field("with", s.with, {.doc = "Arguments of the action"});
  v.field("needs", s.needs, {.doc = "Steps that must have ended before"});
  v.field("when", s.when, {.doc = "Skipped unless this holds"});
  v.field("verify", s.verify, {.doc = "Must hold afterwards"});
  v.field("timeout", s.timeout, {.doc = "Then the step has failed", .above_zero = true});
  v.field("retry", s.retry, {.doc = "What happens before it counts as failed"});
  v.field("on_failure", s.on_failure,
          {.doc = "abort, continue, or step:ID to go on with that step", .form = Form::kOnFailure});
  v.field("rollback", s.rollback, {.doc = "Step that undoes this one when the runbook is aborted"});
  v.field("time", s.time, {.doc = "Timing of the hands-on part; absent: the action's own"});
  v.field(
      "change", s.change,
      {.doc = "Category of the change it makes: approved, and in its window, before it begins"});
  v.field("irreversible", s.irreversible, {.doc = "Cannot be undone"});
  v.field("decides", s.decides, {.doc = "Its end is the mark 'decided'"});
  v.field(
      "gates", s.gates,
      {.doc = "Where its condition skips it, so are the steps that need it; if it decides, also "
              "the verification"});
}

template <class V>
void describe(V& v, TriggerSpec& t) {
  v.field("alarms", t.alarms, {.doc = "Any of these starts the runbook", .required = true});
}

template <class V>
void describe(V& v, CriterionSpec& c) {
  v.field("when", c.when, {.doc = "State of the platform", .required = true});
  v.field("for", c.lasts, {.doc = "How long it must last"});
  v.field("severity", c.severity, {.doc = "The incident is raised to this severity"});
  v.field("pages", c.pages, {.doc = "Roles called then"});
}

template <class V>
void describe(V& v, RunbookDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "Title for people"});
  v.field("source", d.source, {.doc = "The document and section it models"});
  v.field("trigger", d.trigger, {.doc = "What starts it", .required = true});
  v.field("severity", d.severity,
          {.doc = "Severity declared at least, whatever the impact", .required = true});
  v.field("pages", d.pages,
          {.doc = "Roles called at the declaration, besides those of the severity"});
  v.field("change", d.change,
          {.doc = "Category of the whole: approved, and in its window, before the first step"});
  v.field("escalation", d.escalation, {.doc = "What raises the severity or calls others later"});
  v.field("steps", d.steps, {.doc = "The steps", .required = true, .items_min = 1});
  v.field("verification", d.verification, {.doc = "Steps that prove the recovery"});
  v.field("assumptions", d.assumptions, {.doc = "What the source document does not say"});
}

}  // namespace firedrill

#include "engine/plan/vocabulary_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/vocabulary.hpp"

namespace firedrill {
namespace {

struct Section {
  OperationClass kind;
  std::string_view title;
  std::string_view meaning;
};

constexpr Section kSections[] = {
    {OperationClass::kHuman, "Work of people", "Steps that need hands and nothing else."},
    {OperationClass::kWait, "Waiting",
     "A waiter looks once, then at every poll, and gives up after its limit."},
    {OperationClass::kCall, "Calls", "Steps that call a provider. A read changes nothing."},
    {OperationClass::kFault, "Faults", "What a scenario can break."},
    {OperationClass::kProbe, "Probes", "What `when`, `verify` and waiters look at."},
    {OperationClass::kMetric, "Metrics", "What an alarm can watch."},
};

std::string_view type_word(const ParameterRule& parameter) {
  switch (parameter.type) {
    case ParameterType::kComponent:
      return parameter.component_kind.empty() ? "any component" : parameter.component_kind;
    case ParameterType::kService:
      return "service";
    case ParameterType::kRegion:
      return "region";
    case ParameterType::kZone:
      return "zone";
    case ParameterType::kLink:
      return "link";
    case ParameterType::kAlarm:
      return "alarm";
    case ParameterType::kCount:
      return "count";
    case ParameterType::kDuration:
      return "duration";
    case ParameterType::kShare:
      return "share";
    case ParameterType::kFactor:
      return "factor";
    case ParameterType::kTrait:
      return "number";
    default:
      return "word";
  }
}

std::string parameter_line(const ParameterRule& parameter) {
  std::string kind(type_word(parameter));
  for (std::size_t bar = kind.find('|'); bar != std::string::npos; bar = kind.find('|')) {
    kind.replace(bar, 1, " or ");
  }
  if (!parameter.words.empty()) kind = fmt::format("one of {}", fmt::join(parameter.words, ", "));
  return fmt::format("  - `{}` ({}{}{}): {}\n", parameter.name, kind,
                     parameter.many ? ", several with commas" : "",
                     parameter.required ? "" : ", optional", parameter.meaning);
}

std::string facts_of(const OperationRule& rule) {
  std::string facts;
  const auto add = [&](const std::string& fact) { facts += (facts.empty() ? "" : "; ") + fact; };
  if (rule.kind == OperationClass::kCall) add(rule.mutating ? "changes" : "reads");
  if (!rule.control_plane.empty()) add(fmt::format("control plane {}", rule.control_plane));
  if (!rule.hands_on.empty()) add(fmt::format("hands `{}`", rule.hands_on));
  if (!rule.takes.empty()) add(fmt::format("takes `{}`", rule.takes));
  if (rule.waiter) {
    add(fmt::format("polls `{}` every `{}`, gives up after `{}`", rule_of(rule.waiter->until).name,
                    rule.waiter->poll, rule.waiter->give_up));
    if (rule.waiter->may_see_old_state) add("may see the state of before");
  }
  if (rule.metric.sampled) add("the newest value of a period");
  if (rule.metric.sparse) add("published only while it is not zero");
  if (rule.pushed) add("pushed, without periods");
  return facts.empty() ? "" : fmt::format("  {}.\n", facts);
}

std::string operation_entry(const OperationRule& rule) {
  std::string text = fmt::format("- **`{}`** {}.\n", rule.name, rule.meaning);
  text += facts_of(rule);
  for (const ParameterRule& parameter : rule.parameters) text += parameter_line(parameter);
  return text;
}

std::string kinds_section() {
  std::string text = "\n## Component kinds\n\nEach with the timings that it draws, by slot.\n\n";
  for (const ComponentKindRule& kind : component_kinds()) {
    text += fmt::format("- **`{}`** {}.\n", kind.kind, kind.meaning);
    for (const TimingSlot& slot : kind.slots) {
      text += fmt::format("  - `{}` = `{}`: {}\n", slot.slot, slot.timing, slot.meaning);
    }
  }
  return text;
}

std::string behaviours_section() {
  std::string text =
      "\n## Behaviours\n\nOf people and providers, each with a probability that a scenario can "
      "set.\n\n";
  for (const BehaviourRule& rule : behaviours()) {
    text += fmt::format("- **`{}`** {} ({}).\n", rule.name, rule.meaning,
                        rule.timing.empty() ? fmt::format("{}", rule.probability)
                                            : fmt::format("`{}`", rule.timing));
  }
  return text;
}

}  // namespace

std::string vocabulary_page() {
  std::string text =
      "# Vocabulary\n\nWhat documents may name. Printed by `firedrill vocabulary`; words in "
      "`with` are\nthe parameters, words after \"hands\" and \"takes\" entries of the timing "
      "library.\n";
  for (const Section& section : kSections) {
    text += fmt::format("\n## {}\n\n{}\n\n", section.title, section.meaning);
    for (const OperationRule& rule : vocabulary()) {
      if (rule.kind == section.kind) text += operation_entry(rule);
    }
  }
  return text + kinds_section() + behaviours_section();
}

}  // namespace firedrill

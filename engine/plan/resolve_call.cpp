// A call of the vocabulary with the arguments of a `with` object bound to its parameters.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

constexpr double kCountMax = 1'000'000;

/// What a document may write for a parameter, in words.
std::string_view form_of(ParameterType type) {
  switch (type) {
    case ParameterType::kCount:
      return "a whole number from 0 to 1,000,000, or \"production\"";
    case ParameterType::kDuration:
      return "an ISO-8601 duration such as \"PT15M\"";
    case ParameterType::kShare:
      return "a number from 0 to 1";
    case ParameterType::kFactor:
      return "a number from 0 to 1,000,000";
    case ParameterType::kWord:
      return "a word";
    case ParameterType::kFlag:
      return "true or false";
    case ParameterType::kTrait:
      return "a number from 0 up";
    case ParameterType::kComponent:
    case ParameterType::kService:
    case ParameterType::kRegion:
    case ParameterType::kZone:
    case ParameterType::kLink:
    case ParameterType::kRole:
    case ParameterType::kStep:
    case ParameterType::kAlarm:
      return "a name";
  }
  return "a value";
}

/// The names of a list such as `"a, b"`. All stand at the position of the whole text.
std::vector<Name> split_names(const std::string& text, Origin at) {
  std::vector<Name> names;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, comma - begin);
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    names.push_back({std::move(name), at});
    begin = comma + 1;
  }
  return names;
}

class CallBinder {
 public:
  CallBinder(Resolution& r, const std::string& who, const OperationRule& rule)
      : r_(r), who_(who), rule_(rule) {
    call_.operation = rule.operation;
  }

  PlannedCall run(const std::vector<Argument>& with, Origin at) {
    std::set<std::string_view> given;
    for (const Argument& argument : with) {
      if (!given.insert(argument.key.text).second) {
        error(Rule::kDuplicateKey, argument.key.at,
              fmt::format("{} gives {} twice", who_, quoted(argument.key.text)),
              "keep one of them");
      } else if (const ParameterRule* parameter = find(argument.key)) {
        bind(*parameter, argument);
      }
    }
    for (const ParameterRule& parameter : rule_.parameters) {
      if (!parameter.required || given.contains(parameter.name)) continue;
      error(Rule::kMissingKey, at,
            fmt::format("{} uses {} without {}", who_, rule_.name, quoted(parameter.name)),
            fmt::format("add it to \"with\": {}", parameter.meaning));
    }
    return std::move(call_);
  }

 private:
  void error(Rule rule, Origin at, std::string message, std::string remedy) {
    r_.diagnostics.error(rule, at, std::move(message), std::move(remedy));
  }

  const ParameterRule* find(const Name& key) {
    std::vector<std::string> known;
    for (const ParameterRule& parameter : rule_.parameters) {
      if (parameter.name == key.text) return &parameter;
      known.emplace_back(parameter.name);
    }
    error(Rule::kUnknownKey, key.at,
          fmt::format("{} gives {} an unknown argument {}{}", who_, rule_.name, quoted(key.text),
                      did_you_mean(key.text, known)),
          known.empty() ? "it takes no arguments" : use_one_of(known));
    return nullptr;
  }

  void bind(const ParameterRule& parameter, const Argument& argument) {
    if (!bind_value(parameter, argument)) {
      error(
          Rule::kWrongType, argument.at,
          fmt::format("{} of {} must be {}", quoted(parameter.name), who_, form_of(parameter.type)),
          std::string(parameter.meaning));
    }
  }

  /// False when the value has the wrong form. A name that does not bind has been reported.
  bool bind_value(const ParameterRule& parameter, const Argument& argument) {
    switch (parameter.type) {
      case ParameterType::kCount:
        return bind_count(argument.value);
      case ParameterType::kDuration:
        return bind_duration(argument.value);
      case ParameterType::kShare:
        return bind_number(argument.value, 1, call_.share);
      case ParameterType::kFactor:
        return bind_number(argument.value, kCountMax, call_.factor);
      case ParameterType::kFlag:
        return bind_flag(argument.value);
      case ParameterType::kTrait:
        return bind_number(argument.value, parameter.most,
                           call_.traits[std::string(parameter.name)]);
      default:
        break;
    }
    const auto* text = std::get_if<std::string>(&argument.value);
    if (text == nullptr || text->empty()) return false;
    bind_name(parameter, {*text, argument.at});
    return true;
  }

  bool bind_count(const ArgumentValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      call_.count = kProductionCount;
      return *text == "production";
    }
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !(*number >= 0 && *number <= kCountMax)) return false;
    call_.count = static_cast<std::int64_t>(*number);
    return std::floor(*number) == *number;
  }

  bool bind_duration(const ArgumentValue& value) {
    if (const auto* duration = std::get_if<Duration>(&value)) call_.duration = *duration;
    if (const auto* text = std::get_if<std::string>(&value)) {
      call_.duration = parse_iso8601_duration(*text);
    }
    return call_.duration.has_value();
  }

  bool bind_flag(const ArgumentValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) call_.flag = *flag;
    return call_.flag.has_value();
  }

  static bool bind_number(const ArgumentValue& value, double most, double& bound) {
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !(*number >= 0 && *number <= most)) return false;
    bound = *number;
    return true;
  }

  void bind_name(const ParameterRule& parameter, const Name& name) {
    const std::string referrer = fmt::format("{} of {} names", quoted(parameter.name), who_);
    switch (parameter.type) {
      case ParameterType::kComponent:
        bind_components(parameter, referrer, name);
        break;
      case ParameterType::kService:
        call_.service = r_.names.bind<ServiceIndex>(referrer, name, {Thing::kService});
        break;
      case ParameterType::kRegion:
        call_.region = r_.names.bind<RegionIndex>(referrer, name, {Thing::kRegion});
        break;
      case ParameterType::kZone:
        bind_zone(referrer, name);
        break;
      case ParameterType::kLink:
        call_.link = r_.names.bind<LinkIndex>(referrer, name, {Thing::kLink});
        break;
      case ParameterType::kRole:
        call_.role = r_.names.bind<RoleIndex>(referrer, name, {Thing::kRole});
        break;
      case ParameterType::kStep:
        bind_step(referrer, name);
        break;
      case ParameterType::kAlarm:
        call_.alarm = r_.names.bind<AlarmIndex>(referrer, name, {Thing::kAlarm});
        break;
      default:
        call_.word = name.text;
        check_word(parameter, referrer, name);
        if (rule_.kind == OperationClass::kFault && parameter.name == "service") {
          check_control_plane(r_, referrer, name);
        }
    }
  }

  void check_word(const ParameterRule& parameter, const std::string& referrer, const Name& name) {
    if (parameter.words.empty()) return;
    std::vector<std::string> known(parameter.words.begin(), parameter.words.end());
    if (std::find(known.begin(), known.end(), name.text) != known.end()) return;
    error(
        Rule::kUnknownName, name.at,
        fmt::format("{} unknown {}{}", referrer, quoted(name.text), did_you_mean(name.text, known)),
        use_one_of(known));
  }

  /// The first component parameter is what the call acts on, the second what it points to.
  void bind_components(const ParameterRule& parameter, const std::string& referrer,
                       const Name& name) {
    const Need need = need_of(parameter);
    const auto first =
        std::find_if(rule_.parameters.begin(), rule_.parameters.end(),
                     [](const ParameterRule& p) { return p.type == ParameterType::kComponent; });
    if (first->name != parameter.name) {
      call_.target = r_.names.bind<ComponentIndex>(referrer, name, need);
      return;
    }
    call_.components = r_.names.bind_all<ComponentIndex>(
        referrer, parameter.many ? split_names(name.text, name.at) : std::vector<Name>{name}, need);
  }

  /// A step of any runbook. An id that two of them have means the first.
  void bind_step(const std::string& referrer, const Name& name) {
    std::vector<std::string> known;
    for (std::uint32_t i = 0; i < r_.plan.steps.size(); ++i) {
      if (!call_.step.valid() && r_.plan.steps[i].id == name.text) call_.step = {i};
      known.push_back(r_.plan.steps[i].id);
    }
    if (call_.step.valid()) return;
    error(Rule::kUnknownName, name.at,
          fmt::format("{} unknown step {}{}", referrer, quoted(name.text),
                      did_you_mean(name.text, known)),
          use_one_of(known));
  }

  void bind_zone(const std::string& referrer, const Name& name) {
    const auto zone = r_.names.bind<ZoneIndex>(referrer, name, {Thing::kZone});
    if (!zone.valid()) return;
    call_.zone = zone.value;
    for (std::uint32_t i = 0; i < r_.plan.regions.size(); ++i) {
      const auto& zones = r_.plan.regions[i].zones;
      if (std::find(zones.begin(), zones.end(), name.text) != zones.end()) call_.region = {i};
    }
  }

  Resolution& r_;
  const std::string& who_;
  const OperationRule& rule_;
  PlannedCall call_;
};

}  // namespace

Need need_of(const ParameterRule& parameter) {
  return {Thing::kComponent, kinds_in(parameter.component_kind)};
}

PlannedCall at_intensity(PlannedCall fault, double intensity) {
  fault.share *= intensity;
  fault.factor = 1 + (fault.factor - 1) * intensity;
  return fault;
}

PlannedCall resolve_call(Resolution& r, const std::string& who, const OperationRule& rule,
                         const std::vector<Argument>& with, Origin at) {
  use_timings_of(r, rule, who, at);
  return CallBinder(r, who, rule).run(with, at);
}

}  // namespace firedrill

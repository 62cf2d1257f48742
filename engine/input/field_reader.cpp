#include "engine/input/field_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/input/document_fields.hpp"
#include "engine/input/quantities.hpp"

namespace firedrill {
namespace {

/// Where a value stands, for wording and constraints.
struct Spot {
  std::string_view key;
  const FieldRules& rules;
  bool item = false;  // an entry of the array or map at `key`

  std::string what() const {
    return item ? fmt::format("an entry of \"{}\"", key) : fmt::format("\"{}\"", key);
  }
};

std::vector<std::string> words_of(std::span<const Choice> choices) {
  std::vector<std::string> words;
  for (const Choice& choice : choices) words.emplace_back(choice.word);
  return words;
}

bool is_label(std::string_view text) {
  const auto inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > 63 || !inner(text.front()) || !inner(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return inner(c) || c == '-'; });
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_on_failure(std::string_view text) {
  if (text == "abort" || text == "continue") return true;
  return text.starts_with("step:") && text.size() > 5 &&
         text.find_first_of("\r\n") == std::string_view::npos;
}

bool is_sha256(std::string_view text) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::all_of(text.begin(), text.end(), digit);
}

bool is_start_time(std::string_view text) {
  const auto words = words_of(kStartTimes);
  if (std::find(words.begin(), words.end(), text) != words.end()) return true;
  const auto time = parse_time_of_day(text);
  return time && *time < Duration::hours(24);
}

class ValueReader {
 public:
  explicit ValueReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  /// Any struct with a `describe`.
  template <class T>
  void read(const JsonValue& json, T& value, const Spot& spot);

  template <class T>
  void read(const JsonValue& json, std::optional<T>& value, const Spot& spot) {
    read(json, value.emplace(), spot);
  }

  template <class T>
  void read(const JsonValue& json, std::vector<T>& list, const Spot& spot) {
    if (!expect(json, JsonType::kArray, "an array", spot)) return;
    if (json.items.size() < spot.rules.items_min) {
      error(Rule::kOutOfRange, json, fmt::format("{} must not be empty", spot.what()));
    }
    // Constraints of the array as a whole do not hold for its entries.
    const FieldRules item_rules{.doc = spot.rules.doc};
    for (const JsonValue& item : json.items) {
      read(item, list.emplace_back(), Spot{spot.key, item_rules, true});
    }
  }

  void read(const JsonValue& json, std::string& value, const Spot& spot) {
    if (!expect(json, JsonType::kString, "a string", spot)) return;
    if (!check_choice(json, spot) || !check_form(json, spot)) return;
    if (spot.rules.form == Form::kNotBlank && is_blank(json.text)) {
      error(spot.rules.missing, json, fmt::format("{} is blank", spot.what()),
            std::string(spot.rules.doc));
    }
    value = json.text;
  }

  void read(const JsonValue& json, Name& value, const Spot& spot) {
    value.at = json.at;
    if (!expect(json, JsonType::kString, "a string", spot)) return;
    if (!check_choice(json, spot) || !check_form(json, spot)) return;
    if (json.text.empty()) {
      error(Rule::kWrongType, json, fmt::format("{} must not be an empty string", spot.what()),
            spot.rules.required || spot.item ? "" : "leave the key out if there is none");
      return;
    }
    value.text = json.text;
  }

  void read(const JsonValue& json, bool& value, const Spot& spot) {
    if (expect(json, JsonType::kBool, "true or false", spot)) value = json.boolean;
  }

  void read(const JsonValue& json, std::int64_t& value, const Spot& spot) {
    if (!expect(json, JsonType::kNumber, "a whole number", spot)) return;
    if (!json.integer) {
      error(Rule::kWrongType, json, fmt::format("{} must be a whole number", spot.what()));
      return;
    }
    if (in_range(json, spot, spot.rules.minimum, spot.rules.maximum)) value = *json.integer;
  }

  void read(const JsonValue& json, double& value, const Spot& spot) {
    if (!expect(json, JsonType::kNumber, "a number", spot)) return;
    if (in_range(json, spot, spot.rules.minimum, spot.rules.maximum)) value = json.number;
  }

  void read(const JsonValue& json, Share& value, const Spot& spot) {
    if (!expect(json, JsonType::kNumber, "a number from 0 to 1", spot)) return;
    if (in_range(json, spot, 0, 1)) value.value = json.number;
  }

  void read(const JsonValue& json, Duration& value, const Spot& spot) {
    constexpr auto kRemedy = "write an ISO-8601 duration such as \"PT15M\" or \"P1DT6H\"";
    if (!expect(json, JsonType::kString, "a duration", spot, kRemedy)) return;
    const auto refuse = [&](Rule rule, std::string_view why) {
      error(rule, json, fmt::format("{} {}", spot.what(), why), kRemedy);
    };
    switch (iso8601_duration_problem(json.text)) {
      case DurationProblem::kNone:
        break;
      case DurationProblem::kForm:
        return refuse(Rule::kWrongType, fmt::format("is not a duration: \"{}\"", json.text));
      case DurationProblem::kSigned:
        return refuse(Rule::kWrongType, "must not have a sign");
      case DurationProblem::kYearsOrMonths:
        return refuse(Rule::kWrongType, "must not use years or months: their length varies");
      case DurationProblem::kTooFine:
        return refuse(Rule::kWrongType, "is finer than a microsecond");
      case DurationProblem::kTooLong:
        return refuse(Rule::kOutOfRange, "is longer than 10,000 days");
    }
    value = *parse_iso8601_duration(json.text);
    if (spot.rules.above_zero && value.us == 0) {
      error(Rule::kOutOfRange, json, fmt::format("{} must be longer than zero", spot.what()));
    }
  }

  void read(const JsonValue& json, Size& value, const Spot& spot) {
    quantity(json, value, spot, "a size", "write a size such as \"512 GiB\" or \"400 MB\"",
             parse_size, [](Size s) { return s.bytes; });
  }
  void read(const JsonValue& json, ByteRate& value, const Spot& spot) {
    quantity(json, value, spot, "a rate", "write a rate such as \"40 MiB/s\" or \"5 Gbit/s\"",
             parse_byte_rate, [](ByteRate r) { return r.bytes_per_s; });
  }
  void read(const JsonValue& json, EventRate& value, const Spot& spot) {
    quantity(json, value, spot, "a rate of events", "write a rate such as \"12 /s\" or \"30 /min\"",
             parse_event_rate, [](EventRate r) { return r.per_s; });
  }

  void read(const JsonValue& json, TimeOfDayField& value, const Spot& spot) {
    constexpr auto kRemedy = "write hours and minutes such as \"09:00\"";
    if (!expect(json, JsonType::kString, "a time of day", spot, kRemedy)) return;
    if (const auto time = parse_time_of_day(json.text)) {
      value.since_midnight = *time;
    } else {
      error(Rule::kWrongType, json,
            fmt::format("{} is not a time of day: \"{}\"", spot.what(), json.text), kRemedy);
    }
  }

  void read(const JsonValue& json, Date& value, const Spot& spot) {
    constexpr auto kRemedy = "write a day of the calendar such as \"2026-11-02\"";
    if (!expect(json, JsonType::kString, "a date", spot, kRemedy)) return;
    if (const auto date = parse_date(json.text)) {
      value = *date;
    } else {
      error(Rule::kWrongType, json, fmt::format("{} is not a date: \"{}\"", spot.what(), json.text),
            kRemedy);
    }
  }

  void read(const JsonValue& json, Confidence& value, const Spot& spot) {
    if (!expect(json, JsonType::kString, "a string", spot)) return;
    const FieldRules rules{.doc = spot.rules.doc, .choices = kConfidences};
    if (!check_choice(json, Spot{spot.key, rules})) return;
    const auto words = words_of(kConfidences);
    value =
        static_cast<Confidence>(std::find(words.begin(), words.end(), json.text) - words.begin());
  }

  void read(const JsonValue& json, std::map<std::string, std::string>& map, const Spot& spot) {
    each_member(json, spot,
                [&](const JsonMember& m, const Spot& at) { read(m.value, map[m.key], at); });
  }

  void read(const JsonValue& json, std::map<std::string, Name>& map, const Spot& spot) {
    each_member(json, spot,
                [&](const JsonMember& m, const Spot& at) { read(m.value, map[m.key], at); });
  }

  void read(const JsonValue& json, DocumentPart& value, const Spot& spot) {
    if (expect(json, JsonType::kObject, "an object", spot)) value.json = json;
  }

  void read(const JsonValue& json, std::map<std::string, DocumentPart>& map, const Spot& spot) {
    each_member(json, spot,
                [&](const JsonMember& m, const Spot& at) { read(m.value, map[m.key], at); });
  }

  void read(const JsonValue& json, std::vector<BehaviourSpec>& list, const Spot& spot) {
    each_member(json, spot, [&](const JsonMember& m, const Spot& at) {
      BehaviourSpec& behaviour = list.emplace_back();
      behaviour.name = {m.key, m.key_at};
      read(m.value, behaviour.probability, at);
    });
  }

  void read(const JsonValue& json, std::vector<Argument>& list, const Spot& spot) {
    each_member(json, spot, [&](const JsonMember& m, const Spot&) {
      Argument argument{{m.key, m.key_at}, {}, m.value.at};
      switch (m.value.type) {
        case JsonType::kString:
          argument.value = m.value.text;
          break;
        case JsonType::kNumber:
          argument.value = m.value.number;
          break;
        case JsonType::kBool:
          argument.value = m.value.boolean;
          break;
        default:
          error(Rule::kWrongType, m.value,
                fmt::format("argument \"{}\" must be a string, a number, true or false, not {}",
                            m.key, json_type_name(m.value.type)));
          return;
      }
      list.push_back(std::move(argument));
    });
  }

  void read(const JsonValue& json, TargetsField& value, const Spot& spot) {
    if (json.type == JsonType::kString && json.text == "tiers") {
      value.from_tiers = true;
      return;
    }
    if (json.type != JsonType::kArray) {
      error(Rule::kWrongType, json,
            "\"targets\" must be the string \"tiers\" or an array of targets",
            "\"tiers\" judges every service by the objectives of its tier");
      return;
    }
    value.from_tiers = false;
    if (json.items.empty()) {
      error(Rule::kNothingToJudge, json, "\"targets\" is empty, so there is nothing to judge",
            "list a target, or write \"tiers\"");
    }
    read(json, value.list, spot);
  }

  void read(const JsonValue& json, DetailField& value, const Spot& spot) {
    // Without a valid kind nothing is known about `with`; the kind has its own diagnostic.
    if (value.kind.empty()) return;
    make_detail<0>(value);
    std::visit([&](auto& detail) { read(json, detail, spot); }, value.detail);
  }

  void read(const JsonValue& json, DistributionSpec& value, const Spot& spot);

  bool expect(const JsonValue& json, JsonType type, std::string_view what, const Spot& spot,
              std::string remedy = {}) {
    if (json.type == type) return true;
    error(Rule::kWrongType, json,
          fmt::format("{} must be {}, not {}", spot.what(), what, json_type_name(json.type)),
          std::move(remedy));
    return false;
  }

  void error(Rule rule, const JsonValue& json, std::string message, std::string remedy = {}) {
    diagnostics_.error(rule, json.at, std::move(message), std::move(remedy));
  }

  void unknown_key(const JsonMember& member, std::string_view where,
                   const std::vector<std::string>& known) {
    diagnostics_.error(
        Rule::kUnknownKey, member.key_at,
        fmt::format("unknown key \"{}\"{}{}", member.key, where, did_you_mean(member.key, known)),
        fmt::format("known here: {}", fmt::join(known, ", ")));
  }

  void comment(const JsonValue& json) {
    static constexpr FieldRules kRules{};
    expect(json, JsonType::kString, "a string", Spot{"$comment", kRules});
  }

 private:
  template <std::size_t I>
  void make_detail(DetailField& value) {
    if (value.kind.text == kComponentKinds[I].word) value.detail.template emplace<I>();
    if constexpr (I + 1 < std::variant_size_v<ComponentDetail>) make_detail<I + 1>(value);
  }

  template <class Visit>
  void each_member(const JsonValue& json, const Spot& spot, Visit visit) {
    if (!expect(json, JsonType::kObject, "an object", spot)) return;
    const FieldRules rules{.doc = spot.rules.doc};
    for (const JsonMember& member : json.members) {
      if (member.key == "$comment") {
        comment(member.value);
      } else {
        visit(member, Spot{member.key, rules});
      }
    }
  }

  template <class T, class Parse, class Amount>
  void quantity(const JsonValue& json, T& value, const Spot& spot, std::string_view what,
                std::string_view remedy, Parse parse, Amount amount) {
    if (!expect(json, JsonType::kString, what, spot, std::string(remedy))) return;
    const auto parsed = parse(json.text);
    if (!parsed) {
      error(Rule::kWrongType, json,
            fmt::format("{} is not {}: \"{}\"", spot.what(), what, json.text), std::string(remedy));
      return;
    }
    value = *parsed;
    if (spot.rules.above_zero && !(amount(value) > 0)) {
      error(Rule::kOutOfRange, json, fmt::format("{} must be greater than zero", spot.what()));
    }
  }

  bool in_range(const JsonValue& json, const Spot& spot, double minimum, double maximum) {
    const double number = json.number;
    if (spot.rules.above_zero && number <= 0) {
      error(Rule::kOutOfRange, json, fmt::format("{} must be greater than zero", spot.what()));
      return false;
    }
    if (number >= minimum && number <= maximum) return true;
    const bool low = number < minimum;
    error(Rule::kOutOfRange, json,
          fmt::format("{} must be at {} {}", spot.what(), low ? "least" : "most",
                      low ? minimum : maximum));
    return false;
  }

  bool check_choice(const JsonValue& json, const Spot& spot) {
    if (spot.rules.choices.empty()) return true;
    const auto words = words_of(spot.rules.choices);
    if (std::find(words.begin(), words.end(), json.text) != words.end()) return true;
    error(Rule::kUnknownChoice, json,
          fmt::format("{} cannot be \"{}\"{}", spot.what(), json.text,
                      did_you_mean(json.text, words)),
          fmt::format("one of: {}", fmt::join(words, ", ")));
    return false;
  }

  bool check_form(const JsonValue& json, const Spot& spot) {
    const auto refuse = [&](Rule rule, std::string_view why) {
      error(rule, json, fmt::format("{} cannot be \"{}\"", spot.what(), json.text),
            std::string(why));
      return false;
    };
    switch (spot.rules.form) {
      case Form::kText:
      case Form::kNotBlank:
        return true;
      case Form::kLabel:
        return is_label(json.text) ||
               refuse(Rule::kWrongType,
                      "use lower-case letters, digits and '-', at most 63, no '-' at either end");
      case Form::kOnFailure:
        return is_on_failure(json.text) ||
               refuse(Rule::kUnknownChoice, "write abort, continue, or step: and the id of a step");
      case Form::kStartTime:
        return is_start_time(json.text) ||
               refuse(Rule::kUnknownChoice, "write any, office, asleep or a time such as 14:00");
      case Form::kSha256:
        return is_sha256(json.text) ||
               refuse(Rule::kWrongType, "write 64 hexadecimal digits, letters in lower case");
    }
    return true;
  }

  Diagnostics& diagnostics_;
};

/// The visitor over the fields of one object.
class ObjectReader {
 public:
  ObjectReader(ValueReader& values, Diagnostics& diagnostics, const JsonValue& object,
               std::string_view name)
      : values_(values), diagnostics_(diagnostics), object_(object), name_(name) {}

  void origin(Origin& at) { at = object_.at; }

  template <class T>
  void field(std::string_view key, T&& member, const FieldRules& rules) {
    known_.emplace_back(key);
    if (const JsonValue* json = object_.find(key)) {
      values_.read(*json, member, Spot{key, rules});
    } else if (rules.required) {
      diagnostics_.error(rules.missing, object_.at,
                         name_.empty() ? fmt::format("missing key \"{}\"", key)
                                       : fmt::format("missing key \"{}\" in \"{}\"", key, name_),
                         fmt::format("add \"{}\": {}", key, rules.doc));
    }
  }

  void accept(std::string_view key) { known_.emplace_back(key); }

  void refuse_unknown_keys() {
    for (const JsonMember& member : object_.members) {
      if (member.key == "$comment") {
        values_.comment(member.value);
      } else if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) {
        values_.unknown_key(member, "", known_);
      }
    }
  }

 private:
  ValueReader& values_;
  Diagnostics& diagnostics_;
  const JsonValue& object_;
  std::string_view name_;
  std::vector<std::string> known_;
};

template <class T>
void ValueReader::read(const JsonValue& json, T& value, const Spot& spot) {
  if (!expect(json, JsonType::kObject, "an object", spot)) return;
  ObjectReader object(*this, diagnostics_, json, spot.key);
  describe(object, value);
  object.refuse_unknown_keys();
}

/// Of the ways to write a family, the one of which most keys are there.
const FamilyForm* choose_form(const JsonValue& json, std::string_view family) {
  const FamilyForm* best = nullptr;
  std::ptrdiff_t most = -1;
  for (const FamilyForm& form : family_forms()) {
    if (form.family != family) continue;
    const auto present =
        std::count_if(form.parameters.begin(), form.parameters.end(),
                      [&](const Parameter& p) { return json.find(p.name) != nullptr; });
    if (present > most) {
      most = present;
      best = &form;
    }
  }
  return best;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const FamilyForm& form : family_forms()) {
    if (names.empty() || names.back() != form.family) names.emplace_back(form.family);
  }
  return names;
}

void ValueReader::read(const JsonValue& json, DistributionSpec& value, const Spot& spot) {
  value.at = json.at;
  if (!expect(json, JsonType::kObject, "an object", spot)) return;
  const JsonValue* family = json.find("family");
  if (family == nullptr) {
    error(Rule::kMissingKey, json, fmt::format("missing key \"family\" in \"{}\"", spot.key),
          fmt::format("one of: {}", fmt::join(family_names(), ", ")));
    return;
  }
  static constexpr FieldRules kFamilyRules{};
  if (!expect(*family, JsonType::kString, "a string", Spot{"family", kFamilyRules})) return;
  const FamilyForm* form = choose_form(json, family->text);
  if (form == nullptr) {
    error(Rule::kUnknownChoice, *family,
          fmt::format("\"family\" cannot be \"{}\"{}", family->text,
                      did_you_mean(family->text, family_names())),
          fmt::format("one of: {}", fmt::join(family_names(), ", ")));
    return;
  }
  const std::size_t errors_before = diagnostics_.list().size();
  ObjectReader object(*this, diagnostics_, json, spot.key);
  object.accept("family");
  for (const Parameter& p : form->parameters) {
    object.field(
        p.name, value.parameters[std::string(p.name)],
        {.doc = p.meaning, .required = true, .minimum = p.minimum, .above_zero = p.above_zero});
  }
  if (form->has_values) {
    object.field("values", value.values,
                 {.doc = "The observed values", .required = true, .items_min = 1});
  }
  object.field("truncate_min", value.truncate_min, {.doc = truncation_parameters()[0].meaning});
  object.field("truncate_max", value.truncate_max, {.doc = truncation_parameters()[1].meaning});
  object.refuse_unknown_keys();
  // Without a family nobody compares parameters of which some are missing.
  if (diagnostics_.list().size() == errors_before) value.family = family->text;
}

template <class T>
void read_document(const JsonValue& root, T& document, Diagnostics& diagnostics) {
  ValueReader values(diagnostics);
  ObjectReader object(values, diagnostics, root, "");
  for (const char* key : {"$schema", "apiVersion", "kind"}) object.accept(key);
  if (const JsonValue* schema = root.find("$schema")) {
    static constexpr FieldRules kRules{};
    values.expect(*schema, JsonType::kString, "a string", Spot{"$schema", kRules});
  }
  describe(object, document);
  object.refuse_unknown_keys();
}

}  // namespace

void read_fields(const JsonValue& root, SystemDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, RunbookDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, ScenarioDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, TimingDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, DrillRecordDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, OverlayDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, StagingDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}
void read_fields(const JsonValue& root, OutageDocument& document, Diagnostics& diagnostics) {
  read_document(root, document, diagnostics);
}

}  // namespace firedrill

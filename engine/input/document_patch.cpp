#include "engine/input/document_patch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time.hpp"

namespace firedrill {
namespace {

constexpr std::string_view kNameKeys[] = {"name", "id", "role"};

/// The name of an entry of a list; empty when it has none.
std::string name_of(const JsonValue& item) {
  for (const std::string_view key : kNameKeys) {
    const JsonValue* name = item.find(key);
    if (name != nullptr && name->type == JsonType::kString) return name->text;
  }
  return {};
}

/// The key by which the entries of a list are named; most lists name theirs by `name`.
std::string_view name_key_of(const JsonValue& list) {
  for (const std::string_view key : kNameKeys) {
    for (const JsonValue& item : list.items) {
      if (item.find(key) != nullptr) return key;
    }
  }
  return kNameKeys[0];
}

std::vector<std::string> names_in(const JsonValue& list) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string name = name_of(list.items[i]);
    names.push_back(name.empty() ? fmt::format("{}", i) : name);
  }
  return names;
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 12;
  const std::size_t shown = std::min(names.size(), kShown);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

class Merge {
 public:
  explicit Merge(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void merge(JsonValue& target, const JsonValue& patch, std::string_view where) {
    if (patch.type == JsonType::kObject && target.type == JsonType::kObject) {
      for (const JsonMember& member : patch.members) merge_member(target, member, where);
    } else if (patch.type == JsonType::kObject && target.type == JsonType::kArray) {
      for (const JsonMember& member : patch.members) merge_entry(target, member, where);
    } else {
      target = patch;
    }
  }

  /// Puts `value` at the path, whose names may hold dots themselves: the longest that is there is
  /// meant.
  void put(JsonValue& target, std::string_view path, const DocumentPatch& patch,
           std::string_view where) {
    if (path.empty()) {
      merge(target, patch.value, where);
      return;
    }
    const std::vector<std::string> names =
        target.type == JsonType::kArray ? names_in(target) : keys_of(target);
    std::size_t length = 0;
    for (const std::string& name : names) {
      const bool begins = path.starts_with(name) && name.size() > length;
      if (begins && (path.size() == name.size() || path[name.size()] == '.')) length = name.size();
    }
    std::string name(path.substr(0, length > 0 ? length : std::min(path.find('.'), path.size())));
    length = name.size();
    if (path.front() == '"') {  // a name with dots that is not there yet
      length = std::min(path.find('"', 1), path.size() - 1) + 1;
      name = path.substr(1, length - 2);
    }
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    const std::string_view rest = path.substr(std::min(length + 1, path.size()));
    JsonMember member{name, patch.at, patch.value};
    if (rest.empty()) {
      step(target, member, where);
    } else if (known) {
      put(*child(target, name), rest, patch, name);
    } else if (target.type == JsonType::kObject) {
      // An object that the document leaves out, with all its defaults.
      member.value = {.type = JsonType::kObject, .at = patch.at};
      put(member.value, rest, patch, name);
      target.members.push_back(std::move(member));
    } else {
      unknown(member, target, where);
    }
  }

 private:
  static std::vector<std::string> keys_of(const JsonValue& object) {
    std::vector<std::string> keys;
    for (const JsonMember& member : object.members) keys.push_back(member.key);
    return keys;
  }

  static JsonValue* child(JsonValue& target, std::string_view name) {
    for (JsonMember& member : target.members) {
      if (member.key == name) return &member.value;
    }
    const std::vector<std::string> names = names_in(target);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return nullptr;
    return &target.items[static_cast<std::size_t>(found - names.begin())];
  }

  void step(JsonValue& target, const JsonMember& member, std::string_view where) {
    if (target.type == JsonType::kObject) {
      merge_member(target, member, where);
    } else if (target.type == JsonType::kArray) {
      merge_entry(target, member, where);
    } else {
      diagnostics_.error(Rule::kWrongType, member.key_at,
                         fmt::format("\"{}\" is {}, which has no \"{}\"", where,
                                     json_type_name(target.type), member.key));
    }
  }

  void merge_member(JsonValue& target, const JsonMember& member, std::string_view) {
    if (member.key == "$comment") return;
    JsonValue* old = child(target, member.key);
    if (member.value.type == JsonType::kNull) {
      if (old == nullptr) return unknown(member, target, "");
      std::erase_if(target.members, [&](const JsonMember& m) { return m.key == member.key; });
    } else if (old != nullptr) {
      merge(*old, member.value, member.key);
    } else {
      target.members.push_back(member);  // the reader knows whether there is such a key
    }
  }

  void merge_entry(JsonValue& target, const JsonMember& member, std::string_view where) {
    if (member.key == "$comment") return;
    if (member.key.starts_with('+')) return add_entry(target, member, where);
    JsonValue* old = child(target, member.key);
    if (old == nullptr) return unknown(member, target, where);
    if (member.value.type != JsonType::kNull) return merge(*old, member.value, member.key);
    target.items.erase(target.items.begin() + (old - target.items.data()));
  }

  void add_entry(JsonValue& target, const JsonMember& member, std::string_view where) {
    const std::string name = member.key.substr(1);
    if (child(target, name) != nullptr) {
      diagnostics_.error(Rule::kDuplicateName, member.key_at,
                         fmt::format("\"{}\" already has \"{}\"", where, name),
                         "leave out the + to change it");
      return;
    }
    JsonValue item = member.value;
    if (item.type == JsonType::kObject) {
      const std::string key(name_key_of(target));
      const auto same = [&](const JsonMember& m) { return m.key == key; };
      if (std::none_of(item.members.begin(), item.members.end(), same)) {
        item.members.push_back(
            {key, member.key_at, {.type = JsonType::kString, .text = name, .at = member.key_at}});
      }
    }
    target.items.push_back(std::move(item));
  }

  void unknown(const JsonMember& member, const JsonValue& target, std::string_view where) {
    const std::vector<std::string> names =
        target.type == JsonType::kArray ? names_in(target) : keys_of(target);
    diagnostics_.error(Rule::kUnknownName, member.key_at,
                       where.empty() ? fmt::format("there is no \"{}\" to remove{}", member.key,
                                                   did_you_mean(member.key, names))
                                     : fmt::format("\"{}\" has no \"{}\"{}", where, member.key,
                                                   did_you_mean(member.key, names)),
                       names.empty() ? std::string() : "there are: " + some_of(names));
  }

  Diagnostics& diagnostics_;
};

/// Every place within the value.
void stamp(JsonValue& value, Origin at) {
  value.at = at;
  for (JsonValue& item : value.items) stamp(item, at);
  for (JsonMember& member : value.members) {
    member.key_at = at;
    stamp(member.value, at);
  }
}

JsonValue value_of(std::string_view text, Origin at) {
  JsonValue value{.type = JsonType::kString, .text = std::string(text), .at = at};
  const bool digit = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (const auto duration = parse_duration_argument(text); digit && duration) {
    value.text = to_iso8601(*duration);
    return value;
  }
  SourceFiles own;
  Diagnostics ignored;
  auto json = parse_json(own, own.add("", std::string(text)), ignored);
  if (json && ignored.empty()) value = std::move(*json);
  stamp(value, at);
  return value;
}

void write(const JsonValue& value, std::string& out);

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void write_members(const JsonValue& value, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < value.members.size(); ++i) {
    if (i > 0) out += ',';
    write_string(value.members[i].key, out);
    out += ':';
    write(value.members[i].value, out);
  }
  out += '}';
}

void write(const JsonValue& value, std::string& out) {
  switch (value.type) {
    case JsonType::kNull:
      out += "null";
      return;
    case JsonType::kBool:
      out += value.boolean ? "true" : "false";
      return;
    case JsonType::kNumber:
      out += value.integer ? fmt::format("{}", *value.integer) : fmt::format("{}", value.number);
      return;
    case JsonType::kString:
      write_string(value.text, out);
      return;
    case JsonType::kArray:
      break;
    case JsonType::kObject:
      write_members(value, out);
      return;
  }
  out += '[';
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out += ',';
    write(value.items[i], out);
  }
  out += ']';
}

/// One `PATH=VALUE`, whose parts begin at `at` and at `value_at`.
class VariableReader {
 public:
  VariableReader(Variables& variables, Diagnostics& diagnostics)
      : variables_(variables), diagnostics_(diagnostics) {}

  void read(std::string_view text, Origin at) {
    const std::size_t equals = text.find('=');
    const std::string_view path = text.substr(0, equals);
    const std::size_t dot = path.find('.');
    if (equals == std::string_view::npos || dot == std::string_view::npos) {
      diagnostics_.error(Rule::kWrongType, at, fmt::format("\"{}\" is not PATH=VALUE", text),
                         kRemedy);
      return;
    }
    Origin value_at = at;
    value_at.column += static_cast<std::uint32_t>(equals) + 1;
    take(path.substr(0, dot), path.substr(dot + 1), text.substr(equals + 1), at, value_at);
  }

 private:
  static constexpr auto kRemedy =
      "write scenario.PATH=VALUE, system.PATH=VALUE, runbooks.NAME.PATH=VALUE, "
      "timings.ID=VALUE or steps.RUNBOOK/STEP=VALUE";

  void take(std::string_view root, std::string_view rest, std::string_view value, Origin at,
            Origin value_at) {
    if (root == "timings" || root == "steps") {
      auto& entries = root == "timings" ? variables_.overlay.timings : variables_.overlay.steps;
      JsonValue json = value_of(value, value_at);
      if (json.type != JsonType::kString) json.text = std::string(value);
      if (!entries.emplace(rest, Name{json.text, at}).second) {
        diagnostics_.error(Rule::kDuplicateName, at, fmt::format("\"{}\" is set twice", rest));
      }
      return;
    }
    DocumentPatch patch{
        DocumentKind::kScenario, {}, std::string(rest), at, value_of(value, value_at)};
    if (root == "system") patch.kind = DocumentKind::kSystem;
    if (root == "runbooks") {
      const std::size_t dot = rest.find('.');
      patch.kind = DocumentKind::kRunbook;
      patch.runbook = {std::string(rest.substr(0, dot)), at};
      patch.path = dot == std::string_view::npos ? "" : std::string(rest.substr(dot + 1));
    }
    const std::vector<std::string> roots = {"scenario", "system", "runbooks", "timings", "steps"};
    if (std::find(roots.begin(), roots.end(), root) == roots.end()) {
      diagnostics_.error(
          Rule::kUnknownName, at,
          fmt::format("there is no \"{}\" to change{}", root, did_you_mean(root, roots)), kRemedy);
      return;
    }
    const auto same = [&](const DocumentPatch& p) {
      return p.kind == patch.kind && p.runbook == patch.runbook && p.path == patch.path;
    };
    if (std::any_of(variables_.patches.begin(), variables_.patches.end(), same)) {
      diagnostics_.error(Rule::kDuplicateName, at,
                         fmt::format("\"{}.{}\" is set twice", root, rest));
      return;
    }
    variables_.patches.push_back(std::move(patch));
  }

  Variables& variables_;
  Diagnostics& diagnostics_;
};

}  // namespace

void DocumentPatches::add(const OverlayDocument& overlay) {
  const auto add_part = [&](DocumentKind kind, const std::string& runbook,
                            const DocumentPart& part) {
    if (!part.empty()) add({kind, {runbook, part.json.at}, "", part.json.at, part.json});
  };
  add_part(DocumentKind::kScenario, "", overlay.scenario);
  add_part(DocumentKind::kSystem, "", overlay.system);
  for (const auto& [name, part] : overlay.runbooks) add_part(DocumentKind::kRunbook, name, part);
}

bool DocumentPatches::apply(DocumentKind kind, JsonValue& root, Diagnostics& diagnostics) {
  const JsonValue* metadata = root.find("metadata");
  const std::string name = metadata == nullptr ? "" : name_of(*metadata);
  bool any = false;
  for (Entry& entry : patches_) {
    const DocumentPatch& patch = entry.patch;
    if (patch.kind != kind) continue;
    if (kind == DocumentKind::kRunbook && patch.runbook.text != name) continue;
    Merge(diagnostics).put(root, patch.path, patch, kind_word(kind));
    entry.used = true;
    any = true;
  }
  return any;
}

void DocumentPatches::refuse_unused(const std::vector<std::string>& runbooks,
                                    Diagnostics& diagnostics) const {
  for (const Entry& entry : patches_) {
    if (entry.used || entry.patch.kind != DocumentKind::kRunbook) continue;
    const std::string& name = entry.patch.runbook.text;
    diagnostics.error(Rule::kUnknownName, entry.patch.at,
                      fmt::format("\"runbooks\" has no \"{}\" in this scenario{}", name,
                                  did_you_mean(name, runbooks)),
                      "there are: " + some_of(runbooks));
  }
}

Variables read_variables(const std::vector<std::string>& texts, SourceFiles& sources,
                         Diagnostics& diagnostics) {
  Variables variables;
  if (texts.empty()) return variables;
  const std::uint32_t file = sources.add("--var", fmt::format("{}\n", fmt::join(texts, "\n")));
  VariableReader reader(variables, diagnostics);
  for (std::uint32_t i = 0; i < texts.size(); ++i) reader.read(texts[i], {file, i + 1, 1});
  return variables;
}

std::string to_json_text(const JsonValue& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace firedrill

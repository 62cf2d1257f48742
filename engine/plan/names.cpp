#include "engine/plan/names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace firedrill {
namespace {

// A longer list than this is no help on a terminal.
constexpr std::size_t kListedMax = 12;

std::string_view noun_of(Thing thing) {
  switch (thing) {
    case Thing::kRegion:
      return "region";
    case Thing::kZone:
      return "zone";
    case Thing::kLink:
      return "link";
    case Thing::kTier:
      return "tier";
    case Thing::kComponent:
      return "component";
    case Thing::kStore:
      return "store";
    case Thing::kService:
      return "service";
    case Thing::kAlarm:
      return "alarm";
    case Thing::kRole:
      return "role";
    case Thing::kTiming:
      return "timing";
    case Thing::kRunbook:
      return "runbook";
    case Thing::kSeverity:
      return "severity";
    case Thing::kChange:
      return "change category";
    case Thing::kStep:
      return "step";
  }
  return "name";
}

bool fits(const Need& need, std::string_view noun) {
  return need.nouns.empty() ||
         std::find(need.nouns.begin(), need.nouns.end(), noun) != need.nouns.end();
}

std::string needed_noun(const Need& need) {
  return need.nouns.empty() ? std::string(noun_of(need.thing)) : joined(need.nouns, " or ");
}

}  // namespace

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("aeiou").find(noun[0]) != noun.npos;
  return fmt::format("{} {}", vowel || noun.starts_with("s3") ? "an" : "a", noun);
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

std::string use_one_of(const std::vector<std::string>& candidates) {
  if (candidates.empty() || candidates.size() > kListedMax) return {};
  return fmt::format("use {}{}",
                     candidates.size() == 1 ? "" : "one of: ", fmt::join(candidates, ", "));
}

void Names::define(Thing thing, std::string_view noun, const Name& name, std::uint32_t index) {
  if (const Entry* first = entry(thing, name.text)) {
    diagnostics_.error(
        Rule::kDuplicateName, name.at,
        fmt::format("{} {} is defined twice", noun_of(thing), quoted(name.text)),
        first->at.line == 0
            ? "rename one of them"
            : fmt::format("rename one of them; the other is in line {}{}", first->at.line,
                          first->at.file == name.at.file ? "" : " of another file"));
    return;
  }
  entries_[name.text].push_back({thing, std::string(noun), index, name.at});
  order_[thing].push_back(name.text);
}

const Names::Entry* Names::entry(Thing thing, std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return nullptr;
  for (const Entry& e : found->second) {
    if (e.thing == thing) return &e;
  }
  return nullptr;
}

std::optional<std::uint32_t> Names::find(Thing thing, std::string_view name) const {
  const Entry* e = entry(thing, name);
  return e ? std::optional(e->index) : std::nullopt;
}

std::vector<std::string> Names::candidates(const Need& need) const {
  std::vector<std::string> names;
  const auto order = order_.find(need.thing);
  if (order == order_.end()) return names;
  for (const std::string& name : order->second) {
    if (fits(need, entry(need.thing, name)->noun)) names.push_back(name);
  }
  return names;
}

std::optional<std::uint32_t> Names::look_up(const std::string& referrer, const Name& name,
                                            const Need& need) {
  if (name.empty()) return std::nullopt;
  const Entry* e = entry(need.thing, name.text);
  if (e && fits(need, e->noun)) return e->index;

  const std::vector<std::string> known = candidates(need);
  const auto others = entries_.find(name.text);
  if (!e && others != entries_.end()) e = &others->second.front();
  if (e) {
    diagnostics_.error(Rule::kWrongTarget, name.at,
                       fmt::format("{} {}, which is {} and not {}", referrer, quoted(name.text),
                                   with_article(e->noun), with_article(needed_noun(need))),
                       use_one_of(known));
  } else {
    diagnostics_.error(
        Rule::kUnknownName, name.at,
        fmt::format("{} unknown {} {}{}", referrer, needed_noun(need), quoted(name.text),
                    did_you_mean(name.text, known)),
        known.empty() ? fmt::format("no {} is defined", needed_noun(need)) : use_one_of(known));
  }
  return std::nullopt;
}

std::vector<std::uint32_t> Names::look_up_all(const std::string& referrer,
                                              const std::vector<Name>& names, const Need& need) {
  std::vector<std::uint32_t> bound;
  std::set<std::string> seen;
  for (const Name& name : names) {
    if (!seen.insert(name.text).second) {
      diagnostics_.error(Rule::kDuplicateName, name.at,
                         fmt::format("{} {} twice", referrer, quoted(name.text)),
                         "remove one of them");
      continue;
    }
    if (const auto index = look_up(referrer, name, need)) bound.push_back(*index);
  }
  return bound;
}

}  // namespace firedrill

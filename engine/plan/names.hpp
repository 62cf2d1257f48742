// Every name that documents define, and the binding of references to them: the one place that words
// "unknown name" and "wrong target".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/input/documents.hpp"

namespace firedrill {

/// Each kind of thing has its own names: a service and a store may both be called "payments".
enum class Thing : std::uint8_t {
  kRegion,
  kZone,
  kLink,
  kTier,
  kComponent,
  kStore,
  kService,
  kAlarm,
  kRole,
  kTiming,
  kRunbook,
  kStep,
  kSeverity,
  kChange,
};

/// What a reference needs: a thing, and which nouns of that thing fit (none given: all).
struct Need {
  Thing thing;
  std::vector<std::string_view> nouns = {};
};

class Names {
 public:
  explicit Names(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  /// `noun` is what a message calls it: "region", "ecs:service". A second definition is an error.
  void define(Thing thing, std::string_view noun, const Name& name, std::uint32_t index);

  /// The index that was defined. `referrer` is the head of a message: `"entry" of service "shop"
  /// names`. An empty name is an optional key left out: no index and no error.
  template <class I>
  I bind(const std::string& referrer, const Name& name, const Need& need) {
    const auto found = look_up(referrer, name, need);
    return found ? I{*found} : I{};
  }

  /// Those that bind, in their order. Naming one twice is an error.
  template <class I>
  std::vector<I> bind_all(const std::string& referrer, const std::vector<Name>& names,
                          const Need& need) {
    std::vector<I> bound;
    for (const std::uint32_t index : look_up_all(referrer, names, need)) bound.push_back(I{index});
    return bound;
  }

  std::optional<std::uint32_t> find(Thing thing, std::string_view name) const;

 private:
  struct Entry {
    Thing thing;
    std::string noun;
    std::uint32_t index;
    Origin at;
  };
  const Entry* entry(Thing thing, std::string_view name) const;
  std::optional<std::uint32_t> look_up(const std::string& referrer, const Name& name,
                                       const Need& need);
  std::vector<std::uint32_t> look_up_all(const std::string& referrer,
                                         const std::vector<Name>& names, const Need& need);
  std::vector<std::string> candidates(const Need& need) const;

  Diagnostics& diagnostics_;
  std::map<std::string, std::vector<Entry>, std::less<>> entries_;
  std::map<Thing, std::vector<std::string>> order_;  // as defined, so that ties are stable
};

/// `"a"`, `an ecs:service`, `route53:record or cloudfront:distribution`: pieces of messages.
std::string quoted(std::string_view text);
std::string with_article(std::string_view noun);
std::string joined(const std::vector<std::string_view>& words, std::string_view separator);

/// `use one of: a, b`, or nothing when there are too many to be of help.
std::string use_one_of(const std::vector<std::string>& candidates);

}  // namespace firedrill

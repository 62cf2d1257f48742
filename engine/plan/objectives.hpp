// What a target can ask for, in the words of the documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/plan/plan.hpp"

namespace firedrill {

/// What a target of an objective speaks of.
enum class TargetSubject : std::uint8_t { kService, kRunbook, kSeverity };
TargetSubject subject_of(Objective objective);

/// `rto`, `completion`: the word of kObjectives.
std::string_view to_word(Objective objective);
std::optional<Objective> objective_from_word(std::string_view word);

/// `onset`, `detected`: the word of kTargetStarts.
std::string_view to_word(TargetStart start);
std::optional<TargetStart> target_start_from_word(std::string_view word);

/// `rto <= PT15M`, `completion from detected <= PT15M`.
std::string target_text(Objective objective, TargetStart from, Duration limit,
                        std::string_view at_most = "<=");

}  // namespace firedrill

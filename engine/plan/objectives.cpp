#include "engine/plan/objectives.hpp"

#include <fmt/format.h>

#include <span>

#include "engine/input/document_fields.hpp"

namespace firedrill {
namespace {

static_assert(std::size(kObjectives) == static_cast<std::size_t>(Objective::kResolve) + 1);
static_assert(std::size(kTargetStarts) == static_cast<std::size_t>(TargetStart::kStart) + 1);

template <class E>
std::optional<E> from_word(std::span<const Choice> choices, std::string_view word) {
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].word == word) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

TargetSubject subject_of(Objective objective) {
  switch (objective) {
    case Objective::kRto:
    case Objective::kRpo:
    case Objective::kInterruption:
      return TargetSubject::kService;
    case Objective::kCompletion:
      return TargetSubject::kRunbook;
    case Objective::kResponse:
    case Objective::kStabilise:
    case Objective::kResolve:
      break;
  }
  return TargetSubject::kSeverity;
}

std::string_view to_word(Objective objective) {
  return kObjectives[static_cast<std::size_t>(objective)].word;
}

std::optional<Objective> objective_from_word(std::string_view word) {
  return from_word<Objective>(kObjectives, word);
}

std::string_view to_word(TargetStart start) {
  return kTargetStarts[static_cast<std::size_t>(start)].word;
}

std::optional<TargetStart> target_start_from_word(std::string_view word) {
  return from_word<TargetStart>(kTargetStarts, word);
}

std::string target_text(Objective objective, TargetStart from, Duration limit,
                        std::string_view at_most) {
  const std::string begin =
      objective == Objective::kCompletion ? fmt::format(" from {}", to_word(from)) : std::string();
  return fmt::format("{}{} {} {}", to_word(objective), begin, at_most, to_iso8601(limit));
}

}  // namespace firedrill

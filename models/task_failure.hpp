// The ways in which a revision of a service can be bad, whatever runs it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace firedrill {

enum class TaskFailure : std::uint8_t {
  kNone,
  kExitsAtStart,
  kExitsLater,
  kOutOfMemory,
  kCannotPull,
  kFailsHealthCheck,
  kAnswersWithErrors,
};

/// In the order of the enumeration; the words are those of the vocabulary.
inline constexpr std::array<std::string_view, 7> kTaskFailureWords = {
    "none",        "exits-at-start",     "exits-later",        "out-of-memory",
    "cannot-pull", "fails-health-check", "answers-with-errors"};

/// REQUIRES: one of the words above.
inline TaskFailure task_failure_of(std::string_view word) {
  const auto* found = std::find(kTaskFailureWords.begin(), kTaskFailureWords.end(), word);
  return static_cast<TaskFailure>(found - kTaskFailureWords.begin());
}

}  // namespace firedrill

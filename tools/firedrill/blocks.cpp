#include "tools/firedrill/blocks.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace firedrill {
namespace {

constexpr std::string_view kArray = "array";

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < 0) return std::nullopt;
  return value;
}

/// The value of a variable that a scheduler sets; nothing when it is not set.
std::optional<std::int64_t> from(const Environment& environment, const char* name) {
  const std::optional<std::string> text = environment(name);
  if (!text) return std::nullopt;
  const auto value = number(*text);
  if (!value) throw BlocksError(fmt::format("{} is '{}', and no whole number", name, *text));
  return value;
}

struct Place {
  std::int64_t index = 0;
  std::optional<std::int64_t> count;
};

/// Of an array that begins elsewhere, or leaves jobs out, the count does not say how many there
/// are: it may be the second try of a few.
std::optional<Place> slurm(const Environment& environment) {
  const auto id = from(environment, "SLURM_ARRAY_TASK_ID");
  if (!id) return std::nullopt;
  const bool whole = from(environment, "SLURM_ARRAY_TASK_MIN") == 0 &&
                     from(environment, "SLURM_ARRAY_TASK_STEP").value_or(1) == 1;
  return Place{*id, whole ? from(environment, "SLURM_ARRAY_TASK_COUNT") : std::nullopt};
}

std::optional<Place> place_in_array(const Environment& environment) {
  if (const auto place = slurm(environment)) return place;
  if (const auto index = from(environment, "AWS_BATCH_JOB_ARRAY_INDEX")) {
    return Place{*index, from(environment, "AWS_BATCH_JOB_ARRAY_SIZE")};
  }
  if (const auto index = from(environment, "JOB_COMPLETION_INDEX")) return Place{*index, {}};
  return std::nullopt;
}

std::optional<BlockRange> share_of_job(std::optional<std::int64_t> count, std::int64_t blocks,
                                       const Environment& environment) {
  std::optional<Place> place = place_in_array(environment);
  if (!place) {
    throw BlocksError(
        "--blocks array: this is no job of an array: none of SLURM_ARRAY_TASK_ID, "
        "AWS_BATCH_JOB_ARRAY_INDEX and JOB_COMPLETION_INDEX is set");
  }
  if (count) place->count = count;
  if (!place->count) {
    throw BlocksError(
        "--blocks array: the scheduler does not say how many jobs there are, counted from 0: give "
        "--blocks array:COUNT");
  }
  if (*place->count < 1 || place->index >= *place->count) {
    throw BlocksError(fmt::format("--blocks array: job {}, counted from 0, is none of {}",
                                  place->index, *place->count));
  }
  return blocks_of_machine(blocks, place->index, *place->count);
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* const value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::optional<BlockRange> blocks_to_run(const std::string& text, std::int64_t blocks,
                                        const Environment& environment) {
  const std::size_t colon = text.find(':');
  const std::string_view all = text;
  const std::string_view before = all.substr(0, colon);
  std::optional<std::int64_t> after;
  if (colon != std::string::npos) after = number(all.substr(colon + 1));
  const bool well_formed = colon == std::string::npos || after.has_value();
  if (before == kArray && well_formed) return share_of_job(after, blocks, environment);
  const auto first = number(before);
  if (!first || !after || *first > *after) {
    throw BlocksError(
        fmt::format("--blocks takes FIRST:LAST, array or array:COUNT, and not '{}'", text));
  }
  if (*after >= blocks) {
    throw BlocksError(fmt::format("--blocks {}: the study has blocks 0:{} of {} drills", text,
                                  blocks - 1, kBlockSize));
  }
  return BlockRange{*first, *after};
}

std::string to_string(BlockRange range) { return fmt::format("{}:{}", range.first, range.last); }

}  // namespace firedrill

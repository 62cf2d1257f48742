// One drill as a row of fixed length: what a worker sends, and what the study keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/study/study.hpp"

namespace firedrill {

/// Whole milliseconds, halves away from zero; kNotReachedUs stays "not reached", and so does what
/// an int32 cannot hold.
std::int32_t to_ms(std::int64_t us);

class RowReader;

class RowLayout {
 public:
  explicit RowLayout(const Plan& plan);

  std::size_t bytes() const { return bytes_; }
  /// Appends one row to `out`.
  void encode(std::int64_t replication, const DrillMetrics& metrics,
              const std::vector<DrawnTiming>& drawn, std::vector<std::byte>& out) const;
  /// Appends the row at `row` to every column of `samples`.
  void decode(const std::byte* row, Samples& samples) const;
  /// Columns of the right number, all empty, with room for so many rows.
  Samples empty(std::size_t rows) const;

 private:
  void decode_steps(RowReader& row, Samples& samples) const;

  std::size_t services_;
  std::size_t stores_;
  std::size_t steps_;
  std::size_t targets_;
  std::size_t roles_;
  std::size_t timings_;
  std::vector<std::uint32_t> used_timings_;
  std::size_t bytes_;
};

}  // namespace firedrill

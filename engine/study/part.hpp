// A part of a study: the rows of some of its blocks. What several machines have run is put together
// from such parts, byte for byte the result of one machine, whatever the split: a row
// depends on plan, seed and replication alone, and rows are taken in the order of their blocks.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/study/study.hpp"

namespace firedrill {

/// Blocks `first` to `last`, both included.
struct BlockRange {
  std::int64_t first = 0;
  std::int64_t last = 0;

  bool operator==(const BlockRange&) const = default;
};

/// How many blocks so many drills are.
std::int64_t blocks_of(std::int64_t runs);

/// The share of the `index`-th of `count` machines, counted from 0, as even as it can be. Machines
/// beyond the blocks get none.
std::optional<BlockRange> blocks_of_machine(std::int64_t blocks, std::int64_t index,
                                            std::int64_t count);

struct StudyPart {
  std::string scenario;         // its name
  std::string scenario_sha256;  // over every document of the plan
  std::string program;          // the version and commit that ran it
  std::uint64_t seed = 0;
  std::int64_t runs = 0;  // of the whole study
  BlockRange blocks;
  std::vector<BlockFailure> failures;
  std::vector<std::byte> rows;  // as RowLayout encodes them, in the order of the replications
};

/// A part is not one of this study. The message says why.
class PartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs the drills of some blocks of the study that `options` describes. Drills that are missing
/// since it was stopped are found by `merge_parts`.
StudyPart run_part(const Plan& plan, const StudyOptions& options, BlockRange blocks,
                   const std::string& program, const DrillRunnerFactory& factory);

/// Blocks that no part holds whole, in runs of neighbours. Drills lost to a crash are not missing.
std::vector<BlockRange> missing_blocks(const std::vector<StudyPart>& parts);

/// The study that the parts are of. Throws PartError when they are of different studies, not of
/// this plan, or hold one block twice with different contents. REQUIRES: no block is missing.
StudyResult merge_parts(const Plan& plan, std::vector<StudyPart> parts);

}  // namespace firedrill

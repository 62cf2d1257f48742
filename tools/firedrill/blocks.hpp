// Which blocks of a study this machine runs, as the command line and the scheduler say.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "engine/study/part.hpp"

namespace firedrill {

/// What was asked for makes no sense, or the scheduler does not say enough. The message says what
/// to do.
class BlocksError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a variable of the environment; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

/// The blocks of a study of so many that `text` asks for. `FIRST:LAST` counts from 0 and includes
/// both. `array` is the share of this job in an array of them: its index, from 0, and their number
/// are read from the variables of Slurm (SLURM_ARRAY_TASK_ID and _COUNT), AWS Batch
/// (AWS_BATCH_JOB_ARRAY_INDEX, _SIZE) or a Kubernetes Indexed Job (JOB_COMPLETION_INDEX).
/// `array:COUNT` gives the number, where nobody says it or only some jobs are run again. Nothing
/// when there are more jobs than blocks and this one is left without. Throws BlocksError.
std::optional<BlockRange> blocks_to_run(const std::string& text, std::int64_t blocks,
                                        const Environment& environment);

/// As `--blocks` takes it.
std::string to_string(BlockRange range);

}  // namespace firedrill

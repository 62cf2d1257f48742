#include "engine/study/part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

#include "engine/study/row.hpp"

namespace firedrill {
namespace {

std::int64_t replication_of(const std::byte* row) {
  std::int64_t replication = 0;
  std::memcpy(&replication, row, sizeof replication);
  return replication;
}

/// The rows of whole studies, each block once.
class Merge {
 public:
  Merge(const Plan& plan, const StudyPart& like) : plan_(plan), layout_(plan), like_(like) {}

  void add(StudyPart& part) {
    check(part);
    std::map<std::int64_t, std::string_view> own;
    const std::size_t bytes = layout_.bytes();
    for (std::size_t at = 0; at < part.rows.size(); at += bytes) {
      const std::int64_t block = replication_of(&part.rows[at]) / kBlockSize;
      if (block < part.blocks.first || block > part.blocks.last) refuse("rows of other blocks");
      const auto* letters = reinterpret_cast<const char*>(&part.rows[at]);
      std::string_view& rows = own[block];
      // The rows of one block lie side by side.
      rows = rows.empty() ? std::string_view(letters, bytes)
                          : std::string_view(rows.data(), rows.size() + bytes);
    }
    for (std::int64_t block = part.blocks.first; block <= part.blocks.last; ++block) {
      const auto [known, is_new] = blocks_.emplace(block, own[block]);
      if (!is_new && known->second != own[block]) {
        refuse(fmt::format("block {}, which another part holds with other rows", block));
      }
      if (is_new) add_failures(part, block);
    }
  }

  StudyResult result() {
    StudyResult result;
    result.seed = like_.seed;
    result.asked = like_.runs;
    result.samples = layout_.empty(static_cast<std::size_t>(like_.runs));
    for (const auto& [block, rows] : blocks_) {
      for (std::size_t at = 0; at < rows.size(); at += layout_.bytes()) {
        layout_.decode(reinterpret_cast<const std::byte*>(rows.data() + at), result.samples);
      }
    }
    result.completed = static_cast<std::int64_t>(result.samples.replication.size());
    result.failures = std::move(failures_);
    for (const BlockFailure& f : result.failures) result.failed += f.last_lost - f.first_lost + 1;
    return result;
  }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw PartError("a part holds " + what);
  }

  void check(const StudyPart& part) const {
    if (part.scenario_sha256 != plan_.scenario_sha256) {
      throw PartError(
          fmt::format("a part is of other documents ({}) than the scenario that was given ({})",
                      part.scenario_sha256.substr(0, 12), plan_.scenario_sha256.substr(0, 12)));
    }
    if (part.program != like_.program) {
      throw PartError(fmt::format("parts were run by different programs: {} and {}", like_.program,
                                  part.program));
    }
    if (part.seed != like_.seed || part.runs != like_.runs) {
      throw PartError(fmt::format("parts are of different studies: seed {} and {}, {} and {} runs",
                                  like_.seed, part.seed, like_.runs, part.runs));
    }
    if (part.rows.size() % layout_.bytes() != 0) refuse("rows of another length");
  }

  void add_failures(const StudyPart& part, std::int64_t block) {
    for (const BlockFailure& f : part.failures) {
      if (f.replication / kBlockSize == block) failures_.push_back(f);
    }
  }

  const Plan& plan_;
  RowLayout layout_;
  const StudyPart& like_;
  std::map<std::int64_t, std::string_view> blocks_;
  std::vector<BlockFailure> failures_;
};

}  // namespace

std::int64_t blocks_of(std::int64_t runs) { return (runs + kBlockSize - 1) / kBlockSize; }

std::optional<BlockRange> blocks_of_machine(std::int64_t blocks, std::int64_t index,
                                            std::int64_t count) {
  const std::int64_t first = blocks * index / count;
  const std::int64_t end = blocks * (index + 1) / count;
  if (first == end) return std::nullopt;
  return BlockRange{first, end - 1};
}

StudyPart run_part(const Plan& plan, const StudyOptions& options, BlockRange blocks,
                   const std::string& program, const DrillRunnerFactory& factory) {
  StudyPart part{.scenario = plan.scenario,
                 .scenario_sha256 = plan.scenario_sha256,
                 .program = program,
                 .seed = options.seed,
                 .runs = options.runs,
                 .blocks = blocks,
                 .failures = {},
                 .rows = {}};
  const std::size_t bytes = RowLayout(plan).bytes();
  StudyOptions own = options;
  own.first_block = blocks.first;
  own.last_block = blocks.last;
  own.rows = [&](const std::byte* row) { part.rows.insert(part.rows.end(), row, row + bytes); };
  part.failures = run_study(plan, own, factory).failures;
  return part;
}

std::vector<BlockRange> missing_blocks(const std::vector<StudyPart>& parts) {
  std::vector<BlockRange> missing;
  if (parts.empty()) return missing;
  std::vector<BlockRange> held;
  for (const StudyPart& part : parts) held.push_back(part.blocks);
  std::sort(held.begin(), held.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::int64_t next = 0;
  for (const BlockRange& range : held) {
    if (range.first > next) missing.push_back({next, range.first - 1});
    next = std::max(next, range.last + 1);
  }
  const std::int64_t blocks = blocks_of(parts.front().runs);
  if (next < blocks) missing.push_back({next, blocks - 1});
  return missing;
}

StudyResult merge_parts(const Plan& plan, std::vector<StudyPart> parts) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.blocks.first < b.blocks.first; });
  Merge merge(plan, parts.front());
  for (StudyPart& part : parts) merge.add(part);
  return merge.result();
}

}  // namespace firedrill

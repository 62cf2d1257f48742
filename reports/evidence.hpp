// An evidence pack: what one result was made of and what it says, as files with their digests, and
// a table that says which file answers which question of somebody who has to keep records of tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

struct EvidenceFile {
  std::string name;  // in the pack, with `/`
  std::string what;  // one line
  std::string bytes;
};

struct EvidencePack {
  ReportProgram packer;  // the program that makes the pack, which may not be the result's
  std::string command;   // that made the result
  /// The same from the inputs in the pack; empty when they are not there.
  std::string command_here;
  std::vector<EvidenceFile> files;
  std::vector<std::string> left_out;  // a sentence each: what is not there, and why
  /// Inputs whose names had to be changed, as "NAME IN THE PACK was NAME".
  std::vector<std::string> renamed;
};

/// The folder of the pack: `region-loss-evidence`.
std::string evidence_folder(const Report& report);

/// The files of the pack in the order of their names, `EVIDENCE.md` and `SHA256SUMS` among them:
/// the latter is what `sha256sum --check` reads, and holds every file but itself.
std::vector<EvidenceFile> finished_pack(EvidencePack pack, const Report& report);

/// Names for files in a pack, one for each path, in the same order: relative to the deepest folder
/// that has them all, so that they find each other as before. Whatever is no letter, digit, dot,
/// hyphen or underscore of ASCII becomes `_`; no name is absolute, has a part that is only dots, or
/// is another's but for its case. Paths are absolute and
/// normal.
std::vector<std::string> pack_names(const std::vector<std::string>& paths);

}  // namespace firedrill

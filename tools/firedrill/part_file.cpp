#include "tools/firedrill/part_file.hpp"

#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "engine/plan/sha256.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little, "rows are written as they lie in memory");

constexpr std::string_view kMagic = "firedrill part 1\n";
constexpr std::size_t kDigestLetters = 64;

Json describe(const StudyPart& part) {
  Json failures = Json::array();
  for (const BlockFailure& f : part.failures) {
    failures.push_back({{"hung", f.kind == BlockFailureKind::kHung},
                        {"replication", f.replication},
                        {"first_lost", f.first_lost},
                        {"last_lost", f.last_lost},
                        {"signal", f.signal},
                        {"exit_code", f.exit_code}});
  }
  return {{"scenario", part.scenario},
          {"scenario_sha256", part.scenario_sha256},
          {"program", part.program},
          {"seed", part.seed},
          {"runs", part.runs},
          {"first_block", part.blocks.first},
          {"last_block", part.blocks.last},
          {"row_bytes_in_all", part.rows.size()},
          {"failures", std::move(failures)}};
}

StudyPart read_description(const Json& json) {
  StudyPart part;
  part.scenario = json.at("scenario").get<std::string>();
  part.scenario_sha256 = json.at("scenario_sha256").get<std::string>();
  part.program = json.at("program").get<std::string>();
  part.seed = json.at("seed").get<std::uint64_t>();
  part.runs = json.at("runs").get<std::int64_t>();
  part.blocks = {json.at("first_block").get<std::int64_t>(),
                 json.at("last_block").get<std::int64_t>()};
  for (const Json& f : json.at("failures")) {
    part.failures.push_back(
        {.kind = f.at("hung").get<bool>() ? BlockFailureKind::kHung : BlockFailureKind::kCrashed,
         .replication = f.at("replication").get<std::int64_t>(),
         .first_lost = f.at("first_lost").get<std::int64_t>(),
         .last_lost = f.at("last_lost").get<std::int64_t>(),
         .signal = f.at("signal").get<int>(),
         .exit_code = f.at("exit_code").get<int>()});
  }
  return part;
}

std::string digest_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

}  // namespace

std::string encode_part(const StudyPart& part) {
  std::string bytes(kMagic);
  bytes += describe(part).dump(-1, ' ', false, Json::error_handler_t::replace);
  bytes += '\n';
  bytes.append(reinterpret_cast<const char*>(part.rows.data()), part.rows.size());
  return bytes + digest_of(bytes);
}

StudyPart decode_part(std::string_view bytes, const std::string& file) {
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    throw PartError(
        fmt::format("{}: is no part of a study; `firedrill run SCENARIO --blocks FIRST:LAST -o "
                    "FILE` writes one",
                    file));
  }
  const std::size_t body = bytes.size() < kDigestLetters ? 0 : bytes.size() - kDigestLetters;
  if (digest_of(bytes.substr(0, body)) != bytes.substr(body)) {
    throw PartError(fmt::format("{}: has been cut or edited; run its blocks again", file));
  }
  try {
    const std::size_t line = bytes.find('\n', kMagic.size());
    if (line == std::string_view::npos) throw PartError("no description");
    StudyPart part =
        read_description(Json::parse(bytes.substr(kMagic.size(), line - kMagic.size())));
    const auto* rows = reinterpret_cast<const std::byte*>(bytes.data() + line + 1);
    part.rows.assign(rows, rows + (body - line - 1));
    const std::int64_t blocks = blocks_of(part.runs);
    const bool in_range = part.blocks.first >= 0 && part.blocks.first <= part.blocks.last;
    if (!in_range || part.blocks.last >= blocks) throw PartError("blocks that the study has not");
    return part;
  } catch (const std::exception& error) {
    throw PartError(fmt::format("{}: cannot be read: {}", file, error.what()));
  }
}

}  // namespace firedrill

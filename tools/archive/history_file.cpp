#include "tools/archive/history_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/base/time.hpp"
#include "engine/plan/objectives.hpp"

namespace firedrill {
namespace {

/// `FDHI`: what an SQLite file of ours says that it is.
constexpr std::int64_t kApplicationId = 0x46444849;
constexpr std::int64_t kSchemaVersion = 1;
constexpr std::int64_t kYear9999S = 253'402'300'799;

// A seed has 64 bits without a sign, which SQLite has no number for.
constexpr std::string_view kSchema[] = {
    "CREATE TABLE result ("
    " id INTEGER PRIMARY KEY,"
    " content_sha256 TEXT NOT NULL,"
    " recorded_at_s INTEGER NOT NULL,"
    " last_seen_at_s INTEGER NOT NULL,"
    " times_seen INTEGER NOT NULL,"
    " scenario TEXT NOT NULL,"
    " documents_sha256 TEXT NOT NULL,"
    " what_if TEXT NOT NULL,"  // a JSON array of texts
    " seed TEXT NOT NULL,"
    " asked INTEGER NOT NULL,"
    " completed INTEGER NOT NULL,"
    " program_version TEXT NOT NULL,"
    " program_commit TEXT NOT NULL,"
    " result_format TEXT NOT NULL,"
    " verdict TEXT NOT NULL) STRICT",
    "CREATE INDEX result_by_scenario ON result (scenario, recorded_at_s, id)",
    "CREATE TABLE target ("
    " result_id INTEGER NOT NULL REFERENCES result (id),"
    " place INTEGER NOT NULL,"
    " subject TEXT NOT NULL,"
    " tier TEXT NOT NULL,"
    " objective TEXT NOT NULL,"
    " start TEXT NOT NULL,"
    " limit_ms INTEGER NOT NULL,"
    " required_share REAL NOT NULL,"
    " verdict TEXT NOT NULL,"
    " met INTEGER NOT NULL,"
    " judged INTEGER NOT NULL,"
    " met_share REAL NOT NULL,"
    " met_share_low REAL NOT NULL,"
    " met_share_high REAL NOT NULL,"
    " p50_ms INTEGER, p50_low_ms INTEGER, p50_high_ms INTEGER,"
    " p95_ms INTEGER, p95_low_ms INTEGER, p95_high_ms INTEGER,"
    " PRIMARY KEY (result_id, place)) STRICT, WITHOUT ROWID",
};

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
  throw ArchiveError(fmt::format("cannot use {} as a history: {}", path, why));
}

/// Whether the tables are there. A file of something else, or of a later version, is refused.
bool has_tables(const Database& database, const std::string& path) {
  const std::int64_t version = database.number("PRAGMA user_version");
  const std::int64_t id = database.number("PRAGMA application_id");
  if (id == 0 && version == 0 && database.number("SELECT count(*) FROM sqlite_schema") == 0) {
    return false;
  }
  if (id != kApplicationId) {
    refuse(path, "it is an SQLite file of something else: name another one, which is then made");
  }
  if (version > kSchemaVersion) {
    refuse(path, fmt::format("a later version of firedrill wrote it (its tables are of version {}, "
                             "this program knows {}): use that version",
                             version, kSchemaVersion));
  }
  return true;
}

/// Within a transaction: of two programs that find nothing, the second finds the tables.
void make_tables(const Database& database, const std::string& path) {
  if (has_tables(database, path)) return;
  for (const std::string_view sql : kSchema) database.run(sql);
  database.run(fmt::format("PRAGMA application_id = {}", kApplicationId));
  database.run(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
}

/// The entry with the same content that `entry` is no more than a repeat of; 0: there is none.
std::int64_t same_entry(const Database& database, const HistoryEntry& entry, SameAs same) {
  Statement find = database.prepare(
      same == SameAs::kAny
          ? "SELECT id, content_sha256 FROM result WHERE scenario = ?1 AND content_sha256 = ?2"
          : "SELECT id, content_sha256 FROM result WHERE scenario = ?1 AND ?2 <> ''"
            " ORDER BY recorded_at_s DESC, id DESC LIMIT 1");
  find.bind(1, std::string_view(entry.scenario)).bind(2, std::string_view(entry.content_sha256));
  return find.step() && find.text(1) == entry.content_sha256 ? find.integer(0) : 0;
}

void insert_target(const Database& database, std::int64_t result, std::int64_t place,
                   const ReportTarget& t) {
  Statement insert = database.prepare(
      "INSERT INTO target VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
      " ?15, ?16, ?17, ?18, ?19, ?20)");
  insert.bind(1, result).bind(2, place).bind(3, std::string_view(t.subject));
  insert.bind(4, std::string_view(t.tier)).bind(5, to_word(t.objective)).bind(6, to_word(t.from));
  insert.bind(7, t.limit_ms).bind(8, t.required_share).bind(9, to_word(t.verdict));
  insert.bind(10, t.met).bind(11, t.judged).bind(12, t.met_share);
  insert.bind(13, t.met_share_ci95.low).bind(14, t.met_share_ci95.high);
  const ReportQuantiles& q = t.achieved;
  insert.bind(15, q.p50).bind(16, q.p50_ci95.low).bind(17, q.p50_ci95.high);
  insert.bind(18, q.p95).bind(19, q.p95_ci95.low).bind(20, q.p95_ci95.high).step();
}

void insert_entry(const Database& database, const HistoryEntry& e) {
  Statement insert = database.prepare(
      "INSERT INTO result (content_sha256, recorded_at_s, last_seen_at_s, times_seen, scenario,"
      " documents_sha256, what_if, seed, asked, completed, program_version, program_commit,"
      " result_format, verdict) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
      " ?13)");
  insert.bind(1, std::string_view(e.content_sha256)).bind(2, e.recorded_at_s);
  insert.bind(3, e.last_seen_at_s).bind(4, std::string_view(e.scenario));
  insert.bind(5, std::string_view(e.documents_sha256));
  const std::string what_if =
      nlohmann::json(e.what_if).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  insert.bind(6, std::string_view(what_if)).bind(7, std::string_view(std::to_string(e.seed)));
  insert.bind(8, e.asked).bind(9, e.completed).bind(10, std::string_view(e.program.version));
  insert.bind(11, std::string_view(e.program.commit)).bind(12, std::string_view(e.result_format));
  insert.bind(13, to_word(e.verdict)).step();
  const std::int64_t result = database.last_row();
  for (std::size_t i = 0; i < e.targets.size(); ++i) {
    insert_target(database, result, static_cast<std::int64_t>(i), e.targets[i]);
  }
}

void see_again(const Database& database, std::int64_t id, std::int64_t at_s) {
  Statement update = database.prepare(
      "UPDATE result SET times_seen = times_seen + 1, last_seen_at_s = max(last_seen_at_s, ?1)"
      " WHERE id = ?2");
  update.bind(1, at_s).bind(2, id).step();
}

std::optional<Verdict> verdict_from(std::string_view word) {
  for (const Verdict verdict : {Verdict::kMet, Verdict::kMissed, Verdict::kInconclusive}) {
    if (word == to_word(verdict)) return verdict;
  }
  return std::nullopt;
}

/// A value that only a file that was edited, or a version that comes, can lack.
template <class T>
T known(const std::optional<T>& value, const std::string& path) {
  if (!value) refuse(path, "it holds a word that this version does not know");
  return *value;
}

std::vector<std::string> texts_from(const std::string& json, const std::string& path) {
  const nlohmann::json list = nlohmann::json::parse(json, nullptr, false);
  std::vector<std::string> texts;
  if (!list.is_array()) refuse(path, "what it holds of a result is not whole");
  for (const auto& item : list) {
    if (!item.is_string()) refuse(path, "what it holds of a result is not whole");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// What no drill comes near, and no arithmetic on it leaves 64 bits.
constexpr std::int64_t kMsMax = 1'000'000'000'000'000;

std::int64_t ms_from(std::int64_t ms) { return std::clamp<std::int64_t>(ms, 0, kMsMax); }
ReportTime time_from(const std::optional<std::int64_t>& ms) {
  return ms ? ReportTime(ms_from(*ms)) : ReportTime();
}

std::uint64_t seed_from(const std::string& text) {
  return static_cast<std::uint64_t>(std::strtoull(text.c_str(), nullptr, 10));
}

HistoryEntry entry_from(const Statement& row, const std::string& path) {
  const auto moment = [&](int column) {
    return std::clamp<std::int64_t>(row.integer(column), 0, kYear9999S);
  };
  HistoryEntry e;
  e.content_sha256 = row.text(1);
  e.recorded_at_s = moment(2);
  e.last_seen_at_s = moment(3);
  e.times_seen = row.integer(4);
  e.scenario = row.text(5);
  e.documents_sha256 = row.text(6);
  e.what_if = texts_from(row.text(7), path);
  e.seed = seed_from(row.text(8));
  e.asked = row.integer(9);
  e.completed = row.integer(10);
  e.program = {row.text(11), row.text(12)};
  e.result_format = row.text(13);
  e.verdict = known(verdict_from(row.text(14)), path);
  return e;
}

ReportTarget target_from(const Statement& row, const std::string& path) {
  ReportTarget t;
  t.subject = row.text(1);
  t.tier = row.text(2);
  t.objective = known(objective_from_word(row.text(3)), path);
  t.from = known(target_start_from_word(row.text(4)), path);
  t.limit_ms = ms_from(row.integer(5));
  t.limit = to_iso8601(Duration::milliseconds(t.limit_ms));
  t.required_share = row.real(6);
  t.verdict = known(verdict_from(row.text(7)), path);
  t.met = row.integer(8);
  t.judged = row.integer(9);
  t.met_share = row.real(10);
  t.met_share_ci95 = {row.real(11), row.real(12)};
  const auto time = [&](int column) { return time_from(row.maybe_integer(column)); };
  t.achieved.p50 = time(13);
  t.achieved.p50_ci95 = {time(14), time(15)};
  t.achieved.p95 = time(16);
  t.achieved.p95_ci95 = {time(17), time(18)};
  return t;
}

}  // namespace

void check_history_file(const std::string& path) {
  const Database database(path, Database::Mode::kWrite);
  const Transaction ends_with_nothing(database);
  make_tables(database, path);
}

std::int64_t record_history(const std::string& path, const std::vector<HistoryEntry>& entries,
                            SameAs same) {
  const Database database(path, Database::Mode::kWrite);
  Transaction transaction(database);
  make_tables(database, path);
  std::int64_t added = 0;
  for (const HistoryEntry& entry : entries) {
    const std::int64_t before = same_entry(database, entry, same);
    if (before == 0) {
      insert_entry(database, entry);
      ++added;
    } else if (same == SameAs::kNewest) {
      see_again(database, before, entry.recorded_at_s);
    }
  }
  transaction.commit();
  return added;
}

std::vector<HistoryEntry> read_history(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    refuse(path, "there is no such file: record a result first, with run --record");
  }
  const Database database(path, Database::Mode::kRead);
  database.run("BEGIN");  // both tables as of one moment
  if (!has_tables(database, path)) return {};
  std::vector<HistoryEntry> entries;
  std::map<std::int64_t, std::size_t> places;
  Statement rows = database.prepare(
      "SELECT id, content_sha256, recorded_at_s, last_seen_at_s, times_seen, scenario,"
      " documents_sha256, what_if, seed, asked, completed, program_version, program_commit,"
      " result_format, verdict FROM result ORDER BY recorded_at_s, id");
  while (rows.step()) {
    places[rows.integer(0)] = entries.size();
    entries.push_back(entry_from(rows, path));
  }
  Statement targets = database.prepare(
      "SELECT result_id, subject, tier, objective, start, limit_ms, required_share, verdict, met,"
      " judged, met_share, met_share_low, met_share_high, p50_ms, p50_low_ms, p50_high_ms, p95_ms,"
      " p95_low_ms, p95_high_ms FROM target ORDER BY result_id, place");
  while (targets.step()) {
    const auto found = places.find(targets.integer(0));
    if (found != places.end()) entries[found->second].targets.push_back(target_from(targets, path));
  }
  return entries;
}

}  // namespace firedrill

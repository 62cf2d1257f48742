#include "tools/archive/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace firedrill {
namespace {

constexpr int kPatienceMs = 10'000;

std::string remedy_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
      return "it is no SQLite file: name another one, which is then made";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program has held it for ten seconds: try again when that has ended";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "it may not be written to: give yourself the right to write it and its folder";
    case SQLITE_CANTOPEN:
      return "it cannot be opened: see whether its folder exists, and your rights there";
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_CORRUPT:
      return "it is damaged: restore it from a backup, or `sqlite3 FILE .recover` what is left";
    default:
      return "";
  }
}

/// SQLite gives some names a meaning of their own, such as `:memory:`.
std::string as_file(const std::string& path) {
  return path.empty() || path.front() == '/' ? path : "./" + path;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->fail(code);
}

Statement& Statement::bind(int place, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), place, value));
  return *this;
}
Statement& Statement::bind(int place, double value) {
  check(sqlite3_bind_double(statement_.get(), place, value));
  return *this;
}
Statement& Statement::bind(int place, std::string_view value) {
  check(sqlite3_bind_text64(statement_.get(), place, value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}
Statement& Statement::bind(int place, const std::optional<std::int64_t>& value) {
  if (value) return bind(place, *value);
  check(sqlite3_bind_null(statement_.get(), place));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail(code);
  return false;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
std::string Statement::text(int column) const {
  const unsigned char* const text = sqlite3_column_text(statement_.get(), column);
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string()
                         : std::string(text, text + static_cast<std::ptrdiff_t>(bytes));
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

Database::Database(std::string path, Mode mode) : path_(std::move(path)) {
  if (path_.empty()) throw ArchiveError("the history needs the name of a file");
  const int flags =
      mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(as_file(path_).c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  // A file without the right to write is opened for reading, which would show much later.
  if (mode == Mode::kWrite && sqlite3_db_readonly(handle, "main") == 1) fail(SQLITE_READONLY);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kPatienceMs);
  // A file may come from anywhere: what its schema would have us run is not run.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

void Database::fail(int code) const {
  const std::string remedy = remedy_of(code);
  throw ArchiveError(fmt::format("cannot use {} as a history: {}", path_,
                                 !remedy.empty() ? remedy
                                 : handle_       ? sqlite3_errmsg(handle_.get())
                                                 : sqlite3_errstr(code)));
}

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return {*this, statement};
}

void Database::run(std::string_view sql) const { prepare(sql).step(); }

std::int64_t Database::number(std::string_view sql) const {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

Transaction::Transaction(const Database& database) : database_(database) {
  database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const ArchiveError&) {
    // SQLite undoes by itself what is open when the file is closed.
    open_ = false;
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace firedrill

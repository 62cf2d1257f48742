// SQLite, as much of it as the history needs: what is open is closed, what is not committed is
// undone, and every value is bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace firedrill {

/// What is wrong with an archive, and what to do about it.
class ArchiveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Database;

/// A prepared statement; places of parameters count from 1, those of columns from 0.
class Statement {
 public:
  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, double value);
  Statement& bind(int place, std::string_view value);
  Statement& bind(int place, const std::optional<std::int64_t>& value);  // empty is NULL

  /// The next row; false when there is none.
  bool step();
  std::int64_t integer(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(const Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}
  void check(int code) const;

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An open file. A wait for another writer ends after ten seconds. Everything throws ArchiveError.
class Database {
 public:
  enum class Mode : std::uint8_t { kRead, kWrite };  // kWrite makes the file if there is none

  Database(std::string path, Mode mode);
  Statement prepare(std::string_view sql) const;
  /// One statement without parameters and rows.
  void run(std::string_view sql) const;
  std::int64_t number(std::string_view sql) const;
  std::int64_t last_row() const;

  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Everything until commit(), or nothing of it. Has the right to write from its beginning, so that
/// what it reads stays true until it writes.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database& database_;
  bool open_ = true;
};

}  // namespace firedrill

#include "engine/live/heartbeat_postgresql.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string_view>

namespace firedrill::live {
namespace {

using Instant = std::chrono::steady_clock::time_point;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// Waits until the socket can be read or written; false when the time is over.
bool ready(PGconn* connection, short events, Instant deadline) {
  const int socket = PQsocket(connection);
  if (socket < 0) return false;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd watched{socket, events, 0};
  const auto limit = std::clamp<std::int64_t>(left.count(), 0, 3'600'000);
  return ::poll(&watched, 1, static_cast<int>(limit)) > 0;
}

std::string first_line(const char* message) {
  const std::string_view text = message == nullptr ? "" : message;
  return std::string(text.substr(0, text.find('\n')));
}

/// One connection to one server.
class Server {
 public:
  explicit Server(std::string words) : words_(std::move(words)) {}

  bool connected() const { return connection_ && PQstatus(connection_.get()) == CONNECTION_OK; }
  const std::string& problem() const { return problem_; }
  PGconn* get() const { return connection_.get(); }
  void drop() { connection_.reset(); }

  /// Does nothing when there is a connection.
  bool connect(Instant deadline) {
    if (connected()) return true;
    connection_.reset(PQconnectStart(words_.c_str()));
    // What a server remarks on its way down belongs on nobody's terminal.
    if (connection_)
      PQsetNoticeProcessor(
          connection_.get(), [](void*, const char*) {}, nullptr);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (connection_ && state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
      const short wanted = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
      if (!ready(connection_.get(), wanted, deadline)) {
        problem_ = "no connection in time";
        connection_.reset();
        return false;
      }
      state = PQconnectPoll(connection_.get());
    }
    if (connected()) return true;
    problem_ = first_line(connection_ ? PQerrorMessage(connection_.get()) : "out of memory");
    connection_.reset();
    return false;
  }

  /// The last result of a statement; nothing when the connection was lost or the time was over,
  /// after which it is dropped. `sent` tells whether the server may have seen the statement.
  Result run(const std::string& statement, const std::vector<std::string>& values, Instant deadline,
             bool& sent) {
    std::vector<const char*> parameters;
    for (const std::string& value : values) parameters.push_back(value.c_str());
    sent = true;
    if (PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(parameters.size()),
                          nullptr, parameters.data(), nullptr, nullptr, 0) != 1) {
      return lost();
    }
    Result last(nullptr, PQclear);
    for (;;) {
      while (PQisBusy(connection_.get()) == 1) {
        if (!ready(connection_.get(), POLLIN, deadline)) {
          problem_ = "no answer in time";
          drop();
          return {nullptr, PQclear};
        }
        if (PQconsumeInput(connection_.get()) != 1) return lost();
      }
      Result next(PQgetResult(connection_.get()), PQclear);
      if (!next) break;
      last = std::move(next);
    }
    if (!connected()) return lost();
    if (last && PQresultStatus(last.get()) == PGRES_FATAL_ERROR) {
      problem_ = first_line(PQresultErrorMessage(last.get()));
    }
    return last;
  }

 private:
  Result lost() {
    problem_ = first_line(PQerrorMessage(connection_.get()));
    drop();
    return {nullptr, PQclear};
  }

  std::string words_;
  Connection connection_{nullptr, PQfinish};
  std::string problem_;
};

/// Whether the server says so before anything was committed. Class 57 is the operator's: a server
/// that shuts down may do so after the commit (a wait for a synchronous copy that is cut short).
bool refused(const PGresult* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state != nullptr && std::strncmp(state, "57", 2) != 0;
}

class PostgresqlStore final : public HeartbeatStore {
 public:
  explicit PostgresqlStore(const PostgresqlHeartbeat& settings)
      : primary_(settings.primary), copy_(settings.copy), table_(settings.table) {}

  Outcome write(const std::string& run, std::uint64_t sequence, TimePoint stamp,
                const CallControl& control) override {
    const std::lock_guard lock(primary_mutex_);
    if (!primary_.connect(control.deadline)) return Outcome::failed(Failure::kUnreachable);
    const std::string table = quoted(primary_);
    bool sent = false;
    if (!made_) {
      // A table that is made twice is the same table: what came of it shows with the first row.
      primary_.run("create table if not exists " + table +
                       " (run text not null, sequence bigint not null, stamp_us bigint not null, "
                       "written timestamptz not null default now(), primary key (run, sequence))",
                   {}, control.deadline, sent);
      if (!primary_.connected()) return Outcome::failed(Failure::kUnreachable);
      made_ = true;
    }
    const Result result = primary_.run(
        "insert into " + table + " (run, sequence, stamp_us) values ($1, $2, $3)",
        {run, std::to_string(sequence), std::to_string(stamp.us)}, control.deadline, sent);
    if (!result) return Outcome::unknown(Failure::kLostReply);
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return {};
    return refused(result.get()) ? Outcome::failed(Failure::kServiceError)
                                 : Outcome::unknown(Failure::kLostReply);
  }

  std::optional<std::set<std::uint64_t>> survivors(const std::string& run,
                                                   const CallControl& control) override {
    const std::lock_guard lock(copy_mutex_);
    bool sent = false;
    if (!copy_.connect(control.deadline)) return std::nullopt;
    const Result result = copy_.run("select sequence from " + quoted(copy_) + " where run = $1",
                                    {run}, control.deadline, sent);
    if (!result || PQresultStatus(result.get()) != PGRES_TUPLES_OK) return std::nullopt;
    std::set<std::uint64_t> found;
    for (int i = 0; i < PQntuples(result.get()); ++i) {
      found.insert(std::stoull(PQgetvalue(result.get(), i, 0)));
    }
    return found;
  }

  bool in_order() const override { return true; }

  std::string problem() const override {
    const std::scoped_lock lock(primary_mutex_, copy_mutex_);
    return copy_.problem().empty() ? primary_.problem() : copy_.problem();
  }

 private:
  std::string quoted(const Server& server) const {
    char* const text = PQescapeIdentifier(server.get(), table_.c_str(), table_.size());
    const std::string name = text == nullptr ? "" : text;
    PQfreemem(text);
    return name;
  }

  mutable std::mutex primary_mutex_;
  mutable std::mutex copy_mutex_;
  Server primary_;
  Server copy_;
  std::string table_;
  bool made_ = false;
};

/// Why libpq words cannot be used; empty when they can.
std::string problem_of(const std::string& words) {
  char* error = nullptr;
  PQconninfoOption* const options = PQconninfoParse(words.c_str(), &error);
  if (options == nullptr) {
    std::string problem = first_line(error);
    PQfreemem(error);
    return problem;
  }
  std::string problem;
  for (const PQconninfoOption* o = options; o->keyword != nullptr; ++o) {
    const bool secret =
        std::strcmp(o->keyword, "password") == 0 || std::strcmp(o->keyword, "sslpassword") == 0;
    if (secret && o->val != nullptr) {
      problem = "a password does not belong there: use PGPASSFILE";
    }
  }
  PQconninfoFree(options);
  return problem;
}

}  // namespace

std::unique_ptr<HeartbeatStore> make_postgresql_heartbeat(const PostgresqlHeartbeat& settings,
                                                          std::string& problem) {
  for (const std::string* words : {&settings.primary, &settings.copy}) {
    problem = problem_of(*words);
    if (!problem.empty()) return nullptr;
  }
  return std::make_unique<PostgresqlStore>(settings);
}

}  // namespace firedrill::live

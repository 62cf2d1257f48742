// Heartbeat rows in PostgreSQL and what speaks like it, such as Aurora: by libpq.
#pragma once

#include <memory>
#include <string>

#include "engine/live/heartbeat.hpp"

namespace firedrill::live {

struct PostgresqlHeartbeat {
  /// Connection words of libpq. A password comes from PGPASSFILE or PGPASSWORD, never from here.
  std::string primary;
  std::string copy;
  std::string table = "firedrill_heartbeat";  // made when it is not there; nothing else is touched
};

/// Nothing, with the reason in `problem`, for words that libpq does not take or that hold a
/// password. Connects with the first call, and anew after a connection was lost.
std::unique_ptr<HeartbeatStore> make_postgresql_heartbeat(const PostgresqlHeartbeat& settings,
                                                          std::string& problem);

}  // namespace firedrill::live

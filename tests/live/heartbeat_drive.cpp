// A heartbeat as a test tells it to: a line of JSON says what it writes to and begins it; "end"
// stops it and prints its rows; "measure" reads the copy and prints what is missing.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/live/heartbeat_aws.hpp"
#include "engine/live/heartbeat_postgresql.hpp"

namespace {

using namespace firedrill;
using namespace firedrill::live;
using nlohmann::json;

/// What an AWS client needs, for as long as the program runs.
aws::Client& client() {
  static const auto transport = aws::make_curl_transport({});
  static const auto signer = aws::make_openssl_signer();
  static aws::StandardCredentials credentials({}, aws::system_clock());
  static aws::Client made(
      {*transport, *signer, credentials, aws::system_clock(), aws::system_random_bits(), nullptr},
      {});
  return made;
}

std::unique_ptr<HeartbeatStore> store_of(const json& wanted, std::string& problem) {
  const std::string kind = wanted.at("kind");
  if (kind == "postgresql") {
    return make_postgresql_heartbeat({wanted.at("primary"), wanted.at("copy"), "beats"}, problem);
  }
  const AwsHeartbeat settings{wanted.at("primary"), wanted.at("primary_region"), wanted.at("copy"),
                              wanted.at("copy_region"), "beats"};
  return kind == "dynamodb" ? make_dynamodb_heartbeat(client(), settings)
                            : make_s3_heartbeat(client(), settings);
}

json json_of(const HeartbeatLoss::Bound& bound) {
  return {{"span_us", bound.span.us}, {"missing", bound.missing}};
}

json json_of(const std::vector<Beat>& beats) {
  const char* const outcomes[] = {"ok", "failed", "unknown"};
  json list = json::array();
  for (const Beat& beat : beats) {
    list.push_back({{"sequence", beat.sequence},
                    {"stamp_us", beat.stamp.us},
                    {"outcome", outcomes[static_cast<int>(beat.outcome)]}});
  }
  return list;
}

json measured(const HeartbeatWriter& writer, const HeartbeatStore& store) {
  CallControl control;
  control.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  const auto loss = writer.measure(control);
  if (!loss) return {{"problem", store.problem()}};
  json answer = {{"least", json_of(loss->least)}, {"most", json_of(loss->most)},
                 {"committed", loss->committed},  {"unknown", loss->unknown},
                 {"error_us", loss->error.us},    {"text", describe(*loss)}};
  if (loss->age_of_99) answer["age_of_99_us"] = loss->age_of_99->us;
  return answer;
}

}  // namespace

int main() {
  std::string line;
  std::getline(std::cin, line);
  const json wanted = json::parse(line);
  std::string problem;
  const auto store = store_of(wanted, problem);
  if (!store) {
    std::cout << json({{"problem", problem}}).dump() << std::endl;
    return 0;
  }
  MonotonicClock clock;
  HeartbeatWriter writer(
      *store, clock,
      {.run = wanted.at("run"),
       .interval = Duration::milliseconds(wanted.at("interval_ms").get<std::int64_t>()),
       .write_limit = Duration::milliseconds(wanted.value("limit_ms", 1000))});
  writer.begin();
  while (std::getline(std::cin, line)) {
    if (line == "end") {
      writer.end();
      std::cout << json_of(writer.beats()).dump() << std::endl;
    } else if (line == "beats") {
      std::cout << json_of(writer.beats()).dump() << std::endl;
    } else {
      std::cout << measured(writer, *store).dump() << std::endl;
    }
  }
  return 0;
}

// Calls AWS operations as a test tells it to: a line of JSON in, a line of JSON out.
//
//   aws_call --operations     the table of operations, a line each
//   aws_call [--openssl]      reads {"service", "operation", "parameters", "region", ...} lines
//
// A line {"command": ["aws", ...]} goes to the command executor instead.
// Optional in a line: "timeout_ms" (deadline of the call), "attempts", "rate" (calls a second).
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/live/aws/client.hpp"
#include "engine/live/aws/command.hpp"
#include "engine/live/aws/timestamp.hpp"

namespace {

using firedrill::aws::Attempt;
using firedrill::aws::Outcome;
using nlohmann::json;

json outcome_json(const Outcome& outcome) {
  json line = {{"state", to_text(outcome.state)}};
  if (outcome.failure) {
    line["failure"] = {{"kind", to_text(outcome.failure->kind)},
                       {"code", outcome.failure->code},
                       {"message", outcome.failure->message},
                       {"http_status", outcome.failure->http_status}};
  }
  return line;
}

// Keeps what a journal would write.
class Record : public firedrill::aws::CallObserver {
 public:
  void before(const Attempt& attempt) override {
    lines.push_back({{"number", attempt.number},
                     {"origin", attempt.origin},
                     {"digest", attempt.request_digest},
                     {"access_key_id", attempt.access_key_id},
                     {"parameters", attempt.parameters}});
  }
  void after(const Attempt&, const Outcome& outcome, const std::string& request_id) override {
    lines.back()["outcome"] = outcome_json(outcome);
    lines.back()["request_id"] = request_id;
  }
  json lines = json::array();
};

void print_operations() {
  for (const auto& operation : firedrill::aws::operations()) {
    const json line = {{"service", operation.service},
                       {"name", operation.name},
                       {"kind", to_text(operation.kind)},
                       {"repeat_reason", operation.repeat_reason},
                       {"inverse", operation.inverse}};
    std::cout << line.dump() << '\n';
  }
}

json call(const json& wanted, bool openssl) {
  namespace aws = firedrill::aws;
  const auto* operation = aws::find_operation(wanted.at("service").get<std::string>(),
                                              wanted.at("operation").get<std::string>());
  if (operation == nullptr) return {{"error", "no such operation in the table"}};
  static const auto environment = aws::process_environment();
  static const auto transport = [] {
    aws::TransportLimits limits;
    limits.ca_bundle = environment("AWS_CA_BUNDLE").value_or("");
    const auto bytes = environment("RESPONSE_BYTES");
    if (bytes) limits.response_bytes = std::stoul(*bytes);
    return aws::make_curl_transport(limits);
  }();
  static const auto curl_signer = aws::make_curl_signer();
  static const auto openssl_signer = aws::make_openssl_signer();
  static aws::StandardCredentials credentials({}, aws::system_clock());
  Record record;
  aws::ClientOptions options;
  options.retry.attempts = wanted.value("attempts", 3);
  options.retry.longest_delay = std::chrono::milliseconds(wanted.value("longest_delay_ms", 200));
  options.rate = {wanted.value("rate", 1000.0), wanted.value("burst", 1000.0)};
  aws::Client client({*transport, openssl ? *openssl_signer : *curl_signer, credentials,
                      aws::system_clock(), aws::system_random_bits(), &record},
                     options);
  aws::CallContext context;
  context.region = wanted.value("region", "eu-west-1");
  if (wanted.contains("timeout_ms")) {
    context.deadline =
        aws::system_clock().now() + std::chrono::milliseconds(wanted.at("timeout_ms").get<int>());
  }
  const aws::Reply reply =
      client.call(*operation, wanted.value("parameters", json::object()), context);
  json answer = outcome_json(reply.outcome);
  answer["value"] = reply.value;
  answer["request_id"] = reply.request_id;
  answer["attempts"] = reply.attempts;
  answer["took_us"] = reply.took.count();
  answer["waiting_us"] = reply.waiting.count();
  answer["started"] = aws::utc_text(reply.started);
  answer["log"] = record.lines;
  return answer;
}

json command(const json& wanted) {
  namespace aws = firedrill::aws;
  static aws::StandardCredentials credentials({}, aws::system_clock());
  aws::CommandOptions options;
  options.allowed = wanted.value("allowed", true);
  options.timeout = std::chrono::milliseconds(wanted.value("timeout_ms", 30'000));
  options.output_bytes = wanted.value("output_bytes", std::size_t{4} << 20);
  aws::CommandExecutor executor(options, credentials, aws::system_clock());
  const aws::CommandReply reply =
      executor.run(wanted.at("command").get<std::vector<std::string>>(), {.region = "eu-west-1"});
  json answer = outcome_json(reply.outcome);
  answer["output"] = reply.output;
  answer["started"] = reply.started;
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "--operations") {
    print_operations();
    return 0;
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    json answer;
    try {
      const json wanted = json::parse(line);
      answer = wanted.contains("command") ? command(wanted) : call(wanted, mode == "--openssl");
    } catch (const std::exception& error) {
      answer = {{"error", error.what()}};
    }
    std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
  return 0;
}

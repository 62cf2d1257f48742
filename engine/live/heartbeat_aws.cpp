#include "engine/live/heartbeat_aws.hpp"

#include <fmt/format.h>

#include <charconv>

namespace firedrill::live {
namespace {

using Json = nlohmann::json;

constexpr int kPagesMax = 1000;  // a million rows

/// The sequence that a text of digits is.
std::optional<std::uint64_t> sequence_of(std::string_view text) {
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return sequence;
}

class AwsStore : public HeartbeatStore {
 public:
  AwsStore(aws::Client& client, AwsHeartbeat settings)
      : client_(client), settings_(std::move(settings)) {}

  std::string problem() const override {
    const std::lock_guard lock(mutex_);
    return problem_;
  }

 protected:
  aws::Reply call(std::string_view service, std::string_view name, const std::string& region,
                  const Json& parameters, const CallControl& control) {
    const aws::CallContext context{region, control.deadline, control.cancelled};
    aws::Reply reply = client_.call(*aws::find_operation(service, name), parameters, context);
    const std::lock_guard lock(mutex_);
    problem_ = reply.outcome.failure ? fmt::format("{}: {}", reply.outcome.failure->code,
                                                   reply.outcome.failure->message)
                                     : "";
    return reply;
  }

  Outcome put(std::string_view service, std::string_view name, const Json& parameters,
              const CallControl& control) {
    switch (call(service, name, settings_.primary_region, parameters, control).outcome.state) {
      case aws::OutcomeState::kOk:
        return {};
      case aws::OutcomeState::kFailed:
        return Outcome::failed(Failure::kServiceError);
      case aws::OutcomeState::kUnknown:
        break;
    }
    return Outcome::unknown(Failure::kLostReply);
  }

  const AwsHeartbeat& settings() const { return settings_; }

 private:
  aws::Client& client_;
  AwsHeartbeat settings_;
  mutable std::mutex mutex_;
  std::string problem_;
};

class DynamodbStore final : public AwsStore {
 public:
  using AwsStore::AwsStore;

  Outcome write(const std::string& run, std::uint64_t sequence, TimePoint stamp,
                const CallControl& control) override {
    const Json item = {{"run", {{"S", run}}},
                       {"sequence", {{"N", std::to_string(sequence)}}},
                       {"stamp_us", {{"N", std::to_string(stamp.us)}}}};
    return put("dynamodb", "PutItem", {{"TableName", settings().primary}, {"Item", item}}, control);
  }

  std::optional<std::set<std::uint64_t>> survivors(const std::string& run,
                                                   const CallControl& control) override {
    std::set<std::uint64_t> found;
    Json parameters = {{"TableName", settings().copy},
                       {"KeyConditionExpression", "#run = :run"},
                       {"ExpressionAttributeNames", {{"#run", "run"}}},
                       {"ExpressionAttributeValues", {{":run", {{"S", run}}}}}};
    for (int page = 0; page < kPagesMax; ++page) {
      const aws::Reply reply =
          call("dynamodb", "Query", settings().copy_region, parameters, control);
      if (!reply.outcome.ok()) return std::nullopt;
      for (const Json& item : reply.value.value("Items", Json::array())) {
        const auto sequence = sequence_of(item.value("sequence", Json::object()).value("N", ""));
        if (sequence) found.insert(*sequence);
      }
      const Json last = reply.value.value("LastEvaluatedKey", Json());
      if (last.empty()) return found;
      parameters["ExclusiveStartKey"] = last;
    }
    return std::nullopt;
  }

  /// A global table sends each item by itself.
  bool in_order() const override { return false; }
};

class S3Store final : public AwsStore {
 public:
  using AwsStore::AwsStore;

  Outcome write(const std::string& run, std::uint64_t sequence, TimePoint stamp,
                const CallControl& control) override {
    const Json parameters = {{"Bucket", settings().primary},
                             {"Key", fmt::format("{}{:012}", folder(run), sequence)},
                             {"Body", std::to_string(stamp.us)}};
    return put("s3", "PutObject", parameters, control);
  }

  std::optional<std::set<std::uint64_t>> survivors(const std::string& run,
                                                   const CallControl& control) override {
    std::set<std::uint64_t> found;
    const std::string prefix = folder(run);
    Json parameters = {{"Bucket", settings().copy}, {"Prefix", prefix}};
    for (int page = 0; page < kPagesMax; ++page) {
      const aws::Reply reply =
          call("s3", "ListObjectsV2", settings().copy_region, parameters, control);
      if (!reply.outcome.ok()) return std::nullopt;
      for (const Json& object : reply.value.value("Contents", Json::array())) {
        const std::string key = object.value("Key", "");
        if (!key.starts_with(prefix)) continue;
        const auto sequence = sequence_of(std::string_view(key).substr(prefix.size()));
        if (sequence) found.insert(*sequence);
      }
      if (!reply.value.value("IsTruncated", false)) return found;
      parameters["ContinuationToken"] = reply.value.value("NextContinuationToken", "");
    }
    return std::nullopt;
  }

  bool in_order() const override { return false; }

 private:
  std::string folder(const std::string& run) const { return settings().prefix + '/' + run + '/'; }
};

}  // namespace

std::unique_ptr<HeartbeatStore> make_dynamodb_heartbeat(aws::Client& client,
                                                        const AwsHeartbeat& settings) {
  return std::make_unique<DynamodbStore>(client, settings);
}

std::unique_ptr<HeartbeatStore> make_s3_heartbeat(aws::Client& client,
                                                  const AwsHeartbeat& settings) {
  return std::make_unique<S3Store>(client, settings);
}

}  // namespace firedrill::live

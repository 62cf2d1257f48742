// Heartbeat rows in DynamoDB and S3, by the client that everything else goes by.
#pragma once

#include <memory>
#include <string>

#include "engine/live/aws/client.hpp"
#include "engine/live/heartbeat.hpp"

namespace firedrill::live {

struct AwsHeartbeat {
  std::string primary;  // a table or a bucket
  std::string primary_region;
  std::string copy;  // of a global table the same name
  std::string copy_region;
  std::string prefix = "firedrill_heartbeat";  // of the keys of S3
};

/// A table of the drill's own, with the partition key `run` (S) and the sort key `sequence` (N).
/// `client` outlives it.
std::unique_ptr<HeartbeatStore> make_dynamodb_heartbeat(aws::Client& client,
                                                        const AwsHeartbeat& settings);

/// Objects `PREFIX/RUN/000000000001`. They are replicated one by one, in no order.
std::unique_ptr<HeartbeatStore> make_s3_heartbeat(aws::Client& client,
                                                  const AwsHeartbeat& settings);

}  // namespace firedrill::live

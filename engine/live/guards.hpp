// The guardrails of live mode: a numbered table, and the checks behind it. A check says why it
// refuses, or nothing. Where a check is made, and what it costs when it fails, stands in the table.
#pragma once

#include <cstdint>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/input/staging_document.hpp"
#include "engine/live/aws/endpoint.hpp"
#include "engine/live/binding.hpp"

namespace firedrill::live {

struct GuardRule {
  int number;
  std::string_view name;
  std::string_view what;
  std::string_view when;
};

/// All of them, by number from 1.
std::span<const GuardRule> guard_rules();
/// The same as a page of Markdown.
std::string guards_page();

struct Refusal {
  int guard = 0;
  std::string why;
};
using Verdict = std::optional<Refusal>;

/// Who makes the calls, as STS says.
struct Identity {
  std::string account;
  std::string arn;
  bool operator==(const Identity&) const = default;
};

// Account and scope.
Verdict check_execution(std::string_view typed_digest, std::string_view digest);
Verdict check_account(const AccountsSpec& accounts, const Identity& identity);
/// `aliases` as IAM lists them: one, or none. `typed` is empty where nobody had to type it yet.
Verdict check_alias(const AccountsSpec& accounts, const std::vector<std::string>& aliases,
                    std::string_view typed);
Verdict check_region(const StagingDocument& staging, std::string_view region);
/// An ARN carries account and region, unless its service has none.
Verdict check_arn(const StagingDocument& staging, std::string_view account, std::string_view arn);
Verdict check_endpoint(const StagingDocument& staging, const aws::EndpointResult& endpoint);
/// `tags` holds a list of tags under one of the names that services give it.
Verdict check_tag(const OptInTagSpec& tag, const nlohmann::json& tags, std::string_view resource);
Verdict check_role(const StagingDocument& staging, const Identity& identity);

// Before.
/// `fresh` is the digest of the plan as it would be made now.
Verdict check_same_plan(std::string_view digest, std::string_view fresh);
Verdict check_veto(const std::vector<std::string>& program);
/// `today` in UTC.
Verdict check_blackouts(const StagingDocument& staging, Date today);
/// The regions that faults are caused in: a drill breaks one of them at most.
Verdict check_one_region(const std::set<std::string>& regions);
Verdict check_approval(const Resources& resources, const BoundCall& call, const std::string& step);

// During.
/// State of a stop condition; nothing: it could not be read.
Verdict check_stop_alarm(const StopConditionSpec& condition,
                         const std::optional<std::string>& state);
Verdict check_counts(const LimitsSpec& limits, const BoundCall& call);
Verdict check_open_to_all(const LimitsSpec& limits, const nlohmann::json& parameters);
Verdict check_lock_token(const AwsRequest& request);
Verdict check_placeholders(const nlohmann::json& parameters);
/// Of a request that is a command: whether these words may run at all.
Verdict check_command(const LimitsSpec& limits, const AwsRequest& request);

/// What a drill has changed so far. Safe to share between threads.
class BlastRadius {
 public:
  explicit BlastRadius(const LimitsSpec& limits) : limits_(&limits) {}

  /// Takes a place for a change of that resource; counts each resource once, and refuses the one
  /// that would be too many. Every place taken is given back with `leave`.
  Verdict enter(const std::string& resource);
  void leave();

 private:
  const LimitsSpec* limits_;
  std::mutex mutex_;
  std::set<std::string> changed_;
  std::int64_t under_way_ = 0;
};

}  // namespace firedrill::live

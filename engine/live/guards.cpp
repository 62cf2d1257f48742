#include "engine/live/guards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/live/aws/child_process.hpp"
#include "engine/live/aws/command.hpp"

namespace firedrill::live {

namespace {

template <class... Args>
Verdict refuse(int guard, fmt::format_string<Args...> text, Args&&... args) {
  return Refusal{guard, fmt::format(text, std::forward<Args>(args)...)};
}

bool lists(const std::vector<Name>& names, std::string_view text) {
  return std::any_of(names.begin(), names.end(), [&](const Name& n) { return n.text == text; });
}

/// Whether `word` stands in the text by itself: "prod" in "bank-prod", not in "nonprod".
bool has_word(std::string_view text, std::string_view word) {
  const auto letter = [&](std::size_t at) {
    return at < text.size() &&
           ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z'));
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !letter(at - 1)) && !letter(at + word.size())) return true;
  }
  return false;
}

/// The parts of "arn:aws:ecs:eu-west-1:111122223333:service/...".
std::vector<std::string> arn_parts(std::string_view arn) {
  std::vector<std::string> parts;
  for (int i = 0; i < 5; ++i) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) break;
    parts.emplace_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.emplace_back(arn);
  return parts;
}

/// Every text in a value, however deep.
template <class Visit>
void each_text(const AwsValue& value, Visit visit) {
  if (value.is_string()) visit(value.get_ref<const std::string&>());
  if (!value.is_structured()) return;
  for (const AwsValue& part : value) each_text(part, visit);
}

}  // namespace

Verdict check_execution(std::string_view typed_digest, std::string_view digest) {
  if (typed_digest.empty()) return refuse(1, "nothing is changed without --execute DIGEST");
  if (typed_digest != digest) {
    return refuse(1, "--execute names another plan: the digest of this one is {}", digest);
  }
  return std::nullopt;
}

Verdict check_account(const AccountsSpec& accounts, const Identity& identity) {
  if (lists(accounts.blocked, identity.account)) {
    return refuse(2, "account {} is blocked", identity.account);
  }
  if (accounts.blocked.empty()) return refuse(2, "the list of blocked accounts is empty");
  if (!lists(accounts.allowed, identity.account)) {
    return refuse(2, "account \"{}\" is not allowed", identity.account);
  }
  return std::nullopt;
}

Verdict check_alias(const AccountsSpec& accounts, const std::vector<std::string>& aliases,
                    std::string_view typed) {
  if (aliases.empty()) return refuse(3, "the account has no alias, so nobody can tell it apart");
  for (const std::string& alias : aliases) {
    for (const char* word : {"prod", "production", "prd", "live"}) {
      if (has_word(alias, word)) return refuse(3, "the alias {} says \"{}\"", alias, word);
    }
  }
  if (std::find(aliases.begin(), aliases.end(), accounts.alias) == aliases.end()) {
    return refuse(3, "the alias of the account is {}, the staging document says {}",
                  aliases.front(), accounts.alias);
  }
  if (!typed.empty() && typed != accounts.alias) {
    return refuse(3, "\"{}\" was typed, the alias of the account is {}", typed, accounts.alias);
  }
  return std::nullopt;
}

Verdict check_region(const StagingDocument& staging, std::string_view region) {
  if (lists(staging.regions, region)) return std::nullopt;
  return refuse(4, "region \"{}\" is not allowed", region);
}

Verdict check_arn(const StagingDocument& staging, std::string_view account, std::string_view arn) {
  std::vector<std::string> parts = arn_parts(arn);
  // That of a global thing may leave its region out instead of leaving it empty.
  if (parts.size() == 5) parts.insert(parts.begin() + 3, "");
  if (parts.size() != 6 || parts[0] != "arn") return refuse(4, "\"{}\" is no ARN", arn);
  if (!parts[4].empty() && parts[4] != account) {
    return refuse(4, "{} is in account {}, calls go to {}", arn, parts[4], account);
  }
  if (!parts[3].empty() && !lists(staging.regions, parts[3])) {
    return refuse(4, "{} is in a region that is not allowed", arn);
  }
  return std::nullopt;
}

Verdict check_endpoint(const StagingDocument& staging, const aws::EndpointResult& endpoint) {
  if (!endpoint.endpoint) return refuse(5, "no endpoint: {}", endpoint.error);
  const aws::Endpoint& to = endpoint.endpoint->endpoint;
  const bool loopback = to.loopback();
  if (staging.endpoints == "loopback" && !loopback) {
    return refuse(5, "{} is not on this machine, and the staging document says loopback", to.host);
  }
  if (staging.endpoints == "aws" && loopback) {
    return refuse(5, "{} is on this machine, and the staging document says aws", to.host);
  }
  return std::nullopt;
}

Verdict check_tag(const OptInTagSpec& tag, const AwsValue& tags, std::string_view resource) {
  for (const char* name : {"tags", "Tags", "TagList", "Items"}) {
    const auto list = tags.find(name);
    if (list == tags.end() || !list->is_array()) continue;
    for (const AwsValue& entry : *list) {
      const auto member = [&](const char* low, const char* high, const char* kms) {
        for (const char* key : {low, high, kms}) {
          if (entry.contains(key) && entry[key].is_string()) return entry[key].get<std::string>();
        }
        return std::string();
      };
      if (member("key", "Key", "TagKey") == tag.key &&
          member("value", "Value", "TagValue") == tag.value) {
        return std::nullopt;
      }
    }
  }
  return refuse(6, "{} has no tag {}={}", resource, tag.key, tag.value);
}

Verdict check_role(const StagingDocument& staging, const Identity& identity) {
  const std::string& role = staging.accounts.role.text;
  if (role.empty()) {
    if (staging.endpoints == "loopback") return std::nullopt;
    return refuse(7, "the staging document names no role made for drills");
  }
  if (identity.arn.find(":assumed-role/" + role + "/") == std::string::npos) {
    return refuse(7, "calls are made as {}, not by a session of the role {}", identity.arn, role);
  }
  return std::nullopt;
}

Verdict check_same_plan(std::string_view digest, std::string_view fresh) {
  if (digest == fresh) return std::nullopt;
  return refuse(8, "the plan is stale: made now it would be another one ({})", fresh);
}

Verdict check_veto(const std::vector<std::string>& program) {
  if (program.empty()) return std::nullopt;
  const aws::ChildResult result = aws::run_child(program, {});
  if (result.end == aws::ChildEnd::kExited && result.status == 0) return std::nullopt;
  return refuse(10, "vetoed by {}", program.front());
}

Verdict check_blackouts(const StagingDocument& staging, Date today) {
  for (const BlackoutSpec& blackout : staging.blackouts) {
    if (today < blackout.from || blackout.to < today) continue;
    return refuse(9, "{} lies in a blackout from {} to {}{}{}", firedrill::to_text(today),
                  firedrill::to_text(blackout.from), firedrill::to_text(blackout.to),
                  blackout.reason.empty() ? "" : ": ", blackout.reason);
  }
  return std::nullopt;
}

Verdict check_one_region(const std::set<std::string>& regions) {
  if (regions.size() < 2) return std::nullopt;
  return refuse(14, "faults would be caused in {} regions, {} and {} among them: one at a time",
                regions.size(), *regions.begin(), *regions.rbegin());
}

Verdict check_approval(const Resources& resources, const BoundCall& call, const std::string& step) {
  const bool undoable =
      call.undoable && call.request.operation->kind != aws::OperationKind::kIrreversible;
  if (undoable || resources.approval(step) != nullptr) return std::nullopt;
  return refuse(11, "it cannot be undone ({} {}), and nobody is named who approves it",
                call.request.operation->service, call.request.operation->name);
}

Verdict check_stop_alarm(const StopConditionSpec& condition,
                         const std::optional<std::string>& state) {
  if (!state) return refuse(12, "stop condition {} cannot be read", condition.alarm);
  if (*state == "ALARM") return refuse(12, "stop condition {} is in ALARM", condition.alarm);
  return std::nullopt;
}

Verdict check_counts(const LimitsSpec& limits, const BoundCall& call) {
  if (call.desired_count == 0 && !limits.allow_scale_to_zero) {
    return refuse(14, "{} would be scaled to no task at all", call.resource);
  }
  if (call.desired_count > limits.desired_count) {
    return refuse(14, "{} would be scaled to {} tasks, allowed are {}", call.resource,
                  call.desired_count, limits.desired_count);
  }
  return std::nullopt;
}

Verdict check_open_to_all(const LimitsSpec& limits, const AwsValue& parameters) {
  Verdict verdict;
  if (limits.allow_open_to_all) return verdict;
  each_text(parameters, [&](const std::string& text) {
    for (const char* all : {"0.0.0.0/0", "::/0"}) {
      if (text.find(all) != std::string::npos) verdict = refuse(14, "a rule for {}", all);
    }
  });
  return verdict;
}

Verdict check_lock_token(const AwsRequest& request) {
  const std::string_view name = request.operation->name;
  const char* token = nullptr;
  if (name == "UpdateDistribution") token = "IfMatch";
  if (name == "UpdateIPSet" || name == "UpdateWebACL") token = "LockToken";
  if (token == nullptr) return std::nullopt;
  const auto found = request.parameters.find(token);
  if (found != request.parameters.end() && found->is_string() && !found->empty() &&
      !found->get_ref<const std::string&>().empty()) {
    return std::nullopt;
  }
  return refuse(15, "{} without the {} of what was read", name, token);
}

Verdict check_placeholders(const AwsValue& parameters) {
  Verdict verdict;
  each_text(parameters, [&](const std::string& text) {
    const auto open = text.find('<');
    const bool angled = open != std::string::npos && text.find('>', open) != std::string::npos;
    const auto dollar = text.find('$');
    const bool variable = dollar != std::string::npos && dollar + 1 < text.size() &&
                          (text[dollar + 1] == '{' || text[dollar + 1] == '_' ||
                           (text[dollar + 1] >= 'A' && text[dollar + 1] <= 'Z'));
    if (angled || variable) verdict = refuse(16, "\"{}\" still has to be filled in", text);
  });
  return verdict;
}

Verdict check_command(const LimitsSpec& limits, const AwsRequest& request) {
  if (!is_command(request)) return std::nullopt;
  aws::CommandOptions options;
  options.allowed = limits.allow_commands;
  const std::string fault = aws::command_fault(command_words(request), options);
  return fault.empty() ? Verdict() : refuse(16, "{}", fault);
}

Verdict BlastRadius::enter(const std::string& resource) {
  const std::lock_guard lock(mutex_);
  const auto changed = static_cast<std::int64_t>(changed_.size());
  if (!changed_.contains(resource) && changed >= limits_->resources) {
    return refuse(14, "{} would be resource {} that the drill changes, allowed are {}", resource,
                  changed + 1, limits_->resources);
  }
  if (under_way_ >= limits_->concurrent) {
    return refuse(14, "{} changes are under way, which is all that is allowed at a time",
                  under_way_);
  }
  changed_.insert(resource);
  ++under_way_;
  return std::nullopt;
}

void BlastRadius::leave() {
  const std::lock_guard lock(mutex_);
  --under_way_;
}

}  // namespace firedrill::live

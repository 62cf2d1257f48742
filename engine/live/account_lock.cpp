#include "engine/live/account_lock.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {
namespace {

AwsValue to_json(const LockHolder& holder) {
  return {{"run_id", holder.run_id},
          {"who", holder.who},
          {"where", holder.where},
          {"since", holder.since}};
}

/// Whatever stands there: a parameter that somebody else uses for something else is not ours.
LockHolder holder_of(const std::string& value) {
  const AwsValue json = AwsValue::parse(value, nullptr, false);
  if (!json.is_object()) return {"", "somebody who is not this program", "", ""};
  return {text_of(json, "run_id"), text_of(json, "who"), text_of(json, "where"),
          text_of(json, "since")};
}

}  // namespace

AccountLock::AccountLock(const StagingDocument& staging, Caller& caller, CheckPlace place)
    : staging_(staging), caller_(caller), place_(std::move(place)) {}

AwsRequest AccountLock::request(const char* operation, AwsValue parameters) const {
  return request_of("ssm", operation, staging_.lock->region.text, std::move(parameters));
}

AwsRequest AccountLock::put(const LockHolder& holder) const {
  const OptInTagSpec& tag = staging_.opt_in_tag;
  const AwsValue tags = AwsValue::array(
      {{{"Key", tag.key}, {"Value", tag.value}}, {{"Key", "firedrill"}, {"Value", "lock"}}});
  return request("PutParameter", {{"Name", staging_.lock->parameter},
                                  {"Value", to_json(holder).dump()},
                                  {"Type", "String"},
                                  {"Overwrite", false},
                                  {"Tags", tags}});
}

std::vector<AwsRequest> AccountLock::requests() const {
  if (!staging_.lock) return {};
  const AwsValue name = {{"Name", staging_.lock->parameter}};
  return {put({}), request("GetParameter", name), request("DeleteParameter", name),
          request("ListTagsForResource", name)};
}

std::string AccountLock::arn(const std::string& account) const {
  const std::string& name = staging_.lock->parameter;
  return fmt::format("arn:aws:ssm:{}:{}:parameter/{}", staging_.lock->region.text, account,
                     name.substr(name.starts_with('/') ? 1 : 0));
}

std::string AccountLock::by_hand() const {
  return fmt::format("aws ssm delete-parameter --region {} --name {}", staging_.lock->region.text,
                     staging_.lock->parameter);
}

aws::Reply AccountLock::call(const AwsRequest& request, const CallControl& control,
                             Verdict& refused) {
  refused = place_(request, control);
  if (!refused) refused = check_placeholders(request.parameters);
  return refused ? aws::Reply() : caller_.call(request, control);
}

Verdict AccountLock::held_by(const LockHolder& holder) const {
  return Refusal{
      9, fmt::format("another run is under way in this account: {} holds the lock {} since {} "
                     "(run {}, on {}). If that run is over: {}",
                     holder.who, staging_.lock->parameter, holder.since, holder.run_id,
                     holder.where, by_hand())};
}

AccountLock::Found AccountLock::read(const CallControl& control) {
  Found found;
  const aws::Reply reply = call(request("GetParameter", {{"Name", staging_.lock->parameter}}),
                                control, found.unreadable);
  if (found.unreadable) return found;
  if (reply.outcome.ok()) {
    found.there = true;
    found.holder = holder_of(text_of(reply.value.value("Parameter", AwsValue::object()), "Value"));
  } else if (!reply.outcome.failure || reply.outcome.failure->kind != aws::FailureKind::kNotFound) {
    found.unreadable =
        Refusal{9, fmt::format("the lock {} cannot be read: {}", staging_.lock->parameter,
                               failure_text(reply.outcome))};
  }
  return found;
}

Verdict AccountLock::free(const CallControl& control) {
  if (!staging_.lock) return std::nullopt;
  const Found found = read(control);
  if (found.unreadable) return found.unreadable;
  return found.there ? held_by(found.holder) : std::nullopt;
}

Verdict AccountLock::take(const LockHolder& holder, const CallControl& control) {
  if (!staging_.lock) return std::nullopt;
  Verdict refused;
  const aws::Reply reply = call(put(holder), control, refused);
  if (refused) return refused;
  if (!reply.outcome.ok()) {
    // It was there before, or the answer was lost and a second attempt met what the first had made.
    const Found found = read(control);
    if (found.unreadable) return found.unreadable;
    if (!found.there) {
      return Refusal{9, fmt::format("the lock {} cannot be made: {}", staging_.lock->parameter,
                                    failure_text(reply.outcome))};
    }
    if (found.holder.run_id != holder.run_id) return held_by(found.holder);
  }
  taken_by_ = holder.run_id;
  return std::nullopt;
}

std::string AccountLock::release(const CallControl& control) {
  if (taken_by_.empty()) return {};
  const auto stays = [&](const std::string& why) {
    return fmt::format("the lock {} is still there, so nobody else can run a drill: {}. {}",
                       staging_.lock->parameter, why, by_hand());
  };
  const Found found = read(control);
  if (found.unreadable) return stays(found.unreadable->why);
  if (!found.there) {
    return fmt::format("somebody has taken the lock {} away while the run was under way",
                       staging_.lock->parameter);
  }
  if (found.holder.run_id != taken_by_) {
    return fmt::format("the lock {} has become that of another run ({}): it is left to it",
                       staging_.lock->parameter, found.holder.run_id);
  }
  Verdict refused;
  const aws::Reply tags =
      call(request("ListTagsForResource",
                   {{"ResourceType", "Parameter"}, {"ResourceId", staging_.lock->parameter}}),
           control, refused);
  if (!refused && !tags.outcome.ok()) return stays(failure_text(tags.outcome));
  if (!refused) refused = check_tag(staging_.opt_in_tag, tags.value, staging_.lock->parameter);
  if (refused) return stays(refused->why);
  const aws::Reply gone =
      call(request("DeleteParameter", {{"Name", staging_.lock->parameter}}), control, refused);
  if (refused) return stays(refused->why);
  const bool absent =
      gone.outcome.ok() || gone.outcome.failure->kind == aws::FailureKind::kNotFound;
  if (!absent) return stays(failure_text(gone.outcome));
  taken_by_.clear();
  return {};
}

}  // namespace firedrill::live

// What a live drill would do: every step resolved to its calls, with what they change and what puts
// that back, after every check that can be made before the first change. Making it changes nothing.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/preflight.hpp"

namespace firedrill::live {

/// Members in the order in which they are written: the digest is over the text.
using PlanJson = nlohmann::ordered_json;

/// What the plan is made from, besides the account.
struct LivePlanSources {
  std::string scenario_path;
  std::string staging_path;
  std::string staging_sha256;
};

struct LivePlan {
  /// What the plan file holds, without its digest. Equal for equal documents and an equal account.
  nlohmann::ordered_json document;
  std::string digest;  // SHA-256 of the document, in hexadecimal digits
  PreflightChecks preflight;
  std::vector<Refusal> refusals;  // of the preflight and of single calls

  bool may_run() const { return refusals.empty(); }
};

/// `probes`, which look at the services, may be null: then nobody looks.
LivePlan make_live_plan(const Resources& resources, Caller& caller, ServiceProbes* probes,
                        const LivePlanSources& sources, const CallControl& control);

/// For people: a line a call with `+` what is made, `~` what is changed, `-` what is destroyed, `!`
/// what cannot be undone; reads with -v; then a total, the checks and the digest.
std::string render_live_plan(const LivePlan& plan, int verbose);

/// Digest of a document without its member `digest`.
std::string digest_of(nlohmann::ordered_json document);

/// A plan file that was read again.
struct PlanFile {
  nlohmann::ordered_json document;
  std::string digest;
  LivePlanSources sources;
};

/// The text of the file, with its digest.
std::string plan_file_text(const LivePlan& plan);
/// Nothing when it is no plan file, of another format, or was altered; `why_not` then says so.
std::optional<PlanFile> read_plan_file(std::string_view text, std::string& why_not);

}  // namespace firedrill::live

// The plan as a file and as text for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/live/live_plan.hpp"
#include "engine/plan/sha256.hpp"

namespace firedrill::live {

namespace {

constexpr std::string_view kFormat = "1.0";

/// What a call does to the account, in one character.
std::string_view sign_of(const PlanJson& call) {
  if (call["kind"] == "read") return " ";
  if (call["kind"] == "not-undoable") return "!";
  const std::string operation = call["operation"];
  if (operation.starts_with("Create") || operation.starts_with("Restore")) return "+";
  return operation.starts_with("Delete") ? "-" : "~";
}

struct Totals {
  int made = 0, changed = 0, final = 0, reads = 0, people = 0, polls = 0;
};

void count(Totals& totals, std::string_view sign) {
  if (sign == "+") ++totals.made;
  if (sign == "~" || sign == "-") ++totals.changed;
  if (sign == "!") ++totals.final;
  if (sign == " ") ++totals.reads;
}

std::string text(const PlanJson& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A call by its name, a command by its words.
std::string made_by(const PlanJson& call) {
  const auto words = call["parameters"].find("argv");
  if (words == call["parameters"].end()) {
    return text(call, "service") + " " + text(call, "operation");
  }
  return fmt::format("{}", fmt::join(words->get<std::vector<std::string>>(), " "));
}

std::string call_lines(const PlanJson& step, Totals& totals, int verbose) {
  std::string lines;
  for (const PlanJson& call : step["calls"]) {
    const std::string_view sign = sign_of(call);
    count(totals, sign);
    if (sign == " " && verbose == 0) continue;
    lines += fmt::format("{} {}\n      {} in {}: {}\n", sign, text(step, "step"), made_by(call),
                         text(call, "region"), text(call, "resource"));
    if (!text(call, "difference").empty()) {
      lines += fmt::format("      {}\n", text(call, "difference"));
    }
    for (const PlanJson& inverse : call["inverses"]) {
      const std::string by = made_by(inverse);
      const std::string what = text(inverse, "what");
      lines += fmt::format("      undone by {}{}\n", by, by == what ? "" : ": " + what);
    }
    if (sign != " " && call["inverses"].empty()) lines += "      nothing puts that back\n";
    if (!text(call, "looked_at").empty()) {
      lines += fmt::format("      looked at {}\n", text(call, "looked_at"));
    }
  }
  return lines;
}

std::string step_lines(const PlanJson& steps, Totals& totals, int verbose) {
  std::string lines;
  for (const PlanJson& step : steps) {
    const std::string by = text(step, "by");
    if (by == "machine") {
      lines += call_lines(step, totals, verbose);
      continue;
    }
    ++(by == "polling" ? totals.polls : totals.people);
    if (by == "polling" && verbose == 0) continue;
    lines += fmt::format("{} {}\n      {}\n", by == "polling" ? " " : "?", text(step, "step"),
                         text(step, "what"));
  }
  return lines;
}

}  // namespace

std::string digest_of(PlanJson document) {
  document.erase("digest");
  Sha256 hash;
  hash.add(document.dump());
  return hash.hex();
}

std::string plan_file_text(const LivePlan& plan) {
  PlanJson document = plan.document;
  document["digest"] = plan.digest;
  return document.dump(2) + "\n";
}

std::optional<PlanFile> read_plan_file(std::string_view text_of_file, std::string& why_not) {
  const PlanJson document = PlanJson::parse(text_of_file, nullptr, false);
  if (!document.is_object() || text(document, "kind") != "live-plan") {
    why_not = "this is no plan of a live drill";
    return std::nullopt;
  }
  if (text(document, "format_version").substr(0, 2) != kFormat.substr(0, 2)) {
    why_not = "a plan of another format: " + text(document, "format_version");
    return std::nullopt;
  }
  PlanFile file{document, text(document, "digest"), {}};
  if (digest_of(document) != file.digest) {
    why_not = "the plan was altered: its digest is not that of what it says";
    return std::nullopt;
  }
  file.document.erase("digest");
  const PlanJson& scenario = document.at("scenario");
  const PlanJson& staging = document.at("staging");
  file.sources = {text(scenario, "path"), text(staging, "path"), text(staging, "sha256")};
  return file;
}

std::string render_live_plan(const LivePlan& plan, int verbose) {
  const PlanJson& document = plan.document;
  std::string out = fmt::format("Live plan of {}\n", text(document["scenario"], "name"));
  if (document.contains("account")) {
    const PlanJson& account = document["account"];
    out += fmt::format("in account {} ({}){}\n", text(account, "id"), text(account, "alias"),
                       document["emulator"] == true ? ", an emulator on this machine" : "");
    for (const PlanJson& place : document["endpoints"]) {
      if (verbose > 0) {
        out += fmt::format("  {} in {}: {}\n", text(place, "service"), text(place, "region"),
                           text(place, "origin"));
      }
    }
    Totals totals;
    out += "\nFAULTS\n" + step_lines(document["faults"], totals, verbose);
    out += "\nSTEPS   + made, ~ changed, - taken away, ! cannot be undone, ? by a person\n" +
           step_lines(document["steps"], totals, verbose);
    for (const PlanJson& approval : document.value("approvals", PlanJson::array())) {
      ++totals.people;
      out += fmt::format("? {}\n      leave for a change\n", approval.get<std::string>());
    }
    out += fmt::format(
        "\n{} made, {} changed, {} that cannot be undone; {} reads, {} waits, {} by "
        "people\n",
        totals.made, totals.changed, totals.final, totals.reads, totals.polls, totals.people);
  }
  out += "\nCHECKS\n";
  for (const PreflightCheck& check : plan.preflight) {
    out += fmt::format("  {} {}{}{}\n", check.passed ? "ok     " : "refused", check.what,
                       check.why.empty() ? "" : ": ", check.why);
  }
  for (const Refusal& refusal : plan.refusals) {
    out += fmt::format("guard {} refuses: {}\n", refusal.guard, refusal.why);
  }
  if (plan.may_run()) out += fmt::format("\ndigest {}\n", plan.digest);
  return out;
}

}  // namespace firedrill::live

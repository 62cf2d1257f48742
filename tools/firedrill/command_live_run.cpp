#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/live/aws/timestamp.hpp"
#include "engine/plan/print_text.hpp"
#include "reports/drill_text.hpp"
#include "reports/event_lines.hpp"
#include "reports/text_cells.hpp"
#include "tools/firedrill/command_live.hpp"
#include "tools/firedrill/live_exports.hpp"
#include "tools/firedrill/live_session.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

struct LiveRunArguments {
  std::string plan_file;  // run
  std::string journal;    // run: to be made; resume: what is there
  std::string digest;
  std::string alias;
  std::string rollback;  // empty: as the staging document says
  LiveRunFlags flags;
  LiveExportOptions exports;
  OutputOptions output;
  CommonOptions common;
};

int refuse(int guard, const std::string& why) {
  fmt::print(stderr, "guard {} refuses: {}\n", guard, why);
  return kExitRefused;
}

bool holds(const live::Verdict& verdict) {
  if (verdict) refuse(verdict->guard, verdict->why);
  return !verdict;
}

struct Account {
  live::Identity identity;
  std::string alias;
};

/// Who would act, and whether they may: asked before anything else.
std::optional<Account> checked_account(const LiveSources& sources, live::Caller& caller,
                                       const std::string& typed_alias) {
  live::CallControl control;
  control.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  const StagingDocument& staging = *sources.staging;
  const live::AccountFacts facts =
      live::read_account(caller, staging.regions.front().text, control);
  if (!facts.identity) {
    refuse(2, fmt::format("nobody can say which account this is: {}", facts.error));
    return std::nullopt;
  }
  if (!holds(live::check_account(staging.accounts, *facts.identity)) ||
      !holds(live::check_alias(staging.accounts, facts.aliases, typed_alias)) ||
      !holds(live::check_role(staging, *facts.identity))) {
    return std::nullopt;
  }
  return Account{*facts.identity, facts.aliases.empty() ? "" : facts.aliases.front()};
}

/// The plan as it would be made now is the one that was looked at.
bool plan_is_fresh(const LoadedPlanFile& loaded, live::AwsSession& session) {
  const live::LivePlan now = make_plan(loaded.now, session);
  for (const live::Refusal& refusal : now.refusals) refuse(refusal.guard, refusal.why);
  if (!now.may_run()) return false;
  return holds(live::check_same_plan(loaded.file.digest, now.digest));
}

/// Somebody can answer: at a terminal, or the staging document for every step that a person does.
bool someone_answers(const LiveRunFlags& flags, const LoadedPlanFile& loaded) {
  if (!flags.automatic) {
    if (::isatty(STDIN_FILENO) != 0) return true;
    fmt::print(stderr,
               "firedrill: people are asked at a terminal, and stdin is none; --auto answers from "
               "the staging document\n");
    return false;
  }
  bool all = true;
  const auto answered = [&](const std::string& name) {
    const auto& answers = loaded.now.staging->answers;
    const bool found =
        std::any_of(answers.begin(), answers.end(),
                    [&](const StagingAnswerSpec& answer) { return answer.step.text == name; });
    if (!found) {
      fmt::print(stderr, "firedrill: --auto, and the staging document has no answer for {}\n",
                 name);
    }
    return found;
  };
  for (const std::string& name : live::approvals_of(*loaded.now.plan)) all &= answered(name);
  for (const char* part : {"faults", "steps"}) {
    for (const live::PlanJson& step : loaded.file.document.at(part)) {
      const auto by = step.value("by", std::string());
      if (by == "polling" || (by == "machine" && !flags.game_day)) continue;
      all &= answered(step.value("step", std::string()));
    }
  }
  return all;
}

live::JournalJson header_of(const LoadedPlanFile& loaded, const Account& account,
                            const LiveRunFlags& flags) {
  const Plan& plan = *loaded.now.plan;
  const StagingDocument& staging = *loaded.now.staging;
  live::JournalJson regions = live::JournalJson::array();
  for (const Name& region : staging.regions) regions.push_back(region.text);
  return {{"format_version", kEventLogFormat},
          {"kind", "LiveJournal"},
          {"scenario", {{"name", plan.scenario}, {"sha256", plan.scenario_sha256}}},
          {"commit", program().commit},
          {"back_end", "live"},
          {"emulator", staging.endpoints == "loopback"},
          {"run_id", aws::random_uuid(aws::system_random_bits())},
          {"plan_digest", loaded.file.digest},
          {"scenario_path", loaded.now.sources.scenario_path},
          {"staging_path", loaded.now.sources.staging_path},
          {"staging_sha256", loaded.now.sources.staging_sha256},
          {"account", account.identity.account},
          {"account_alias", account.alias},
          {"identity", account.identity.arn},
          {"regions", regions},
          {"endpoints", loaded.file.document.at("endpoints")},
          {"poll_interval_s", to_seconds(staging.poll_interval)},
          {"hold_s", staging.hold ? live::JournalJson(to_seconds(*staging.hold)) : nullptr},
          {"game_day", flags.game_day},
          {"automatic", flags.automatic}};
}

/// A drill that nobody was told of has put nothing to the test, whatever its times say.
std::string undetected_text(const Plan& plan, const std::vector<Event>& events) {
  double worst = 1;
  std::uint32_t service = 0;
  for (const Event& event : events) {
    if (event.kind != EventKind::kServedShare || event.value >= worst) continue;
    worst = event.value;
    service = event.subject;
  }
  const std::string seen =
      worst < 1 ? fmt::format("{} was seen to serve {} of requests at worst, and no alarm said so",
                              plan.services[service].name, percent(worst))
                : "services were seen to serve throughout: either the fault has changed nothing, "
                  "or nothing looks at what it has changed";
  return fmt::format(
      "NOT DETECTED: no alarm of the scenario has fired, so nobody was called. {}. This drill is "
      "no "
      "success.",
      seen);
}

/// What is said of a live run beyond its drill.
std::string afterwards(const live::LiveRunResult& result, const LiveSession& session,
                       const TextOptions& look) {
  std::string text;
  const auto heading = [&](std::string_view title) {
    text += '\n' + Paint(look.color)(Ink::kStrong, title) + '\n';
  };
  const auto line = [&](const std::string& words, std::size_t hang) {
    text += wrapped(printable(words, look.unicode), 2, hang, static_cast<std::size_t>(look.width));
  };
  if (!session.losses().empty()) heading("HEARTBEATS");
  for (const std::string& loss : session.losses()) line(loss, 4);
  const std::vector<live::Refusal> refusals = session.refusals();
  if (!refusals.empty()) heading("REFUSED");
  for (const auto& refusal : refusals) {
    line(fmt::format("guard {}: {}", refusal.guard, refusal.why), 4);
  }
  if (!result.put_back.empty()) heading("PUT BACK");
  for (const live::PutBack& one : result.put_back) {
    line(fmt::format("{}: {}", put_back_word(one), one.inverse.what), 4);
  }
  heading("STILL DIFFERENT FROM BEFORE");
  for (const live::Inverse& left : result.left_changed) {
    line(fmt::format("not put back: {}", left.what), 4);
  }
  for (const std::string& left : result.leftovers) line(left, 4);
  if (result.left_changed.empty() && result.leftovers.empty()) text += "  nothing\n";
  text += fmt::format("\nsteady state: {}\n", result.steady ? "holds" : "does NOT hold");
  return text;
}

/// What nobody looked at was not measured: a fold of the log that says nothing of it would call it
/// perfect.
void leave_out_unmeasured(const Plan& plan, const live::Resources& resources,
                          const std::vector<Event>& events, DrillMetrics& metrics) {
  std::vector<bool> store_measured(plan.stores.size(), false);
  for (const Event& event : events) {
    if (event.kind == EventKind::kDataLoss) store_measured.at(event.subject) = true;
  }
  for (std::size_t i = 0; i < plan.stores.size(); ++i) {
    if (!store_measured[i]) metrics.stores[i].rpo_us = kNotJudgedUs;
  }
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    const PlannedTarget& target = plan.targets[i];
    if (!target.service.valid()) continue;
    const PlannedService& service = plan.service(target.service);
    const auto& watched = resources.staging().services;
    bool measured = std::any_of(
        watched.begin(), watched.end(),
        [&](const StagingServiceSpec& spec) { return spec.service.text == service.name; });
    if (target.objective == Objective::kRpo) {
      measured = std::all_of(service.stores.begin(), service.stores.end(),
                             [&](StoreIndex store) { return store_measured[store.value]; });
    }
    if (!measured) metrics.targets[i].achieved_us = kNotJudgedUs;
  }
}

int exit_code(const Plan& plan, const DrillMetrics& metrics, const live::LiveRunResult& result) {
  int code = kExitOk;
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    const std::int64_t achieved = metrics.targets.at(i).achieved_us;
    if (achieved != kNotJudgedUs && achieved > plan.targets[i].limit.us) code = kExitMissed;
  }
  if (!result.stopped.empty()) code = kExitRefused;
  if (!result.steady || result.undetected) code = std::max<int>(code, kExitMissed);
  return std::max(code, signal_exit_code());
}

std::string first_lines(const Plan& plan, const live::JournalJson& header, const std::string& poll,
                        const DrillMetrics& metrics, const TextOptions& look) {
  std::string page;
  const auto line = [&](const std::string& words) {
    page += wrapped(printable(words, look.unicode), 0, 2, static_cast<std::size_t>(look.width));
  };
  line(fmt::format("live drill of {} in account {} ({}): {}", plan.scenario,
                   header.at("account").get<std::string>(),
                   header.at("account_alias").get<std::string>(), to_word(metrics.end)));
  if (header.at("emulator").get<bool>()) {
    line("an emulator on this machine: its times say nothing about AWS");
  }
  line(fmt::format("measured by looks every {}: every time may be later than it was by as much",
                   poll));
  return page;
}

int run_session(const LiveRunArguments& arguments, LiveSources& sources, live::Journal& journal,
                const live::JournalContent* before, const live::JournalJson& header) {
  Plan& plan = *sources.plan;
  if (sources.staging->hold) {
    for (PlannedService& service : plan.services) service.hold = *sources.staging->hold;
  }
  std::string problem;
  const auto session = LiveSession::make(sources, journal, arguments.flags, before, problem);
  if (!session) {
    fmt::print(stderr, "firedrill: {}\n", problem);
    return kExitInvalid;
  }
  stop_in_good_order();
  if (const live::Verdict no = session->take_lock(header)) {
    if (before == nullptr) {
      journal.write("stopped", {{"why", no->why}});
      journal.write("end", {{"steady", true}, {"why", "nothing was changed"}}, live::Sync::kNow);
    }
    return refuse(no->guard, no->why);
  }
  const auto began = aws::system_clock().utc_now();
  EventLog log;
  const live::LiveRunResult result = session->run(log);
  const std::vector<Event> events = events_in_order(log.events());
  DrillMetrics metrics = measure(plan, events);
  leave_out_unmeasured(plan, *sources.resources, events, metrics);
  const TextOptions text = text_options(arguments.output, arguments.common);
  std::string page =
      first_lines(plan, header, to_human(sources.staging->poll_interval), metrics, text);
  const auto warn = [&](const std::string& words) {
    page += Paint(text.color)(Ink::kBad, wrapped(printable(words, text.unicode), 0, 2,
                                                 static_cast<std::size_t>(text.width)));
  };
  if (!result.stopped.empty()) warn(fmt::format("STOPPED: {}", result.stopped));
  if (result.undetected) warn(undetected_text(plan, events));
  page += render_drill_body(plan, metrics, text);
  page += afterwards(result, *session, text);
  write_file(arguments.output.output, page);
  write_live_exports(arguments.exports, {plan, events, metrics, result, *session, header, began,
                                         sources.staging->poll_interval});
  return exit_code(plan, metrics, result);
}

std::unique_ptr<live::RunLock> lock_account(const std::string& account) {
  std::string problem;
  auto lock =
      live::RunLock::take(std::filesystem::temp_directory_path().string(), account, problem);
  if (!lock) refuse(9, problem);
  return lock;
}

bool take_rollback(LiveRunArguments& arguments, const StagingDocument& staging) {
  const std::string& word = arguments.rollback.empty() ? staging.rollback : arguments.rollback;
  const auto strategy = live::rollback_strategy_of(word);
  if (strategy) arguments.flags.rollback = *strategy;
  // Nobody is there to be asked.
  if (arguments.flags.automatic && arguments.flags.rollback == live::RollbackStrategy::kAsk) {
    arguments.flags.rollback = live::RollbackStrategy::kDeviated;
  }
  return strategy.has_value();
}

int run(LiveRunArguments& arguments) {
  start_log(arguments.common);
  check_live_exports(arguments.exports);
  arguments.flags.quiet = arguments.common.quiet;
  arguments.flags.look = text_options_of(STDERR_FILENO, arguments.common);
  auto loaded = load_plan_file_or_explain(arguments.plan_file);
  if (!loaded) return kExitInvalid;
  if (!holds(live::check_execution(arguments.digest, loaded->file.digest))) return kExitRefused;
  if (arguments.alias.empty()) {
    return refuse(3, "the alias of the account is to be typed: --confirm-account ALIAS");
  }
  if (!take_rollback(arguments, *loaded->now.staging)) return kExitInvalid;
  if (!someone_answers(arguments.flags, *loaded)) return kExitRefused;
  const auto session = make_session(*loaded->now.staging);
  const auto account = checked_account(loaded->now, *session, arguments.alias);
  if (!account) return kExitRefused;
  const auto lock = lock_account(account->identity.account);
  if (!lock || !plan_is_fresh(*loaded, *session)) return kExitRefused;
  if (!holds(live::check_blackouts(*loaded->now.staging, today_utc())) ||
      !holds(live::check_veto(loaded->now.staging->veto))) {
    return kExitRefused;
  }
  const live::JournalJson header = header_of(*loaded, *account, arguments.flags);
  if (arguments.journal.empty()) {
    arguments.journal = fmt::format("firedrill-{}.jsonl", header.at("run_id").get<std::string>());
  }
  try {
    const auto journal = live::Journal::create(arguments.journal, header);
    fmt::print(stderr, "account {} ({}), journal {}\n", account->identity.account, account->alias,
               arguments.journal);
    return run_session(arguments, loaded->now, *journal, nullptr, header);
  } catch (const live::JournalError& error) {
    return refuse(18, error.what());
  }
}

/// What a journal holds is taken up by the program that wrote it: another version may order its
/// steps, or key its records, otherwise.
bool same_program(const live::JournalJson& header) {
  const std::string by = header.value("commit", std::string());
  if (by == program().commit) return true;
  refuse(18, fmt::format("the journal was written by firedrill of commit {}, this is {}: resume "
                         "with that one, or put back by hand what its records \"inverse\" say, the "
                         "last first",
                         by.empty() ? "?" : by, program().commit));
  return false;
}

/// The documents are those that the run began with; the account has changed since, by the run.
int resume(LiveRunArguments& arguments) {
  start_log(arguments.common);
  check_live_exports(arguments.exports);
  arguments.flags.quiet = arguments.common.quiet;
  arguments.flags.look = text_options_of(STDERR_FILENO, arguments.common);
  try {
    const live::JournalContent before = live::read_journal(arguments.journal);
    const live::JournalJson& header = before.header;
    if (!holds(
            live::check_execution(arguments.digest, header.at("plan_digest").get<std::string>()))) {
      return kExitRefused;
    }
    if (!same_program(header)) return kExitRefused;
    auto sources = load_live_or_explain(header.at("scenario_path").get<std::string>(),
                                        header.at("staging_path").get<std::string>());
    if (!sources) return kExitInvalid;
    if (sources->plan->scenario_sha256 != header.at("scenario").at("sha256") ||
        sources->sources.staging_sha256 != header.at("staging_sha256")) {
      return refuse(8, "the documents have changed since the run began");
    }
    if (before.ended) return refuse(18, "the run has ended: there is nothing to take up again");
    arguments.flags.game_day = header.at("game_day").get<bool>();
    if (!take_rollback(arguments, *sources->staging)) return kExitInvalid;
    if (!arguments.flags.automatic && ::isatty(STDIN_FILENO) == 0) {
      fmt::print(stderr, "firedrill: people are asked at a terminal, and stdin is none\n");
      return kExitRefused;
    }
    const auto session = make_session(*sources->staging);
    const auto account = checked_account(*sources, *session, arguments.alias);
    if (!account) return kExitRefused;
    const auto lock = lock_account(account->identity.account);
    if (!lock) return kExitRefused;
    const auto journal = live::Journal::reopen(arguments.journal);
    journal->write("resumed", {{"identity", account->identity.arn}}, live::Sync::kNow);
    return run_session(arguments, *sources, *journal, &before, header);
  } catch (const live::JournalError& error) {
    return refuse(18, error.what());
  }
}

void add_shared_options(CLI::App& command, LiveRunArguments& arguments) {
  command.add_option("--execute", arguments.digest, "the digest of the plan that is meant")
      ->type_name("DIGEST");
  command.add_option("--confirm-account", arguments.alias, "the alias of the account, typed again")
      ->type_name("ALIAS");
  command.add_flag("--auto", arguments.flags.automatic,
                   "nobody is there: answers come from the staging document");
  command
      .add_option("--rollback", arguments.rollback,
                  "when what was changed is put back; default: as the staging document says")
      ->check(CLI::IsMember({"always", "deviated", "never", "ask"}))
      ->type_name("WHEN");
  command
      .add_option("--stop-file", arguments.flags.stop_file, "whoever makes this file stops the run")
      ->type_name("FILE");
  add_live_export_options(command, arguments.exports);
  command.add_option("-o,--output", arguments.output.output, "the report; default: stdout")
      ->type_name("FILE");
  add_common_options(command, arguments.common);
}

}  // namespace

void add_live_run_commands(CLI::App& live, Action& chosen) {
  auto arguments = std::make_shared<LiveRunArguments>();
  auto* command = live.add_subcommand("run", "do exactly what a plan file says, and measure it");
  command->add_option("plan", arguments->plan_file, "what live plan has written")
      ->required()
      ->type_name("PLANFILE");
  command->add_option("--journal", arguments->journal, "a new file; default: named by the run")
      ->type_name("FILE");
  auto* game_day =
      command->add_flag("--game-day", arguments->flags.game_day,
                        "cause the faults and look; everything else is done by people");
  add_shared_options(*command, *arguments);
  game_day->excludes("--auto");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });

  auto again = std::make_shared<LiveRunArguments>();
  auto* resuming = live.add_subcommand("resume", "go on with a run that a crash has ended");
  resuming->add_option("journal", again->journal, "its journal")->required()->type_name("JOURNAL");
  add_shared_options(*resuming, *again);
  resuming->callback([again, &chosen] { chosen = [again] { return resume(*again); }; });
}

}  // namespace firedrill

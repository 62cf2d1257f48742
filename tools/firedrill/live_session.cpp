#include "tools/firedrill/live_session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "engine/live/aws/timestamp.hpp"
#include "engine/live/heartbeat_aws.hpp"
#include "engine/live/heartbeat_postgresql.hpp"
#include "engine/run/executor.hpp"
#include "reports/event_lines.hpp"
#include "tools/firedrill/signals.hpp"

namespace firedrill {
namespace {

/// The time that has passed since the run began, the crash included.
Duration begun_before(const live::JournalContent* before) {
  if (before == nullptr) return {};
  const auto since = aws::system_clock().utc_now() - before->last_at;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  return (before->last - TimePoint{}) + Duration{std::max<std::int64_t>(us, 0)};
}

live::JournalJson event_json(const Plan& plan, const Event& event) {
  const std::string lines = event_json_lines(plan, {event}, {});
  return live::JournalJson::parse(lines.substr(lines.find('\n') + 1));
}

StoreIndex store_named(const Plan& plan, const std::string& name) {
  const auto found = std::find_if(plan.stores.begin(), plan.stores.end(),
                                  [&](const PlannedStore& store) { return store.name == name; });
  if (found == plan.stores.end()) return {};
  return {static_cast<std::uint32_t>(found - plan.stores.begin())};
}

std::unique_ptr<live::HeartbeatStore> rows_of(const HeartbeatSpec& spec, aws::Client& client,
                                              std::string& problem) {
  const live::AwsHeartbeat aws{spec.primary, spec.primary_region.text, spec.copy,
                               spec.copy_region.text, spec.table};
  if (spec.kind == "dynamodb") return live::make_dynamodb_heartbeat(client, aws);
  if (spec.kind == "s3") return live::make_s3_heartbeat(client, aws);
  return live::make_postgresql_heartbeat({spec.primary, spec.copy, spec.table}, problem);
}

live::CallControl within_a_minute() {
  live::CallControl control;
  control.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  return control;
}

std::string machine_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

LiveSession::LiveSession(const LiveSources& sources, live::Journal& journal,
                         const LiveRunFlags& flags, const live::JournalContent* before)
    : sources_(sources),
      journal_(journal),
      flags_(flags),
      before_(before),
      run_id_(before != nullptr && !before->beats_run.empty()
                  ? before->beats_run
                  : aws::random_uuid(aws::system_random_bits())),
      clock_(begun_before(before)),
      aws_(make_session(*sources.staging, &journal)),
      platform_({*sources.resources, *aws_, journal,
                 [this](const std::string& text) {
                   keep("note", {{"text", text}});
                 }}),
      lock_(*sources.staging, *aws_,
            [this](const live::AwsRequest& request, const live::CallControl& control) {
              return platform_.check_place(request, control);
            }),
      probes_(*sources.resources, aws_->client(), aws_->web(), clock_,
              [this](const live::CheckChange& change) {
                keep("check", {{"service", sources_.plan->service(change.service).name},
                               {"check", change.check},
                               {"known", change.known},
                               {"holds", change.holds},
                               {"why", change.why}});
              }),
      driver_(clock_),
      screen_(*sources.plan, flags.look, flags.quiet) {
  journal.set_clock([this] { return clock_.now(); });
  console_ = make_console();
}

LiveSession::~LiveSession() {
  typed_.reset();
  journal_.set_clock({});
}

std::unique_ptr<LiveSession> LiveSession::make(const LiveSources& sources, live::Journal& journal,
                                               const LiveRunFlags& flags,
                                               const live::JournalContent* before,
                                               std::string& problem) {
  std::unique_ptr<LiveSession> session(new LiveSession(sources, journal, flags, before));
  if (!session->make_heartbeats(problem)) return nullptr;
  return session;
}

/// A gap in the journal ends the run by its own means.
void LiveSession::keep(const char* record, const live::JournalJson& fields) {
  try {
    journal_.write(record, fields);
  } catch (const live::JournalError&) {
  }
}

std::unique_ptr<live::Console> LiveSession::make_console() {
  const live::Listener listener{
      .note =
          [this](const std::string& step, const std::string& note) {
            keep("note", {{"step", step}, {"text", note}});
          },
      .answer =
          [this](const live::Prompt& prompt, live::PromptEnd end, TimePoint asked) {
            keep("answer", {{"kind", live::to_text(prompt.kind)},
                            {"step", prompt.step},
                            {"who", prompt.who},
                            {"asked_s", static_cast<double>(asked.us) / 1e6},
                            {"answer", live::to_text(end)}});
          }};
  if (flags_.automatic) {
    std::map<std::string, live::AutoConsole::Reply, std::less<>> replies;
    for (const StagingAnswerSpec& spec : sources_.staging->answers) {
      live::AutoConsole::Reply reply{{live::PromptEnd::kDone, spec.note}, spec.takes};
      if (spec.answer == "skip") reply.answer.end = live::PromptEnd::kSkipped;
      if (spec.answer == "fail") reply.answer.end = live::PromptEnd::kFailed;
      replies[spec.step.text] = reply;
    }
    return std::make_unique<live::AutoConsole>(driver_.agenda(), std::move(replies), listener);
  }
  auto terminal = std::make_unique<live::TerminalConsole>(
      driver_.agenda(), live::TerminalConsole::Look{screen_.width(), screen_.unicode()},
      [this](const std::string& text) { screen_.prompt(text); }, listener);
  typed_ = std::make_unique<TypedLines>([this, console = terminal.get()](std::string line) {
    driver_.post([console, line = std::move(line)] { console->line(line); });
  });
  return terminal;
}

bool LiveSession::make_heartbeats(std::string& problem) {
  for (const HeartbeatSpec& spec : sources_.staging->heartbeats) {
    const StoreIndex store = store_named(*sources_.plan, spec.store.text);
    auto rows = rows_of(spec, aws_->client(), problem);
    if (rows == nullptr || !store.valid()) {
      if (problem.empty()) problem = fmt::format("there is no store \"{}\"", spec.store.text);
      return false;
    }
    Heartbeat beat{store, spec.store.text, std::move(rows), nullptr};
    beat.writer = std::make_unique<live::HeartbeatWriter>(
        *beat.rows, clock_,
        live::HeartbeatWriter::Options{.run = run_id_, .interval = spec.interval},
        [this, name = beat.name](const live::Beat& row) {
          keep("beat", {{"store", name},
                        {"run", run_id_},
                        {"sequence", row.sequence},
                        {"stamp_us", row.stamp.us},
                        {"outcome", static_cast<int>(row.outcome)}});
        });
    if (before_ != nullptr) {
      const auto rows_before = before_->beats.find(beat.name);
      if (rows_before != before_->beats.end()) beat.writer->restore(rows_before->second);
    }
    heartbeats_.push_back(std::move(beat));
  }
  return true;
}

void LiveSession::measure_losses(EventLog& log, TimePoint now) {
  for (Heartbeat& beat : heartbeats_) {
    beat.writer->end();
    const auto loss = beat.writer->measure(within_a_minute());
    const std::string text =
        loss ? describe(*loss) : fmt::format("not measured: {}", beat.rows->problem());
    losses_.push_back(fmt::format("{}: {}", beat.name, text));
    keep("heartbeat", {{"store", beat.name}, {"text", text}});
    if (!loss) continue;
    for (const Event& event : live::loss_events(beat.store, now, *loss)) log.add(event);
  }
}

live::Verdict LiveSession::take_lock(const live::JournalJson& header) {
  const live::OnAccountOf account("lock", "of the account");
  return lock_.take(
      {header.at("run_id").get<std::string>(), header.at("identity").get<std::string>(),
       machine_name(), aws::utc_text(aws::system_clock().utc_now())},
      within_a_minute());
}

std::string LiveSession::release_lock() {
  const live::OnAccountOf account("lock", "of the account");
  try {
    return lock_.release(within_a_minute());
  } catch (const live::JournalError& error) {
    return fmt::format("the lock of the account is still there: {}", error.what());
  }
}

live::LiveRunHooks LiveSession::hooks() {
  const Plan& plan = *sources_.plan;
  live::LiveRunHooks hooks;
  hooks.signal = [this]() -> std::string {
    if (stop_requested()) return signal_exit_code() == 128 + SIGTERM ? "SIGTERM" : "SIGINT";
    return typed_ && typed_->ended() ? "the terminal is gone" : "";
  };
  hooks.event_json = [&plan](const Event& event) { return event_json(plan, event); };
  hooks.let_go = [this] { return release_lock(); };
  hooks.measured = [this](EventLog& log, TimePoint now) { measure_losses(log, now); };
  hooks.happened = [this](const Event& event) { screen_.happened(event); };
  hooks.turned = [this] { screen_.turned(); };
  return hooks;
}

live::LiveRunOptions LiveSession::options() const {
  const StagingDocument& staging = *sources_.staging;
  live::LiveRunOptions options;
  options.world.poll = staging.poll_interval;
  options.world.step_limit = staging.limits.step;
  options.world.game_day = flags_.game_day;
  options.service_interval = staging.poll_interval;
  options.run_limit = staging.limits.run;
  options.rollback = flags_.rollback;
  options.stop_file = flags_.stop_file;
  options.steady_limit = staging.limits.step;
  return options;
}

live::LiveRunResult LiveSession::run(EventLog& log) {
  const Plan& plan = *sources_.plan;
  const StepGraph graph(plan);
  const std::vector<bool> every_fault(plan.faults.size(), true);
  const auto script = [&](World& world, EventLog& events) {
    return run_drill(graph, world, events, every_fault);
  };
  for (const Heartbeat& beat : heartbeats_) beat.writer->begin();
  const live::LiveRunParts parts{plan, driver_, platform_, probes_, *console_, journal_};
  return live::run_live(parts, options(), hooks(), script, before_, log);
}

}  // namespace firedrill

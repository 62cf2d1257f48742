#include "engine/live/journal_reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>

#include "engine/live/aws/timestamp.hpp"

namespace firedrill::live {
namespace {

std::string account_of(const JournalJson& line) {
  for (const char* key : {"step", "fault"}) {
    if (const auto found = line.find(key); found != line.end()) return found->get<std::string>();
  }
  return {};
}

void take_beat(JournalContent& content, const JournalJson& line) {
  content.beats_run = line.at("run").get<std::string>();
  content.beats[line.at("store").get<std::string>()].push_back(
      {line.at("sequence").get<std::uint64_t>(),
       {line.at("stamp_us").get<std::int64_t>()},
       static_cast<OutcomeKind>(line.at("outcome").get<int>())});
}

void take(JournalContent& content, const JournalJson& line) {
  const auto record = line.at("record").get<std::string>();
  const TimePoint at{std::llround(line.at("t_s").get<double>() * 1e6)};
  content.last = std::max(content.last, at);
  const auto utc = aws::parse_utc(line.at("at").get<std::string>());
  if (!utc) throw std::runtime_error("\"at\" is no instant");
  content.last_at = std::max(content.last_at, *utc);
  if (record == "header") content.header = line;
  if (record == "inverse") content.inverses.push_back(inverse_from_json(line));
  if (record == "event") ++content.events[line.at("event").dump()];
  if (record == "stopped") content.stopped = line.at("why").get<std::string>();
  if (record == "rollback" && line.value("outcome", -1) == static_cast<int>(OutcomeKind::kOk)) {
    content.put_back.insert(line.at("key").get<std::string>());
  }
  if (record == "beat") take_beat(content, line);
  if (record == "end") content.ended = true;
  if (record == "call-before") {
    content.unsettled.insert(account_of(line));
    content.unanswered.insert(account_of(line));
  }
  if (record == "call-after") content.unanswered.erase(account_of(line));
  if (record != "result") return;
  const auto port = line.at("port").get<std::string>();
  const RecordedResult result{{line.at("us").get<std::int64_t>()}, line};
  if (port == "alarm") {
    content.alarms.push_back(result);
  } else if (port == "share") {
    content.shares.push_back(result);
  } else {
    content.results[line.at("key").get<std::string>()] = result;
    content.unsettled.erase(account_of(line));
    content.unanswered.erase(account_of(line));
  }
}

}  // namespace

JournalContent read_journal(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw JournalError(fmt::format("the journal {} cannot be read", path));
  JournalContent content;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    if (file.eof()) break;  // no line end: cut off
    try {
      take(content, JournalJson::parse(text));
    } catch (const std::exception& error) {
      throw JournalError(
          fmt::format("{}:{}: no record of a journal: {}", path, number, error.what()));
    }
  }
  if (content.header.empty()) throw JournalError(fmt::format("{} is no journal", path));
  return content;
}

}  // namespace firedrill::live

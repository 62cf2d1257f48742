#include "engine/live/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/live/aws/timestamp.hpp"

namespace firedrill::live {
namespace {

struct Account {
  std::string kind;
  std::string name;
};
thread_local Account t_account;

[[noreturn]] void fail(const std::string& path, const std::string& what, int error) {
  throw JournalError(fmt::format("the journal {} {}: {}", path, what, std::strerror(error)));
}

void lock_or_fail(const std::string& path, int file) {
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  ::close(file);
  if (error == EWOULDBLOCK) {
    throw JournalError(fmt::format("the journal {} belongs to a run that is under way", path));
  }
  fail(path, "cannot be locked", error);
}

/// A new name is only kept once its folder is.
void sync_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) fail(path, "has a folder that cannot be opened", errno);
  const int result = ::fsync(file);
  const int error = errno;
  ::close(file);
  if (result != 0 && error != EINVAL) fail(path, "has a folder that cannot be synced", error);
}

/// Where the last whole line ends.
off_t end_of_lines(const std::string& path, int file) {
  const off_t size = ::lseek(file, 0, SEEK_END);
  if (size < 0) fail(path, "cannot be read", errno);
  off_t end = size;
  char byte = 0;
  while (end > 0) {
    if (::pread(file, &byte, 1, end - 1) != 1) fail(path, "cannot be read", errno);
    if (byte == '\n') break;
    --end;
  }
  return end;
}

std::string utc_millis(aws::UtcInstant at) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
  std::string text = aws::utc_text(at);
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, since.count() % 1000);
}

bool changes(const aws::Operation& operation) {
  return operation.kind != aws::OperationKind::kRead;
}

}  // namespace

OnAccountOf::OnAccountOf(std::string kind, std::string name)
    : kind_before_(std::exchange(t_account.kind, std::move(kind))),
      name_before_(std::exchange(t_account.name, std::move(name))) {}

OnAccountOf::~OnAccountOf() { t_account = {std::move(kind_before_), std::move(name_before_)}; }

Journal::Journal(std::string path, int file) : path_(std::move(path)), file_(file) {}

Journal::~Journal() { ::close(file_); }

std::unique_ptr<Journal> Journal::create(const std::string& path, const JournalJson& header) {
  // What was done in an account is nobody else's to read.
  const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) fail(path, "cannot be made", errno);
  lock_or_fail(path, file);
  std::unique_ptr<Journal> journal(new Journal(path, file));
  journal->write("header", header, Sync::kNow);
  sync_folder(path);
  return journal;
}

std::unique_ptr<Journal> Journal::reopen(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  if (file < 0) fail(path, "cannot be opened", errno);
  lock_or_fail(path, file);
  std::unique_ptr<Journal> journal(new Journal(path, file));
  if (::ftruncate(file, end_of_lines(path, file)) != 0) fail(path, "cannot be written", errno);
  return journal;
}

void Journal::set_clock(std::function<TimePoint()> now) {
  const std::lock_guard lock(mutex_);
  now_ = std::move(now);
}

bool Journal::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

std::vector<Inverse> Journal::inverses() const {
  const std::lock_guard lock(mutex_);
  return inverses_;
}

void Journal::restore(std::vector<Inverse> inverses) {
  const std::lock_guard lock(mutex_);
  inverses_ = std::move(inverses);
}

void Journal::write(std::string_view record, const JournalJson& fields, Sync sync) {
  const std::lock_guard lock(mutex_);
  write_locked(record, fields, sync);
}

void Journal::write_locked(std::string_view record, const JournalJson& fields, Sync sync) {
  if (broken_) throw JournalError(fmt::format("the journal {} has a gap", path_));
  JournalJson line = {{"record", record},
                      {"at", utc_millis(aws::system_clock().utc_now())},
                      {"t_s", now_ ? static_cast<double>(now_().us) / 1e6 : 0.0}};
  line.update(fields);
  const std::string text = line.dump(-1, ' ', false, JournalJson::error_handler_t::replace) + '\n';
  broken_ = true;
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(file_, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(path_, "cannot be written", n < 0 ? errno : ENOSPC);
    written += static_cast<std::size_t>(n);
  }
  if (sync == Sync::kNow && ::fdatasync(file_) != 0) fail(path_, "cannot be synced", errno);
  broken_ = false;
}

JournalJson Journal::call_fields(const aws::Attempt& attempt) const {
  JournalJson fields;
  if (!t_account.kind.empty()) fields[t_account.kind] = t_account.name;
  fields["service"] = attempt.operation.service;
  fields["operation"] = attempt.operation.name;
  fields["region"] = attempt.region;
  fields["kind"] = aws::to_text(attempt.operation.kind);
  fields["attempt"] = attempt.number;
  fields["request_digest"] = attempt.request_digest;
  return fields;
}

void Journal::before(const aws::Attempt& attempt) {
  if (!changes(attempt.operation)) {
    // A look needs no record before it, but where none can be kept nothing goes on.
    if (broken()) throw JournalError(fmt::format("the journal {} has a gap", path_));
    return;
  }
  JournalJson fields = call_fields(attempt);
  fields["origin"] = attempt.origin;
  fields["access_key_id"] = attempt.access_key_id;
  fields["parameters"] = attempt.parameters;
  write("call-before", fields, Sync::kNow);
}

void Journal::after(const aws::Attempt& attempt, const aws::Outcome& outcome,
                    const std::string& request_id) {
  JournalJson fields = call_fields(attempt);
  fields["request_id"] = request_id;
  fields["outcome"] = aws::to_text(outcome.state);
  if (outcome.failure) {
    fields["failure"] = {{"kind", aws::to_text(outcome.failure->kind)},
                         {"code", outcome.failure->code},
                         {"message", outcome.failure->message},
                         {"http_status", outcome.failure->http_status}};
  }
  write("call-after", fields, changes(attempt.operation) ? Sync::kNow : Sync::kLater);
}

void Journal::keep(const Inverse& inverse) {
  JournalJson fields = to_json(inverse);
  if (!t_account.kind.empty()) fields[t_account.kind] = t_account.name;
  const std::lock_guard lock(mutex_);
  write_locked("inverse", fields, Sync::kNow);
  inverses_.push_back(inverse);
}

JournalJson to_json(const Inverse& inverse) {
  return {{"service", inverse.service}, {"operation", inverse.operation},
          {"region", inverse.region},   {"resource", inverse.resource},
          {"what", inverse.what},       {"parameters", inverse.parameters}};
}

Inverse inverse_from_json(const JournalJson& json) {
  Inverse inverse;
  json.at("service").get_to(inverse.service);
  json.at("operation").get_to(inverse.operation);
  json.at("region").get_to(inverse.region);
  json.at("resource").get_to(inverse.resource);
  json.at("what").get_to(inverse.what);
  inverse.parameters = nlohmann::json::parse(json.at("parameters").dump());
  return inverse;
}

}  // namespace firedrill::live

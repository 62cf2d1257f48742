#include "engine/base/agenda.hpp"

#include <cassert>
#include <cstdlib>

namespace firedrill {

// A binary heap whose entries know their slot, so that cancelling costs a logarithm and leaves no
// dead entries behind: a drill cancels about as many timeouts as it lets fire.

void Agenda::schedule(AgendaEntry& entry, TimePoint date, std::coroutine_handle<> handle) {
  assert(entry.slot_ == AgendaEntry::kIdle);
  entry.handle_ = handle;
  const Slot slot{date < now_ ? now_ : date, next_order_++, &entry};
  const bool earlier = heap_.empty() || slot.date < heap_.front().date;
  heap_.push_back(slot);
  sift_up(static_cast<std::uint32_t>(heap_.size() - 1), slot);
  if (earlier && driver_ != nullptr) driver_->earliest_changed(slot.date);
}

void Agenda::cancel(AgendaEntry& entry) noexcept {
  if (entry.slot_ == AgendaEntry::kIdle) return;
  remove_at(entry.slot_);
}

void Agenda::advance_to(TimePoint date) {
  assert(date >= now_);
  now_ = date;
}

void Agenda::run_until(TimePoint date) {
  while (!heap_.empty() && heap_.front().date <= date) {
    AgendaEntry& entry = *heap_.front().entry;
    now_ = heap_.front().date;
    remove_at(0);
    entry.handle_.resume();
  }
  if (now_ < date) now_ = date;
}

void Agenda::reset() {
  if (!heap_.empty()) std::abort();  // something of a drill would outlive it
  now_ = TimePoint{};
  next_order_ = 0;
}

void Agenda::place(std::uint32_t at, const Slot& slot) noexcept {
  heap_[at] = slot;
  slot.entry->slot_ = at;
}

void Agenda::sift_up(std::uint32_t at, Slot slot) noexcept {
  while (at > 0) {
    const std::uint32_t parent = (at - 1) / 2;
    if (!slot.before(heap_[parent])) break;
    place(at, heap_[parent]);
    at = parent;
  }
  place(at, slot);
}

void Agenda::sift_down(std::uint32_t at, Slot slot) noexcept {
  const auto size = static_cast<std::uint32_t>(heap_.size());
  for (;;) {
    std::uint32_t child = at * 2 + 1;
    if (child >= size) break;
    if (child + 1 < size && heap_[child + 1].before(heap_[child])) ++child;
    if (!heap_[child].before(slot)) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, slot);
}

void Agenda::remove_at(std::uint32_t at) noexcept {
  heap_[at].entry->slot_ = AgendaEntry::kIdle;
  const Slot last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  if (at > 0 && last.before(heap_[(at - 1) / 2])) {
    sift_up(at, last);
  } else {
    sift_down(at, last);
  }
}

void Signal::Wait::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  previous_ = signal_.last_;
  next_ = nullptr;
  (previous_ != nullptr ? previous_->next_ : signal_.first_) = this;
  signal_.last_ = this;
  listed_ = true;
}

Signal::Wait::~Wait() {
  if (listed_) signal_.unlink(*this);
  agenda_.cancel(entry_);
}

Signal::~Signal() {
  while (first_ != nullptr) unlink(*first_);
}

void Signal::unlink(Wait& wait) noexcept {
  (wait.previous_ != nullptr ? wait.previous_->next_ : first_) = wait.next_;
  (wait.next_ != nullptr ? wait.next_->previous_ : last_) = wait.previous_;
  wait.listed_ = false;
}

void Signal::raise() {
  while (first_ != nullptr) {
    Wait& wait = *first_;
    unlink(wait);
    agenda_.schedule(wait.entry_, agenda_.now(), wait.handle_);
  }
}

}  // namespace firedrill

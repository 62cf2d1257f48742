#include "engine/base/frame_pool.hpp"

#include <array>
#include <new>

namespace firedrill {
#if defined(__SANITIZE_ADDRESS__)

// Under the address sanitizer every frame is an allocation of its own, so that a use after free
// shows.
void* FramePool::allocate(std::size_t bytes) { return ::operator new(bytes); }
void FramePool::release(void* frame, std::size_t) noexcept { ::operator delete(frame); }

#else

namespace {

constexpr std::size_t kGrain = 64;
constexpr std::size_t kLargest = 2048;
constexpr std::size_t kFramesAtOnce = 32;

struct FreeFrame {
  FreeFrame* next;
};

// A chunk holds many frames, so that neighbours in time are neighbours in memory.
FreeFrame* make_chunk(std::size_t frame_bytes) {
  auto* bytes = static_cast<std::byte*>(::operator new(frame_bytes* kFramesAtOnce));
  FreeFrame* head = nullptr;
  for (std::size_t i = kFramesAtOnce; i-- > 0;) {
    head = new (bytes + i * frame_bytes) FreeFrame{head};
  }
  return head;
}

thread_local std::array<FreeFrame*, kLargest / kGrain + 1> free_frames{};

}  // namespace

void* FramePool::allocate(std::size_t bytes) {
  if (bytes > kLargest) return ::operator new(bytes);
  const std::size_t size_class = (bytes + kGrain - 1) / kGrain;
  FreeFrame*& head = free_frames[size_class];
  if (head == nullptr) head = make_chunk(size_class * kGrain);
  FreeFrame* frame = head;
  head = frame->next;
  return frame;
}

void FramePool::release(void* frame, std::size_t bytes) noexcept {
  if (bytes > kLargest) {
    ::operator delete(frame);
    return;
  }
  FreeFrame*& head = free_frames[(bytes + kGrain - 1) / kGrain];
  head = new (frame) FreeFrame{head};
}

#endif

}  // namespace firedrill

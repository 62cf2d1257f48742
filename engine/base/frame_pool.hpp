// Memory for coroutine frames. A drill makes and drops a few frames a step, all of a handful of
// sizes; the general allocator was a third of the cost of an event before this.
#pragma once

#include <cstddef>

namespace firedrill {

/// Free lists by size class, for one thread. Frames above `kLargest` bytes go to the general
/// allocator. The pool never gives memory back before the process ends: a block runs in a process
/// of its own.
class FramePool {
 public:
  static void* allocate(std::size_t bytes);
  static void release(void* frame, std::size_t bytes) noexcept;
};

}  // namespace firedrill

#include "engine/live/aws/clock.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace firedrill::aws {
namespace {

class SystemClock : public Clock {
 public:
  Instant now() const override { return std::chrono::steady_clock::now(); }
  UtcInstant utc_now() const override { return std::chrono::system_clock::now(); }

  void sleep(std::chrono::milliseconds span, const std::function<bool()>& stop) override {
    const Instant until = now() + span;
    constexpr std::chrono::nanoseconds kSlice = std::chrono::milliseconds(100);
    while (now() < until && !(stop && stop())) {
      std::this_thread::sleep_for(std::min(kSlice, until - now()));
    }
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

RandomBits system_random_bits() {
  return [] {
    std::uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
      throw std::runtime_error("the kernel gives no random bits");
    }
    return bits;
  };
}

double uniform(const RandomBits& bits) { return static_cast<double>(bits() >> 11) * 0x1p-53; }

std::string random_uuid(const RandomBits& bits) {
  const std::uint64_t high = (bits() & ~0xf000ULL) | 0x4000ULL;                     // version 4
  const std::uint64_t low = (bits() & ~(0x3ULL << 62)) | (std::uint64_t{2} << 62);  // variant 1
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffffULL);
}

}  // namespace firedrill::aws

// Time and chance as this folder sees them, so that tests need not wait nor guess.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace firedrill::aws {

using Instant = std::chrono::steady_clock::time_point;
using UtcInstant = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  /// For deadlines and spans: never set back.
  virtual Instant now() const = 0;
  /// For what is written down and for the expiry of credentials.
  virtual UtcInstant utc_now() const = 0;
  /// Returns after `span`, or earlier when `stop` says so; it is asked ten times a second.
  virtual void sleep(std::chrono::milliseconds span, const std::function<bool()>& stop) = 0;
};

/// The clock of the machine.
Clock& system_clock();

/// 64 random bits, for the spread of retries and for tokens.
using RandomBits = std::function<std::uint64_t()>;

/// Bits from the kernel.
RandomBits system_random_bits();

/// Uniform in [0, 1).
double uniform(const RandomBits& bits);

/// A random UUID (RFC 4122, version 4), as idempotency tokens want it.
std::string random_uuid(const RandomBits& bits);

}  // namespace firedrill::aws

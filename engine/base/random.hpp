// Keyed random draws: a draw is a pure function of (seed, replication, entity, draw number).
//
// Nothing is shared between entities, so an entity that draws once more moves nobody else's luck.
// Two variants of a system therefore meet the same luck (common random numbers), and small
// differences between them show.
//
// The generator is Philox4x32-10 of Random123: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC11, doi:10.1145/2063384.2063405.
#pragma once

#include <Random123/philox.h>

#include <cstdint>
#include <string_view>

namespace firedrill {

/// The name of whatever draws (a step, a component, a client population), as 64 well mixed bits.
struct EntityKey {
  std::uint64_t value = 0;

  constexpr bool operator==(const EntityKey&) const = default;
};

/// MurmurHash3's 64-bit finaliser (A. Appleby, public domain): a bijection with full avalanche that
/// maps zero to zero.
constexpr std::uint64_t mixed_bits(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

/// FNV-1a of the bytes of `name` in 64 bits, then `mixed_bits`. Published results depend on it, so
/// it never changes. Two names of one plan share a key with probability n^2 / 2^65, which for
/// 100,000 names is 3e-10.
EntityKey entity_key(std::string_view name);

/// Every random draw of one drill. A value of 24 bytes without a pointer: copy it freely.
class DrillDraws {
 public:
  /// The Philox key is the seed. The counter holds the draw number, the replication and the entity.
  /// The upper half of the replication has no room there and is mixed into the entity instead,
  /// where it is zero for the first 2^32 drills.
  constexpr DrillDraws(std::uint64_t seed, std::uint64_t replication)
      : seed_(seed),
        entity_mask_(mixed_bits(replication >> 32)),
        replication_low_(static_cast<std::uint32_t>(replication)) {}

  /// The draws of the same drill with other luck.
  constexpr DrillDraws with_seed(std::uint64_t seed) const {
    DrillDraws other = *this;
    other.seed_ = seed;
    return other;
  }

  /// 64 random bits.
  std::uint64_t bits(EntityKey entity, std::uint32_t draw_number) const {
    const std::uint64_t who = entity.value ^ entity_mask_;
    const r123::Philox4x32::ctr_type counter = {{draw_number, replication_low_,
                                                 static_cast<std::uint32_t>(who >> 32),
                                                 static_cast<std::uint32_t>(who)}};
    const r123::Philox4x32::key_type key = {
        {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
    const r123::Philox4x32::ctr_type block = r123::Philox4x32()(counter, key);
    return static_cast<std::uint64_t>(block.v[1]) << 32 | block.v[0];
  }

  /// Uniform in the open interval (0, 1): one of the 2^52 midpoints (k + 1/2) / 2^52, each exactly
  /// representable. With 53 bits the uppermost midpoint would round to 1, where an inverse CDF is
  /// infinite.
  double uniform(EntityKey entity, std::uint32_t draw_number) const {
    return (static_cast<double>(bits(entity, draw_number) >> 12) + 0.5) * 0x1p-52;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t entity_mask_;
  std::uint32_t replication_low_;
};

/// The draws of one entity in one drill, one after another. The sequence repeats after 2^32 draws,
/// which no drill comes near.
class Stream {
 public:
  constexpr Stream(const DrillDraws& draws, EntityKey entity) : draws_(draws), entity_(entity) {}

  /// The next uniform draw, in the open interval (0, 1).
  double next() { return draws_.uniform(entity_, draw_number_++); }
  EntityKey entity() const { return entity_; }
  /// Takes the next draw without looking at it: its number.
  std::uint32_t skip() { return draw_number_++; }

  /// How many draws were taken so far.
  std::uint32_t count() const { return draw_number_; }

 private:
  DrillDraws draws_;
  EntityKey entity_;
  std::uint32_t draw_number_ = 0;
};

}  // namespace firedrill

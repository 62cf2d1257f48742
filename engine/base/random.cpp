#include "engine/base/random.hpp"

namespace firedrill {

EntityKey entity_key(std::string_view name) {
  // Offset basis and prime of the 64-bit FNV-1a hash (Fowler, Noll and Vo).
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  // FNV-1a alone leaves names that differ in their last byte close together in the upper bits.
  return {mixed_bits(hash)};
}

}  // namespace firedrill

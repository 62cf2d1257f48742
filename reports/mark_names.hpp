// The clock marks of a drill, by name and in their order: detected to closed.
#pragma once

#include "engine/measure/metrics.hpp"

namespace firedrill {

struct NamedMark {
  const char* name;
  std::int64_t Marks::*us;
};

constexpr NamedMark kNamedMarks[] = {
    {"detected", &Marks::detected_us}, {"acknowledged", &Marks::acknowledged_us},
    {"declared", &Marks::declared_us}, {"decided", &Marks::decided_us},
    {"restored", &Marks::restored_us}, {"verified", &Marks::verified_us},
    {"closed", &Marks::closed_us}};

}  // namespace firedrill

// Values that documents of every kind are made of: names, quantities, assumptions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/base/diagnostics.hpp"

namespace firedrill {

/// A name, and where it stands in its document.
struct Name {
  std::string text;
  Origin at;

  bool empty() const { return text.empty(); }
  bool operator==(const Name& o) const { return text == o.text; }
};

/// `"512 GiB"`; also KiB, MiB, TiB, B and the decimal kB, MB, GB, TB.
struct Size {
  double bytes = 0;
};

/// `"40 MiB/s"`, `"5 Gbit/s"`: a size of any unit above, or bit, kbit, Mbit, Gbit, per second.
struct ByteRate {
  double bytes_per_s = 0;
};

/// `"12 /s"`, `"30 /min"`: things a unit of time.
struct EventRate {
  double per_s = 0;
};

/// A share of a whole: a number from 0 to 1.
struct Share {
  double value = 0;
};

/// Something the source document does not say, and what was taken instead.
struct Assumption {
  std::string subject;
  std::string value;
  std::string reason;
  Origin at;
};

struct Metadata {
  Name name;  // RFC 1123: lower-case letters, digits, '-', at most 63 bytes
  std::map<std::string, std::string> labels;
};

}  // namespace firedrill

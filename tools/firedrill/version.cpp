#include "tools/firedrill/version.hpp"

#include <fmt/format.h>
#include <simgrid/forward.h>
#include <simgrid/version.h>

#include <Eigen/Core>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>

namespace firedrill {

ReportProgram program() { return {FIREDRILL_VERSION, FIREDRILL_COMMIT}; }

std::string version_text() {
  return fmt::format("firedrill {} ({})\n", FIREDRILL_VERSION, FIREDRILL_COMMIT);
}

std::string version_json() {
  nlohmann::ordered_json json;
  json["version"] = FIREDRILL_VERSION;
  json["commit"] = FIREDRILL_COMMIT;
#if defined(__clang__)
  json["compiler"] = "Clang " __clang_version__;
#else
  json["compiler"] = "GCC " __VERSION__;
#endif
  json["simgrid"] =
      fmt::format("{}.{}.{}", SIMGRID_VERSION_MAJOR, SIMGRID_VERSION_MINOR, SIMGRID_VERSION_PATCH);
  json["boost"] = fmt::format("{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000,
                              BOOST_VERSION % 100);
  json["eigen"] =
      fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  return json.dump(2) + '\n';
}

}  // namespace firedrill

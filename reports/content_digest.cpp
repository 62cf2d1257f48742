#include "reports/content_digest.hpp"

#include "engine/plan/sha256.hpp"

namespace firedrill {

std::string content_digest(nlohmann::ordered_json document) {
  using Json = nlohmann::ordered_json;
  document.erase("content_sha256");
  Sha256 hash;
  hash.add(document.dump(-1, ' ', false, Json::error_handler_t::replace));
  return hash.hex();
}

}  // namespace firedrill

// The digest that a result carries, so that one that was cut or edited is seen.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace firedrill {

/// SHA-256 over the document without white space and without its own `content_sha256`, its members
/// in the order they are in: a result that was laid out anew keeps its digest. No signature: who
/// wants to deceive can make another.
std::string content_digest(nlohmann::ordered_json document);

}  // namespace firedrill

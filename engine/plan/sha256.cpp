#include "engine/plan/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace firedrill {
namespace {

// Only a broken installation of the library fails here.
void require_digest(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

EVP_MD_CTX* digest_of(void* context) { return static_cast<EVP_MD_CTX*>(context); }

}  // namespace

void Sha256::Release::operator()(void* context) const { EVP_MD_CTX_free(digest_of(context)); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require_digest(context_ != nullptr &&
                 EVP_DigestInit_ex(digest_of(context_.get()), EVP_sha256(), nullptr) == 1);
}

void Sha256::add(std::string_view bytes) {
  require_digest(EVP_DigestUpdate(digest_of(context_.get()), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require_digest(EVP_DigestFinal_ex(digest_of(context_.get()), digest.data(), &size) == 1);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace firedrill

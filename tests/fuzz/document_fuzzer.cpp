// Feeds arbitrary bytes to the document reader: no crash, no hang, and a refusal always has a
// reason.
//
// Not part of the default build; needs clang-14 and libclang-rt-14-dev. From the root of the tree:
//   clang++-14 -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -o fuzz_documents
//       tests/fuzz/document_fuzzer.cpp engine/input/*.cpp engine/base/time.cpp
//       engine/base/diagnostics.cpp -lfmt
//   ./fuzz_documents -max_total_time=600 -max_len=20000 CORPUS models/timings scenarios
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/input/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  firedrill::SourceFiles sources;
  firedrill::Diagnostics diagnostics;
  firedrill::DocumentReader reader(sources, diagnostics);
  const auto document =
      reader.read_any_text("fuzz.json", std::string(reinterpret_cast<const char*>(data), size));
  for (const firedrill::Diagnostic& d : diagnostics.list()) {
    if (firedrill::render(d, sources).empty()) std::abort();
  }
  if (document.has_value() != diagnostics.empty()) std::abort();
  return 0;
}

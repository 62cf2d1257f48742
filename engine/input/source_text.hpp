// The text of a file, refused before reading when it is no regular file or over the limit.
#pragma once

#include <string>

namespace firedrill {

struct SourceText {
  bool ok = false;
  bool too_large = false;
  std::string text;     // when ok
  std::string message;  // when not
};

SourceText read_source_text(const std::string& path);

}  // namespace firedrill

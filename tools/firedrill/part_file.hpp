// A part of a study as a file.
//
// A line that says what it is, a line of JSON that says of which study, rows of fixed length, and
// the SHA-256 of all that as 64 letters. Numbers in rows are little-endian, as on every machine
// that the program is built for.
#pragma once

#include <string>
#include <string_view>

#include "engine/study/part.hpp"

namespace firedrill {

std::string encode_part(const StudyPart& part);

/// Throws PartError when it is none, was cut or was edited; `file` is for its message, which says
/// what to do.
StudyPart decode_part(std::string_view bytes, const std::string& file);

}  // namespace firedrill

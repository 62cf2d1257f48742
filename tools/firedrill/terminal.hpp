// What a stream can show: colour, width, Unicode. Judged for each stream.
#pragma once

#include <string>

namespace firedrill {

enum class ColorMode { kAuto, kAlways, kNever };

/// First that applies: the mode, NO_COLOR, CLICOLOR_FORCE or FORCE_COLOR, CLICOLOR=0, TERM=dumb,
/// and whether the stream is a terminal.
bool wants_color(ColorMode mode, int descriptor);

/// COLUMNS, then the terminal's own width, then 80; between 40 and 200.
int terminal_width(int descriptor);

/// Whether the locale of the environment is one of UTF-8.
bool wants_unicode();

bool is_terminal(int descriptor);

}  // namespace firedrill

// The reference page of the vocabulary: every action, fault, probe, metric, component kind and
// behaviour that documents may name, as Markdown. Made from the rows, so it cannot fall behind.
#pragma once

#include <string>

namespace firedrill {

std::string vocabulary_page();

}  // namespace firedrill

// The result as JSON: what other programs read. Seconds, rounded to milliseconds; null for "not
// within the horizon". Nothing in it depends on the machine, the number of jobs or the clock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

constexpr std::string_view kResultFormat = "1.3";

/// One document with a line end. Its last two members are `samples`, on one line, and
/// `content_sha256`, see content_digest().
std::string render_json(const Report& report);

/// Several results of one run as one document of kind `Suite`, without samples and digests.
std::string render_json_suite(const std::vector<Report>& reports);

/// The published draft-07 schema of `render_json`, pretty-printed. Further keys are allowed: a
/// minor version only adds.
std::string result_schema_text();

/// The same of `render_json_suite`.
std::string suite_schema_text();

}  // namespace firedrill

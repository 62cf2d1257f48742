// What a result file keeps of a report: times in whole milliseconds already are, shares have six
// digits. A page is made of that, so that it is the same from a run and from its result.
#pragma once

#include "reports/report.hpp"

namespace firedrill {

/// Six digits are more than any number of drills can tell, and hide the last digits of libm.
double kept_share(double share);

/// The shares of a split, from its times.
void share_out(ReportSplit& split);

Report as_kept(Report report);

}  // namespace firedrill

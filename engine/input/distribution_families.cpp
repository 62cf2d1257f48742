// Which keys each family of distributions takes: the table behind both the reader and the schema.
#include "engine/input/document_fields.hpp"

namespace firedrill {
namespace {

constexpr Parameter kConstant[] = {{"value", "The value"}};
constexpr Parameter kUniform[] = {{"min", "Least value"}, {"max", "Greatest value"}};
constexpr Parameter kThreePoint[] = {
    {"min", "Least value"}, {"mode", "Likeliest value"}, {"max", "Greatest value"}};
constexpr Parameter kExponential[] = {{"mean", "Mean", true}};
constexpr Parameter kLognormalQuantiles[] = {{"p50", "Median", true},
                                             {"p95", "95th percentile", true}};
constexpr Parameter kLognormalLogs[] = {{"mu", "Mean of the logarithm"},
                                        {"sigma", "Standard deviation of the logarithm", false, 0}};
constexpr Parameter kShapeScale[] = {{"shape", "Shape", true}, {"scale", "Scale", true}};
constexpr Parameter kTruncation[] = {{"truncate_min", "Smaller values are drawn again"},
                                     {"truncate_max", "Greater values are drawn again"}};

constexpr FamilyForm kForms[] = {
    {"constant", "Always the same value", kConstant},
    {"uniform", "Every value of a range alike", kUniform},
    {"triangular", "Rises to the mode, falls after it", kThreePoint},
    {"pert", "Smooth form of the triangle, weight 4 on the mode", kThreePoint},
    {"exponential", "Waiting time without memory", kExponential},
    {"lognormal", "Skewed to the right, by median and 95th percentile", kLognormalQuantiles},
    {"lognormal", "Skewed to the right, by its logarithm", kLognormalLogs},
    {"gamma", "Sum of exponential phases", kShapeScale},
    {"weibull", "Time to failure", kShapeScale},
    {"empirical", "One of the observed values", {}, true},
};

}  // namespace

std::span<const FamilyForm> family_forms() { return kForms; }
std::span<const Parameter> truncation_parameters() { return kTruncation; }

}  // namespace firedrill

#include <nlohmann/json.hpp>

#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

constexpr std::string_view kSameClientToken = "the clientToken makes a second one the same";

// Without Overwrite a second one fails, with it the value is the same.
constexpr std::string_view kSameValue = "sets the value; with Overwrite the version counts up";

constexpr Operation kControl[] = {
    read("cloudwatch", "DescribeAlarms"),
    read("cloudwatch", "GetMetricData"),
    read("cloudwatch", "GetMetricStatistics"),
    repeatable_change("cloudwatch", "SetAlarmState",
                      "SetAlarmState with what DescribeAlarms read before: the next evaluation "
                      "sets it anyway",
                      "sets an absolute state"),
    irreversible("cloudwatch", "PutMetricData",
                 "a data point stays for its retention; a second one counts twice"),

    read("logs", "DescribeLogGroups"),
    read("logs", "FilterLogEvents"),
    read("logs", "GetQueryResults"),
    // A query changes nothing; a second one costs its scan again.
    read("logs", "StartQuery"),

    read("ssm", "GetParameter"),
    read("ssm", "GetCommandInvocation"),
    read("ssm", "ListTagsForResource"),
    repeatable_change("ssm", "PutParameter",
                      "PutParameter with what GetParameter read before, or DeleteParameter",
                      kSameValue),
    repeatable_change("ssm", "DeleteParameter", "PutParameter with what GetParameter read before",
                      "a parameter that is gone stays gone"),
    irreversible("ssm", "SendCommand", "a second one runs the document again"),

    read("fis", "GetExperiment"),
    read("fis", "GetExperimentTemplate"),
    read("fis", "ListExperimentTemplates"),
    repeatable_change("fis", "CreateExperimentTemplate",
                      "DeleteExperimentTemplate of the new template", kSameClientToken),
    repeatable_change("fis", "DeleteExperimentTemplate",
                      "CreateExperimentTemplate with what GetExperimentTemplate read before",
                      "a template that is gone stays gone"),
    repeatable_change("fis", "StartExperiment", "StopExperiment", kSameClientToken),
    irreversible("fis", "StopExperiment", "a stopped experiment stays stopped", always_repeatable),

    read("resourcegroupstaggingapi", "GetResources"),

    read("service-quotas", "GetServiceQuota"),
    read("service-quotas", "GetAWSDefaultServiceQuota"),
};

}  // namespace

std::span<const Operation> control_operations() { return kControl; }

}  // namespace firedrill::aws

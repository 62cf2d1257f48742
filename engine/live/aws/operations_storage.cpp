#include <nlohmann/json.hpp>

#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

constexpr std::string_view kAnotherVersion =
    "writes the same bytes again; a versioned bucket keeps one version more";

constexpr Operation kStorage[] = {
    read("s3", "GetBucketPolicy"),
    read("s3", "GetBucketVersioning"),
    read("s3", "GetObject"),
    read("s3", "HeadObject"),
    read("s3", "ListObjectsV2"),
    read("s3", "ListObjectVersions"),
    repeatable_change("s3", "PutObject",
                      "DeleteObject of the version that was written, or CopyObject of the one that "
                      "was there before",
                      kAnotherVersion),
    repeatable_change("s3", "CopyObject",
                      "DeleteObject of the version that was written, or CopyObject of the one that "
                      "was there before",
                      kAnotherVersion),
    single_change("s3", "DeleteObject",
                  "DeleteObject of the delete marker, in a versioned bucket only: elsewhere, or "
                  "with a VersionId, it cannot be undone",
                  "a second one adds another delete marker"),
    repeatable_change("s3", "PutBucketPolicy",
                      "PutBucketPolicy with what GetBucketPolicy read before, or "
                      "DeleteBucketPolicy",
                      "sets the whole policy"),
    repeatable_change("s3", "DeleteBucketPolicy",
                      "PutBucketPolicy with what GetBucketPolicy read before",
                      "a policy that is gone stays gone"),

    read("sqs", "GetQueueAttributes"),
    read("sqs", "GetQueueUrl"),
    irreversible("sqs", "PurgeQueue", "every message is lost"),
};

}  // namespace

std::span<const Operation> storage_operations() { return kStorage; }

}  // namespace firedrill::aws

"""Signatures of the client against two independent judges.

`recomputed` follows the published rules of Signature Version 4 from the raw bytes of a request, as
the service would; `of_botocore` asks the signer of the AWS SDK. Both must give what was sent. The
judges are themselves tried on requests that botocore made, and on one that was tampered with.
"""
import hashlib
import hmac
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.session

from capture import Capture
from support.aws_caller import KEY, SECRET, Caller

TOKEN = "FwoGZXIvYXdzE/+abc+def/ghi=="
ZONE = "Z0123456789"

# service, operation, parameters: every well-formed form of a request that the table can send.
FORMS = [
    ("ecs", "DescribeServices", {"services": ["a b", "ü/+="]}),                # JSON 1.1
    ("dynamodb", "PutItem", {"TableName": "t", "Item": {"k": {"S": "\u0000ä\n"}}}),  # JSON 1.0
    ("sts", "GetCallerIdentity", {}),                                          # form
    ("rds", "DescribeDBClusters", {"DBClusterIdentifier": "a+b c/d~e*f"}),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "tag:a b", "Values": ["x", "y&z="]}]}),
    ("route53", "ListResourceRecordSets",
     {"HostedZoneId": "/hostedzone/" + ZONE, "StartRecordName": "a b.example:/,*~ü",
      "StartRecordType": "A"}),                                                # GET with a query
    ("route53", "ListHostedZonesByName", {"DNSName": "x+y"}),                  # %2B in a query
    ("route53", "GetChange", {"Id": "/change/C1"}),                            # GET without one
    ("route53", "ChangeResourceRecordSets",
     {"HostedZoneId": ZONE, "ChangeBatch": {"Changes": [
         {"Action": "UPSERT", "ResourceRecordSet": {
             "Name": "a.example.", "Type": "A", "TTL": 60,
             "ResourceRecords": [{"Value": "192.0.2.1"}]}}]}}),                # XML
    ("cloudfront", "CreateInvalidation",
     {"DistributionId": "E1", "InvalidationBatch": {
         "Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "1"}}),
    ("lambda", "GetFunctionConfiguration", {"FunctionName": "f", "Qualifier": "live"}),
    ("lambda", "PutFunctionConcurrency",
     {"FunctionName": "f", "ReservedConcurrentExecutions": 0}),                # PUT of JSON
    ("lambda", "DeleteFunctionConcurrency", {"FunctionName": "f"}),            # DELETE
    ("fis", "ListExperimentTemplates", {"maxResults": 5}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "a b/ü+c/=@", "Body": "x" * 1_500_000}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": "", "Metadata": {"run": "a  b"}}),
    ("s3", "GetObject", {"Bucket": "b", "Key": "a//b//c", "VersionId": "v+/="}),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}),
    ("s3", "ListObjectVersions", {"Bucket": "b", "Prefix": "x y"}),            # valueless, sorted
    ("s3", "ListObjectsV2", {"Bucket": "b"}),
    ("s3", "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "b/a%20b"}),
    ("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": "{}"}),
    ("s3", "DeleteObject", {"Bucket": "b", "Key": "k"}),
    ("cloudwatch", "GetMetricStatistics",
     {"Namespace": "n", "MetricName": "m", "StartTime": "2026-11-02T03:04:05Z",
      "EndTime": "2026-11-02T04:04:05Z", "Period": 60}),
]

# What libcurl cannot sign is refused before it is sent; OpenSSL signs it.
REFUSED = [
    ("lambda", "GetAlias", {"FunctionName": "arn:aws:lambda:eu-west-1:1:function:f", "Name": "a"}),
    ("s3", "GetObject", {"Bucket": "b", "Key": "a/../c"}),
]


def authorization(request):
    scheme, _, rest = request.header("authorization").partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    return scheme, fields


def recomputed(request, secret=SECRET):
    """The signature by "Create a signed AWS API request" (AWS IAM User Guide)."""
    scheme, fields = authorization(request)
    _, day, region, service, end = fields["Credential"].split("/")
    path, _, query = request.target.partition("?")
    if service != "s3":
        path = "/".join(urllib.parse.quote(part, safe="-_.~") for part in path.split("/"))
    pairs = sorted(tuple((pair + "=").split("=")[:2]) for pair in query.split("&")) if query else []
    names = fields["SignedHeaders"].split(";")
    assert names == sorted(names) and "host" in names and "x-amz-date" in names, names
    lines = "".join(
        f"{name}:{','.join(' '.join(v.split()) for k, v in request.headers if k.lower() == name)}\n"
        for name in names)
    # Whatever the service reads from a header of its own has to be signed.
    for name, _ in request.headers:
        assert not name.lower().startswith("x-amz") or name.lower() in names, name
    body_hash = hashlib.sha256(request.body).hexdigest()
    assert request.header("x-amz-content-sha256") in (None, body_hash)
    canonical = "\n".join([request.method, path, "&".join(f"{k}={v}" for k, v in pairs), lines,
                           ";".join(names), body_hash])
    date = request.header("x-amz-date")
    to_sign = "\n".join([scheme, date, f"{day}/{region}/{service}/{end}",
                         hashlib.sha256(canonical.encode("latin-1")).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, end, to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def of_botocore(request):
    _, fields = authorization(request)
    _, _, region, service, _ = fields["Credential"].split("/")
    signer_type = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    token = request.header("x-amz-security-token")
    signer = signer_type(botocore.credentials.Credentials(KEY, SECRET, token), service, region)
    names = fields["SignedHeaders"].split(";")
    path, mark, query = request.target.partition("?")
    made = botocore.awsrequest.AWSRequest(
        method=request.method, url=f"http://{request.header('host')}{path}{mark}{query}",
        headers={k: v for k, v in request.headers if k.lower() in names}, data=request.body)
    made.context["timestamp"] = request.header("x-amz-date")
    if service == "s3":
        made.context["client_config"] = botocore.config.Config()
    canonical = signer.canonical_request(made)
    return signer.signature(signer.string_to_sign(made, canonical), made)


def check(request, what):
    sent = authorization(request)[1]["Signature"]
    assert recomputed(request) == sent, f"{what}: not what the rules give"
    assert of_botocore(request) == sent, f"{what}: not what botocore gives"


def requests_of_botocore(capture):
    session = botocore.session.get_session()
    config = botocore.config.Config(retries={"total_max_attempts": 1},
                                    s3={"addressing_style": "path",
                                        "payload_signing_enabled": True},
                                    request_checksum_calculation="when_required")
    for service, operation, parameters in [
            ("ecs", "describe_services", {"services": ["a b"]}),
            ("route53", "list_resource_record_sets",
             {"HostedZoneId": ZONE, "StartRecordName": "a b+c:/", "StartRecordType": "A"}),
            ("rds", "describe_db_clusters", {"DBClusterIdentifier": "a b"}),
            ("lambda", "get_alias", {"FunctionName": "a:b", "Name": "x"}),
            ("s3", "put_object", {"Bucket": "b", "Key": "a b/ü+c", "Body": b"x"})]:
        client = session.create_client(
            service, "eu-west-1", endpoint_url=capture.url, config=config,
            aws_access_key_id=KEY, aws_secret_access_key=SECRET, aws_session_token=TOKEN)
        try:
            getattr(client, operation)(**parameters)
        except Exception:  # the answer is none of that service: only what was asked counts
            pass


def test_judges():
    with Capture() as capture:
        requests_of_botocore(capture)
    assert len(capture.requests) == 5, len(capture.requests)
    for request in capture.requests:
        check(request, f"botocore's own {request.target}")
    request = capture.requests[0]
    sent = authorization(request)[1]["Signature"]
    request.body += b" "
    assert sent not in (recomputed(request), of_botocore(request)), "tampering was not seen"


def test_signatures(program):
    for mode in ([], ["--openssl"]):
        for token in ("", TOKEN):
            with Capture() as capture, Caller(
                    program, capture.url, *mode, token=token, attempts=1) as aws:
                forms = FORMS + (REFUSED if mode else [])
                for service, operation, parameters in forms:
                    before = len(capture.requests)
                    aws.call(service, operation, **parameters)
                    assert len(capture.requests) > before, f"{operation} was not sent"
                    request = capture.requests[before]
                    check(request, f"{operation} {mode} {request.target[:60]}")
                    assert request.header("x-amz-security-token") == (token or None)
    return len(FORMS) * 4 + len(REFUSED) * 2


def test_refusals(program):
    with Capture() as capture, Caller(program, capture.url) as aws:
        for service, operation, parameters in REFUSED:
            reply = aws.call(service, operation, **parameters)
            assert reply["failure"]["kind"] == "invalid-request", reply
            assert reply["attempts"] == 0
        assert not capture.requests


def run(program, _):
    test_judges()
    count = test_signatures(program)
    test_refusals(program)
    print(f"signatures: {count} requests signed as AWS and botocore would")

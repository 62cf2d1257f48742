"""Sessions of the services around the platform: storage, keys, secrets, alarms, access."""
import datetime
import json
import time

from support.aws_caller import Caller

REGION = "eu-west-1"


def session_s3(aws, account):
    s3 = account("s3")
    s3.create_bucket(Bucket="docs", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="docs", VersioningConfiguration={"Status": "Enabled"})
    key = "run 1/ü+&=.txt"
    first = aws.ok("s3", "PutObject", Bucket="docs", Key=key, Body="one\n")["VersionId"]
    aws.ok("s3", "PutObject", Bucket="docs", Key=key, Body="two <&>\n", Metadata={"run": "7"})
    found = aws.ok("s3", "GetObject", Bucket="docs", Key=key)
    assert found["Body"] == "two <&>\n" and found["Metadata"] == {"run": "7"}, found
    assert s3.get_object(Bucket="docs", Key=key)["Body"].read() == b"two <&>\n"
    head = aws.ok("s3", "HeadObject", Bucket="docs", Key=key, VersionId=first)
    assert head["ContentLength"] == 4, head
    # The one before comes back as a copy of its version.
    aws.ok("s3", "CopyObject", Bucket="docs", Key=key,
           CopySource=f"docs/run%201/%C3%BC%2B%26%3D.txt?versionId={first}")
    assert aws.ok("s3", "GetObject", Bucket="docs", Key=key)["Body"] == "one\n"
    listed = aws.ok("s3", "ListObjectsV2", Bucket="docs", Prefix="run 1/")["Contents"]
    assert [(o["Key"], o["Size"]) for o in listed] == [(key, 4)], listed
    marker = aws.ok("s3", "DeleteObject", Bucket="docs", Key=key)
    assert marker["DeleteMarker"] is True, marker
    reply = aws.call("s3", "HeadObject", Bucket="docs", Key=key)
    assert reply["failure"]["kind"] == "not-found", reply
    aws.ok("s3", "DeleteObject", Bucket="docs", Key=key, VersionId=marker["VersionId"])
    versions = aws.ok("s3", "ListObjectVersions", Bucket="docs")["Versions"]
    assert [v["IsLatest"] for v in versions] == [True, False, False], versions
    assert aws.ok("s3", "GetBucketVersioning", Bucket="docs")["Status"] == "Enabled"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
         "Resource": "arn:aws:s3:::docs/*"}]})
    aws.ok("s3", "PutBucketPolicy", Bucket="docs", Policy=policy)
    assert aws.ok("s3", "GetBucketPolicy", Bucket="docs")["Policy"] == policy
    aws.ok("s3", "DeleteBucketPolicy", Bucket="docs")
    reply = aws.call("s3", "GetBucketPolicy", Bucket="docs")
    assert reply["failure"]["code"] == "NoSuchBucketPolicy", reply
    assert reply["failure"]["kind"] == "not-found", reply


def session_sqs(aws, account):
    sqs = account("sqs")
    url = sqs.create_queue(QueueName="payments")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="1")
    assert aws.ok("sqs", "GetQueueUrl", QueueName="payments")["QueueUrl"] == url
    waiting = aws.ok("sqs", "GetQueueAttributes", QueueUrl=url,
                     AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    assert waiting == {"ApproximateNumberOfMessages": "1"}, waiting
    aws.ok("sqs", "PurgeQueue", QueueUrl=url)
    reply = aws.call("sqs", "GetQueueUrl", QueueName="gone")
    assert reply["failure"]["kind"] == "not-found", reply


def session_secrets(aws, account):
    made = account("secretsmanager").create_secret(Name="db", SecretString="first")
    reply = aws.call("secretsmanager", "PutSecretValue", SecretId="db", SecretString="second-word")
    assert reply["state"] == "ok", reply
    # The token that makes it safe to repeat was filled in, and the secret is not in the record.
    seen = reply["log"][0]["parameters"]
    assert seen["SecretString"] == "<redacted>" and len(seen["ClientRequestToken"]) == 36, seen
    assert reply["value"]["VersionId"] == seen["ClientRequestToken"], reply["value"]
    stages = aws.ok("secretsmanager", "DescribeSecret", SecretId="db")["VersionIdsToStages"]
    assert stages[made["VersionId"]] == ["AWSPREVIOUS"], stages
    aws.ok("secretsmanager", "UpdateSecretVersionStage", SecretId="db",
           VersionStage="AWSCURRENT", MoveToVersionId=made["VersionId"],
           RemoveFromVersionId=reply["value"]["VersionId"])
    stages = aws.ok("secretsmanager", "DescribeSecret", SecretId="db")["VersionIdsToStages"]
    assert stages[made["VersionId"]] == ["AWSCURRENT"], stages
    found = aws.ok("secretsmanager", "GetSecretValue", SecretId="db",
                   VersionId=made["VersionId"])
    assert found["SecretString"] == "first"
    aws.ok("secretsmanager", "ListSecretVersionIds", SecretId="db")
    aws.ok("secretsmanager", "RotateSecret", SecretId="db",
           RotationRules={"AutomaticallyAfterDays": 30})


def session_kms(aws, account):
    key = account("kms").create_key()["KeyMetadata"]["KeyId"]

    def state():
        return aws.ok("kms", "DescribeKey", KeyId=key)["KeyMetadata"]["KeyState"]

    aws.ok("kms", "DisableKey", KeyId=key)
    assert state() == "Disabled", state()
    aws.ok("kms", "EnableKey", KeyId=key)
    assert state() == "Enabled", state()
    aws.ok("kms", "ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    assert state() == "PendingDeletion", state()
    aws.ok("kms", "CancelKeyDeletion", KeyId=key)
    assert state() == "Disabled", state()
    assert aws.ok("kms", "GetKeyRotationStatus", KeyId=key)["KeyRotationEnabled"] is False


def session_cloudwatch(aws, account):
    account("cloudwatch").put_metric_alarm(
        AlarmName="payments-5xx", MetricName="5xx", Namespace="bank", Period=60, Threshold=1,
        EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", Statistic="Sum")

    def state():
        alarms = aws.ok("cloudwatch", "DescribeAlarms", AlarmNames=["payments-5xx", "gone"])
        return [a["StateValue"] for a in alarms["MetricAlarms"]]

    aws.ok("cloudwatch", "SetAlarmState", AlarmName="payments-5xx", StateValue="ALARM",
           StateReason="drill")
    assert state() == ["ALARM"], state()
    aws.ok("cloudwatch", "PutMetricData", Namespace="bank", MetricData=[
        {"MetricName": "5xx", "Value": 2.5, "Timestamp": "2026-11-02T03:04:05Z"}])
    statistics = aws.ok("cloudwatch", "GetMetricStatistics", Namespace="bank", MetricName="5xx",
                        StartTime="2026-11-02T03:00:00Z", EndTime="2026-11-02T04:00:00Z",
                        Period=3600, Statistics=["Sum"])["Datapoints"]
    assert [p["Sum"] for p in statistics] == [2.5], statistics
    aws.ok("cloudwatch", "GetMetricData", StartTime="2026-11-02T03:00:00Z",
           EndTime="2026-11-02T04:00:00Z", MetricDataQueries=[{"Id": "a", "MetricStat": {
               "Metric": {"Namespace": "bank", "MetricName": "5xx"}, "Period": 60,
               "Stat": "Sum"}}])


def session_logs(aws, account):
    logs = account("logs")
    logs.create_log_group(logGroupName="payments")
    logs.create_log_stream(logGroupName="payments", logStreamName="s")
    logs.put_log_events(logGroupName="payments", logStreamName="s", logEvents=[
        {"timestamp": int(time.time() * 1000), "message": text}
        for text in ("ERROR pool", "fine")])
    aws.ok("logs", "DescribeLogGroups", logGroupNamePrefix="pay")
    found = aws.ok("logs", "FilterLogEvents", logGroupName="payments", filterPattern="ERROR")
    assert [e["message"] for e in found["events"]] == ["ERROR pool"], found
    query = aws.ok("logs", "StartQuery", logGroupName="payments", startTime=0, endTime=10,
                   queryString="fields @message")["queryId"]
    aws.ok("logs", "GetQueryResults", queryId=query)


def session_waf(aws, account):
    made = account("wafv2").create_ip_set(Name="blocked", Scope="REGIONAL",
                                          IPAddressVersion="IPV4", Addresses=[])["Summary"]
    where = {"Name": "blocked", "Scope": "REGIONAL", "Id": made["Id"]}
    token = aws.ok("wafv2", "GetIPSet", **where)["LockToken"]
    change = {**where, "Addresses": ["192.0.2.0/24"], "LockToken": token}
    aws.ok("wafv2", "UpdateIPSet", **change)
    assert aws.ok("wafv2", "GetIPSet", **where)["IPSet"]["Addresses"] == ["192.0.2.0/24"]
    reply = aws.call("wafv2", "UpdateIPSet", **change)
    assert reply["failure"]["code"] == "WAFOptimisticLockException", reply
    assert reply["failure"]["kind"] == "conflict", reply
    aws.ok("wafv2", "ListIPSets", Scope="REGIONAL")
    shown = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    made = account("wafv2").create_web_acl(Name="front", Scope="REGIONAL",
                                           DefaultAction={"Allow": {}}, VisibilityConfig=shown)
    where = {"Name": "front", "Scope": "REGIONAL", "Id": made["Summary"]["Id"]}
    token = aws.ok("wafv2", "GetWebACL", **where)["LockToken"]
    aws.ok("wafv2", "UpdateWebACL", **where, LockToken=token, DefaultAction={"Block": {}},
           VisibilityConfig=shown)
    assert aws.ok("wafv2", "GetWebACL", **where)["WebACL"]["DefaultAction"] == {"Block": {}}


def session_certificates(aws, _):
    arn = aws.ok("acm", "RequestCertificate", DomainName="bank.example",
                 ValidationMethod="DNS")["CertificateArn"]
    found = aws.ok("acm", "DescribeCertificate", CertificateArn=arn)["Certificate"]
    assert found["DomainName"] == "bank.example", found
    listed = aws.ok("acm", "ListCertificates")["CertificateSummaryList"]
    assert arn in [c["CertificateArn"] for c in listed], listed
    aws.ok("acm", "DeleteCertificate", CertificateArn=arn)
    certificate, key = self_signed("bank.example")
    arn = aws.ok("acm", "ImportCertificate", Certificate=certificate, PrivateKey=key)[
        "CertificateArn"]
    found = aws.ok("acm", "DescribeCertificate", CertificateArn=arn)["Certificate"]
    assert found["Type"] == "IMPORTED", found


def self_signed(name):
    """A certificate for a day and its key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now,
        now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    plain = key.private_bytes(serialization.Encoding.PEM,
                              serialization.PrivateFormat.TraditionalOpenSSL,
                              serialization.NoEncryption())
    return made.public_bytes(serialization.Encoding.PEM).decode(), plain.decode()


def session_quotas(aws, _):
    found = aws.ok("service-quotas", "GetServiceQuota", ServiceCode="vpc",
                   QuotaCode="L-F678F1CE")["Quota"]
    assert (found["QuotaName"], found["Value"]) == ("VPCs per Region", 5), found
    reply = aws.call("service-quotas", "GetServiceQuota", ServiceCode="vpc", QuotaCode="L-NOBODY")
    assert reply["failure"]["kind"] == "not-found", reply


def session_parameters(aws, _):
    tags = [{"Key": "dr-drill", "Value": "allowed"}]
    aws.ok("ssm", "PutParameter", Name="/bank/region", Value="eu-west-1", Type="String", Tags=tags)
    found = aws.ok("ssm", "ListTagsForResource", ResourceType="Parameter",
                   ResourceId="/bank/region")
    assert found["TagList"] == tags, found
    reply = aws.call("ssm", "PutParameter", Name="/bank/region", Value="x", Type="String")
    assert reply["failure"]["kind"] == "conflict", reply
    aws.ok("ssm", "PutParameter", Name="/bank/region", Value="eu-central-1", Type="String",
           Overwrite=True)
    found = aws.ok("ssm", "GetParameter", Name="/bank/region")["Parameter"]
    assert (found["Value"], found["Version"]) == ("eu-central-1", 2), found
    aws.ok("ssm", "DeleteParameter", Name="/bank/region")
    sent = aws.ok("ssm", "SendCommand", DocumentName="AWS-RunShellScript", InstanceIds=["i-1"])
    found = aws.ok("ssm", "GetCommandInvocation", CommandId=sent["Command"]["CommandId"],
                   InstanceId="i-1")
    assert found["Status"] == "Success", found


def session_access_keys(aws, account):
    iam = account("iam")
    iam.create_account_alias(AccountAlias="bank-staging")
    assert aws.ok("iam", "ListAccountAliases")["AccountAliases"] == ["bank-staging"]
    assert aws.ok("sts", "GetCallerIdentity")["Account"] == "123456789012"
    iam.create_user(UserName="deploy", Tags=[{"Key": "dr-drill", "Value": "allowed"}])
    tags = aws.ok("iam", "ListUserTags", UserName="deploy")["Tags"]
    assert tags == [{"Key": "dr-drill", "Value": "allowed"}], tags
    reply = aws.call("iam", "CreateAccessKey", UserName="deploy")
    key = reply["value"]["AccessKey"]["AccessKeyId"]
    aws.ok("iam", "UpdateAccessKey", UserName="deploy", AccessKeyId=key, Status="Inactive")
    listed = aws.ok("iam", "ListAccessKeys", UserName="deploy")["AccessKeyMetadata"]
    assert [(k["AccessKeyId"], k["Status"]) for k in listed] == [(key, "Inactive")], listed
    aws.ok("iam", "DeleteAccessKey", UserName="deploy", AccessKeyId=key)
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
    role = iam.create_role(RoleName="drill", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    aws.ok("iam", "PutRolePolicy", RoleName="drill", PolicyName="deny", PolicyDocument=policy)
    aws.ok("iam", "GetRolePolicy", RoleName="drill", PolicyName="deny")
    aws.ok("iam", "DeleteRolePolicy", RoleName="drill", PolicyName="deny")
    given = aws.ok("sts", "AssumeRole", RoleArn=role, RoleSessionName="run-1")
    assert given["AssumedRoleUser"]["Arn"].endswith("drill/run-1"), given
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    arn = iam.create_policy(PolicyName="quarantine", PolicyDocument=document)["Policy"]["Arn"]
    aws.ok("iam", "AttachUserPolicy", UserName="deploy", PolicyArn=arn)
    attached = aws.ok("iam", "ListAttachedUserPolicies", UserName="deploy")["AttachedPolicies"]
    assert [p["PolicyArn"] for p in attached] == [arn], attached
    aws.ok("iam", "DetachUserPolicy", UserName="deploy", PolicyArn=arn)


def session_lambda(aws, account):
    import io
    import zipfile
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("f.py", "def handler(event, context):\n    pass\n")
    role = account("iam").create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
             "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
    functions = account("lambda")
    functions.create_function(FunctionName="quotes", Runtime="python3.11", Role=role,
                              Handler="f.handler", Code={"ZipFile": code.getvalue()})
    for _ in range(2):
        functions.publish_version(FunctionName="quotes")
    functions.create_alias(FunctionName="quotes", Name="live", FunctionVersion="1")
    aws.ok("lambda", "GetFunctionConfiguration", FunctionName="quotes")
    aws.ok("lambda", "PutFunctionConcurrency", FunctionName="quotes",
           ReservedConcurrentExecutions=0)
    found = aws.ok("lambda", "GetFunctionConcurrency", FunctionName="quotes")
    assert found["ReservedConcurrentExecutions"] == 0, found
    aws.ok("lambda", "DeleteFunctionConcurrency", FunctionName="quotes")
    aws.ok("lambda", "UpdateAlias", FunctionName="quotes", Name="live", FunctionVersion="1",
           Description="rolled back")
    alias = aws.ok("lambda", "GetAlias", FunctionName="quotes", Name="live")
    assert alias["Description"] == "rolled back", alias


def session_cache(aws, account):
    cache = account("elasticache")
    cache.create_replication_group(ReplicationGroupId="sessions", NumCacheClusters=2,
                                   ReplicationGroupDescription="sessions", Engine="redis")
    found = aws.ok("elasticache", "DescribeReplicationGroups", ReplicationGroupId="sessions")
    assert found["ReplicationGroups"][0]["Status"] == "available", found
    cache.create_cache_cluster(CacheClusterId="single", Engine="redis",
                               CacheNodeType="cache.t3.micro", NumCacheNodes=1)
    found = aws.ok("elasticache", "DescribeCacheClusters", CacheClusterId="single")
    assert found["CacheClusters"][0]["NumCacheNodes"] == 1, found


def session_fault_injection(aws, _):
    template = aws.call("fis", "CreateExperimentTemplate", description="stop half of the tasks",
                        stopConditions=[{"source": "none"}], roleArn="arn:aws:iam::1:role/fis",
                        targets={"tasks": {"resourceType": "aws:ecs:task",
                                           "selectionMode": "PERCENT(50)",
                                           "resourceTags": {"dr-drill": "allowed"}}},
                        actions={"stop": {"actionId": "aws:ecs:stop-task",
                                          "targets": {"Tasks": "tasks"}}})
    assert template["state"] == "ok", template
    aws.ok("fis", "DeleteExperimentTemplate",
           id=template["value"]["experimentTemplate"]["id"])


def session_tags(aws, account):
    account("sqs").create_queue(QueueName="tagged", tags={"dr-drill": "allowed"})
    found = aws.ok("resourcegroupstaggingapi", "GetResources",
                   TagFilters=[{"Key": "dr-drill", "Values": ["allowed"]}])
    arns = [r["ResourceARN"] for r in found["ResourceTagMappingList"]]
    assert arns == [f"arn:aws:sqs:{REGION}:123456789012:tagged"], arns


def test_access(program, server, account):
    """With its checks on, the emulator tells a right secret from a wrong one, and who may what."""
    iam = account("iam")
    iam.create_user(UserName="drill")
    iam.put_user_policy(UserName="drill", PolicyName="reads", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["kms:List*", "ecs:Describe*", "rds:Describe*"],
             "Resource": "*"}]}))
    made = iam.create_access_key(UserName="drill")["AccessKey"]
    key, secret = made["AccessKeyId"], made["SecretAccessKey"]
    server.post("reset-auth", b"0")
    try:
        for service, operation, parameters in (
                ("ecs", "DescribeServices", {"cluster": "bank", "services": ["payments"]}),
                ("rds", "DescribeDBClusters", {})):
            with Caller(program, server.url, key=key, secret=secret) as aws:
                aws.ok(service, operation, **parameters)
            with Caller(program, server.url, key=key, secret=secret + "x") as aws:
                reply = aws.call(service, operation, **parameters)
                assert reply["failure"]["code"] == "SignatureDoesNotMatch", reply
                assert reply["failure"]["kind"] == "bad-signature" and reply["attempts"] == 1
        with Caller(program, server.url, key=key, secret=secret) as aws:
            reply = aws.call("ecs", "UpdateService", cluster="bank", service="payments",
                             desiredCount=1)
            assert reply["failure"]["kind"] == "denied" and reply["state"] == "failed", reply
            assert reply["attempts"] == 1
    finally:
        server.post("reset-auth", b"Infinity")

"""Short sessions with the emulator: what a drill does and then reads back."""
import json

import botocore.session

from support.aws_caller import KEY, SECRET, Caller


def test_ecs(aws):
    aws.ok("ecs", "RegisterTaskDefinition", family="payments",
           containerDefinitions=[{"name": "app", "image": "app:1", "memory": 64}])
    reply = aws.call("ecs", "DescribeServices", cluster="default", services=["payments"])
    assert reply["failure"]["kind"] == "not-found", reply


def test_refused_parameters(aws):
    reply = aws.call("ecs", "UpdateService", servise="payments")
    assert reply["attempts"] == 0 and reply["failure"]["kind"] == "invalid-request", reply
    assert 'did you mean "service"' in reply["failure"]["message"], reply


def test_access(program, server):
    """With its checks on, the emulator tells a right secret from a wrong one, and who may what."""
    iam = botocore.session.get_session().create_client(
        "iam", "us-east-1", endpoint_url=server.url, aws_access_key_id=KEY,
        aws_secret_access_key=SECRET)
    iam.create_user(UserName="drill")
    iam.put_user_policy(UserName="drill", PolicyName="reads", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["ecs:Describe*", "rds:Describe*"], "Resource": "*"}]}))
    made = iam.create_access_key(UserName="drill")["AccessKey"]
    key, secret = made["AccessKeyId"], made["SecretAccessKey"]
    server.post("reset-auth", b"0")
    try:
        for service, operation, parameters in (
                ("ecs", "DescribeTaskDefinition", {"taskDefinition": "payments"}),
                ("rds", "DescribeDBClusters", {})):
            with Caller(program, server.url, key=key, secret=secret) as aws:
                aws.ok(service, operation, **parameters)
            with Caller(program, server.url, key=key, secret=secret + "x") as aws:
                reply = aws.call(service, operation, **parameters)
                assert reply["failure"]["code"] == "SignatureDoesNotMatch", reply
                assert reply["failure"]["kind"] == "bad-signature" and reply["attempts"] == 1
        with Caller(program, server.url, key=key, secret=secret) as aws:
            reply = aws.call("ecs", "UpdateService", service="payments", desiredCount=1)
            assert reply["failure"]["kind"] == "denied" and reply["state"] == "failed", reply
            assert reply["attempts"] == 1
    finally:
        server.post("reset-auth", b"Infinity")


def run(program, server):
    with Caller(program, server.url) as aws:
        test_ecs(aws)
        test_refused_parameters(aws)
    test_access(program, server)
    print("sessions: done")

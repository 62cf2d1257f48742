"""What the client makes of a broken line: repeated where it does no harm, unknown where it might.

The server behind the proxy is the emulator, so that an unknown outcome can be held against what has
really happened.
"""
import datetime
import ipaddress
import json
import os
import ssl
import stat
import sys
import tempfile
import time
from pathlib import Path

import botocore.session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from capture import Capture
from support.aws_caller import KEY, SECRET, Caller
from support.emulator import free_port
from support.fault_proxy import FaultProxy

DESIRED = {"cluster": "ring", "service": "cards"}


def actor(server, service):
    return botocore.session.get_session().create_client(
        service, "eu-west-1", endpoint_url=server.url, aws_access_key_id=KEY,
        aws_secret_access_key=SECRET)


def expect(reply, state, kind=None, attempts=None):
    got = (reply["state"], reply.get("failure", {}).get("kind"), reply["attempts"])
    assert reply["state"] == state, (got, reply.get("failure"))
    assert kind is None or got[1] == kind, (got, reply["failure"])
    assert attempts is None or got[2] == attempts, (got, reply["log"])


def test_reads_are_repeated(proxy, aws):
    proxy.plan = ["503", "throttle", "cut"]
    expect(aws.ask({"service": "ecs", "operation": "DescribeServices", "attempts": 4,
                    "parameters": {"cluster": "ring", "services": ["cards"]}}), "ok", None, 4)
    for fault in ("503", "throttle", "cut", "drop", "half", "garble", "gateway"):
        for service, operation in (("ecs", "DescribeServices"), ("rds", "DescribeDBClusters")):
            proxy.plan = [fault]
            parameters = {"cluster": "ring", "services": ["cards"]} if service == "ecs" else {}
            expect(aws.call(service, operation, **parameters), "ok", None, 2)
    proxy.plan = ["503"] * 3
    expect(aws.call("rds", "DescribeDBClusters"), "failed", "server-error", 3)
    # Answers that another attempt would not change.
    for fault, kind in (("denied", "denied"), ("page", "unsupported"), ("moved", "rejected")):
        proxy.plan = [fault]
        expect(aws.call("rds", "DescribeDBClusters"), "failed", kind, 1)


def test_safe_changes_are_repeated(proxy, aws, server):
    for fault, count in (("drop", 3), ("cut", 4), ("503", 5), ("half", 6)):
        proxy.plan = [fault]
        expect(aws.call("ecs", "UpdateService", **DESIRED, desiredCount=count), "ok", None, 2)
        found = actor(server, "ecs").describe_services(cluster="ring", services=["cards"])
        assert found["services"][0]["desiredCount"] == count, found
    # Repeated after a lost answer, then refused: the first one may have had its effect.
    proxy.plan = ["drop", "denied"]
    expect(aws.call("ecs", "UpdateService", **DESIRED, desiredCount=1), "unknown", "denied", 2)


def test_other_changes_are_not_repeated(proxy, aws, server):
    def writer():
        cluster = actor(server, "rds").describe_db_clusters(DBClusterIdentifier="vault")
        return next(m["DBInstanceIdentifier"] for m in cluster["DBClusters"][0]["DBClusterMembers"]
                    if m["IsClusterWriter"])

    # The failover has happened although its answer was lost: a second one would go back.
    before = writer()
    for fault in ("drop", "half"):
        proxy.plan, proxy.forwarded = [fault], 0
        reply = aws.call("rds", "FailoverDBCluster", DBClusterIdentifier="vault")
        expect(reply, "unknown", "interrupted", 1)
        assert proxy.forwarded == 1 and writer() != before, (proxy.forwarded, writer())
        before = writer()
    for fault, kind in (("cut", "interrupted"), ("500", "server-error"), ("503", "server-error"),
                        ("garble", "unreadable"), ("page", "unsupported"),
                        ("gateway", "server-error")):
        proxy.plan = [fault]
        expect(aws.call("rds", "FailoverDBCluster", DBClusterIdentifier="vault"), "unknown", kind,
               1)
    proxy.plan = ["drop"]
    expect(aws.call("ecs", "UpdateService", **DESIRED, forceNewDeployment=True), "unknown",
           "interrupted", 1)
    # Throttled or refused is not performed.
    proxy.plan = ["denied"]
    expect(aws.call("rds", "FailoverDBCluster", DBClusterIdentifier="vault"), "failed", "denied", 1)
    proxy.plan = ["throttle"]
    expect(aws.call("rds", "FailoverDBCluster", DBClusterIdentifier="vault"), "ok", None, 2)


def test_time(proxy, aws):
    for operation, state in (("DescribeDBClusters", "failed"), ("FailoverDBCluster", "unknown")):
        proxy.plan = ["late"]
        began = time.monotonic()
        reply = aws.ask({"service": "rds", "operation": operation, "timeout_ms": 300,
                         "parameters": {"DBClusterIdentifier": "vault"}})
        assert time.monotonic() - began < 1.5, "the deadline was not kept"
        expect(reply, state, "interrupted", 1)
        time.sleep(2)  # until the proxy has done with it


def test_nobody_there(program):
    with Caller(program, f"http://127.0.0.1:{free_port()}") as aws:
        expect(aws.call("rds", "DescribeDBClusters"), "failed", "unreachable", 3)
        # Nothing was sent, so that even this may be tried again, and has certainly not happened.
        expect(aws.call("rds", "FailoverDBCluster", DBClusterIdentifier="vault"), "failed",
               "unreachable", 3)
    for url in ("http://192.0.2.1", "http://127.0.0.1.example.com", "ftp://127.0.0.1",
                "http://user@127.0.0.1", "http://127.0.0.1/path", "http://127.0.0.1:0"):
        with Caller(program, url) as aws:
            expect(aws.call("rds", "DescribeDBClusters"), "failed", "invalid-request", 0)


def test_redirect_and_size(program, server):
    with Capture() as other, FaultProxy(server.port, other.url) as proxy, Caller(
            program, proxy.url, RESPONSE_BYTES="100000") as aws:
        proxy.plan = ["moved"]
        expect(aws.call("ecs", "DescribeServices", services=["x"]), "failed", "rejected", 1)
        assert not other.requests, "a redirect was followed"
        proxy.plan = ["large"] * 3
        expect(aws.call("ecs", "DescribeServices", services=["x"]), "failed", "unreadable", 3)


def certificate(name, issuer=None, issuer_key=None):
    """Certificate and key in PEM, for that address; signed by itself without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    made = (x509.CertificateBuilder().subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), True))
    if issuer:
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), False)
    made = made.sign(issuer_key or key, hashes.SHA256())
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                               serialization.NoEncryption())
    return made, key, pem, secret


def test_tls(program, folder):
    authority, authority_key, pem, _ = certificate("a private authority")
    bundle = folder / "authority.pem"
    bundle.write_bytes(pem)
    for address, trusted, wanted in (("127.0.0.1", True, "ok"), ("127.0.0.1", False, "failed"),
                                     ("127.0.0.2", True, "failed")):
        _, _, pem, secret = certificate(address, authority, authority_key)
        (folder / "server.pem").write_bytes(pem + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        more = {"AWS_CA_BUNDLE": str(bundle)} if trusted else {}
        with Capture(context=context) as capture, Caller(
                program, capture.url, **more) as aws:
            reply = aws.call("ecs", "DescribeServices", services=["x"])
            expect(reply, wanted, None if wanted == "ok" else "untrusted", 1)
            assert bool(capture.requests) == (wanted == "ok")
        with Capture(context=context) as capture, Caller(
                program, capture.url, AWS_CA_BUNDLE=str(folder / "not-there.pem")) as aws:
            expect(aws.call("ecs", "DescribeServices", services=["x"]), "failed", "untrusted", 1)


def test_fresh_connections(program):
    """A kept connection that dies makes libcurl send again by itself: changes get a new one."""
    with Capture(keep=True) as capture, Caller(program, capture.url) as aws:
        for operation in ("DescribeTable", "DescribeTable", "DeleteTable", "DeleteTable"):
            expect(aws.call("dynamodb", operation, TableName="beats"), "ok", None, 1)
        used = [number for number, _ in capture.connections]
        assert used[0] == used[1], "reads share a connection"
        assert len({used[1], used[2], used[3]}) == 3, "a change was sent on a kept connection"


def script(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_credential_command(program, server, folder):
    """A profile's command is run once, and again when the service says that they have expired."""
    log = folder / "ran.txt"
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    text = json.dumps({"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET,
                       "SessionToken": "a/b+c=", "Expiration": later.isoformat()})
    made = (f"#!{sys.executable}\nimport sys\nopen({str(log)!r}, 'a').write("
            f"repr(sys.argv[1:]) + '\\n')\nprint({text!r})\n")
    command = script(folder / "credentials of drill", made)
    config = folder / "config"
    config.write_text(f"[profile drill]\ncredential_process = '{command}' --for \"a b\" $HOME;x\n")
    with FaultProxy(server.port) as proxy, Caller(
            program, proxy.url, key="", AWS_PROFILE="drill",
            AWS_CONFIG_FILE=str(config)) as aws:
        for _ in range(2):
            expect(aws.call("sts", "GetCallerIdentity"), "ok", None, 1)
        assert log.read_text() == repr(["--for", "a b", "$HOME;x"]) + "\n", log.read_text()
        proxy.plan = ["expired"]
        expect(aws.call("rds", "DescribeDBClusters"), "ok", None, 2)
        assert len(log.read_text().splitlines()) == 2, log.read_text()
        proxy.plan = ["expired"] * 3
        expect(aws.call("rds", "DescribeDBClusters"), "failed", "expired", 2)
    # Without the setting, the AWS CLI is asked by its words.
    config.write_text("[profile drill]\nregion = eu-west-1\n")
    log.unlink()
    script(folder / "aws", made)
    with Caller(program, server.url, key="", AWS_PROFILE="drill", AWS_CONFIG_FILE=str(config),
                PATH=f"{folder}:{os.environ['PATH']}") as aws:
        expect(aws.call("sts", "GetCallerIdentity"), "ok", None, 1)
        assert log.read_text() == repr(["configure", "export-credentials", "--profile", "drill",
                                        "--format", "process"]) + "\n", log.read_text()
    script(folder / "aws", f"#!{sys.executable}\nimport sys\nprint('top-secret')\n"
           "print('top-secret', file=sys.stderr)\nsys.exit(253)\n")
    with Caller(program, server.url, key="", AWS_PROFILE="drill", AWS_CONFIG_FILE=str(config),
                PATH=f"{folder}:{os.environ['PATH']}") as aws:
        reply = aws.call("sts", "GetCallerIdentity")
        expect(reply, "failed", "no-credentials", 0)
        assert "top-secret" not in json.dumps(reply), reply


def prepare(server):
    ecs, rds = actor(server, "ecs"), actor(server, "rds")
    ecs.create_cluster(clusterName="ring", tags=[{"key": "team", "value": "core"}])
    ecs.register_task_definition(family="cards", containerDefinitions=[
        {"name": "app", "image": "app:1", "memory": 64}])
    ecs.create_service(cluster="ring", serviceName="cards", taskDefinition="cards", desiredCount=2)
    rds.create_db_cluster(DBClusterIdentifier="vault", Engine="aurora-postgresql",
                          MasterUsername="root", MasterUserPassword="secret-99")
    for name in ("vault-1", "vault-2"):
        rds.create_db_instance(DBInstanceIdentifier=name, DBClusterIdentifier="vault",
                               DBInstanceClass="db.r6g.large", Engine="aurora-postgresql")


def run(program, server):
    prepare(server)
    with FaultProxy(server.port) as proxy, Caller(program, proxy.url) as aws:
        test_reads_are_repeated(proxy, aws)
        test_safe_changes_are_repeated(proxy, aws, server)
        test_other_changes_are_not_repeated(proxy, aws, server)
        test_time(proxy, aws)
    test_nobody_there(program)
    test_redirect_and_size(program, server)
    test_fresh_connections(program)
    with tempfile.TemporaryDirectory() as folder:
        test_tls(program, Path(folder))
        test_credential_command(program, server, Path(folder))
    print("faults: broken lines, late answers, TLS, redirects and credentials as they should be")

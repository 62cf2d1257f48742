"""The command executor with the real AWS CLI, and with programs that misbehave in its place."""
import json
import os
import stat
import sys
import tempfile
import time
from pathlib import Path

from support.aws_caller import Caller
from support.fault_proxy import FaultProxy

HERE = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def expect(reply, state, kind=None):
    assert reply["state"] == state, reply
    assert kind is None or reply["failure"]["kind"] == kind, reply


def run_command(aws, *words, **more):
    return aws.ask({"command": ["aws", *words], **more})


def test_real_cli(program, server):
    with FaultProxy(server.port) as proxy, Caller(
            program, proxy.url, PATH=HERE, AWS_PROFILE="not-there") as aws:
        reply = run_command(aws, "sqs", "create-queue", "--queue-name", "a;b$ `id`")
        expect(reply, "failed")  # no shell: the name arrives as it is, and the service refuses it
        reply = run_command(aws, "sqs", "create-queue", "--queue-name", "by-command")
        expect(reply, "ok")
        assert json.loads(reply["output"])["QueueUrl"].endswith("/by-command"), reply
        assert not any("wJalr" in word for word in reply["started"]), "a secret among the words"
        reply = run_command(aws, "sqs", "get-queue-url", "--queue-name", "gone")
        expect(reply, "failed", "not-found")
        # The CLI's own repeats are off: a change whose answer is lost is unknown after one.
        proxy.plan, proxy.forwarded = ["drop"], 0
        reply = run_command(aws, "sqs", "create-queue", "--queue-name", "lost")
        expect(reply, "unknown")
        assert proxy.forwarded == 1, proxy.forwarded
        proxy.plan = ["denied"]
        expect(run_command(aws, "sqs", "list-queues"), "failed", "denied")
        assert not run_command(aws, "sqs", "list-queues", allowed=False)["started"]


def test_misbehaving(program, server):
    with tempfile.TemporaryDirectory() as folder:
        cli = Path(folder) / "aws"

        def become(text):
            cli.write_text(f"#!{sys.executable}\nimport os, sys, time\n{text}\n")
            cli.chmod(cli.stat().st_mode | stat.S_IXUSR)

        with Caller(program, server.url, PATH=folder) as aws:
            expect(run_command(aws, "sqs", "list-queues"), "failed", "invalid-request")
            # A grandchild that holds the pipe open ends with its group.
            become("os.fork()\ntime.sleep(60)")
            began = time.monotonic()
            expect(run_command(aws, "sqs", "purge-queue", timeout_ms=300), "unknown", "interrupted")
            assert time.monotonic() - began < 10
            become("print('x' * 1000000)")
            expect(run_command(aws, "sqs", "purge-queue", output_bytes=1000), "unknown",
                   "unreadable")
            become("os.kill(os.getpid(), 9)")
            expect(run_command(aws, "sqs", "list-queues"), "failed", "interrupted")
            become("sys.exit(252)")
            expect(run_command(aws, "sqs", "purge-queue"), "failed", "invalid-request")
            become("print(sorted(k for k in os.environ if k.startswith('AWS_')))")
            seen = run_command(aws, "sqs", "list-queues")["output"]
            assert "AWS_MAX_ATTEMPTS" in seen and "AWS_ENDPOINT_URL'" not in seen, seen


def run(program, server):
    test_real_cli(program, server)
    test_misbehaving(program, server)
    print("commands: the AWS CLI by its words")

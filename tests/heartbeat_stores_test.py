#!/usr/bin/env python3
"""Heartbeats against stores that are not ours: a PostgreSQL pair with streaming replication, and
DynamoDB and S3 on the AWS emulator.

    heartbeat_stores_test.py BUILD_DIR HEARTBEAT_DRIVE  77: neither PostgreSQL nor emulator here

What is measured is compared with the tables themselves.
"""
import contextlib
import glob
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from support import emulator  # noqa: E402  the path is set above
from support.requirement import missing  # noqa: E402

DRIVE = None
PYTHON = None  # with the packages of the emulator
BIN = max(glob.glob("/usr/lib/postgresql/*/bin"), default=None)
INTERVAL_S = 0.05


class Drive:
    def __init__(self, environment=None, **wanted):
        self.process = subprocess.Popen([DRIVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env={**os.environ, **(environment or {})})
        self.tell(json.dumps({"run": "drill-1", "interval_ms": INTERVAL_S * 1000, **wanted}))

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, word):
        self.tell(word)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Postgresql:
    """A server on loopback, run by somebody who is not root."""

    def __init__(self, folder, name):
        self.data = Path(folder) / name
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def run(self, *words, check=True):
        as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        return subprocess.run([*as_user, *map(str, words)], check=check, capture_output=True,
                              text=True, timeout=60, cwd="/")

    def start(self):
        options = (f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} "
                   "-c wal_level=replica -c fsync=off -c max_wal_senders=4 -c hot_standby=on "
                   "-c wal_receiver_status_interval=1 -c shared_buffers=16MB")
        self.run(f"{BIN}/pg_ctl", "-D", self.data, "-w", "-t", "30", "-l", self.data / "log",
                 "-o", options, "start")

    def stop(self, mode="immediate"):
        self.run(f"{BIN}/pg_ctl", "-D", self.data, "-m", mode, "-w", "stop", check=False)

    def sql(self, text):
        done = self.run(f"{BIN}/psql", "-h", "127.0.0.1", "-p", self.port, "-U", "drill", "-d",
                        "postgres", "-Atqc", text)
        return done.stdout.split()

    @property
    def words(self):
        return f"host=127.0.0.1 port={self.port} user=drill dbname=postgres connect_timeout=2"


def until(true, limit_s=20):
    end = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


@unittest.skipIf(BIN is None, "PostgreSQL is not installed: tools/setup test")
class Pair(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        folder = tempfile.mkdtemp(prefix="firedrill-pg-", dir="/tmp")
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        self.primary = Postgresql(folder, "primary")
        self.copy = Postgresql(folder, "copy")
        self.primary.run(f"{BIN}/initdb", "-D", self.primary.data, "-U", "drill", "-A", "trust",
                         "-N")
        self.primary.start()
        self.stack.callback(self.primary.stop)
        self.copy.run(f"{BIN}/pg_basebackup", "-h", "127.0.0.1", "-p", self.primary.port, "-U",
                      "drill", "-D", self.copy.data, "-R", "-c", "fast")
        self.copy.start()
        self.stack.callback(self.copy.stop)

    def begin(self, **more):
        drive = Drive(kind="postgresql", primary=self.primary.words, copy=self.copy.words, **more)
        self.stack.callback(drive.close)
        until(lambda: len(drive.ask("beats")) >= 10)
        return drive

    def truth(self, beats):
        """Rows that the copy has, and what is missing of those that were committed."""
        there = set(map(int, self.copy.sql("select sequence from beats order by sequence")))
        committed = [b for b in beats if b["outcome"] == "ok"]
        missing = [b for b in committed if b["sequence"] not in there]
        survivors = [b for b in committed if b["sequence"] in there]
        span = committed[-1]["stamp_us"] - survivors[-1]["stamp_us"] if missing else 0
        return missing, span

    def test_replication_that_stops_before_the_primary_does(self):
        drive = self.begin()
        self.assertEqual(drive.ask("measure").get("problem"), None)
        # The copy receives nothing more; the primary goes on for a while, and then is lost.
        self.copy.sql("alter system set primary_conninfo = ''")
        self.copy.sql("select pg_reload_conf()")
        until(lambda: self.copy.sql("select count(*) from pg_stat_wal_receiver") == ["0"])
        cut = time.monotonic()
        time.sleep(1.5)
        self.primary.stop()
        lost_s = time.monotonic() - cut
        time.sleep(3 * INTERVAL_S)
        self.copy.sql("select pg_promote()")
        until(lambda: self.copy.sql("select pg_is_in_recovery()") == ["f"])
        beats = drive.ask("end")
        loss = drive.ask("measure")
        missing, span = self.truth(beats)
        self.assertGreater(len(missing), 5)
        self.assertIn("failed", {b["outcome"] for b in beats})
        self.assertEqual(loss["least"]["missing"], len(missing))
        self.assertEqual(loss["least"]["span_us"], span)
        self.assertGreaterEqual(loss["most"]["span_us"], span)
        self.assertLess(abs(span / 1e6 - lost_s), 0.5 + 2 * INTERVAL_S, loss)

    def test_replay_that_is_paused_loses_what_was_received_only_until_it_goes_on(self):
        drive = self.begin()
        self.copy.sql("select pg_wal_replay_pause()")
        until(lambda: self.copy.sql("select pg_get_wal_replay_pause_state()") == ["paused"])
        time.sleep(0.5)
        drive.ask("end")
        self.assertGreater(drive.ask("measure")["least"]["missing"], 3)
        self.copy.sql("select pg_wal_replay_resume()")
        until(lambda: drive.ask("measure")["least"]["missing"] == 0, 10)

    def test_a_copy_that_keeps_up_has_lost_nothing(self):
        drive = self.begin()
        beats = drive.ask("end")
        until(lambda: drive.ask("measure")["least"]["missing"] == 0, 10)
        loss = drive.ask("measure")
        self.assertEqual(loss["most"], {"missing": 0, "span_us": 0})
        self.assertEqual(loss["committed"], len(beats))

    def test_a_reply_that_is_lost_is_unknown_and_makes_a_range(self):
        # A synchronous copy that is gone: the commit waits for it, and the writer for the commit.
        drive = self.begin(limit_ms=300)
        self.primary.sql("alter system set synchronous_standby_names = 'nobody'")
        self.primary.sql("select pg_reload_conf()")
        until(lambda: any(b["outcome"] == "unknown" for b in drive.ask("beats")))
        self.copy.stop()
        self.primary.stop()
        self.copy.start()
        self.copy.sql("select pg_promote()")
        until(lambda: self.copy.sql("select pg_is_in_recovery()") == ["f"])
        drive.ask("end")
        loss = drive.ask("measure")
        # Rows that waited may have reached the copy: then they survived, and are none of these.
        self.assertLessEqual(loss["least"]["span_us"], loss["most"]["span_us"])
        self.assertEqual(loss["least"]["missing"] + loss["unknown"], loss["most"]["missing"])

    def test_what_cannot_be_used(self):
        for words, why in (("host=x password=secret", "PGPASSFILE"), ("port=", ""),
                           ("nonsense", "missing")):
            drive = Drive(kind="postgresql", primary=words, copy=self.copy.words)
            if words != "port=":
                self.assertIn(why, json.loads(drive.process.stdout.readline())["problem"])
            drive.close()
        drive = Drive(kind="postgresql", primary="host=127.0.0.1 port=1", copy=self.copy.words)
        until(lambda: len(drive.ask("beats")) >= 2)
        self.assertEqual({b["outcome"] for b in drive.ask("end")}, {"failed"})
        self.assertIn("problem", drive.ask("measure"))
        drive.close()


class Aws(unittest.TestCase):
    def setUp(self):
        if PYTHON is None:
            self.skipTest("the packages of the emulator cannot be installed")
        self.server = emulator.Emulator(PYTHON)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.environment = {"AWS_ENDPOINT_URL": self.server.url, "AWS_ACCESS_KEY_ID": "test",
                            "AWS_SECRET_ACCESS_KEY": "test"}

    def boto(self, code):
        """Runs code with `client(service, region)`; gives what it prints as JSON."""
        text = ("import boto3, json\n"
                f"def client(s, r): return boto3.client(s, region_name=r, "
                f"endpoint_url={self.server.url!r}, aws_access_key_id='test', "
                "aws_secret_access_key='test')\n" + code)
        done = subprocess.run([PYTHON, "-c", text], check=True, capture_output=True, text=True,
                              timeout=60)
        return json.loads(done.stdout or "null")

    def drive(self, kind, **wanted):
        drive = Drive(self.environment, kind=kind, primary_region="eu-west-1",
                      copy_region="eu-west-2", **wanted)
        self.addCleanup(drive.close)
        until(lambda: sum(b["outcome"] == "ok" for b in drive.ask("beats")) >= 12)
        beats = drive.ask("end")
        self.assertEqual({b["outcome"] for b in beats}, {"ok"})
        return drive, {b["sequence"]: b["stamp_us"] for b in beats}

    def check(self, loss, stamps, missing):
        newest = max(stamps.values())
        self.assertEqual(loss["least"]["missing"], len(missing))
        oldest = min(stamps[m] for m in missing)
        self.assertEqual(loss["least"]["span_us"], newest - oldest + int(INTERVAL_S * 1e6))

    def test_dynamodb(self):
        self.boto("for r in ('eu-west-1', 'eu-west-2'):\n"
                  "  client('dynamodb', r).create_table(TableName='beats', "
                  "BillingMode='PAY_PER_REQUEST', KeySchema=[{'AttributeName': 'run', 'KeyType': "
                  "'HASH'}, {'AttributeName': 'sequence', 'KeyType': 'RANGE'}], "
                  "AttributeDefinitions=[{'AttributeName': 'run', 'AttributeType': 'S'}, "
                  "{'AttributeName': 'sequence', 'AttributeType': 'N'}])\n")
        drive, stamps = self.drive("dynamodb", primary="beats", copy="beats")
        # What replicates is the test: all but two rows, and one of another run.
        missing = {3, max(stamps)}
        self.boto("a, b = client('dynamodb', 'eu-west-1'), client('dynamodb', 'eu-west-2')\n"
                  "for i in a.scan(TableName='beats')['Items']:\n"
                  f"  if int(i['sequence']['N']) not in {missing}:\n"
                  "    b.put_item(TableName='beats', Item=i)\n"
                  "b.put_item(TableName='beats', Item={'run': {'S': 'drill-10'}, "
                  "'sequence': {'N': '3'}})\n")
        self.check(drive.ask("measure"), stamps, missing)

    def test_s3(self):
        self.boto("for r in ('eu-west-1', 'eu-west-2'):\n"
                  "  client('s3', r).create_bucket(Bucket='beats-' + r, CreateBucketConfiguration="
                  "{'LocationConstraint': r})\n")
        drive, stamps = self.drive("s3", primary="beats-eu-west-1", copy="beats-eu-west-2")
        missing = {2, 5}
        self.boto("a, b = client('s3', 'eu-west-1'), client('s3', 'eu-west-2')\n"
                  "for o in a.list_objects_v2(Bucket='beats-eu-west-1')['Contents']:\n"
                  f"  if int(o['Key'].split('/')[-1]) not in {missing}:\n"
                  "    b.put_object(Bucket='beats-eu-west-2', Key=o['Key'], Body=b'x')\n"
                  "b.put_object(Bucket='beats-eu-west-2', Key='beats/drill-1/readme', Body=b'x')\n")
        loss = drive.ask("measure")
        self.check(loss, stamps, missing)
        self.assertIn("age_of_99_us", loss)

    def test_a_table_that_is_not_there(self):
        drive = Drive(self.environment, kind="dynamodb", primary="none", copy="none",
                      primary_region="eu-west-1", copy_region="eu-west-2")
        self.addCleanup(drive.close)
        until(lambda: len(drive.ask("beats")) >= 2)
        self.assertEqual({b["outcome"] for b in drive.ask("end")}, {"failed"})
        self.assertIn("ResourceNotFound", drive.ask("measure")["problem"])


if __name__ == "__main__":
    build, DRIVE = sys.argv[1:3]
    del sys.argv[1:3]
    PYTHON = emulator.installed(build)
    if BIN is None and PYTHON is None:
        sys.exit(missing("PostgreSQL and the packages of the AWS emulator"))
    unittest.main()

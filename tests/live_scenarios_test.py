#!/usr/bin/env python3
"""Scenarios of Causeway, whole, live on the emulated staging account: sections 6.2, 6.4, 6.7, 6.8.

    live_scenarios_test.py BUILD_DIR FIREDRILL      77: the pinned packages cannot be had here

An actor in another thread moves the platform where the emulator does not by itself: it looks by the
public API and switches the address of the service and its alarms off and on. So the test knows when
the service served, and what the program has measured must be that within its poll interval.
Section 6.1, stops, resumes and refusals are in live_drill_test.py.
"""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from support import emulator  # noqa: E402  the path is set above
from support.requirement import missing  # noqa: E402

SCENARIOS = HERE.parent / "scenarios/causeway"
SERVICE = "payment-processing-api"
POLL_S = 0.2
SLACK_S = 1.5  # of a machine that is busy with other tests


class Actor:
    """Switches the service off when `lost` is seen and on once `back` is, `pause_s` later."""

    def __init__(self, estate, lost, back, pause_s=1.0, alarms=()):
        self.estate, self.lost, self.back, self.pause_s = estate, lost, back, pause_s
        self.alarms = alarms
        self.healthy, self.changes, self.stop = True, [], threading.Event()
        actor = self

        class Health(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # the name that the library calls
                self.send_response(200 if actor.healthy else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
        self.url = f"http://127.0.0.1:{self.server.server_port}/health"
        self.threads = [threading.Thread(target=self.server.serve_forever),
                        threading.Thread(target=self.act)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.server.shutdown()
        for thread in self.threads:
            thread.join()
        self.server.server_close()

    def turn(self, healthy):
        self.healthy = healthy
        self.changes.append(time.time())
        for name, region in self.alarms:
            self.estate.alarm(name, "OK" if healthy else "ALARM", region)

    def act(self):
        while not self.stop.wait(0.05):
            if self.lost():
                break
        if self.stop.is_set():
            return
        self.turn(False)
        while not self.stop.wait(0.05):
            if self.back():
                break
        if not self.stop.wait(self.pause_s):
            self.turn(True)


class LiveScenario(unittest.TestCase):
    firedrill = None
    server = None

    def setUp(self):
        from support.estate import Estate
        self.server.post("reset")
        self.estate = Estate(self.server.url)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.journal = self.folder / "run.jsonl"
        self.staging = self.estate.document()
        self.staging["limits"].update(step="PT60S", run="PT120S", resources=40)

    def scenario(self, name, fault_at="PT1S"):
        """The scenario with a sooner fault, and runbooks whose waits of minutes are of a second."""
        document = json.loads((SCENARIOS / f"{name}.json").read_text("utf-8"))
        (self.folder / "system.json").symlink_to(SCENARIOS / "system.json")
        (self.folder / "runbooks").mkdir()
        for runbook in document["runbooks"]:
            text = (SCENARIOS / runbook).read_text("utf-8")
            (self.folder / runbook).write_text(text.replace('"PT5M"', '"PT1S"'), "utf-8")
        for fault in document["faults"]:
            fault["at"] = fault_at
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    def command(self, *words):
        return subprocess.run([self.firedrill, "live", *map(str, words)], capture_output=True,
                              text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
                              env=self.estate.environment())

    def planned(self, scenario):
        path, target = self.folder / "staging.json", self.folder / "plan.json"
        for _ in range(2):  # the first plan says which steps need an answer
            path.write_text(json.dumps(self.staging), "utf-8")
            done = self.command("plan", scenario, "--staging", path, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            plan = json.loads(done.stdout)
            self.staging["answers"] = [{"step": s["step"]} for s in plan["faults"] + plan["steps"]
                                       if s["by"] == "person"]
        target.write_text(done.stdout, "utf-8")
        return target, plan["digest"]

    def approve(self, *steps):
        for step in steps:
            self.staging["approvals"].append({"step": step, "by": "a test", "reason": "emulated"})

    def events(self, kind):
        found = []
        for line in self.journal.read_text("utf-8").splitlines():
            record = json.loads(line)
            if record["record"] == "event" and record["event"]["event"] == kind:
                found.append(record["event"])
                zero = datetime.fromisoformat(record["at"].replace("Z", "+00:00")).timestamp()
                self.zero = zero - record["t_s"]
        return found

    def begun(self, kind="fault-started"):
        return self.journal.exists() and f'"event":"{kind}"' in self.journal.read_text("utf-8")

    def drill(self, scenario, actor):
        """The whole run; what was measured is what the actor did. Returns what was printed."""
        with actor:
            self.staging["services"] = [{"service": SERVICE, "checks": [
                {"observe": "http", "url": actor.url}]}]
            plan, digest = self.planned(scenario)
            done = self.command("run", plan, "--execute", digest, "--confirm-account",
                                "causeway-staging", "--auto", "--journal", self.journal,
                                "--rollback", "never")
        said = done.stdout + done.stderr
        self.assertEqual(len(actor.changes), 2, said)
        shares = [e for e in self.events("served-share") if e["subject"] == SERVICE]
        self.assertEqual([e["value"] for e in shares], [1, 0, 1], said)
        for share, truth in zip(shares[1:], actor.changes):
            late = self.zero + share["t_s"] - truth
            self.assertGreater(late, -0.05)
            self.assertLess(late, POLL_S + SLACK_S)
        return said

    # ------------------------------------------------------------------------------ the drills

    def test_a_failed_deployment_is_rolled_back(self):  # section 6.7
        ecs = self.estate.client("ecs")

        def revision():
            found = ecs.describe_services(cluster="causeway-staging", services=[SERVICE])
            return found["services"][0]["taskDefinition"].rsplit(":", 1)[-1]
        self.drill(self.scenario("failed-deployment-rollback"), Actor(
            self.estate, lambda: revision() == "2", lambda: revision() == "1",
            alarms=[("staging-deployment-failed-payment-processing-api", "eu-west-1")]))
        self.assertEqual(revision(), "1")

    def writer(self, cluster="causeway-staging", region="eu-west-1"):
        found = self.estate.client("rds", region).describe_db_clusters(DBClusterIdentifier=cluster)
        return next(m["DBInstanceIdentifier"] for m in found["DBClusters"][0]["DBClusterMembers"]
                    if m["IsClusterWriter"])

    def test_a_database_fails_over(self):  # section 6.2
        before = self.writer()
        self.drill(self.scenario("aurora-failover-unplanned"), Actor(
            self.estate, lambda: self.writer() != before, lambda: True, pause_s=3,
            alarms=[("staging-rds-failover-event", "eu-west-1")]))
        self.assertNotEqual(self.writer(), before)

    def test_a_secret_is_rotated(self):  # section 6.8
        self.approve("secrets-rotation-scheduled/rotate")
        secrets = self.estate.client("secretsmanager")

        def rotated():
            secret = secrets.describe_secret(SecretId="causeway-staging/app-user")
            return "LastRotatedDate" in secret
        self.drill(self.scenario("secrets-scheduled-rotation"), Actor(
            self.estate, rotated, lambda: True, pause_s=3))
        self.assertTrue(rotated())

    def test_a_region_is_lost(self):  # section 6.4
        self.approve("region-degradation/promote-dr-cluster")
        ecs, route53 = self.estate.client("ecs", "eu-west-2"), self.estate.client("route53")
        # What people make by hand in Tier 3 is there already.
        for name in ("internal-admin", "batch-jobs"):
            ecs.register_task_definition(family=name, containerDefinitions=[
                {"name": name, "image": "i", "memory": 128}])
            ecs.create_service(cluster="causeway-staging-dr", serviceName=name, desiredCount=2,
                               taskDefinition=name, tags=[{"key": "dr-drill", "value": "allowed"}])
            ecs.update_service(cluster="causeway-staging-dr", service=name, desiredCount=2)
        address = self.estate.found["causeway-dr-alb"]["address"]
        zone = self.estate.found["causeway-api"]["hosted_zone"]

        def points_to_london():
            records = route53.list_resource_record_sets(
                HostedZoneId=zone, StartRecordName="api.staging.causeway.example.",
                StartRecordType="CNAME", MaxItems="1")["ResourceRecordSets"]
            return records[0]["ResourceRecords"][0]["Value"] == address
        said = self.drill(self.scenario("region-loss"), Actor(
            self.estate, self.begun, points_to_london, alarms=[
                ("staging-synthetics-api", "eu-west-2"),
                ("staging-route53-api-endpoint", "us-east-1")]))
        service = ecs.describe_services(cluster="causeway-staging-dr", services=[SERVICE])
        self.assertEqual(service["services"][0]["desiredCount"], 12)
        self.assertTrue(self.writer("causeway-staging-internal-dr", "eu-west-2"))
        self.assertIn("goes on costing money", said)


def main(build, program):
    python = emulator.installed(build)
    if python is None:
        return missing("the packages of the AWS emulator")
    return subprocess.run([python, __file__, "--inside", program], check=False).returncode


def inside(program, names):
    with emulator.Emulator(sys.executable) as server, tempfile.TemporaryDirectory() as locks:
        os.environ["TMPDIR"] = locks
        LiveScenario.firedrill = program
        LiveScenario.server = server
        tests = unittest.main(argv=["live_scenarios_test", *names], exit=False, verbosity=2)
    return 0 if tests.result.wasSuccessful() else 1


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        sys.exit(inside(sys.argv[2], sys.argv[3:]))
    sys.exit(main(*sys.argv[1:]))

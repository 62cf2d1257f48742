#!/usr/bin/env python3
"""`firedrill live run` and `live resume` on the emulated account that an actor moves.

    live_drill_test.py BUILD_DIR FIREDRILL      77: the pinned packages cannot be had here

The actor is another thread of this test. It sees by the public API that the service was given the
bad revision, and makes the address of the service answer 503 and its alarm go off; when the good
revision is back, it lets some seconds pass and makes both well again. So this test knows when the
service served, and the program, which does not know of the actor, must measure the same.
"""
import http.server
import json
import os
import signal
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
ALARM = "staging-ecs-task-crash-loop-payment-processing-api"
STOP_ALARM = "staging-customers-of-others-hurt"
POLL_S = 0.2
SLACK_S = 1.0  # of a machine that is busy with other tests
RECOVERY_S = 1.5


def utc(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Actor:
    """Moves the emulated platform, and knows when it did."""

    def __init__(self, estate, recovers=True):
        self.estate, self.recovers = estate, recovers
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
                        threading.Thread(target=self.watch)]

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
        self.changes.append((time.time(), healthy))
        self.estate.alarm(ALARM, "OK" if healthy else "ALARM")

    def watch(self):
        ecs, well_at = self.estate.client("ecs"), None
        while not self.stop.wait(0.05):
            revision = self.estate.revision(ecs)
            if revision == 2 and self.healthy:
                self.turn(False)
            if revision == 1 and not self.healthy and self.recovers:
                well_at = well_at or time.time() + RECOVERY_S
                if time.time() >= well_at:
                    self.turn(True)
                    well_at = None

    def recovered(self):
        return self.changes[-1][0] if self.changes and self.changes[-1][1] else None


class LiveRun(unittest.TestCase):
    firedrill = None
    estate = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.journal = self.folder / "run.jsonl"
        self.reset()
        self.scenario = self.a_scenario()
        self.staging = self.estate.document()
        self.staging["limits"]["step"] = "PT30S"

    def reset(self):
        self.estate.alarm(ALARM, "OK")
        self.estate.alarm(STOP_ALARM, "OK")
        self.estate.client("ecs").update_service(
            cluster="causeway-staging", service=SERVICE, taskDefinition=f"{SERVICE}:1",
            desiredCount=12)

    def a_scenario(self):
        """Section 6.1 of the runbook, with a fault after two seconds and a watch of one."""
        scenario = json.loads((SCENARIOS / "ecs-crash-loop-total.json").read_text("utf-8"))
        (self.folder / "system.json").symlink_to(SCENARIOS / "system.json")
        runbook = (SCENARIOS / "runbooks/ecs-crash-loop.json").read_text("utf-8")
        (self.folder / "runbooks").mkdir()
        (self.folder / "runbooks/ecs-crash-loop.json").write_text(
            runbook.replace('"PT5M"', '"PT1S"'), "utf-8")
        scenario["faults"][0]["at"] = "PT2S"
        path = self.folder / "crash-loop.json"
        path.write_text(json.dumps(scenario), "utf-8")
        return path

    def watch_only(self, url):
        self.staging["services"] = [{"service": SERVICE, "checks": [
            {"observe": "http", "url": url}]}]

    def command(self, *words, **more):
        return subprocess.run([self.firedrill, "live", *map(str, words)], capture_output=True,
                              text=True, timeout=180, check=False,
                              env=self.estate.environment(), stdin=subprocess.DEVNULL, **more)

    def plan(self):
        """A plan file and its digest; every step of a person is answered."""
        path = self.folder / "staging.json"
        path.write_text(json.dumps(self.staging), "utf-8")
        done = self.command("plan", self.scenario, "--staging", path, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        plan = json.loads(done.stdout)
        known = {answer["step"] for answer in self.staging["answers"]}
        missing_answers = [step["step"] for step in plan["faults"] + plan["steps"]
                           if step["by"] not in ("machine", "polling")]
        if not known.issuperset(missing_answers):
            self.staging["answers"] += [{"step": step} for step in missing_answers
                                        if step not in known]
            return self.plan()
        target = self.folder / "plan.json"
        target.write_text(done.stdout, "utf-8")
        return target, plan["digest"]

    def run_words(self, *more):
        plan, digest = self.plan()
        return ("run", plan, "--execute", digest, "--confirm-account", "causeway-staging",
                "--auto", "--journal", self.journal, *more)

    def records(self, kind):
        lines = [json.loads(line) for line in self.journal.read_text("utf-8").splitlines()]
        return [line for line in lines if line["record"] == kind]

    def events(self, kind):
        return [r["event"] for r in self.records("event") if r["event"]["event"] == kind]

    def zero(self):
        """The UTC instant at which the run began: that of any record less its time in the run."""
        record = self.records("event")[-1]
        return utc(record["at"]) - record["t_s"]

    # ------------------------------------------------------------------------------- whole runs

    def test_the_measured_recovery_is_the_actors_within_the_poll_interval(self):
        with Actor(self.estate) as actor:
            self.watch_only(actor.url)
            chaos = self.folder / "chaos.json"
            done = self.command(*self.run_words("--rollback", "always", "--export-chaostoolkit",
                                                chaos))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        zero, lost, back = self.zero(), actor.changes[0][0], actor.recovered()
        shares = [e for e in self.events("served-share") if e["subject"] == SERVICE]
        self.assertEqual([e["value"] for e in shares], [1, 0, 1])
        for share, truth in zip(shares[1:], (lost, back)):
            late = zero + share["t_s"] - truth
            self.assertGreater(late, -0.05)
            self.assertLess(late, POLL_S + SLACK_S)
        self.assertIn("an emulator on this machine", done.stdout)
        self.assertIn("measured by looks every 200ms", done.stdout)
        self.assertIn("steady state: holds", done.stdout)
        onset = self.events("fault-started")[0]["t_s"]
        restored = next(line for line in done.stdout.splitlines() if "restored" in line)
        hours, minutes, seconds = restored.split()[-1].split(":")
        rto = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        self.assertAlmostEqual(rto, shares[2]["t_s"] - onset, places=2)
        # The runbook's steps were made by machine, each changing call between two records.
        changes = self.records("call-before")
        self.assertIn("ecs-crash-loop/roll-back", [c.get("step") for c in changes])
        answered = [r for r in self.records("call-after") if r["kind"] != "read"]
        self.assertEqual(len(changes), len(answered))
        self.assertEqual(self.estate.revision(self.estate.client("ecs")), 1)
        held = subprocess.run([self.firedrill, "run", self.scenario, "-r", "100", "-q", "--json",
                               "--against", self.journal], capture_output=True, text=True,
                              check=False, timeout=120)
        self.assertEqual(held.returncode, 0, held.stderr)
        page = json.loads(held.stdout)
        self.assertTrue(page["log"]["emulator"])
        self.assertEqual(page["log"]["poll_interval_s"], POLL_S)
        detected = next(mark for mark in page["marks"] if mark["name"] == "detected")
        alarm = self.events("alarm")[0]["t_s"]
        self.assertAlmostEqual(detected["measured_s"], alarm - onset, places=2)
        journal = json.loads(chaos.read_text("utf-8"))
        self.assertEqual((journal["status"], journal["deviated"]), ("completed", False))
        self.assertEqual(journal["run"][0]["activity"]["name"], "tasks-crash")

    def test_a_service_that_does_not_come_back_is_not_reached(self):
        with Actor(self.estate, recovers=False) as actor:
            self.watch_only(actor.url)
            self.staging["limits"]["run"] = "PT12S"
            self.staging["limits"]["step"] = "PT5S"
            done = self.command(*self.run_words("--rollback", "deviated"))
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("never", done.stdout)
        self.assertIn("steady state: does NOT hold", done.stdout)
        self.assertIn("PUT BACK", done.stdout)
        self.assertEqual(self.estate.revision(self.estate.client("ecs")), 1)

    def test_a_command_does_a_step_and_another_puts_it_back(self):
        url, arn = self.estate.queue("causeway-staging-notices")
        words = ["aws", "sqs", "set-queue-attributes", "--queue-url", url, "--attributes"]
        self.staging["limits"]["allow_commands"] = True
        self.staging["commands"] = [{
            "step": "ecs-crash-loop/alarm-is-ok", "region": "eu-west-1", "resource": arn,
            "run": [*words, "DelaySeconds=60"], "undo": [*words, "DelaySeconds=0"],
            "look": ["aws", "sqs", "get-queue-attributes", "--queue-url", url,
                     "--attribute-names", "DelaySeconds"]}]
        record = self.folder / "record.md"
        with Actor(self.estate) as actor:
            self.watch_only(actor.url)
            done = self.command(*self.run_words("--rollback", "always", "--export-markdown",
                                                record))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        started = [r for r in self.records("call-before") if r["service"] == "aws-cli"]
        self.assertEqual([r["parameters"]["argv"][-1] for r in started],
                         ["DelaySeconds=60", "DelaySeconds=0"])
        self.assertEqual(started[0]["step"], "ecs-crash-loop/alarm-is-ok")
        now = self.estate.client("sqs").get_queue_attributes(QueueUrl=url,
                                                             AttributeNames=["DelaySeconds"])
        self.assertEqual(now["Attributes"], {"DelaySeconds": "0"})
        kept = record.read_text("utf-8")
        self.assertIn("an emulator on this machine", kept)
        self.assertIn("- Put back, done: aws sqs set-queue-attributes", kept)
        self.assertIn("- Nothing differs from before.", kept)
        self.assertIn("step alarm-is-ok done", kept)

    # ---------------------------------------------------------------------------------- stops

    def start(self, words):
        return subprocess.Popen([self.firedrill, "live", *map(str, words)], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, env=self.estate.environment())

    def until_event(self, kind, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.journal.exists() and f'"event":"{kind}"' in self.journal.read_text("utf-8"):
                return
            time.sleep(0.05)
        self.fail(f"no {kind} in the journal")

    def test_a_signal_stops_and_leads_back(self):
        with Actor(self.estate) as actor:
            self.watch_only(actor.url)
            run = self.start(self.run_words("--rollback", "deviated"))
            self.until_event("fault-started")
            run.send_signal(signal.SIGINT)
            run.send_signal(signal.SIGINT)  # twice does no harm
            out, err = run.communicate(timeout=90)
        self.assertEqual(run.returncode, 130, out + err)
        self.assertIn("STOPPED: SIGINT", out)
        self.assertEqual(len(self.records("stopped")), 1)
        self.assertEqual(self.estate.revision(self.estate.client("ecs")), 1)

    def test_a_stop_alarm_ends_the_run(self):
        with Actor(self.estate) as actor:
            self.watch_only(actor.url)
            run = self.start(self.run_words("--rollback", "never"))
            self.until_event("fault-started")
            self.estate.alarm(STOP_ALARM, "ALARM")
            out, err = run.communicate(timeout=90)
        self.assertEqual(run.returncode, 4, out + err)
        self.assertIn(STOP_ALARM, out)
        self.assertIn("STILL DIFFERENT FROM BEFORE", out)

    def beat(self):
        """Rows in a table whose copy gets none of them. Gives what the primary has."""
        for region in ("eu-west-1", "eu-west-2"):
            self.estate.client("dynamodb", region).create_table(
                TableName="beats", BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "run", "KeyType": "HASH"},
                           {"AttributeName": "sequence", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": "run", "AttributeType": "S"},
                                      {"AttributeName": "sequence", "AttributeType": "N"}])
            self.addCleanup(self.estate.client("dynamodb", region).delete_table,
                            TableName="beats")
        self.staging["heartbeats"] = [{
            "store": "sessions", "kind": "dynamodb", "primary": "beats", "copy": "beats",
            "primary_region": "eu-west-1", "copy_region": "eu-west-2", "interval": "PT0.2S"}]
        return lambda: self.estate.client("dynamodb", "eu-west-1").scan(TableName="beats")["Items"]

    def test_a_kill_in_the_middle_is_taken_up(self):
        rows = self.beat()
        with Actor(self.estate) as actor:
            self.watch_only(actor.url)
            words = self.run_words("--rollback", "always")
            run = self.start(words)
            self.until_event("fault-started")
            self.until_event("alarm")
            run.kill()
            run.communicate(timeout=30)
            events = len(self.records("event"))
            rows_before = len(rows())
            done = self.command("resume", self.journal, "--execute", words[3],
                                "--confirm-account", "causeway-staging", "--auto",
                                "--rollback", "always")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(self.events("fault-started")), 1)  # not caused again
        faults = [c for c in self.records("call-before") if c.get("fault")]
        self.assertEqual(len(faults), 1)
        self.assertGreater(len(self.records("event")), events)
        self.assertEqual(self.events("drill-ended")[0]["object"], "completed")
        # The loss is that of the whole run: rows from before the kill are missing as well.
        written = rows()
        self.assertGreater(rows_before, 5)
        self.assertGreater(len(written), rows_before + 5)
        self.assertEqual(len({row["run"]["S"] for row in written}), 1)
        stamps = [int(row["stamp_us"]["N"]) / 1e6 for row in written]
        lost = self.events("data-loss")
        self.assertEqual([e["subject"] for e in lost], ["sessions"])
        self.assertAlmostEqual(lost[0]["value"], max(stamps) - min(stamps) + 0.2, delta=0.25)
        again = self.command("resume", self.journal, "--execute", words[3],
                             "--confirm-account", "causeway-staging", "--auto")
        self.assertEqual(again.returncode, 4)
        self.assertIn("has ended", again.stderr)

    # ------------------------------------------------------------------------------- refusals

    def refused(self, words, text):
        done = self.command(*words)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(text, done.stderr)
        self.assertFalse(self.journal.exists())

    def test_what_was_not_typed_is_not_done(self):
        words = self.run_words()
        self.refused([w for w in words if w not in ("--execute", words[3])], "guard 1 refuses")
        self.refused(["0" * 64 if w == words[3] else w for w in words], "guard 1 refuses")
        self.refused([w for w in words if w not in ("--confirm-account", "causeway-staging")],
                     "guard 3 refuses")
        self.refused(["causeway-prod" if w == "causeway-staging" else w for w in words],
                     "guard 3 refuses")
        self.refused([w for w in words if w != "--auto"], "--auto answers")

    def test_a_plan_that_is_no_longer_true_is_refused(self):
        words = self.run_words()
        self.estate.client("ecs").update_service(cluster="causeway-staging", service=SERVICE,
                                                 taskDefinition=f"{SERVICE}:2")
        self.refused(words, "guard 8 refuses")

    def test_a_step_without_an_answer_is_refused(self):
        self.run_words()
        self.staging["answers"] = self.staging["answers"][1:]
        path = self.folder / "staging.json"
        path.write_text(json.dumps(self.staging), "utf-8")
        done = self.command("plan", self.scenario, "--staging", path, "--json")
        target = self.folder / "plan.json"
        target.write_text(done.stdout, "utf-8")
        self.refused(("run", target, "--execute", json.loads(done.stdout)["digest"],
                      "--confirm-account", "causeway-staging", "--auto", "--journal",
                      self.journal), "has no answer for")

    def test_two_runs_at_once(self):
        with Actor(self.estate) as actor:
            self.watch_only(actor.url)
            words = self.run_words("--rollback", "deviated")
            run = self.start(words)
            self.until_event("fault-started")
            other = self.command(*[self.folder / "other.jsonl" if w == self.journal else w
                                   for w in words])
            run.terminate()
            out, err = run.communicate(timeout=90)
        self.assertEqual(other.returncode, 4, other.stderr)
        self.assertIn("another run is under way", other.stderr)
        self.assertEqual(run.returncode, 143, out + err)


def main(build, program):
    python = emulator.installed(build)
    if python is None:
        return missing("the packages of the AWS emulator")
    return subprocess.run([python, __file__, "--inside", program], check=False).returncode


def inside(program, names):
    from support.estate import Estate  # needs the packages

    class MovedEstate(Estate):
        @staticmethod
        def revision(ecs):
            found = ecs.describe_services(cluster="causeway-staging", services=[SERVICE])
            return int(found["services"][0]["taskDefinition"].rsplit(":", 1)[-1])

    with emulator.Emulator(sys.executable) as server, tempfile.TemporaryDirectory() as locks:
        os.environ["TMPDIR"] = locks
        LiveRun.firedrill = program
        LiveRun.estate = MovedEstate(server.url)
        tests = unittest.main(argv=["live_drill_test", *names], exit=False, verbosity=1)
    return 0 if tests.result.wasSuccessful() else 1


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        sys.exit(inside(sys.argv[2], sys.argv[3:]))
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
"""`firedrill live run` and `live resume` on the emulated account that an actor moves.

    live_drill_test.py BUILD_DIR FIREDRILL      77: the pinned packages cannot be had here

The actor is another thread of this test. It sees by the public API that the service was given the
bad revision, and makes the address of the service answer 503 and its alarm go off; when the good
revision is back, it lets some seconds pass and makes both well again. So this test knows when the
service served, and the program, which does not know of the actor, must measure the same.
"""
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]

from support.actor import Actor  # noqa: E402  the path is set above
from support.fault_proxy import FaultProxy  # noqa: E402
from support.live_case import ALIAS, POLL_S, SERVICE, LiveCase, run_cases  # noqa: E402

ALARM = "staging-ecs-task-crash-loop-payment-processing-api"
STOP_ALARM = "staging-customers-of-others-hurt"
LOCK = "/drills/lock"
SLACK_S = 1.0  # of a machine that is busy with other tests
RECOVERY_S = 1.5


class LiveRun(LiveCase):
    @classmethod
    def setUpClass(cls):
        from support.estate import Estate
        cls.estate = Estate(cls.server.url)
        cls.ecs = cls.estate.client("ecs")

    def setUp(self):
        super().setUp()
        self.reset()
        self.crash_loop = self.scenario("ecs-crash-loop-total", fault_at="PT2S")
        self.staging = self.estate.document()
        self.staging["limits"]["step"] = "PT30S"
        self.staging["lock"] = {"parameter": LOCK, "region": "eu-west-1"}

    def reset(self):
        self.estate.alarm(ALARM, "OK")
        self.estate.alarm(STOP_ALARM, "OK")
        self.deploy(1)

    def deploy(self, revision):
        self.ecs.update_service(cluster=ALIAS, service=SERVICE, desiredCount=12,
                                taskDefinition=f"{SERVICE}:{revision}")

    def revision(self):
        # Without the tags the emulator would leave them out of every answer under way.
        found = self.ecs.describe_services(cluster=ALIAS, services=[SERVICE], include=["TAGS"])
        return int(found["services"][0]["taskDefinition"].rsplit(":", 1)[-1])

    def actor(self, recovers=True):
        return Actor(self.estate, lambda: self.revision() == 2,
                     lambda: recovers and self.revision() == 1, RECOVERY_S,
                     alarms=[(ALARM, "eu-west-1")])

    def lock(self):
        """What the parameter says while a run holds the lock, else None."""
        ssm = self.estate.client("ssm")
        try:
            return json.loads(ssm.get_parameter(Name=LOCK)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            return None

    def words(self, *more):
        return self.run_words(self.crash_loop, *more)

    # ------------------------------------------------------------------------------- whole runs

    def test_the_measured_recovery_is_the_actors_within_the_poll_interval(self):
        with self.actor() as actor:
            self.watch_only(actor.url)
            chaos = self.folder / "chaos.json"
            done = self.command(*self.words("--rollback", "always", "--export-chaostoolkit",
                                                chaos))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assert_measured(actor, SLACK_S, done.stdout + done.stderr)
        self.assertIn("an emulator on this machine", done.stdout)
        self.assertIn("measured by looks every 200ms", done.stdout)
        self.assertIn("steady state: holds", done.stdout)
        onset = self.events("fault-started")[0]["t_s"]
        # The runbook's steps were made by machine, each changing call between two records.
        changes = self.records("call-before")
        self.assertIn("ecs-crash-loop/roll-back", [c.get("step") for c in changes])
        answered = [r for r in self.records("call-after") if r["kind"] != "read"]
        self.assertEqual(len(changes), len(answered))
        self.assertEqual(self.revision(), 1)
        locked = [c["operation"] for c in changes if "lock" in c]
        self.assertEqual(locked, ["PutParameter", "DeleteParameter"])
        self.assertIsNone(self.lock())
        held = subprocess.run([self.firedrill, "run", self.crash_loop, "-r", "100", "-q", "--json",
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
        with self.actor(recovers=False) as actor:
            self.watch_only(actor.url)
            self.staging["limits"]["run"] = "PT12S"
            self.staging["limits"]["step"] = "PT5S"
            done = self.command(*self.words("--rollback", "deviated"))
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("never", done.stdout)
        self.assertIn("steady state: does NOT hold", done.stdout)
        self.assertIn("PUT BACK", done.stdout)
        self.assertEqual(self.revision(), 1)

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
        with self.actor() as actor:
            self.watch_only(actor.url)
            done = self.command(*self.words("--rollback", "always", "--export-markdown", record))
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

    def test_a_fault_that_no_alarm_shows_is_no_success(self):
        system = self.folder / "system.json"
        document = json.loads(system.read_text("utf-8"))
        for alarm in document["alarms"]:
            alarm["period"] = "PT2S"  # what a drill waits for that nothing has shown
        system.write_text(json.dumps(document), "utf-8")
        record, chaos = self.folder / "record.md", self.folder / "chaos.json"
        # The address goes on answering, and no alarm fires.
        with Actor(self.estate, lambda: False, lambda: False) as actor:
            self.watch_only(actor.url)
            done = self.command(*self.words("--rollback", "deviated", "--export-markdown", record,
                                            "--export-chaostoolkit", chaos))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("NOT DETECTED: no alarm of the scenario has fired", done.stdout)
        self.assertIn("seen to serve throughout", " ".join(done.stdout.split()))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)
        self.assertTrue(self.records("end")[0]["undetected"])
        self.assertIn("not detected", record.read_text("utf-8"))
        self.assertTrue(json.loads(chaos.read_text("utf-8"))["deviated"])
        self.assertEqual(self.revision(), 1)  # put back: it has not gone as planned

    # ---------------------------------------------------------------------------------- stops

    def until_event(self, kind, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.has_event(kind):
                return
            time.sleep(0.05)
        self.fail(f"no {kind} in the journal")

    def test_a_signal_stops_and_leads_back(self):
        with self.actor() as actor:
            self.watch_only(actor.url)
            run = self.start(self.words("--rollback", "deviated"))
            self.until_event("fault-started")
            self.assertIn("firedrill-drills", self.lock()["who"])
            run.send_signal(signal.SIGINT)
            run.send_signal(signal.SIGINT)  # twice does no harm
            out, err = run.communicate(timeout=90)
        self.assertEqual(run.returncode, 130, out + err)
        self.assertIn("STOPPED: SIGINT", out)
        self.assertIsNone(self.lock())
        self.assertEqual(len(self.records("stopped")), 1)
        self.assertEqual(self.revision(), 1)

    def test_a_stop_alarm_ends_the_run(self):
        with self.actor() as actor:
            self.watch_only(actor.url)
            run = self.start(self.words("--rollback", "never"))
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
        with self.actor() as actor:
            self.watch_only(actor.url)
            words = self.words("--rollback", "always")
            run = self.start(words)
            self.until_event("fault-started")
            self.until_event("alarm")
            run.kill()
            run.communicate(timeout=30)
            events = len(self.records("event"))
            rows_before = len(rows())
            self.assertEqual(self.lock()["run_id"], self.records("header")[0]["run_id"])
            self.not_resumed_by_another_version(words[3])
            done = self.command("resume", self.journal, "--execute", words[3],
                                "--confirm-account", ALIAS, "--auto",
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
        self.assertIsNone(self.lock())
        again = self.command("resume", self.journal, "--execute", words[3],
                             "--confirm-account", ALIAS, "--auto")
        self.assertEqual(again.returncode, 4)
        self.assertIn("has ended", again.stderr)

    def not_resumed_by_another_version(self, digest):
        """As if the program had been replaced since: refused, and nothing is written."""
        header = self.records("header")[0]
        text = self.journal.read_text("utf-8")
        other = self.folder / "other-version.jsonl"
        other.write_text(text.replace(header["commit"], "0000000", 1), "utf-8")
        before = other.read_bytes()
        done = self.command("resume", other, "--execute", digest, "--confirm-account", ALIAS,
                            "--auto")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("was written by firedrill of commit 0000000", done.stderr)
        self.assertIn("resume with that one", done.stderr)
        self.assertEqual(other.read_bytes(), before)

    def test_a_full_disk_under_the_journal(self):
        """Its size is limited once the drill is under way: what cannot be written is not done."""
        with self.actor() as actor:
            self.watch_only(actor.url)
            # Like a full disk, a limit is an error of the write, not a signal.
            run = self.start(self.words("--rollback", "always"), restore_signals=False)
            self.until_event("served-share")
            size = self.journal.stat().st_size + 40
            resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (size, size))
            out, err = run.communicate(timeout=90)
        self.addCleanup(self.estate.client("ssm").delete_parameter, Name=LOCK)
        self.assertEqual(run.returncode, 4, out + err)
        self.assertIn("journal", out)
        self.assertEqual(self.revision(), 1)
        self.assertEqual(actor.changes, [])  # the fault was not caused
        # Taking the lock away is a change as well: it stays, and that is said.
        self.assertIsNotNone(self.lock())
        self.assertIn("is still there", out)

    def refused_update(self, answer):
        """A run in which ECS answers every UpdateService so."""
        class Proxy(FaultProxy):
            def handle(self, connection):
                raw = self.request(connection)
                wrong = raw is not None and b".UpdateService" in raw
                if raw is not None:
                    connection.sendall(self.own(answer, raw) if wrong else self.forward(raw))

        port = int(self.estate.url.rsplit(":", 1)[-1])
        with self.actor() as actor, Proxy(port) as proxy:
            self.variables["AWS_ENDPOINT_URL_ECS"] = proxy.url
            self.watch_only(actor.url)
            return self.command(*self.words("--rollback", "always"))

    def test_a_denied_call_and_expired_credentials_end_the_run(self):
        for answer in ("denied", "expired"):
            with self.subTest(answer):
                done = self.refused_update(answer)
                self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
                self.assertIn("STOPPED: fault/tasks-crash was not caused", done.stdout)
                answers = {a["failure"]["kind"] for a in self.records("call-after")
                           if a["operation"] == "UpdateService"}
                self.assertEqual(answers, {answer})
                # What puts it back is denied as well, and that is said.
                self.assertIn("not put back", done.stdout)
                self.assertEqual(self.records("end")[0]["put_back"], 0)
                self.assertEqual(self.revision(), 1)
                self.journal.unlink()

    # ------------------------------------------------------------------------------- refusals

    def refused(self, words, text):
        done = self.command(*words)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(text, done.stderr)
        self.assertFalse(self.journal.exists())

    def test_what_was_not_typed_is_not_done(self):
        words = self.words()
        self.refused([w for w in words if w not in ("--execute", words[3])], "guard 1 refuses")
        self.refused(["0" * 64 if w == words[3] else w for w in words], "guard 1 refuses")
        self.refused([w for w in words if w not in ("--confirm-account", ALIAS)],
                     "guard 3 refuses")
        self.refused(["causeway-prod" if w == ALIAS else w for w in words],
                     "guard 3 refuses")
        self.refused([w for w in words if w != "--auto"], "--auto answers")

    def test_a_plan_that_is_no_longer_true_is_refused(self):
        words = self.words()
        self.deploy(2)
        self.refused(words, "guard 8 refuses")

    def test_a_step_without_an_answer_is_refused(self):
        self.words()
        self.staging["answers"] = self.staging["answers"][1:]
        path = self.folder / "staging.json"
        path.write_text(json.dumps(self.staging), "utf-8")
        done = self.command("plan", self.crash_loop, "--staging", path, "--json")
        target = self.folder / "plan.json"
        target.write_text(done.stdout, "utf-8")
        self.refused(("run", target, "--execute", json.loads(done.stdout)["digest"],
                      "--confirm-account", ALIAS, "--auto", "--journal",
                      self.journal), "has no answer for")

    def test_two_runs_at_once(self):
        with self.actor() as actor:
            self.watch_only(actor.url)
            words = self.words("--rollback", "deviated")
            run = self.start(words)
            self.until_event("fault-started")
            other = self.command(*[self.folder / "other.jsonl" if w == self.journal else w
                                   for w in words])
            run.terminate()
            out, err = run.communicate(timeout=90)
        self.assertEqual(other.returncode, 4, other.stderr)
        self.assertIn("another run is under way", other.stderr)
        self.assertEqual(run.returncode, 143, out + err)

    def test_two_runs_at_once_on_two_machines(self):
        """The other machine has another folder for what keeps its own runs apart."""
        with self.actor() as actor, tempfile.TemporaryDirectory() as elsewhere:
            self.watch_only(actor.url)
            words = self.words("--rollback", "deviated")
            run = self.start(words)
            self.until_event("fault-started")
            holder = self.lock()
            self.variables["TMPDIR"] = elsewhere
            journal = self.folder / "other.jsonl"
            other = self.command(*[journal if w == self.journal else w for w in words])
            run.terminate()
            out, err = run.communicate(timeout=90)
        self.assertEqual(other.returncode, 4, other.stderr)
        self.assertIn(f"{holder['who']} holds the lock {LOCK} since {holder['since']}",
                      other.stderr)
        self.assertFalse(journal.exists())
        self.assertEqual(run.returncode, 143, out + err)
        self.assertIsNone(self.lock())



if __name__ == "__main__":
    sys.exit(run_cases(__file__, *sys.argv[1:]))

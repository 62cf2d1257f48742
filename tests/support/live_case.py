"""What the tests of live drills share: the documents of a drill made quick, its plan, its journal.

    class LiveRun(LiveCase): ...
    sys.exit(run_cases(__file__, *sys.argv[1:]))      FILE BUILD_DIR FIREDRILL

A test that takes longer than its `limit_s` fails, and says where its run was.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime
from pathlib import Path

from support import emulator
from support.requirement import missing

SCENARIOS = Path(__file__).resolve().parent.parent.parent / "scenarios/causeway"
SERVICE = "payment-processing-api"
ALIAS = "causeway-staging"
POLL_S = 0.2
WAITS = re.compile(r'"(delay|duration|at_least)": "PT[1-9]\d*[SMH]"')


class LiveCase(unittest.TestCase):
    firedrill = None
    server = None  # the emulator
    limit_s = 150

    def setUp(self):
        self.begin_limit()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.journal = self.folder / "run.jsonl"
        self.variables = {}  # of the program's environment, besides those of the estate
        self.zero = None  # when the run began, in UTC: known once its journal was read

    def begin_limit(self):
        def over(*_):
            raise AssertionError(f"longer than {self.limit_s} s; {self.last_words()}")
        before = signal.signal(signal.SIGALRM, over)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        self.addCleanup(signal.alarm, 0)
        signal.alarm(self.limit_s)

    def last_words(self):
        if not self.journal.exists():
            return "the run has not begun"
        lines = self.journal.read_text("utf-8").splitlines()
        return "\n".join(["its journal ends with", *lines[-6:]])

    # ------------------------------------------------------------------------------- documents

    def scenario(self, name, fault_at="PT1S", change=lambda document: None):
        """The scenario with a sooner fault, and runbooks whose waits, those before another attempt
        included, are of a second at most."""
        document = json.loads((SCENARIOS / f"{name}.json").read_text("utf-8"))
        shutil.copy(SCENARIOS / "system.json", self.folder)
        (self.folder / "runbooks").mkdir()
        for runbook in document["runbooks"]:
            text = (SCENARIOS / runbook).read_text("utf-8")
            (self.folder / runbook).write_text(WAITS.sub(r'"\1": "PT1S"', text), "utf-8")
        for fault in document["faults"]:
            fault["at"] = fault_at
        change(document)
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    def watch_only(self, url, *services):
        self.staging["services"] = [
            {"service": service, "checks": [{"observe": "http", "url": url}]}
            for service in services or [SERVICE]]

    # --------------------------------------------------------------------------------- the runs

    def command(self, *words, **more):
        return subprocess.run([self.firedrill, "live", *map(str, words)], capture_output=True,
                              text=True, timeout=self.limit_s, check=False,
                              stdin=subprocess.DEVNULL, env=self.environment(), **more)

    def environment(self):
        return {**self.estate.environment(), **self.variables}

    def start(self, words, **more):
        run = subprocess.Popen([self.firedrill, "live", *map(str, words)], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, env=self.environment(), **more)
        self.addCleanup(self.end, run)
        return run

    @staticmethod
    def end(run):
        if run.poll() is None:
            run.kill()
        run.communicate()

    def planned(self, scenario):
        """The plan as text. Every step that a person does has its answer then."""
        path = self.folder / "staging.json"
        for _ in range(2):  # the first plan says which steps need an answer
            path.write_text(json.dumps(self.staging), "utf-8")
            done = self.command("plan", scenario, "--staging", path, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            plan = json.loads(done.stdout)
            known = {answer["step"] for answer in self.staging["answers"]}
            self.staging["answers"] += [
                {"step": step["step"]} for step in plan["faults"] + plan["steps"]
                if step["by"] not in ("machine", "polling") and step["step"] not in known]
        target = self.folder / "plan.json"
        target.write_text(done.stdout, "utf-8")
        return target, plan["digest"]

    def run_words(self, scenario, *more, answers=("--auto",)):
        plan, digest = self.planned(scenario)
        return ("run", plan, "--execute", digest, "--confirm-account", ALIAS, "--journal",
                self.journal, *answers, *more)

    # ------------------------------------------------------------------------------ the journal

    def records(self, kind):
        lines = [json.loads(line) for line in self.journal.read_text("utf-8").splitlines()]
        return [line for line in lines if line["record"] == kind]

    def events(self, kind):
        found = []
        for record in self.records("event"):
            at = datetime.fromisoformat(record["at"].replace("Z", "+00:00")).timestamp()
            self.zero = at - record["t_s"]
            if record["event"]["event"] == kind:
                found.append(record["event"])
        return found

    def has_event(self, kind):
        return self.journal.exists() and f'"event":"{kind}"' in self.journal.read_text("utf-8")

    def assert_measured(self, actor, slack_s, said, service=SERVICE):
        """What was seen is what the actor did, no later than a poll, and what the machine takes
        for a look beside other tests; the RTO that is printed is the span to what was seen."""
        self.assertEqual(len(actor.changes), 2, said)
        self.assertIn(": completed", said)
        shares = [e for e in self.events("served-share") if e["subject"] == service]
        self.assertEqual([e["value"] for e in shares], [1, 0, 1], said)
        for share, truth in zip(shares[1:], actor.changes):
            late = self.zero + share["t_s"] - truth
            self.assertGreater(late, -0.05)
            self.assertLess(late, POLL_S + slack_s)
        onset = self.events("fault-started")[0]["t_s"]
        rto = re.search(rf"met +{service} +(?:rto|interruption) .* (\d+):(\d+):([\d.]+)\n", said)
        self.assertTrue(rto, said)
        hours, minutes, seconds = map(float, rto.groups())
        back = shares[2]["t_s"] - (onset if " rto " in rto[0] else shares[1]["t_s"])
        self.assertAlmostEqual(hours * 3600 + minutes * 60 + seconds, back, places=2)
        return shares


def run_cases(file, *words):
    """`BUILD_DIR FIREDRILL` runs the file again with the pinned packages, on their emulator."""
    if words[0] != "--inside":
        python = emulator.installed(words[0])
        if python is None:
            return missing("the packages of the AWS emulator")
        return subprocess.run([python, file, "--inside", *words[1:]], check=False).returncode
    with emulator.Emulator(sys.executable) as server, tempfile.TemporaryDirectory() as locks:
        os.environ["TMPDIR"] = locks
        LiveCase.firedrill, LiveCase.server = words[1], server
        tests = unittest.main(module="__main__", argv=[Path(file).stem, *words[2:]], exit=False,
                              verbosity=2)
    return 0 if tests.result.wasSuccessful() else 1

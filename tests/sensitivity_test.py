#!/usr/bin/env python3
"""firedrill sensitivity and what-ifs, run as a user runs them: answers that are known beforehand.

    tests/sensitivity_test.py FIREDRILL [unittest arguments]

Standard library only.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIREDRILL = None
HEAD = {"apiVersion": "firedrill/v1"}


def run(*arguments):
    return subprocess.run([FIREDRILL, *map(str, arguments)], capture_output=True, text=True,
                          env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8",
                               "COLUMNS": "80"}, timeout=120, check=False)


class Known(unittest.TestCase):
    """A planned runbook of two waits, 20 and 10 minutes, and nothing else that takes time."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="firedrill-sensitivity-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copy(ROOT / "tests/negative/system.json", self.folder)
        self.write("book.json", {
            **HEAD, "kind": "Runbook", "metadata": {"name": "book"}, "trigger": {"alarms": []},
            "severity": "SEV-3",
            "steps": [{"id": "first", "uses": "wait:for", "with": {"duration": "PT20M"}},
                      {"id": "second", "uses": "wait:for", "with": {"duration": "PT10M"},
                       "needs": ["first"]}]})

    def write(self, name, document):
        path = self.folder / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def scenario(self, limit):
        return self.write("scenario.json", {
            **HEAD, "kind": "Scenario", "metadata": {"name": "two-waits"}, "title": "Two waits",
            "system": "system.json", "runbooks": ["book.json"], "faults": [], "runs": 256,
            "targets": [{"objective": "completion", "runbook": "book", "from": "start",
                         "limit": limit}]})

    def ask(self, *arguments):
        done = run("sensitivity", *arguments, "-r", 16, "-q", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_least_change_is_that_of_the_closed_form(self):
        # 20 f + 10 <= 15 where f <= 0.25. Without the second wait 20 minutes are left.
        found = self.ask(self.scenario("PT15M"))
        self.assertFalse(found["as_is"]["meets"])
        self.assertEqual(found["as_is"]["p95_s"], 1800)
        by_name = {c["changes"][0]["name"]: c for c in found["single_changes"]}
        first, second = by_name["book/first"], by_name["book/second"]
        self.assertTrue(first["meets"])
        self.assertEqual(first["settings"], ["steps.book/first=x0.25"])
        self.assertEqual(first["changes"][0]["median_was_s"], 1200)
        self.assertEqual(first["changes"][0]["median_is_s"], 300)
        self.assertFalse(second["meets"])
        self.assertEqual(second["p95_s"], 1200)
        self.assertEqual(found["pairs"], [])

    def test_what_is_suggested_meets_the_target(self):
        scenario = self.scenario("PT15M")
        setting = self.ask(scenario)["single_changes"][0]["settings"][0]
        self.assertEqual(run("run", scenario, "-q").returncode, 1)
        self.assertEqual(run("run", scenario, "-q", "--var", setting).returncode, 0)

    def test_pairs(self):
        # At most 8 minutes: 30 f <= 8 where f <= 0.2667.
        found = self.ask(self.scenario("PT8M"))
        self.assertFalse(any(c["meets"] for c in found["single_changes"]))
        pairs = [{c["name"] for c in p["changes"]} for p in found["pairs"]]
        self.assertIn({"book/first", "book/second"}, pairs)
        self.assertEqual(found["all_times"]["factor"], 0.26)

    def test_text(self):
        done = run("sensitivity", self.scenario("PT15M"), "-r", 16, "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--var steps.book/first=x0.25", done.stdout)
        self.assertTrue(all(len(line) <= 80 or "--var" in line
                            for line in done.stdout.splitlines()), done.stdout)

    def test_sweep(self):
        done = run("sensitivity", self.scenario("PT15M"), "-r", 16, "-q", "--json",
                   "--sweep", "steps.book/first=x1,x0.5,x0.25",
                   "--sweep", "steps.book/second=x1,x0")
        self.assertEqual(done.returncode, 0, done.stderr)
        points = {tuple(p["values"]): p for p in json.loads(done.stdout)["sweep"]}
        self.assertEqual(len(points), 6)
        # Minutes: 30, 20 | 20, 10 | 15, 5.
        self.assertEqual([p["p95_s"] for p in points.values()], [1800, 1200, 1200, 600, 900, 300])
        self.assertEqual([p["meets"] for p in points.values()],
                         [False, False, False, True, True, True])
        # Nothing that asks for less is as good as any of these.
        self.assertTrue(all(p["on_frontier"] for p in points.values()))

    def test_frontier(self):
        done = run("sensitivity", self.scenario("PT15M"), "-r", 16, "-q", "--json",
                   "--sweep", "steps.book/first=x0.5,x0.5,x0.75")
        points = json.loads(done.stdout)["sweep"]
        self.assertEqual([p["on_frontier"] for p in points], [True, False, False])

    def test_same_bytes(self):
        scenario = self.scenario("PT15M")
        one = run("sensitivity", scenario, "-r", 300, "-q", "--json", "-j", 1)
        self.assertEqual(one.stdout,
                         run("sensitivity", scenario, "-r", 300, "-q", "--json", "-j", 2).stdout)

    def test_what_if_is_in_the_result(self):
        scenario = self.scenario("PT15M")
        overlay = self.write("overlay.json", {
            **HEAD, "kind": "Overlay", "metadata": {"name": "fast"},
            "runbooks": {"book": {"steps": {"first": {"with": {"duration": "PT1M"}}}}}})
        done = run("run", scenario, "-q", "--json", "--with", overlay,
                   "--var", "runbooks.book.steps.second.with.duration=2m")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(result["targets"][0]["p95_s"], 180)
        self.assertEqual(result["scenario"]["what_if"],
                         [f"--with {overlay}",
                          "--var runbooks.book.steps.second.with.duration=2m"])
        self.assertEqual(run("validate", scenario, "--with", overlay).returncode, 0)
        self.assertIn("1m", run("plan", scenario, "--with", overlay).stdout)

    def test_mistakes(self):
        scenario = self.scenario("PT15M")
        for arguments, said in (
                (["--var", "runbooks.book.steps.frist.with.duration=2m"],
                 'has no "frist" (did you mean "first"?)'),
                (["--var", "scenario.horizon=soon"], "--var:1:18: error[FD008]"),
                (["--with", self.folder / "none.json"], "error[FD001]"),
                (["--with", scenario], "an Overlay is needed here")):
            with self.subTest(arguments):
                for command in ("run", "plan", "validate", "sensitivity"):
                    done = run(command, scenario, *arguments)
                    self.assertEqual(done.returncode, 2, done.stdout)
                    self.assertIn(said, done.stderr)
        for arguments in (["--target", "nothing"], ["--sweep", "x"],
                          ["--sweep", "scenario.horizon=1h,soon"]):
            with self.subTest(arguments):
                done = run("sensitivity", scenario, "-q", "-r", 4, *arguments)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertTrue(done.stderr)


if __name__ == "__main__":
    FIREDRILL = sys.argv.pop(1)
    unittest.main()

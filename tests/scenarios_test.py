#!/usr/bin/env python3
"""Every shipped scenario does what its folder promises, the same way twice.

usage: scenarios_test.py PATH_OF_FIREDRILL [GROUP]

With a GROUP the scenarios of tests/promises/GROUP.json are run; without one, all the rest.
"""
import glob
import json
import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""


GROUP = sys.argv[2] if len(sys.argv) > 2 else ""


def promises(group="*"):
    """What a run of each scenario must exit with, and the findings it must have, by its path.

    A scenario that is not listed fails the test, so that none is shipped without a promise.
    """
    listed = {}
    for name in glob.glob(os.path.join(ROOT, f"tests/promises/{group}.json")):
        with open(name, encoding="utf-8") as file:
            document = json.load(file)
        for scenario, promise in document["promises"].items():
            listed[f"{document['folder']}/{scenario}.json"] = promise
    return listed


REFUSED = {
    "unknown-step": "FD012",
    "unknown-alarm": "FD012",
    "cycle": "FD013",
    "wrong-component-kind": "FD016",
    "zero-targets": "FD017",
    "negative-duration": "FD008",
    "number-for-duration": "FD008",
    "duplicate-key": "FD004",
}


def scenarios(folder):
    """Paths of the scenario documents below a folder, without those that must be refused."""
    found = []
    for path, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in names:
            full = os.path.join(path, name)
            relative = os.path.relpath(full, ROOT)
            if not name.endswith(".json") or "/refused" in relative:
                continue
            with open(full, encoding="utf-8") as file:
                if json.load(file).get("kind") == "Scenario":
                    found.append(relative)
    return found


def firedrill(*arguments):
    return subprocess.run(
        [FIREDRILL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def run(path, *arguments):
    return firedrill("run", path, "--json", "-q", *arguments)


# A build with sanitizers looks at the code, not at the figures: few drills are enough.
DRILLS = int(os.environ.get("FIREDRILL_TEST_DRILLS", "600"))
FEW = DRILLS < 600


@unittest.skipUnless(GROUP, "of a group of scenarios")
class Group(unittest.TestCase):
    def test_each_keeps_its_promise_with_any_number_of_workers(self):
        listed = promises(GROUP)
        self.assertTrue(listed)
        for path, promise in listed.items():
            with self.subTest(path):
                done = run(path, "-r", str(DRILLS), "-j", "2")
                result = json.loads(done.stdout)
                self.assertEqual(
                    result["runs"], {"asked": DRILLS, "completed": DRILLS, "failed": 0})
                if FEW:
                    continue
                self.assertEqual(done.returncode, promise["exit"], done.stderr)
                ids = [finding["id"] for finding in result["findings"]]
                for finding in promise["findings"]:
                    self.assertIn(finding, ids)
                self.assertEqual(done.stdout, run(path, "-r", str(DRILLS), "-j", "1").stdout)

    @unittest.skipIf(FEW, "for the build that is shipped")
    def test_each_plans_and_goes_by_its_seed(self):
        for path in promises(GROUP):
            with self.subTest(path):
                self.assertEqual(firedrill("plan", path).returncode, 0)
                self.assertNotEqual(run(path, "-r", "20").stdout,
                                    run(path, "-r", "20", "--seed", "2").stdout)


@unittest.skipIf(GROUP, "of all scenarios")
class Scenarios(unittest.TestCase):
    def test_each_has_a_promise(self):
        self.assertEqual(
            sorted(promises()), sorted(
                scenarios("scenarios") + scenarios("tests/negative") + scenarios("tools/bench")))

    def test_one_drill_alone_has_the_log_it_has_twice(self):
        path = "scenarios/causeway/region-loss.json"
        for drill in ("0", "255", "256", "300"):
            with self.subTest(drill):
                log = run(path, "--replication", drill).stdout
                self.assertIn('"EventLog"', log)
                self.assertEqual(log, run(path, "--replication", drill, "-j", "2").stdout)

    def test_what_must_be_refused_is_refused_for_its_one_reason(self):
        folder = os.path.join(ROOT, "tests/negative/refused")
        names = {name[:-5] for name in os.listdir(folder) if name.endswith(".json")}
        self.assertEqual(set(REFUSED), names)
        for name, rule in REFUSED.items():
            path = f"tests/negative/refused/{name}.json"
            for command in ("validate", "plan", "run"):
                with self.subTest(f"{command} {name}"):
                    done = firedrill(command, path)
                    self.assertEqual(done.returncode, 2)
                    self.assertEqual(done.stderr.count("error[FD"), 1, done.stderr)
                    self.assertIn(f"error[{rule}]", done.stderr)


@unittest.skipIf(FEW or GROUP, "10,000 drills")
class Readme(unittest.TestCase):
    def test_it_shows_what_the_program_prints(self):
        """The sample is the output of the command below it, line by line."""
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            text = file.read()
        sample = text.split("below prints:\n\n")[1].split("\n## ")[0]
        shown = [line.strip() for line in sample.splitlines() if line.strip()]
        done = subprocess.run(
            [FIREDRILL, "run", "scenarios/causeway/region-loss.json", "-q"],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"})
        self.assertEqual(shown, [line.strip() for line in done.stdout.splitlines() if line.strip()])


@unittest.skipIf(FEW or GROUP, "needs as many drills as it says")
class Causeway(unittest.TestCase):
    """What the region loss must say, as orders and ranges; reasons are in the scenario's README."""

    @classmethod
    def setUpClass(cls):
        result = json.loads(run("scenarios/causeway/region-loss.json", "-r", "2048").stdout)
        cls.targets = {(t["service"], t["objective"]): t for t in result["targets"]}
        cls.result = result

    def p50(self, service, objective):
        return self.targets[service, objective]["p50_s"]

    def test_tier_1_needs_longer_than_its_fifteen_minutes(self):
        for service in ("payment-processing-api", "account-management", "authentication"):
            self.assertEqual(self.targets[service, "rto"]["verdict"], "missed")
            # At most twice the 50 minutes reported for an unpractised evacuation.
            self.assertGreater(self.p50(service, "rto"), 1800)
            self.assertLess(self.p50(service, "rto"), 6000)

    def test_tiers_come_back_in_their_order(self):
        self.assertLess(
            self.p50("payment-processing-api", "rto"), self.p50("notifications", "rto"))
        self.assertLess(self.p50("notifications", "rto"), self.p50("internal-admin", "rto"))

    def test_replicated_stores_lose_seconds_and_copied_ones_hours(self):
        self.assertEqual(self.targets["payment-processing-api", "rpo"]["verdict"], "met")
        self.assertLess(self.p50("payment-processing-api", "rpo"), 5)
        # A copy is at least as old as it takes to copy, an hour in the middle, and at most an
        # interval older: the median lies between one and two hours and a half.
        self.assertGreater(self.p50("internal-admin", "rpo"), 3600)
        self.assertLess(self.p50("internal-admin", "rpo"), 9000)

    def test_detection_is_the_health_check_and_one_period_not_three(self):
        detect = next(p for p in self.result["phases"] if p["name"] == "detect")
        self.assertGreater(detect["p50_s"], 100)
        self.assertLess(detect["p50_s"], 300)

    def test_every_assumption_and_every_guess_is_reported(self):
        self.assertGreater(len(self.result["assumptions"]), 50)
        for assumption in self.result["assumptions"]:
            self.assertTrue(assumption)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

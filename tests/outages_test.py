#!/usr/bin/env python3
"""Every shipped system can be put under every shipped outage; the table of the README is of them.

usage: outages_test.py PATH_OF_FIREDRILL
"""
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
OUTAGES = sorted(path.stem for path in (ROOT / "scenarios/outages").glob("*.json"))
SYSTEMS = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/system.json"))


def firedrill(*arguments):
    return subprocess.run(
        [FIREDRILL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "100", "LC_ALL": "C.UTF-8"})


def table_of(text):
    """Cells by outage: which platforms were not hit."""
    rows = {}
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in OUTAGES and "|" not in line:
            rows[words[0]] = [
                word == "not" for word in words[1:] if "/" in word or word == "not"]
    return rows


class Outages(unittest.TestCase):
    def test_each_system_runs_under_each_outage(self):
        done = firedrill("run", "scenarios", "--fault", "scenarios/outages", "-r", "4", "-q")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        rows = table_of(done.stdout)
        self.assertEqual(sorted(rows), OUTAGES)
        for outage, cells in rows.items():
            self.assertEqual(len(cells), len(SYSTEMS), outage)
        readme = (ROOT / "scenarios/outages/README.md").read_text(encoding="utf-8")
        self.assertEqual(table_of(readme), rows)

    def test_one_pair_is_a_scenario_like_any_other(self):
        arguments = ["scenarios/causeway/system.json", "--fault",
                     "scenarios/outages/2017-02-28.json"]
        plan = firedrill("plan", *arguments)
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertIn("fault:component-degraded", plan.stdout)
        one = firedrill("run", *arguments, "-r", "300", "-j", "1", "--json", "-q")
        two = firedrill("run", *arguments, "-r", "300", "-j", "2", "--json", "-q")
        self.assertEqual(one.stdout, two.stdout)
        result = json.loads(one.stdout)
        self.assertEqual(result["scenario"]["what_if"],
                         ["--fault scenarios/outages/2017-02-28.json"])
        subjects = [assumption["subject"] for assumption in result["assumptions"]
                    if "subject" in assumption]
        self.assertIn("where the outage strikes", subjects)

    def test_an_outage_takes_the_place_of_the_faults_of_a_scenario(self):
        scenario = "scenarios/causeway/region-loss.json"
        plan = firedrill("plan", scenario, "--fault", "scenarios/outages/2022-07-28.json")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertIn("fault:zone-loss", plan.stdout)
        self.assertNotIn("fault:region-loss", plan.stdout)

    def test_mistakes_are_told(self):
        system = "scenarios/causeway/system.json"
        self.assertIn("FD001", firedrill("run", system, "--fault", "none.json").stderr)
        done = firedrill("run", system, "--fault", system)
        self.assertEqual(done.returncode, 2)
        self.assertIn("an Outage is needed here", done.stderr)
        self.assertEqual(firedrill("run", system).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""What each procedure of Causeway must say, as orders and ranges.

The reasons stand in each scenario's "expected" and in scenarios/causeway/README.md. One class a
procedure; a scenario is run once, however many tests look at it.

usage: causeway_test.py PATH_OF_FIREDRILL
"""
import functools
import json
import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
RUNS = 512


@functools.lru_cache(maxsize=None)
def run(name, runs=RUNS):
    """The result of a scenario of Causeway, by its file name without the ending."""
    done = subprocess.run(
        [FIREDRILL, "run", f"scenarios/causeway/{name}.json", "--json", "-q", "-r", str(runs),
         "--seed", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{name}: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def target(result, service, objective):
    """The judged target of a service."""
    return next(t for t in result["targets"]
                if (t["service"], t["objective"]) == (service, objective))


def step(result, name):
    """The times of a step, by its id."""
    return next(s for s in result["steps"] if s["step"] == name)


def finding(result, name):
    """A finding by its id; None where no drill has it."""
    return next((f for f in result["findings"] if f["id"] == name), None)


class Expectations(unittest.TestCase):
    def test_every_scenario_says_what_it_asks_and_how_it_should_come_out(self):
        folder = os.path.join(ROOT, "scenarios/causeway")
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".json") or name == "system.json":
                continue
            with self.subTest(name), open(os.path.join(folder, name), encoding="utf-8") as file:
                document = json.load(file)
                if document["kind"] != "Scenario":
                    continue
                self.assertGreater(len(document["question"]), 20)
                self.assertGreater(len(document.get("expected", "")), 80)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

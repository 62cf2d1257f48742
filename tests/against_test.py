#!/usr/bin/env python3
"""A recorded drill held against the simulated ones, and what it is refused for.

    against_test.py FIREDRILL

A drill of the study itself is the log: its places must be its ranks, counted here.
"""
import csv
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support.misfits import misfits

PROGRAM = None
ROOT = Path(__file__).resolve().parent.parent
SCENARIO = str(ROOT / "scenarios/causeway/region-loss.json")
DRILLS = 200


def firedrill(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          check=False, timeout=300)


class Against(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name)
        cls.log = cls.path / "drill.jsonl"
        firedrill("run", SCENARIO, "--replication", 17, "--json", "-o", cls.log).check_returncode()
        cls.table = cls.path / "drills.csv"
        firedrill("run", SCENARIO, "-r", DRILLS, "-q", "--export-csv", cls.table)
        with cls.table.open(encoding="utf-8") as file:
            cls.rows = list(csv.DictReader(file))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def held(self, log, *more, code=0):
        done = firedrill("run", SCENARIO, "-r", DRILLS, "-q", "--against", log, *more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_a_drill_of_the_study_lies_at_its_rank(self):
        page = json.loads(self.held(self.log, "--json").stdout)
        self.assertEqual(page["log"]["replication"], 17)
        self.assertTrue(page["log"]["same_documents"])
        for place in page["rto"] + page["marks"]:
            mark = place in page["marks"]
            column = f"{place['name']}_s" if mark else f"{place['name']} rto_s"
            values = [float(r[column] or "inf") for r in self.rows]
            own = values[17]
            self.assertEqual(place["drills"], DRILLS)
            self.assertEqual(place["below"], sum(v < own for v in values), column)
            self.assertEqual(place["equal"], sum(v == own for v in values), column)
            self.assertAlmostEqual(
                place["percentile"],
                (place["below"] + place["equal"] / 2) / DRILLS, msg=column)
        self.assertGreaterEqual(len(page["rto"]), 5)

    def test_a_step_that_took_much_longer_is_seen(self):
        lines = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        before = json.loads(self.held(self.log, "--json").stdout)
        step = "decide-failover"
        shift = 6 * 3600
        ended = next(e["t_s"] for e in lines[1:]
                     if e["event"] == "step-ended" and e["subject"] == step)
        for event in lines[1:]:
            if event["t_s"] >= ended:
                event["t_s"] += shift
        slow = self.path / "slow.jsonl"
        slow.write_text("".join(json.dumps(e) + "\n" for e in lines), encoding="utf-8")
        after = json.loads(self.held(slow, "--json").stdout)

        def of(page):
            return next(s for s in page["steps"] if s["name"].endswith("/" + step))
        self.assertFalse(of(before)["outside"])
        self.assertTrue(of(after)["outside"])
        self.assertAlmostEqual(of(after)["measured_s"], of(before)["measured_s"] + shift)
        self.assertGreater(after["outside"], before["outside"])
        text = self.held(slow).stdout
        self.assertRegex(text, rf"! {step} ")
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_it_fits_its_schema(self):
        page = json.loads(self.held(self.log, "--json").stdout)
        schema = json.loads(firedrill("schema", "against").stdout)
        self.assertEqual(misfits(page, schema), [])
        del page["rto"][0]["percentile"]
        self.assertNotEqual(misfits(page, schema), [])

    def test_the_hold_time_of_the_recorded_drill_counts(self):
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        longer = self.path / "hold.jsonl"
        head = {**json.loads(lines[0]), "hold_s": 1e6}  # longer than any drill
        longer.write_text(json.dumps(head) + "\n" + "".join(lines[1:]), encoding="utf-8")
        self.assertTrue(any(place["measured_s"] is not None for place in
                            json.loads(self.held(self.log, "--json").stdout)["rto"]))
        page = json.loads(self.held(longer, "--json").stdout)
        self.assertTrue(all(place["measured_s"] in (None, 0) for place in page["rto"]))

    def test_what_is_refused(self):
        self.held(self.path / "none.jsonl", code=2)
        text = self.log.read_text(encoding="utf-8")
        bad = self.path / "bad.jsonl"
        bad.write_text(text.replace('"step-ended"', '"step-over"', 1), encoding="utf-8")
        done = self.held(bad, code=2)
        line = text[:text.index('"step-ended"')].count("\n") + 1
        self.assertIn(f"bad.jsonl:{line}: there is no event", done.stderr)
        other = json.loads(text.splitlines()[0])["scenario"]["sha256"]
        bad.write_text(text.replace(other, "0" * 64), encoding="utf-8")
        self.assertIn("have changed since", self.held(bad, code=2).stderr)
        page = self.held(bad, "--other-documents").stdout
        self.assertIn("other documents", page)

    def test_a_log_that_was_cut_off(self):
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        cut = self.path / "cut.jsonl"
        cut.write_text("".join(lines[:len(lines) // 2]) + lines[len(lines) // 2][:20],
                       encoding="utf-8")
        page = json.loads(self.held(cut, "--json").stdout)
        self.assertIsNone(page["log"]["end"])
        self.assertIsNone(next(m for m in page["marks"] if m["name"] == "closed")["measured_s"])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()

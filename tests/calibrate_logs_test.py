#!/usr/bin/env python3
"""Timings from recorded drills: the document that is written, and what it changes.

    calibrate_logs_test.py FIREDRILL
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]

from support.misfits import misfits  # noqa: E402  the path is set above

PROGRAM = None
ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios/causeway/ecs-crash-loop-total.json"
DRILLS = 300


def firedrill(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          check=False, timeout=300)


class Calibrate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        self.logs = []
        for k in range(6):
            self.logs.append(self.path / f"drill-{k}.jsonl")
            firedrill("run", SCENARIO, "--replication", k, "--json", "-o",
                      self.logs[-1]).check_returncode()

    def calibrate(self, *logs, flags=("--rehearsal",), code=0):
        timings = self.path / "timings.json"
        done = firedrill("calibrate", SCENARIO, *logs, "-o", timings, "--date", "2026-11-21", "-r",
                         DRILLS, "-q", *flags)
        self.assertEqual(done.returncode, code, done.stderr)
        return done, json.loads(timings.read_text(encoding="utf-8")) if code == 0 else None

    def live(self, log, change=lambda events: events):
        """The log as if it had been measured."""
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        lines[0]["back_end"] = "live"
        lines[1:] = change(lines[1:])
        path = self.path / ("live-" + log.name)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    def test_logs_that_were_not_measured_are_refused_or_stay_estimates(self):
        done, _ = self.calibrate(self.logs[0], flags=(), code=2)
        self.assertIn("not measured on the platform (simulated)", done.stderr)
        _, document = self.calibrate(*self.logs)
        self.assertEqual({t["confidence"] for t in document["timings"]}, {"estimate"})
        done, document = self.calibrate(self.live(self.logs[0]), flags=())
        self.assertEqual({t["confidence"] for t in document["timings"]}, {"measured"})
        self.assertTrue(all("2026-11-21" in t["source"] for t in document["timings"]))
        self.assertTrue(all("n = " in t["figure"] for t in document["timings"]))

    def test_the_document_is_one_that_scenarios_read(self):
        _, document = self.calibrate(*self.logs)
        self.assertEqual(firedrill("validate", self.path / "timings.json").returncode, 0)
        # In a copy of the scenario it gives the drills that calibrating has shown.
        again = json.loads(self.calibrate(*self.logs, flags=("--rehearsal", "--json"))[0].stdout)
        copy = self.path / "scenarios"
        subprocess.run(["cp", "-r", SCENARIO.parent, copy], check=True)
        scenario = json.loads((copy / SCENARIO.name).read_text(encoding="utf-8"))
        scenario["timings"] = ["calibrated.json"]
        (copy / SCENARIO.name).write_text(json.dumps(scenario), encoding="utf-8")
        (copy / "calibrated.json").write_text(json.dumps(document), encoding="utf-8")
        result = self.path / "result.json"
        firedrill("run", copy / SCENARIO.name, "-r", DRILLS, "-q", "--export-json", result)
        targets = json.loads(result.read_text(encoding="utf-8"))["targets"]
        shown = {t["subject"]: t for t in again["comparison"]["targets"]
                 if t["objective"] == "rto"}
        checked = 0
        for target in targets:
            if target["objective"] != "rto" or shown[target["subject"]].get("p50") is None:
                continue
            now = shown[target["subject"]]["p50"]["new_s"]
            # Six digits of each timing are kept in the document.
            self.assertAlmostEqual(now, target["p50_s"], delta=0.05)
            checked += 1
        self.assertGreater(checked, 0)

    def test_its_json_fits_its_published_schema(self):
        page = json.loads(self.calibrate(*self.logs, flags=("--rehearsal", "--json"))[0].stdout)
        schema = json.loads(firedrill("schema", "calibration").stdout)
        self.assertEqual(misfits(page, schema), [])
        entries = page["document"]["timings"]
        del entries[0]["distribution"]["p95"]
        entries[1]["confidence"] = "guessed"
        page["comparison"]["kind"] = "Poem"
        self.assertEqual(len(misfits(page, schema)), 3)

    def test_slower_hands_make_slower_drills(self):
        """Every span of every log takes three times as long: so do timings, and drills follow."""
        def slower(events):
            for event in events:
                event["t_s"] *= 3
                if event["event"] == "drill-ended":
                    event["object"] = "completed"
            return events
        _, same = self.calibrate(*[self.live(log) for log in self.logs], flags=())
        logs = [self.live(log, slower) for log in self.logs]
        done, slow = self.calibrate(*logs, flags=("--json", "--prior-weight", "0.1"))
        page = json.loads(done.stdout)
        before = {t["id"]: t["distribution"]["p50"] for t in same["timings"]}
        self.assertTrue(any(t["distribution"]["p50"] > 1.5 * before[t["id"]]
                            for t in slow["timings"]))
        self.assertEqual(page["comparison"]["verdict"], "worse")
        text = self.calibrate(*logs, flags=())[0].stdout
        self.assertIn("WHAT CHANGES", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_what_is_refused(self):
        self.calibrate(self.path / "none.jsonl", code=2)
        other = self.path / "other.jsonl"
        firedrill("run", ROOT / "scenarios/causeway/region-loss.json", "--replication", 1,
                  "--json", "-o", other).check_returncode()
        done, _ = self.calibrate(other, code=2)
        self.assertIn("region-loss", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()

#!/usr/bin/env python3
"""What scenarios/README.md leads a newcomer through comes out as it says, and templates work.

usage: newcomer_test.py PATH_OF_FIREDRILL
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
TEMPLATES = sorted(path.name for path in (ROOT / "tools/templates").iterdir() if path.is_dir())
DRILLS = os.environ.get("FIREDRILL_TEST_DRILLS")  # few: the figures are another build's concern


def guide():
    text = (ROOT / "scenarios/README.md").read_text(encoding="utf-8")
    return text.split("## Your own system")[1].split("\n## ")[0]


class Newcomer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def firedrill(self, *arguments):
        return subprocess.run(
            [FIREDRILL, *arguments], cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"})

    def add(self, file, block):
        path = self.folder / "lantern" / file
        document = json.loads(path.read_text(encoding="utf-8"))
        for key, entries in json.loads(block).items():
            document[key] += entries
        path.write_text(json.dumps(document), encoding="utf-8")

    def test_the_guide_leads_to_the_verdict_that_it_shows(self):
        steps = guide()
        system, runbook = re.findall(r"```json\n(.*?)```", steps, re.DOTALL)
        self.assertEqual(self.firedrill("init", "lantern").returncode, 0)
        self.assertEqual(self.firedrill("validate", "lantern").returncode, 0)
        self.add("system.json", system)
        few = ("-r", DRILLS) if DRILLS else ()
        forgotten = self.firedrill("run", "lantern/region-loss.json", "-q", *few)
        self.assertEqual(forgotten.returncode, 1, forgotten.stderr)
        self.assertRegex(forgotten.stdout, r"catalogue .* never +never")
        self.add("runbooks/region-failover.json", runbook)
        self.assertEqual(self.firedrill("validate", "lantern").returncode, 0)
        done = self.firedrill("run", "lantern/region-loss.json", "-q", *few)
        if DRILLS:
            return
        self.assertEqual(done.returncode, 0, done.stderr)
        sample = steps.split("begins with\n\n")[1].split("\n\n**")[0]
        shown = [line[4:] for line in sample.splitlines()]
        self.assertEqual(shown, done.stdout.splitlines()[:len(shown)])

    def test_each_template_validates_runs_and_meets_its_own_targets(self):
        for name in TEMPLATES:
            with self.subTest(name):
                made = self.firedrill("init", f"some/{name}-shop", "--template", name)
                self.assertEqual(made.returncode, 0, made.stderr)
                text = (self.folder / f"some/{name}-shop/system.json").read_text(encoding="utf-8")
                self.assertIn(f'"name": "{name}-shop"', text)
                checked = self.firedrill("validate", f"some/{name}-shop")
                self.assertEqual(checked.returncode, 0, checked.stderr)
                done = self.firedrill("run", f"some/{name}-shop", "-q", "-r", DRILLS or "600")
                if not DRILLS:
                    self.assertEqual(done.returncode, 0, done.stdout)

    def test_what_is_there_is_not_written_over(self):
        (self.folder / "lantern").mkdir()
        done = self.firedrill("init", "lantern")
        self.assertEqual(done.returncode, 2)
        self.assertIn("choose another name", done.stderr)
        self.assertEqual(list((self.folder / "lantern").iterdir()), [])

    def test_a_name_that_no_document_can_have_is_refused(self):
        for name in ("Lantern", "a b", "..", "x" * 64):
            done = self.firedrill("init", name)
            self.assertEqual(done.returncode, 2, name)
            self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

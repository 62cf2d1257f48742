#!/usr/bin/env python3
"""Hostile texts in every free field of every document come out harmless in every format but HTML.

usage: hostile_test.py PATH_OF_FIREDRILL          (the page has its own test, in a browser)
"""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support.hostile import Hostile  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
# What moves a cursor, ends a line or turns the direction of reading.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e"
                     "\u2066-\u2069]")
EXPORTS = {"--export-json": "result.json", "--export-junit": "junit.xml",
           "--export-summary": "summary.md", "--export-markdown": "record.md",
           "--export-trace": "trace.json", "--export-csv": "drills.csv",
           "--export-openmetrics": "metrics.txt", "--write-baseline": "baseline.json"}


class Harmless(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="firedrill-hostile-")
        cls.place = Path(cls.folder.name)
        cls.hostile = Hostile(FIREDRILL, cls.place,
                              ROOT / "tests/negative/rto-of-one-second.json")
        flags = [part for flag, name in EXPORTS.items() for part in (flag, cls.place / name)]
        cls.text = cls.run_it("run", cls.hostile.scenario, "-r", "40", "-q", *flags)
        cls.texts = {name: (cls.place / name).read_text("utf-8") for name in EXPORTS.values()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_it(cls, *arguments, codes=(0, 1)):
        done = subprocess.run([FIREDRILL, *map(str, arguments)], capture_output=True, check=False,
                              cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"})
        if done.returncode not in codes:
            raise AssertionError(done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8")

    def assert_harmless_text(self, text):
        found = CONTROL.search(text)
        self.assertIsNone(found, found and text[max(0, found.start() - 60):found.end() + 60])

    def test_a_terminal_is_not_steered(self):
        scenario = self.hostile.scenario
        self.assert_harmless_text(self.text)
        for command in (["run", scenario, "-r", "40", "-q", "-v"], ["plan", scenario],
                        ["run", scenario.parent, "-r", "8", "-q"],
                        ["run", scenario, "--replication", "3", "-v"],
                        ["compare", scenario, scenario, "-r", "40", "-q"],
                        ["sensitivity", scenario, "-q"]):
            with self.subTest(command[0]):
                self.assert_harmless_text(self.run_it(*command, codes=(0, 1, 2)))

    def test_a_message_about_an_error_does_not_steer_it_either(self):
        broken = self.hostile.scenario.with_name("broken.json")
        document = json.loads(self.hostile.scenario.read_text("utf-8"))
        document["title\x1b[31m\u202e"] = "x"
        document["system"] = "\u202e\x07"
        text = json.dumps(document, ensure_ascii=False, indent=1)
        broken.write_text(text.replace("\\u001b", "\x1b"), encoding="utf-8")
        done = subprocess.run([FIREDRILL, "validate", broken], capture_output=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        broken.unlink()
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"error[FD", done.stderr)
        self.assert_harmless_text(done.stderr.decode("utf-8"))

    def test_json_holds_the_texts_as_they_are(self):
        result = json.loads(self.texts["result.json"])
        title = json.loads(self.hostile.scenario.read_text("utf-8"))["title"]
        self.assertEqual(result["scenario"]["title"], title)
        json.loads(self.texts["trace.json"])
        json.loads(self.texts["baseline.json"])
        for line in self.run_it("run", self.hostile.scenario, "--replication", "3",
                                "--json").splitlines():
            json.loads(line)

    def test_junit_is_well_formed_and_loads_nothing(self):
        document = xml.dom.minidom.parseString(self.texts["junit.xml"])
        self.assertIsNone(document.doctype)
        names = {node.tagName for node in document.getElementsByTagName("*")}
        self.assertLessEqual(names, {"testsuites", "testsuite", "testcase", "failure", "error",
                                     "skipped", "properties", "property", "system-out"})

    def assert_harmless_markdown(self, text):
        self.assert_harmless_text(text)
        for line in text.splitlines():
            # Code is shown as it is: what is between back quotes cannot be a tag.
            bare = re.sub(r"\\.", "", re.sub(r"(`+).*?\1", "", line))
            self.assertNotRegex(bare, r"<(?!/?(?:br|details|summary|sub|sup)\b)[a-zA-Z/!]", line)
            self.assertNotRegex(bare, r"\]\(\s*javascript:", line)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertTrue(rows)
        width = None
        for line in text.splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else None
            if cells is not None and width is not None:
                self.assertEqual(cells, width, line)
            width = cells

    def test_markdown_has_no_tags_and_whole_tables(self):
        for name in ("summary.md", "record.md"):
            with self.subTest(name):
                self.assert_harmless_markdown(self.texts[name])
        self.assert_harmless_markdown(
            self.run_it("run", self.hostile.scenario, "-r", "40", "-q", "--format", "markdown"))

    def test_a_workflow_obeys_our_commands_alone(self):
        text = self.run_it("run", self.hostile.scenario, "-r", "40", "-q", "--format", "github")
        silenced = None
        for line in text.splitlines():
            command = re.match(r"::([^ :]+)", line)
            if line.startswith("::stop-commands::"):
                silenced = line.split("::")[2]
            elif silenced is not None:
                silenced = None if line == f"::{silenced}::" else silenced
            elif command:
                self.assertIn(command[1], ("error", "warning", "notice", "group", "endgroup"))
                self.assertNotRegex(line.replace("%25", ""), r"%0[AD]::")
        self.assertIsNone(silenced)

    def test_a_spreadsheet_computes_nothing(self):
        rows = list(csv.reader(self.texts["drills.csv"].splitlines()))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        for cell in (cell for row in rows for cell in row):
            self.assertNotRegex(cell, r"^[=+@\t\r]|^-[^0-9]")

    def test_metrics_keep_to_their_grammar(self):
        sample = re.compile(r'[a-z_]+\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)*)\} \S+')
        for line in self.texts["metrics.txt"].split("\n"):
            if line and not line.startswith("#"):
                self.assertIsNotNone(sample.fullmatch(line), line)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(__doc__)
    unittest.main(argv=sys.argv[:1])

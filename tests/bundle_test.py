#!/usr/bin/env python3
"""Evidence packs as the program writes them: whole, checked by sha256sum, and enough to run again.

usage: bundle_test.py PATH_OF_FIREDRILL
"""
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
SCENARIO = "scenarios/causeway/region-loss.json"
CHANGES = ["--var", "timings.people.triage_initial=x2",
           "--with", "scenarios/causeway/overlays/london-at-full-scale.json"]
HOSTILE = "</script>]]>|`\"'<b>\n# x\u202e\U0001f525"
HOSTILE_NAME = "..'; $(touch x) \u202e<b>.json"


def firedrill(*arguments, cwd=ROOT, **environment):
    clean = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    return subprocess.run([FIREDRILL, *map(str, arguments)], cwd=cwd, capture_output=True,
                          text=True, check=False, timeout=300, env={**clean, **environment})


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="firedrill-bundle-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.zip, cls.result = cls.place("run.zip"), cls.place("result.json")
        done = firedrill("run", SCENARIO, "-q", "-r", "64", *CHANGES, "--bundle", cls.zip,
                         "--export-json", cls.result)
        if done.returncode not in (0, 1):
            raise AssertionError(done.stderr)
        cls.shown = done.stdout

    @classmethod
    def place(cls, name):
        return os.path.join(cls.folder, name)

    def expect(self, code, *arguments, **more):
        done = firedrill(*arguments, **more)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def opened(self, name):
        """The pack as files: its folder, and the names of its files in it."""
        out = tempfile.mkdtemp(dir=self.folder)
        with zipfile.ZipFile(name) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), sorted(archive.namelist()))
            for entry in archive.infolist():
                self.assertRegex(entry.filename, r"^[A-Za-z0-9._/-]+$")
                for part in entry.filename.split("/"):
                    self.assertTrue(part.strip("."), entry.filename)
                self.assertEqual(entry.external_attr >> 16, 0o100644)
            archive.extractall(out)
        folder, = os.listdir(out)
        folder = os.path.join(out, folder)
        done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        names = {os.path.relpath(os.path.join(at, name), folder)
                 for at, _, files in os.walk(folder) for name in files}
        self.assertEqual(len(done.stdout.splitlines()), len(names) - 1)
        return folder, names

    def read(self, *parts, binary=False):
        with open(os.path.join(*parts), "rb") as file:
            return file.read() if binary else file.read().decode("utf-8")


class Run(Case):
    def test_what_is_in_it(self):
        folder, names = self.opened(self.zip)
        self.assertEqual(names, {
            "EVIDENCE.md", "SHA256SUMS", "command.txt", "drill-record.md", "drill-trace.json",
            "drills.csv", "report.html", "result.json", "versions.json",
            "inputs/built-in-timings.json", "inputs/variables.txt",
            "inputs/overlays/london-at-full-scale.json", "inputs/documents/region-loss.json",
            "inputs/documents/system.json", "inputs/documents/runbooks/region-degradation.json"})
        self.assertIn(self.zip, self.shown)
        self.assertEqual(self.read(folder, "result.json"), self.read(self.result))
        for name in ("region-loss.json", "system.json", "runbooks/region-degradation.json"):
            self.assertEqual(self.read(folder, "inputs/documents", name, binary=True),
                             self.read(ROOT, "scenarios/causeway", name, binary=True))
        self.assertEqual(self.read(folder, "inputs/built-in-timings.json", binary=True),
                         self.read(ROOT, "models/timings/library.json", binary=True))
        self.assertEqual(len(self.read(folder, "drills.csv").splitlines()), 65)
        versions = json.loads(self.read(folder, "versions.json"))
        self.assertEqual(versions, json.loads(self.expect(0, "--version", "--json").stdout))
        for part in ("2022/2554", "text in force", "no legal advice", "does not prove",
                     "not a test of the live platform", "SYSC 15A", "SS1/21"):
            self.assertIn(part, self.read(folder, "EVIDENCE.md"))

    def test_the_hash_of_the_result_is_that_of_the_documents_in_the_pack(self):
        folder, _ = self.opened(self.zip)
        digest = hashlib.sha256()
        for role, name in (("scenario", "documents/region-loss.json"),
                           ("system", "documents/system.json"),
                           ("runbook", "documents/runbooks/region-degradation.json"),
                           ("timings", "built-in-timings.json"),
                           ("what-if", "overlays/london-at-full-scale.json"),
                           ("what-if", "variables.txt")):
            data = self.read(folder, "inputs", name, binary=True)
            digest.update(f"{role} {len(data)}\n".encode() + data)
        self.assertEqual(digest.hexdigest(),
                         json.loads(self.read(self.result))["scenario"]["sha256"])

    def test_it_runs_again_from_the_pack_alone(self):
        folder, _ = self.opened(self.zip)
        commands = re.findall(r"^    firedrill (run .*)$", self.read(folder, "EVIDENCE.md"),
                              flags=re.M)
        self.assertEqual(len(commands), 2)
        self.assertEqual("firedrill " + commands[0] + "\n", self.read(folder, "command.txt"))
        done = firedrill(*shlex.split(commands[1]), "-q", "--json", cwd=folder)
        before, again = json.loads(self.read(self.result)), json.loads(done.stdout)
        self.assertEqual(again["scenario"]["sha256"], before["scenario"]["sha256"])
        for part in ("targets", "samples", "steps", "seed", "runs", "findings"):
            self.assertEqual(again[part], before[part], part)

    def test_the_same_result_gives_the_same_bytes(self):
        again = self.place("again.zip")
        firedrill("run", SCENARIO, "-q", "-r", "64", "-j", "2", *CHANGES, "--bundle", again,
                  TZ="Asia/Tokyo")
        self.assertEqual(self.read(again, binary=True), self.read(self.zip, binary=True))
        with zipfile.ZipFile(again) as archive:
            self.assertEqual({e.date_time for e in archive.infolist()}, {(1980, 1, 1, 0, 0, 0)})
        firedrill("report", self.result, "--bundle", again, TZ="Asia/Tokyo",
                  SOURCE_DATE_EPOCH="1780000000")
        with zipfile.ZipFile(again) as archive:
            self.assertEqual({e.date_time for e in archive.infolist()},
                             {(2026, 5, 28, 20, 26, 40)})
            page = archive.read("region-loss-evidence/report.html").decode()
        self.assertIn("2026-05-28 20:26", page)

    def test_what_it_is_not_for(self):
        out = self.place("not.zip")
        self.expect(2, "run", "tools/bench", "--bundle", out)
        self.expect(2, "run", SCENARIO, "--replication", "1", "--bundle", out)
        self.expect(2, "report", self.result, "--scenario", SCENARIO)
        self.expect(3, "run", SCENARIO, "-q", "--bundle", self.place("no/folder.zip"))
        self.assertFalse(os.path.exists(out))


class FromResult(Case):
    def test_alone_it_says_what_is_missing(self):
        out = self.place("alone.zip")
        self.assertEqual(self.expect(0, "report", self.result, "--bundle", out).stdout, "")
        folder, names = self.opened(out)
        self.assertEqual(names, {"EVIDENCE.md", "SHA256SUMS", "command.txt", "report.html",
                                 "result.json", "versions.json"})
        page = self.read(folder, "EVIDENCE.md")
        self.assertIn("What is not in here", page)
        self.assertIn("--scenario FILE", page)
        self.assertEqual(page.count("    firedrill run "), 1)

    def test_with_its_documents_it_is_that_of_the_run_but_for_the_table(self):
        out = self.place("with.zip")
        self.expect(0, "report", self.result, "--scenario", SCENARIO, "--bundle", out)
        folder, names = self.opened(out)
        run_folder, run_names = self.opened(self.zip)
        self.assertEqual(run_names - names, {"drills.csv"})
        for name in names - {"EVIDENCE.md", "SHA256SUMS"}:
            self.assertEqual(self.read(folder, name, binary=True),
                             self.read(run_folder, name, binary=True), name)

    def test_other_documents_are_refused(self):
        out = self.place("other.zip")
        copy = self.place("causeway")
        shutil.copytree(os.path.join(ROOT, "scenarios/causeway"), copy)
        scenario = os.path.join(copy, "region-loss.json")
        self.expect(0, "report", self.result, "--scenario", scenario, "--bundle", out)
        os.remove(out)
        with open(os.path.join(copy, "system.json"), "a", encoding="utf-8") as file:
            file.write("\n")
        told = self.expect(2, "report", self.result, "--scenario", scenario, "--bundle", out)
        self.assertIn("is not what", told.stderr)
        self.assertFalse(os.path.exists(out))

    def test_a_page_as_well_is_one_that_is_asked_for(self):
        page = self.place("page.html")
        self.expect(0, "report", self.result, "-o", page, "--bundle", self.place("p.zip"))
        self.assertIn("<!doctype html>", self.read(page).lower())


class Hostile(Case):
    def test_names_and_texts_are_harmless(self):
        inner = self.place("a 'b' $(touch y)")
        os.makedirs(inner)
        base = os.path.join(ROOT, "tests/negative")
        document = json.loads(self.read(base, "control.json"))
        shutil.copy(os.path.join(base, document["system"]), os.path.join(inner, "\u202e.json"))
        document["system"] = "\u202e.json"
        document["title"] = document["question"] = HOSTILE
        document["runbooks"] = [os.path.relpath(os.path.join(base, name), inner)
                                for name in document["runbooks"]]
        scenario = os.path.join(inner, HOSTILE_NAME)
        with open(scenario, "w", encoding="utf-8") as file:
            json.dump(document, file)
        out = self.place("hostile.zip")
        self.expect(0, "run", scenario, "-q", "-r", "64", "--bundle", out)
        folder, _ = self.opened(out)
        page = self.read(folder, "EVIDENCE.md")
        self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", page))
        outside = "\n".join(l for l in page.splitlines() if not l.startswith("    "))
        self.assertNotIn("<", outside)
        self.assertNotIn("\n# x", page)
        self.assertIn("Inputs under another name", page)
        self.assertEqual(shlex.split(self.read(folder, "command.txt"))[2], scenario)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""Files beside the report: trace, drill record, table of drills, metrics.

usage: exports_test.py PATH_OF_FIREDRILL [--bless]   --bless rewrites tests/golden/exports
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
BLESS = "--bless" in sys.argv or "FIREDRILL_BLESS" in os.environ
GOLDEN = os.path.join(ROOT, "tests/golden/exports")
FLAGS = {"record.md": "--export-markdown", "trace.json": "--export-trace",
         "drills.csv": "--export-csv", "metrics.txt": "--export-openmetrics"}
HOSTILE = "</script>]]>|`\"'<b>\n# x\u202e=1+1,\U0001f525" + "x" * 4000


def export(folder, scenario, runs):
    """Every export of a scenario by its name, and the JSON result."""
    places = {name: os.path.join(folder, name) for name in FLAGS}
    flags = [part for name, place in places.items() for part in (FLAGS[name], place)]
    done = subprocess.run([FIREDRILL, "run", scenario, "-q", "-r", str(runs), "--json", *flags],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(done.stderr)
    texts = {}
    for name, place in places.items():
        with open(place, encoding="utf-8", newline="") as file:
            texts[name] = file.read()
    return texts, json.loads(done.stdout)


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="firedrill-exports-")
        cls.texts, cls.result = export(cls.folder, "scenarios/causeway/region-loss.json", 64)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def events(self, phase):
        events = json.loads(self.texts["trace.json"])["traceEvents"]
        return [event for event in events if event["ph"] == phase]

    def test_slices_of_a_track_never_overlap(self):
        tracks = {}
        for slice_ in self.events("X"):
            self.assertGreaterEqual(slice_["dur"], 0)
            tracks.setdefault((slice_["pid"], slice_["tid"]), []).append(slice_)
        self.assertGreater(len(tracks), 4)  # three people and lanes of steps
        for track in tracks.values():
            track.sort(key=lambda s: (s["ts"], s["ts"] + s["dur"]))
            for before, after in zip(track, track[1:]):
                self.assertLessEqual(before["ts"] + before["dur"], after["ts"])

    def test_each_arrow_has_two_ends_within_slices(self):
        begins = {event["id"]: event for event in self.events("s")}
        ends = {event["id"]: event for event in self.events("f")}
        self.assertEqual(set(begins), set(ends))
        self.assertGreater(len(begins), 10)
        slices = self.events("X")
        for event in [*begins.values(), *ends.values()]:
            self.assertTrue(any(
                s["pid"] == event["pid"] and s["tid"] == event["tid"]
                and s["ts"] <= event["ts"] <= s["ts"] + s["dur"] for s in slices), event)

    def test_a_trace_keeps_to_the_format(self):
        """What the trace event format asks of each phase; viewers drop what breaks it, silently."""
        needed = {"X": {"pid", "tid", "ts", "dur", "name"}, "C": {"pid", "ts", "name", "args"},
                  "i": {"pid", "tid", "ts", "s", "name"}, "M": {"pid", "name", "args"},
                  "s": {"pid", "tid", "ts", "id", "cat", "name"},
                  "f": {"pid", "tid", "ts", "id", "cat", "name", "bp"}}
        for event in json.loads(self.texts["trace.json"])["traceEvents"]:
            self.assertLessEqual(needed[event["ph"]], set(event))
            for number in {"pid", "tid", "ts", "dur"} & set(event):
                self.assertIs(type(event[number]), int, event)
                self.assertGreaterEqual(event[number], 0)
            if event["ph"] == "C":
                self.assertTrue(all(isinstance(v, (int, float)) for v in event["args"].values()))
            if event["ph"] == "i":
                self.assertIn(event["s"], "gpt")
            if event["ph"] == "M":
                self.assertIn(event["name"], ("process_name", "thread_name"))
                self.assertIsInstance(event["args"]["name"], str)

    def test_a_trace_has_a_track_for_each_component_something_was_done_to(self):
        processes = {e["args"]["name"]: e["pid"] for e in self.events("M")
                     if e["name"] == "process_name"}
        tracks = {e["tid"]: e["args"]["name"] for e in self.events("M")
                  if e["name"] == "thread_name" and e["pid"] == processes["Components"]}
        slices = [e for e in self.events("X") if e["pid"] == processes["Components"]]
        self.assertIn(("causeway-dr-cluster", "promote-dr-cluster"),
                      {(tracks[e["tid"]], e["name"]) for e in slices})
        self.assertEqual({e["tid"] for e in slices}, set(tracks))

    def test_a_replica_that_loses_its_link_falls_behind_a_second_a_second(self):
        folder = os.path.join(self.folder, "lag")
        os.makedirs(folder)
        texts, _ = export(folder, "scenarios/causeway/link-cut-then-region.json", 8)
        lags = {}
        for event in json.loads(texts["trace.json"])["traceEvents"]:
            if event["ph"] == "C" and event["name"].startswith("replica lag of "):
                lags.setdefault(event["name"], []).append(
                    (event["ts"] / 1e6, event["args"]["seconds"]))
        self.assertGreater(len(lags), 1)
        for name, points in lags.items():
            growing = [point for point in points if point[1] > 1][:50]
            self.assertEqual(len(growing), 50, name)
            for at, lag in growing:
                self.assertAlmostEqual(lag - growing[0][1], at - growing[0][0], delta=0.01)

    def test_a_trace_has_its_faults_shares_and_names(self):
        instants = self.events("i")
        self.assertEqual(sum(e["args"]["kind"] == "fault-started" for e in instants), 1)
        self.assertGreater(len(self.events("C")), 16)
        for counter in self.events("C"):
            if "share" in counter["args"]:
                self.assertTrue(0 <= counter["args"]["share"] <= 1)
            else:
                self.assertGreaterEqual(counter["args"]["seconds"], 0)
        named = {(e["pid"], e.get("tid")) for e in self.events("M")}
        for event in self.events("X") + instants:
            self.assertIn((event["pid"], event["tid"]), named)

    def test_the_table_holds_what_the_result_says(self):
        rows = list(csv.DictReader(self.texts["drills.csv"].splitlines()))
        self.assertEqual([row["replication"] for row in rows], [str(i) for i in range(64)])
        for target in self.result["targets"]:
            column = f"{target['service']} {target['objective']}_s"
            limit = target["limit_s"]
            met = sum(row[column] != "" and float(row[column]) <= limit for row in rows)
            self.assertAlmostEqual(met / 64, target["met_share"], places=6, msg=column)

    def test_metrics_follow_their_grammar_and_the_result(self):
        lines = self.texts["metrics.txt"].splitlines()
        self.assertEqual(lines[-1], "# EOF")
        sample = re.compile(r'^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)*)\} (\S+)$')
        families = set()
        for line in lines[:-1]:
            if line.startswith("# "):
                families.add(line.split()[2])
                continue
            found = sample.match(line)
            self.assertIsNotNone(found, line)
            self.assertIn(found[1], families)
            float(found[3])
        shares = [float(line.rsplit(" ", 1)[1]) for line in lines
                  if line.startswith("firedrill_target_met_ratio{")]
        self.assertEqual(len(shares), len(self.result["targets"]))
        for share, target in zip(shares, self.result["targets"]):
            self.assertAlmostEqual(share, target["met_share"], places=6)

    def test_a_record_of_a_failed_drill_says_that_it_is_a_sev_3(self):
        record = self.texts["record.md"]
        for part in ("SEV-3", "## Achieved against target", "## Timeline of the median drill",
                     "```mermaid", "## Findings", "## Action items", "| owner | due |",
                     "## Sign-off", "## Post-incident review"):
            self.assertIn(part, record)

    def test_the_same_seed_gives_the_same_bytes(self):
        again, _ = export(self.folder, "scenarios/causeway/region-loss.json", 64)
        self.assertEqual(again, self.texts)

    def test_a_folder_has_metrics_and_nothing_of_one_scenario(self):
        metrics = os.path.join(self.folder, "suite.txt")
        done = subprocess.run(
            [FIREDRILL, "run", "tools/bench", "-q", "-r", "16", "--export-openmetrics", metrics],
            cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        with open(metrics, encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("# EOF\n"))
        done = subprocess.run(
            [FIREDRILL, "run", "tools/bench", "-q", "--export-csv", metrics],
            cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)


class Texts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firedrill-exports-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_each_is_as_it_was_looked_at(self):
        texts, _ = export(self.folder, "tests/negative/rto-of-one-second.json", 20)
        versions = re.compile(r"(?<=firedrill )\S+ \(\S+\)|\b[0-9a-f]{64}\b")
        texts = {name: versions.sub("...", text) for name, text in texts.items()}
        os.makedirs(GOLDEN, exist_ok=True)
        for name, text in texts.items():
            place = os.path.join(GOLDEN, name)
            if BLESS:
                with open(place, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            with open(place, encoding="utf-8", newline="") as file:
                self.assertEqual(text, file.read(), name)

    def test_every_other_text_is_as_it_was_looked_at(self):
        scenario = "tests/negative/rto-of-one-second.json"
        control = "tests/negative/control.json"
        broken = os.path.join(self.folder, "broken.json")
        with open(broken, "w", encoding="utf-8") as file:
            file.write('{"apiVersion": "firedrill/v1", "kind": "Scenario", "titel": 1}\n')
        slower = "tests/support/slower-triage.json"
        run = ["run", scenario, "-q", "-r", "20"]
        texts = {
            "summary.txt": run, "everything.txt": [*run, "-v"], "result.json": [*run, "--json"],
            "result.md": [*run, "--format", "markdown"], "github.txt": [*run, "--format", "github"],
            "drill.txt": [*run[:2], "--replication", "3", "-v"],
            "event-log.jsonl": [*run[:2], "--replication", "3", "--json"],
            "plan.txt": ["plan", scenario],
            "comparison.txt": ["compare", control, slower, "-q", "-r", "200"],
            "comparison.json": ["compare", control, slower, "-q", "-r", "200", "--json"],
            "sensitivity.txt": ["sensitivity", control, "-q"],
            "sensitivity.json": ["sensitivity", control, "-q", "--json"],
        }
        written = {"junit.xml": [*run, "--export-junit"], "job.md": [*run, "--export-summary"],
                   "baseline.json": [*run, "--write-baseline"],
                   "sarif.json": ["validate", broken, "--export-sarif"]}
        results = {name: self.text_of(words) for name, words in texts.items()}
        for name, words in written.items():
            place = os.path.join(self.folder, name)
            self.text_of([*words, place])
            with open(place, encoding="utf-8", newline="") as file:
                results[name] = file.read()
        versions = re.compile(
            r"(?<=firedrill )\S+ \(\S+\)|\b[0-9a-f]{64}\b|(?<=program )[0-9a-f]{12}"
            r'|(?<="commit": ")[^"]*|(?<="commit":")[^"]*|(?<="version": ")[^"]*')
        for name, text in results.items():
            text = versions.sub("...", text.replace(self.folder, "FOLDER"))
            place = os.path.join(GOLDEN, name)
            if BLESS:
                with open(place, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            with self.subTest(name), open(place, encoding="utf-8", newline="") as file:
                self.assertEqual(text, file.read())

    @staticmethod
    def text_of(words):
        done = subprocess.run([FIREDRILL, *words], cwd=ROOT, capture_output=True, text=True,
                              check=False, env={**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8",
                                                "SOURCE_DATE_EPOCH": "1700000000"})
        if done.returncode not in (0, 1, 2):
            raise AssertionError(done.stderr)
        if not done.stdout and "-o" not in words and not any("--export" in w or "--write" in w
                                                             for w in words):
            raise AssertionError(done.stderr)
        return done.stdout

    def test_times_run_from_the_outage_and_not_from_who_was_absent_before(self):
        texts, _ = export(
            self.folder, "scenarios/causeway/region-loss-without-commander.json", 8)
        rows = texts["record.md"].splitlines()
        lost = next(row for row in rows if "fault ireland-lost" in row)
        self.assertTrue(lost.startswith("| +0:00:00 |"), lost)

    def test_hostile_texts_are_harmless(self):
        scenario = os.path.join(self.folder, "hostile.json")
        with open(os.path.join(ROOT, "tests/negative/control.json"), encoding="utf-8") as file:
            document = json.load(file)
        base = os.path.join(ROOT, "tests/negative")
        document["title"] = document["question"] = HOSTILE
        document["system"] = os.path.relpath(os.path.join(base, document["system"]), self.folder)
        document["runbooks"] = [os.path.relpath(os.path.join(base, name), self.folder)
                                for name in document["runbooks"]]
        with open(scenario, "w", encoding="utf-8") as file:
            json.dump(document, file)
        texts, _ = export(self.folder, scenario, 16)
        record = texts["record.md"]
        self.assertNotIn("<", record.replace("</", ""))
        self.assertNotIn("</", record)
        self.assertNotIn("\u202e", record)
        self.assertNotIn("\n# x", record)
        title = next(line for line in record.splitlines() if line.startswith("  title "))
        self.assertNotRegex(title, r"[:;#`<>|]")
        json.loads(texts["trace.json"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""The history of results: what is recorded, shown and refused, by the built program.

usage: history_test.py PATH_OF_FIREDRILL [--bless]   --bless rewrites tests/golden/history
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from support.misfits import misfits

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
BLESS = "--bless" in sys.argv or "FIREDRILL_BLESS" in os.environ
GOLDEN = os.path.join(ROOT, "tests/golden/history")
CONTROL = "tests/negative/control.json"
DAY_S = 86_400
FIRST_S = 1_780_000_000  # 2026-05-28 20:26:40 UTC
HOSTILE = "</script>]]>|`\"'<b>\n# x\u202e\x1b[31m'; DROP TABLE result;--\U0001f525" + "x" * 4000


def firedrill(*arguments, at_s=FIRST_S, **environment):
    return subprocess.run(
        [FIREDRILL, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False,
        encoding="utf-8", timeout=300,
        env={**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": str(at_s),
             **environment})


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="firedrill-history-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.file = os.path.join(self.folder, "history.db")

    def expect(self, code, *arguments, **more):
        done = firedrill(*arguments, **more)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def record(self, *flags, code=0, at_s=FIRST_S):
        self.expect(code, "run", CONTROL, "-q", "-r", "128", "--record", self.file, *flags,
                    at_s=at_s)

    def rows(self, sql):
        with sqlite3.connect(self.file) as database:
            return database.execute(sql).fetchall()

    def shown(self, *flags, code=0):
        return json.loads(self.expect(code, "history", self.file, "--json", *flags).stdout)


class Recording(Case):
    def test_what_is_recorded_is_what_the_result_says(self):
        result_file = os.path.join(self.folder, "result.json")
        self.record("--export-json", result_file)
        with open(result_file, encoding="utf-8") as file:
            result = json.load(file)
        history = self.shown()
        self.assertEqual(misfits(history, json.loads(self.expect(0, "schema", "history").stdout)),
                         [])
        scenario = history["scenarios"][0]
        entry = scenario["results"][0]
        self.assertEqual(entry["documents_sha256"], result["scenario"]["sha256"])
        self.assertEqual(entry["recorded_at_s"], FIRST_S)
        self.assertEqual(entry["program"], result["program"])
        self.assertEqual(len(scenario["targets"]), len(result["targets"]))
        for trend, target in zip(scenario["targets"], result["targets"]):
            point = trend["points"][0]
            self.assertEqual(trend["subject"], target["subject"])
            for name in ("limit_s", "required_share", "judged_drills", "met_share",
                         "met_share_ci95", "p50_s", "p50_ci95_s", "p95_s", "p95_ci95_s",
                         "verdict"):
                self.assertEqual(point[name], target[name], name)
        # A result file holds the same, and adds nothing.
        self.expect(0, "history", self.file, "--add", result_file, result_file)
        self.assertEqual(self.rows("SELECT count(*), max(times_seen) FROM result"), [(1, 1)])

    def test_the_same_again_is_the_same_entry_and_a_way_back_is_a_new_one(self):
        self.record()
        self.record(at_s=FIRST_S + DAY_S)
        self.assertEqual(self.rows("SELECT times_seen, recorded_at_s, last_seen_at_s FROM result"),
                         [(2, FIRST_S, FIRST_S + DAY_S)])
        self.record("--seed", "2", at_s=FIRST_S + 2 * DAY_S)
        self.record(at_s=FIRST_S + 3 * DAY_S)
        self.assertEqual(self.rows("SELECT seed FROM result ORDER BY id"), [("1",), ("2",), ("1",)])

    def test_a_suite_is_recorded_as_a_whole(self):
        done = firedrill("run", "tools/bench", "-q", "-r", "16", "--record", self.file)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertIn(self.file, done.stdout)
        names = [name for name, in self.rows("SELECT scenario FROM result")]
        self.assertGreater(len(names), 0)
        self.assertEqual(len(names), len(set(names)))

    def test_runs_at_once_all_land(self):
        flags = ["run", CONTROL, "-q", "-r", "32", "-j", "1", "--record", self.file]
        running = [subprocess.Popen([FIREDRILL, *flags, "--seed", str(seed)], cwd=ROOT,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                   for seed in range(1, 7)]
        for process in running:
            _, told = process.communicate(timeout=120)
            self.assertIn(process.returncode, (0, 1), told)
        self.assertEqual(self.rows("SELECT count(DISTINCT seed), count(*) FROM result"), [(6, 6)])
        targets = len(self.shown(code=0)["scenarios"][0]["targets"])
        self.assertEqual(self.rows("SELECT count(*) FROM target"), [(6 * targets,)])

    def test_a_result_that_was_edited_is_not_added_and_takes_the_others_along(self):
        good, bad = (os.path.join(self.folder, name) for name in ("good.json", "bad.json"))
        self.record("--export-json", good)
        self.rows("DELETE FROM target")
        self.rows("DELETE FROM result")
        with open(good, encoding="utf-8") as file:
            text = file.read()
        with open(bad, "w", encoding="utf-8") as file:
            file.write(text.replace('"seed": 1', '"seed": 3'))
        self.assertIn("digest", self.expect(2, "history", self.file, "--add", good, bad).stderr)
        self.assertEqual(self.rows("SELECT count(*) FROM result"), [(0,)])
        self.expect(0, "history", self.file, "--add", good, "--date", "2025-01-02")
        self.assertEqual(self.rows("SELECT recorded_at_s FROM result"), [(1_735_776_000,)])

    def test_what_is_shown_when_there_is_nothing(self):
        self.assertIn("no such file", self.expect(2, "history", self.file).stderr)
        self.record()
        self.expect(2, "history", self.file, "--scenario", "'; DROP TABLE result;--")
        self.expect(2, "history", self.file, "--target", "nothing of that name")
        self.expect(2, "history", self.file, "--last", "0")
        self.expect(2, "history", self.file, "--date", "2025-01-02")
        self.assertEqual(self.rows("SELECT count(*) FROM result"), [(1,)])

    def test_one_drill_or_some_blocks_are_not_recorded(self):
        self.expect(2, "run", CONTROL, "--replication", "1", "--record", self.file)
        self.expect(2, "run", CONTROL, "--blocks", "0:0", "-o", os.path.join(self.folder, "p"),
                    "--record", self.file)


class Refused(Case):
    """Before hours of work, with what to do, and the file stays as it is."""

    def refused(self, why):
        before = b""
        if os.path.isfile(self.file):
            with open(self.file, "rb") as file:
                before = file.read()
        for command in (["run", CONTROL, "-q", "--record", self.file],
                        ["history", self.file]):
            self.assertIn(why, self.expect(2, *command).stderr)
        if before:
            with open(self.file, "rb") as file:
                self.assertEqual(file.read(), before)

    def test_a_file_that_is_no_sqlite(self):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("a shopping list\n" * 100)
        self.refused("no SQLite file")

    def test_a_file_of_something_else(self):
        self.rows("CREATE TABLE holiday (photo)")
        self.refused("something else")

    def test_a_file_of_a_later_version(self):
        self.record()
        self.rows("PRAGMA user_version = 2")
        self.refused("later version")

    def test_a_file_that_was_cut(self):
        self.record()
        with open(self.file, "r+b") as file:
            file.truncate(os.path.getsize(self.file) // 2)
        for command in (["history", self.file], ["run", CONTROL, "-q", "--record", self.file]):
            done = firedrill(*command)
            self.assertIn(done.returncode, (2, 3), done.stderr)
            self.assertIn("damaged", done.stderr)

    def test_a_folder_that_is_not_there(self):
        missing = os.path.join(self.folder, "no", "history.db")
        self.assertIn("folder exists", self.expect(
            2, "run", CONTROL, "-q", "--record", missing).stderr)

    def test_a_file_that_may_not_be_written(self):
        self.record()
        os.chmod(self.file, 0o444)
        os.chmod(self.folder, 0o555)
        somebody = {"user": 65534} if os.geteuid() == 0 else {}  # root may write everything
        done = subprocess.run([FIREDRILL, "run", CONTROL, "-q", "--record", self.file], cwd=ROOT,
                              capture_output=True, text=True, check=False, **somebody)
        shown = subprocess.run([FIREDRILL, "history", self.file], cwd=ROOT, check=False,
                               capture_output=True, text=True, **somebody)
        os.chmod(self.folder, 0o755)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("may not be written", done.stderr)
        self.assertEqual(shown.returncode, 0, shown.stderr)  # reading needs no more than reading

    def test_a_file_that_another_program_holds(self):
        self.record()
        holder = sqlite3.connect(self.file, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        self.assertIn("another program", self.expect(2, "history", self.file).stderr)
        holder.execute("ROLLBACK")
        holder.close()
        self.expect(0, "history", self.file)


class Shown(Case):
    """On figures that are written into the tables: what is shown of them cannot move."""

    def setUp(self):
        super().setUp()
        self.record()
        self.rows("DELETE FROM target")
        self.rows("DELETE FROM result")
        self.results = 0

    def add(self, p95_ms, met, documents="d" * 64, commit="abcdef012345", subject="payments",
            what_if="[]", scenario="region-loss", limit_ms=900_000, half_ms=10_000):
        """A result of 1,000 drills a day later than the one before."""
        self.results += 1
        at_s = FIRST_S + self.results * DAY_S
        verdict = "met" if met >= 970 else "missed"
        share = met / 1000
        with sqlite3.connect(self.file) as database:
            database.execute(
                "INSERT INTO result VALUES (?,?,?,?,1,?,?,?,'1',1000,1000,'0.1.0',?,'1.2',?)",
                (self.results, f"{self.results:064}", at_s, at_s, scenario, documents, what_if,
                 commit, verdict))
            p50_ms = None if p95_ms is None else p95_ms // 2
            database.execute(
                "INSERT INTO target VALUES (?,0,?,'tier-1','rto','onset',?,0.95,?,?,1000,?,?,?,"
                "?,?,?,?,?,?)",
                (self.results, subject, limit_ms, verdict, met, share, share - 0.01,
                 min(1, share + 0.01), p50_ms, p50_ms and p50_ms - half_ms,
                 p50_ms and p50_ms + half_ms, p95_ms, p95_ms and p95_ms - half_ms,
                 p95_ms and p95_ms + half_ms))

    def five(self):
        self.add(600_000, 990)
        self.add(605_000, 989, commit="bcdef0123456")
        self.add(720_000, 985, documents="e" * 64)
        self.add(None, 10, documents="f" * 64, what_if='["--var x=1"]')
        self.add(590_000, 991, documents="e" * 64)
        self.add(590_000, 991, documents="e" * 64, limit_ms=600_000)

    def test_each_is_as_it_was_looked_at(self):
        self.five()
        formats = {"history.txt": ["--color", "never"], "history.json": ["--format", "json"],
                   "history.md": ["--format", "markdown"], "narrow.txt": []}
        os.makedirs(GOLDEN, exist_ok=True)
        for name, flags in formats.items():
            width = {"COLUMNS": "44", "LC_ALL": "C"} if name.startswith("narrow") else {}
            text = self.expect(0, "history", self.file, *flags, **width).stdout
            place = os.path.join(GOLDEN, name)
            if BLESS:
                with open(place, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            with open(place, encoding="utf-8", newline="") as file:
                self.assertEqual(text, file.read(), name)

    def test_lines_fit(self):
        self.five()
        for columns in (40, 44, 60, 79, 80, 132):
            text = self.expect(0, "history", self.file, COLUMNS=str(columns)).stdout
            self.assertLessEqual(max(map(len, text.splitlines())), columns)

    def page(self, *flags):
        place = os.path.join(self.folder, "page.html")
        self.expect(0, "run", CONTROL, "-q", "-r", "64", "--export-html", place, *flags)
        with open(place, encoding="utf-8") as file:
            return file.read()

    def test_a_page_shows_the_trend(self):
        self.assertNotIn('id="history"', self.page())
        self.assertNotIn('id="history"', self.page("--history", self.file))  # of its scenario
        for p95_ms in (600_000, 700_000, 560_000):
            self.add(p95_ms, 990, scenario="control", subject=HOSTILE)
        page = self.page("--history", self.file)
        section = page.split('<section id="history">')[1].split("</section>")[0]
        self.assertEqual(section.count('role="img"'), 1)
        self.assertIn("3 results are recorded, from 2026-05-29 to 2026-05-31", section)
        self.assertIn("better than before", section)
        self.assertEqual(section.count("worse: p50 5m to 5m 50s"), 2)  # the mark, the table
        self.assertNotIn("</script>", section)
        self.assertNotIn("<b>", section)
        self.assertNotIn("\u202e", section)
        # A result that is recorded by the run is the newest on its page.
        page = self.page("--record", self.file)
        self.assertIn("4 results are recorded", page)

    def test_a_page_stays_below_a_megabyte(self):
        for i in range(120):
            self.add(600_000 + 20_000 * (i % 2), 990, scenario="region-loss")
        place = os.path.join(self.folder, "page.html")
        with sqlite3.connect(self.file) as database:
            for place_of in range(1, 40):
                database.execute("INSERT INTO target SELECT result_id, ?1, subject || ?1, tier,"
                                 " objective, start, limit_ms, required_share, verdict, met,"
                                 " judged, met_share, met_share_low, met_share_high, p50_ms,"
                                 " p50_low_ms, p50_high_ms, p95_ms, p95_low_ms, p95_high_ms"
                                 " FROM target WHERE place = 0", (place_of,))
        self.expect(1, "run", "scenarios/causeway/region-loss.json", "-q", "-r", "256",
                    "--history", self.file, "--export-html", place)
        self.assertLess(os.path.getsize(place), 1_000_000)
        with open(place, encoding="utf-8") as file:
            self.assertIn("And 32 more targets", file.read())

    def test_the_newest_decides_the_exit_code(self):
        self.add(600_000, 990)
        self.expect(0, "history", self.file)
        self.add(700_000, 990)
        text = self.expect(1, "history", self.file).stdout
        self.assertIn("worse: p50 5m to 5m 50s", text)
        self.expect(0, "history", self.file, "--last", "1")
        self.add(700_000, 990)
        text = self.expect(0, "history", self.file).stdout
        self.assertIn("still worse than the oldest: p50 5m to 5m 50s", text)

    def test_a_slow_slide_is_a_regression(self):
        for p95_ms in (600_000, 615_000, 630_000):
            self.add(p95_ms, 990, half_ms=10_000)
        text = self.expect(1, "history", self.file).stdout
        self.assertIn("1 worse bit by bit", text)

    def test_hostile_texts_are_harmless(self):
        self.add(600_000, 990, subject=HOSTILE, commit=HOSTILE, documents=HOSTILE,
                 what_if=json.dumps([HOSTILE]), scenario=HOSTILE)
        self.add(700_000, 990, subject=HOSTILE, commit="x", scenario=HOSTILE)
        text = self.expect(1, "history", self.file).stdout
        self.assertIsNone(re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text))
        self.assertNotIn("\n# x", text)
        page = self.expect(1, "history", self.file, "--format", "markdown").stdout
        self.assertNotIn("<", page)
        self.assertIsNone(re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", page))
        for line in page.splitlines():
            if line.startswith("| 20"):
                self.assertEqual(len(re.findall(r"(?<!\\)\|", line)), 9, line)
        history = self.shown("--scenario", HOSTILE, code=1)
        self.assertEqual(history["scenarios"][0]["scenario"], HOSTILE)
        self.assertEqual(self.rows("SELECT count(*) FROM result"), [(2,)])

    def test_words_and_numbers_that_no_version_wrote(self):
        self.add(2**62, 990, limit_ms=2**62, half_ms=2**61)
        self.rows(f"UPDATE result SET recorded_at_s = {2**62}")
        self.assertIn("9999", self.expect(0, "history", self.file).stdout)
        self.rows("UPDATE target SET objective = 'peace'")
        self.assertIn("does not know", self.expect(2, "history", self.file).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

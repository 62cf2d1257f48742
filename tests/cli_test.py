#!/usr/bin/env python3
"""The firedrill program at its edges: exit codes, streams, files, signals, hostile input.

    tests/cli_test.py FIREDRILL [unittest arguments]

Standard library only.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIREDRILL = None
CAUSEWAY = ROOT / "scenarios" / "causeway" / "region-loss.json"
NEGATIVE = ROOT / "tests" / "negative"
PLAIN = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "COLUMNS": "80"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        PLAIN[name] = os.environ[name]


def run(*arguments, env=None, **more):
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([FIREDRILL, *map(str, arguments)], stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, env={**PLAIN, **(env or {})}, timeout=300,
                          check=False, text=True, encoding="utf-8", **more)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="firedrill-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def expect(self, code, *arguments, **more):
        done = run(*arguments, **more)
        self.assertEqual(done.returncode, code,
                         f"{arguments}\n{(done.stdout or '')[-2000:]}\n{done.stderr[-2000:]}")
        return done

    def scenario_of(self, folder, change):
        """A copy of a shipped folder with its scenario changed."""
        copy = self.folder / "copy"
        shutil.copytree(folder, copy)
        path = copy / CAUSEWAY.name
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def easy(self):
        """Targets so wide that every drill meets them."""
        def change(document):
            system = json.loads((ROOT / "scenarios/causeway/system.json").read_text("utf-8"))
            document["targets"] = [
                {"service": system["services"][0]["name"], "objective": "rto", "limit": "P9D",
                 "required_share": 0.01}]
            document["horizon"] = "P2D"
        return self.scenario_of(CAUSEWAY.parent, change)


class ExitCodes(Case):
    def test_0_every_target_met(self):
        done = self.expect(0, "run", self.easy(), "-r", "20", "--json")
        self.assertEqual(json.loads(done.stdout)["verdict"], "met")

    def test_1_missed(self):
        for name in ("rto-of-one-second", "nobody-answers", "no-runbook", "deadlock",
                     "past-horizon"):
            with self.subTest(name):
                done = self.expect(1, "run", NEGATIVE / f"{name}.json", "-r", "40", "--json")
                self.assertEqual(json.loads(done.stdout)["verdict"], "missed")

    def test_1_inconclusive(self):
        # One drill cannot show a share of 95 %.
        def change(document):
            document["targets"] = [dict(t, required_share=0.95) for t in document["targets"]]
        path = self.easy()
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")
        done = self.expect(1, "run", path, "-r", "1", "--json")
        self.assertEqual(json.loads(done.stdout)["verdict"], "inconclusive")

    def test_2_refused(self):
        for path in sorted((NEGATIVE / "refused").glob("*.json")):
            for command in ("validate", "plan", "run"):
                with self.subTest(f"{command} {path.name}"):
                    done = self.expect(2, command, path)
                    self.assertEqual(done.stdout, "")
                    self.assertRegex(done.stderr, r":\d+:\d+: error\[FD0\d\d\]: ")

    def test_2_zero_targets_is_never_green(self):
        done = self.expect(2, "run", NEGATIVE / "refused" / "zero-targets.json")
        self.assertIn("FD017", done.stderr)

    def test_3_output_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = self.expect(3, "schema", "result", stdout=full)
        self.assertIn("No space left", done.stderr)

    def stopped_by(self, number):
        file = self.folder / "result.json"
        program = subprocess.Popen(
            [FIREDRILL, "run", str(CAUSEWAY), "-r", "50000000", "-j", "2", "-q", "--export-json",
             str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=PLAIN)
        time.sleep(2)
        program.send_signal(number)
        out, err = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 128 + number, err)
        result = json.loads(file.read_text(encoding="utf-8"))
        self.assertEqual(result["status"], "aborted")
        self.assertLess(result["runs"]["completed"], 50000000)
        self.assertIn(b"aborted", out)

    def test_130_interrupted(self):
        self.stopped_by(signal.SIGINT)

    def test_143_terminated(self):
        self.stopped_by(signal.SIGTERM)


class Usage(Case):
    def test_help_and_version(self):
        self.assertIn("validate", self.expect(0, "--help").stdout)
        self.assertIn("--replication", self.expect(0, "run", "--help").stdout)
        self.assertRegex(self.expect(0, "-V").stdout, r"^firedrill \d+\.\d+\.\d+ \(\w+\)\n$")
        versions = json.loads(self.expect(0, "--version", "--json").stdout)
        for key in ("version", "commit", "compiler", "simgrid", "boost", "eigen"):
            self.assertTrue(versions[key])

    def test_live_offers_its_commands(self):
        text = self.expect(0, "live", "--help").stdout
        for command in ("plan", "guards"):
            self.assertRegex(text, rf"(?m)^  {command} ")
        self.expect(2, "live")
        self.expect(2, "live", "plan", CAUSEWAY)
        for number in range(1, 21):
            self.assertIn(f"| {number} |", self.expect(0, "live", "guards").stdout)

    def test_mistakes(self):
        for arguments in ([], ["frobnicate"], ["vali", CAUSEWAY], ["run"], ["run", "--frob"],
                          ["run", CAUSEWAY, "-r", "0"], ["run", CAUSEWAY, "-r", "1e3"],
                          ["run", CAUSEWAY, "-r", "-5"], ["run", CAUSEWAY, "--seed", "0x10"],
                          ["run", CAUSEWAY, "--seed", "99999999999999999999"],
                          ["run", CAUSEWAY, "-j", "0"], ["run", CAUSEWAY, "--format", "yaml"],
                          ["run", CAUSEWAY, "--format", "text", "--json"],
                          ["run", CAUSEWAY, "--color", "pink"], ["run", CAUSEWAY, CAUSEWAY],
                          ["run", CAUSEWAY, "--export-json"], ["schema"], ["schema", "poem"],
                          ["--json"], ["validate"], ["timings", "no-such-timing"],
                          ["run", NEGATIVE, "--replication", "1"]):
            with self.subTest(arguments):
                done = self.expect(2, *arguments)
                self.assertEqual(done.stdout, "")
                self.assertTrue(done.stderr)

    def test_schemas(self):
        for kind in ("system", "runbook", "scenario", "timings", "overlay", "result",
                     "sensitivity", "history"):
            schema = json.loads(self.expect(0, "schema", kind).stdout)
            self.assertEqual(schema["$schema"], "http://json-schema.org/draft-07/schema#")

    def test_the_page_of_the_vocabulary_is_what_the_program_prints(self):
        """After a change of a row: firedrill vocabulary > scenarios/VOCABULARY.md"""
        with open(os.path.join(ROOT, "scenarios/VOCABULARY.md"), encoding="utf-8") as file:
            self.assertEqual(file.read(), self.expect(0, "vocabulary").stdout)

    def test_timings(self):
        text = self.expect(0, "timings", "people.ack").stdout
        self.assertIn("people.ack", text)
        document = json.loads(self.expect(0, "timings", "people.ack", "--json").stdout)
        for entry in document["timings"]:
            self.assertIn("people.ack", entry["id"])
            self.assertTrue(entry["source"])

    def test_plan(self):
        text = self.expect(0, "plan", CAUSEWAY).stdout
        self.assertIn("region-degradation", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.expect(0, "plan", CAUSEWAY, "-o", self.folder / "plan.txt")
        self.assertEqual((self.folder / "plan.txt").read_text("utf-8"), text)


class Documents(Case):
    def refuse(self, path, rule):
        for command in ("validate", "plan", "run"):
            with self.subTest(f"{command} {path}"):
                done = self.expect(2, command, path)
                self.assertEqual(done.stdout, "")
                self.assertIn(rule, done.stderr)

    def write(self, text):
        path = self.folder / "scenario.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def test_missing(self):
        self.refuse(self.folder / "no.json", "FD001")

    def test_folder_without_documents(self):
        for command in ("validate", "plan", "run"):
            self.assertTrue(self.expect(2, command, self.folder).stderr)

    def test_unreadable(self):
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        path = self.write("{}")
        path.chmod(0)
        self.refuse(path, "FD001")

    def test_malformed(self):
        self.refuse(self.write('{"apiVersion": "firedrill/v1",,}'), "FD003")
        self.refuse(self.write(b"\xff\xfe\x00"), "FD003")
        self.refuse(self.write(""), "FD003")

    def test_deep_nest(self):
        self.refuse(self.write("[" * 100_000 + "]" * 100_000), "FD002")

    def test_50_megabytes(self):
        self.refuse(self.write("[" + " " * 50_000_000 + "]"), "FD002")

    def test_duplicate_keys(self):
        self.refuse(NEGATIVE / "refused" / "duplicate-key.json", "FD004")

    def test_unknown_key(self):
        def change(document):
            document["horizont"] = document.pop("horizon")
        path = self.scenario_of(CAUSEWAY.parent, change)
        self.refuse(path, "FD006")
        self.assertIn('did you mean "horizon"', run("validate", path).stderr)

    def test_every_error_and_their_count_last(self):
        def change(document):
            document["horizont"] = "PT1H"
            document["runs"] = -1
        done = self.expect(2, "validate", self.scenario_of(CAUSEWAY.parent, change))
        self.assertIn("FD006", done.stderr)
        self.assertIn("FD009", done.stderr)
        self.assertRegex(done.stderr.splitlines()[-1], r"^2 errors in 1 document$")

    def test_folder_with_a_broken_document(self):
        self.write('{"apiVersion": "firedrill/v1", "kind": "Scenario",,}')
        (self.folder / "other.json").write_text('{"not": "ours"}')
        done = self.expect(2, "validate", self.folder)
        self.assertIn("FD003", done.stderr)
        self.assertNotIn("other.json", done.stderr)

    def test_shipped_ones_are_valid(self):
        begin = time.monotonic()
        done = self.expect(0, "validate", CAUSEWAY.parent)
        print(f"validate scenarios/causeway: {(time.monotonic() - begin) * 1000:.0f} ms "
              "(aim: under 100)", file=sys.stderr)
        self.assertRegex(done.stdout, r"^\d+ documents, no errors\n$")


class Results(Case):
    def test_json_is_one_document_and_logs_are_elsewhere(self):
        done = self.expect(1, "run", NEGATIVE / "rto-of-one-second.json", "-r", "50", "--json")
        result = json.loads(done.stdout)
        self.assertEqual(result["kind"], "Result")
        self.assertEqual(result["runs"], {"asked": 50, "completed": 50, "failed": 0})
        self.assertIn("of 50 drills", done.stderr)
        quiet = self.expect(1, "run", NEGATIVE / "rto-of-one-second.json", "-r", "50", "-q")
        self.assertEqual(quiet.stderr, "")

    def test_same_bytes_for_any_jobs(self):
        results = []
        for jobs in ("1", "2"):
            done = run("run", CAUSEWAY, "-r", "600", "--json", "-q", "-j", jobs)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            results.append(done.stdout)
        self.assertEqual(results[0], results[1])
        other = run("run", CAUSEWAY, "-r", "600", "--json", "-q", "--seed", "2").stdout
        self.assertNotEqual(results[0], other)

    def test_a_drill_alone_has_the_numbers_of_the_batch(self):
        done = run("run", CAUSEWAY, "-r", "600", "--json", "-q")
        for example in json.loads(done.stdout)["examples"]:
            text = self.expect(0, "run", CAUSEWAY, "--replication", example["replication"]).stdout
            line = next(l for l in text.splitlines() if l.split()[:1] == ["restored"])
            shown = line.split()[1]
            if example["restored_s"] is None:
                self.assertEqual(shown, "never")
            else:
                hours, minutes, seconds = shown.split(":")
                self.assertAlmostEqual(int(hours) * 3600 + int(minutes) * 60 + float(seconds),
                                       example["restored_s"], places=6)

    def test_event_log(self):
        done = self.expect(0, "run", CAUSEWAY, "--replication", "3", "--json")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(lines[0]["kind"], "EventLog")
        self.assertEqual((lines[0]["seed"], lines[0]["replication"]), (1, 3))
        self.assertEqual(lines[-1]["event"], "drill-ended")
        times = [line["t_s"] for line in lines[1:]]
        self.assertEqual(times, sorted(times))
        text = self.expect(0, "run", CAUSEWAY, "--replication", "3", "-v").stdout
        self.assertIn("ireland-lost", text)
        self.assertIn("drill ended", text)

    def test_files(self):
        first, second = self.folder / "a.json", self.folder / "b.json"
        second.write_text("old")
        out = self.folder / "out.txt"
        done = run("run", NEGATIVE / "rto-of-one-second.json", "-r", "20", "-q", "--export-json",
                   first, "--export-json", second, "-o", out)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertEqual(first.read_bytes(), second.read_bytes())
        self.assertNotIn(str(self.folder), first.read_text("utf-8"))
        self.assertIn("TARGETS", out.read_text("utf-8"))
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["a.json", "b.json", "out.txt"])

    def test_nowhere_to_write_is_told_before_the_work(self):
        begin = time.monotonic()
        for path in (self.folder / "no" / "result.json", self.folder):
            self.expect(3, "run", CAUSEWAY, "-r", "10000000", "--export-json", path)
        self.assertLess(time.monotonic() - begin, 60)

    def test_full_disk(self):
        done = self.expect(3, "run", NEGATIVE / "rto-of-one-second.json", "-r", "5",
                           "--export-json", "/dev/full")
        self.assertIn("/dev/full", done.stderr)

    def test_closed_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = run("timings", stdout=writer)
        os.close(writer)
        self.assertEqual(done.returncode, 3)
        self.assertIn("Broken pipe", done.stderr)

    def test_text(self):
        done = run("run", CAUSEWAY, "-r", "100", "-q")
        self.assertIn("TARGETS", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        for line in done.stdout.splitlines():
            if "firedrill run" not in line:
                self.assertLessEqual(len(line), 80, line)
        colour = run("run", CAUSEWAY, "-r", "5", "-q", "--color", "always")
        self.assertIn("\x1b[", colour.stdout)
        forced = run("run", CAUSEWAY, "-r", "5", "-q", env={"CLICOLOR_FORCE": "1"})
        self.assertIn("\x1b[", forced.stdout)
        refused = run("run", CAUSEWAY, "-r", "5", "-q", "--no-color", env={"FORCE_COLOR": "1"})
        self.assertNotIn("\x1b[", refused.stdout)
        ascii_only = run("run", CAUSEWAY, "-r", "5", "-q", env={"LANG": "C"})
        self.assertTrue(ascii_only.stdout.isascii())

    def test_one_scenario_is_one_screen(self):
        for scenario, most in ((CAUSEWAY, 60), (NEGATIVE / "control.json", 40)):
            done = run("run", scenario, "-r", "100", "-q")
            self.assertLessEqual(len(done.stdout.splitlines()), most)
            whole = run("run", scenario, "-r", "100", "-q", "-v")
            self.assertGreater(len(whole.stdout), len(done.stdout))

    def test_suite(self):
        done = self.expect(1, "run", NEGATIVE, "-r", "100", "--json", "-q")
        suite = json.loads(done.stdout)
        self.assertEqual(suite["kind"], "Suite")
        self.assertEqual(len(suite["results"]), len(list(NEGATIVE.glob("*.json"))) - 1)
        verdicts = {r["scenario"]["name"]: r["verdict"] for r in suite["results"]}
        self.assertEqual(verdicts.pop("control"), "met")
        self.assertEqual(set(verdicts.values()), {"missed"})
        self.assertEqual([row["scenario"] for row in suite["summary"]],
                         [r["scenario"]["name"] for r in suite["results"]])
        for row, result in zip(suite["summary"], suite["results"]):
            self.assertEqual(row["worst_target"], result["targets"][result["worst_target"]])

    def test_suite_ends_in_a_table_of_its_width(self):
        lines = self.expect(1, "run", NEGATIVE, "-r", "100", "-q").stdout.splitlines()
        begin = next(i for i, line in enumerate(lines) if line.startswith("SUITE"))
        end = lines.index("", begin)
        # A heading, a line of titles, a line a verdict, a line a scenario.
        self.assertEqual(end - begin, 2 + 2 + len(list(NEGATIVE.glob("*.json"))) - 1)
        self.assertTrue(lines[end + 1].startswith("CRITICAL FINDINGS"))
        self.assertLessEqual(max(map(len, lines)), 80)

    def test_calendar(self):
        result, records = self.folder / "result.json", self.folder / "records"
        records.mkdir()
        system = CAUSEWAY.parent / "system.json"

        def calendar(code, today):
            done = self.expect(code, "calendar", system, "--records", records, "--today", today,
                               "--json")
            return {t["tier"]: t["state"] for t in json.loads(done.stdout)["tiers"]}

        # Nothing was ever held; then one drill of all tiers, every 3, 6 and 12 months.
        self.assertEqual(set(calendar(1, "2026-11-21").values()), {"never"})
        run("run", CAUSEWAY, "-r", "20", "-q", "-o", os.devnull, "--export-json", result)
        record = records / "drill.json"
        self.expect(0, "record", result, "--date", "2026-11-02", "-o", record)
        self.expect(0, "validate", record)
        self.assertEqual(set(calendar(0, "2027-02-02").values()), {"done"})
        self.assertEqual(calendar(1, "2027-02-03"),
                         {"tier-1": "overdue", "tier-2": "done", "tier-3": "done"})
        self.expect(2, "calendar", system, "--records", records, "--today", "2027-02-30")
        self.expect(2, "record", system, "--date", "2026-11-02")
        record.write_text(record.read_text("utf-8").replace("2026-11-02", "2026-11-31"), "utf-8")
        self.expect(2, "calendar", system, "--records", records)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(__doc__)
    FIREDRILL = os.path.abspath(sys.argv.pop(1))
    unittest.main()

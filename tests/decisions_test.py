#!/usr/bin/env python3
"""From results to decisions, end to end: studies that stop by themselves, comparisons, gates.

    tests/decisions_test.py FIREDRILL [unittest arguments]

Standard library only.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
FIREDRILL = None
CAUSEWAY = ROOT / "scenarios" / "causeway"
CREW = ROOT / "tests" / "oracles" / "crew.json"
PLAIN = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "COLUMNS": "80"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        PLAIN[name] = os.environ[name]


def run(*arguments, **more):
    return subprocess.run([FIREDRILL, *map(str, arguments)], capture_output=True,
                          stdin=subprocess.DEVNULL, env=PLAIN, timeout=300, check=False,
                          text=True, encoding="utf-8", **more)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="firedrill-decisions-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def expect(self, code, *arguments, **more):
        done = run(*arguments, **more)
        self.assertEqual(done.returncode, code,
                         f"{arguments}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done

    def crew(self, name="crew", **change):
        """The drill of two people and thirty steps of p50 90 s, with changes of its scenario."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for file in CREW.parent.glob("crew*.json"):
            shutil.copy(file, folder)
        path = folder / "crew.json"
        document = {**json.loads(path.read_text("utf-8")), **change}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def judged_crew(self, limit, share, name="crew"):
        return self.crew(name, targets=[{"runbook": "crew", "objective": "completion",
                                         "from": "start", "limit": limit,
                                         "required_share": share}])

    def result(self, scenario, *arguments, code=0):
        file = self.folder / f"{len(list(self.folder.glob('*.json')))}.json"
        self.expect(code, "run", scenario, "-q", "--export-json", file, *arguments)
        return file


class UntilDecided(Case):
    def test_it_stops_at_a_look_once_the_target_is_decided(self):
        path = self.judged_crew("PT24H", 0.95)
        done = self.expect(0, "run", path, "--until-decided", "--min-runs", "300", "--json", "-q")
        result = json.loads(done.stdout)
        self.assertEqual(result["runs"]["asked"], 512)
        self.assertEqual(result["until_decided"]["looks_made"], 1)
        self.assertEqual(result["verdict"], "met")

    def test_the_drills_are_those_of_a_fixed_number(self):
        path = self.judged_crew("PT24H", 0.95)
        grown = json.loads(self.result(path, "--until-decided", "--min-runs", "512").read_text())
        fixed = json.loads(self.result(path, "-r", "512").read_text())
        self.assertEqual(grown["samples"], fixed["samples"])

    def test_what_cannot_be_decided_is_inconclusive_and_says_what_it_would_take(self):
        path = self.judged_crew("PT24H", 0.9999)
        arguments = ("run", path, "--on-inconclusive", "more-runs", "--max-runs", "1024", "-q")
        result = json.loads(self.expect(1, *arguments, "--json").stdout)
        self.assertEqual(result["verdict"], "inconclusive")
        self.assertEqual(result["runs"]["asked"], 1024)
        # ln(0.05 / 2) / ln(0.9999) = 36,886.9 drills without a miss, at the one look that there is.
        self.assertEqual(result["targets"][0]["drills_to_decide"], 36887)
        self.assertIn("about 37,000 drills would decide the open one: --max-runs",
                      self.expect(1, *arguments).stdout)
        self.expect(0, "run", path, "-r", "256", "--on-inconclusive", "pass", "-q")
        self.expect(1, "run", path, "-r", "256", "--on-inconclusive", "fail", "-q")

    def test_contradictions(self):
        path = self.judged_crew("PT24H", 0.95)
        for arguments in (["--min-runs", "5"], ["--max-runs", "5"],
                          ["--until-decided", "--min-runs", "2000", "--max-runs", "1000"],
                          ["--until-decided", "-r", "5", "--min-runs", "5"],
                          ["--on-inconclusive", "shrug"]):
            with self.subTest(arguments):
                self.assertEqual(self.expect(2, "run", path, *arguments).stdout, "")


class Compare(Case):
    def promotion(self, name, p50, p95):
        """The region loss with a promotion of so many seconds of hands."""
        folder = self.folder / name
        shutil.copytree(CAUSEWAY, folder)
        system = json.loads((folder / "system.json").read_text("utf-8"))
        system.setdefault("timings", []).append(
            {"id": "people.promotion", "unit": "s", "source": "this test", "confidence": "estimate",
             "figure": f"p50 {p50} s", "distribution": {"family": "lognormal", "p50": p50,
                                                        "p95": p95}})
        (folder / "system.json").write_text(json.dumps(system), encoding="utf-8")
        path = folder / "runbooks" / "region-degradation.json"
        runbook = json.loads(path.read_text("utf-8"))
        step = next(s for s in runbook["steps"] if s["id"] == "promote-dr-cluster")
        step["time"] = "people.promotion"
        path.write_text(json.dumps(runbook), encoding="utf-8")
        return folder / "region-loss.json"

    def test_a_slowdown_of_five_percent_of_one_step_is_a_regression(self):
        """A human step of 90 s on the critical path takes 94.5 s: seen at 2,000 drills."""
        base = self.promotion("base", 90, 180)
        slow = self.promotion("slow", 94.5, 189)
        done = self.expect(1, "compare", base, slow, "-r", "2000", "-q", "--json")
        comparison = json.loads(done.stdout)
        self.assertEqual(comparison["verdict"], "worse")
        self.assertEqual(comparison["pairs"], 2000)
        payments = comparison["targets"][0]
        self.assertEqual((payments["objective"], payments["change"]), ("rto", "worse"))
        self.assertGreater(payments["drills"]["longer"], 1500)
        self.assertLess(payments["drills"]["shorter"], 40)
        # What changed the path most is the step that was changed.
        self.assertEqual(comparison["steps"][0]["step"], "promote-dr-cluster")
        self.assertEqual(comparison["steps"][0]["change"], "slower")
        self.assertEqual(comparison["targets"][1]["change"], "same")  # the data lost

    def test_the_other_way_round_it_is_better(self):
        base = self.result(self.judged_crew("PT24H", 0.5, "before"), "-r", "600", "--seed", "5")
        path = self.judged_crew("PT24H", 0.5)
        system = path.parent / "crew-system.json"
        document = json.loads(system.read_text("utf-8"))
        document["timings"][0]["distribution"].update(p50=80, p95=320)
        system.write_text(json.dumps(document), encoding="utf-8")
        # The documents are run with the seed and the number of drills of the result.
        comparison = json.loads(self.expect(0, "compare", base, path, "-q", "--json").stdout)
        self.assertEqual(comparison["verdict"], "better")
        self.assertEqual(comparison["new"]["seed"], 5)
        self.assertEqual(comparison["new"]["completed"], 600)
        text = self.expect(1, "compare", path, base, "-q").stdout
        self.assertIn("worse: of 1 targets 1 worse", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_an_overlay_is_what_the_scenario_becomes(self):
        scenario = CAUSEWAY / "region-loss.json"
        overlay = CAUSEWAY / "overlays/london-at-full-scale.json"
        told = json.loads(
            self.expect(0, "compare", scenario, overlay, "-r", "256", "-q", "--json").stdout)
        self.assertEqual(told["verdict"], "better")
        ran = self.folder / "with.json"
        self.expect(1, "run", scenario, "--with", overlay, "-r", "256", "-q",
                    "--export-json", ran)
        plain = self.result(scenario, "-r", "256", code=1)
        same = json.loads(self.expect(0, "compare", plain, ran, "--json").stdout)
        self.assertEqual(same["targets"], told["targets"])

    def test_the_same_is_the_same(self):
        base = self.result(self.judged_crew("PT24H", 0.95), "-r", "300")
        text = self.expect(0, "compare", base, base).stdout
        self.assertIn("not one drill differs", text)

    def test_targets_that_only_one_has(self):
        base = self.result(self.judged_crew("PT24H", 0.95), "-r", "300")
        now = self.result(self.crew("other", targets="tiers"), "-r", "300", code=0)
        comparison = json.loads(self.expect(2, "compare", base, now, "--json").stdout)
        self.assertEqual(comparison["verdict"], "not comparable")
        reasons = {t["reason"] for t in comparison["targets"]}
        self.assertEqual(reasons, {"the base has no such target", "only the base has this target"})

    def test_another_limit_is_told_and_applied_to_both(self):
        base = self.result(self.judged_crew("PT24H", 0.95), "-r", "300")
        now = self.result(self.judged_crew("PT1M", 0.95, "other"), "-r", "300", code=1)
        target = json.loads(self.expect(0, "compare", base, now, "--json").stdout)["targets"][0]
        self.assertEqual((target["base_limit"], target["limit"]), ("P1D", "PT1M"))
        self.assertEqual(target["met_share"]["base"], 0)

    def refused(self, reason, *arguments):
        done = self.expect(2, "compare", *arguments)
        self.assertEqual(done.stdout, "")
        self.assertIn(reason, done.stderr)

    def test_what_cannot_be_compared_is_refused_with_the_reason(self):
        path = self.judged_crew("PT24H", 0.95)
        base = self.result(path, "-r", "300")
        seed2 = self.result(path, "-r", "300", "--seed", "2")
        self.refused("their seeds are 1 and 2", base, seed2)
        self.expect(0, "compare", base, seed2, "--unpaired")
        other = self.crew("other", metadata={"name": "other"})
        self.refused("different scenarios", base, self.result(other, "-r", "300"))
        self.refused("cannot read", base, self.folder / "none.json")
        self.refused("this is no JSON", base, __file__)
        self.expect(2, "compare", base, ROOT / "tests" / "negative" / "refused" /
                    "zero-targets.json")

    def test_results_that_were_cut_edited_or_are_foreign(self):
        base = self.result(self.judged_crew("PT24H", 0.95), "-r", "300")
        text = base.read_text("utf-8")

        def bad(reason, content):
            file = self.folder / "bad.json"
            file.write_text(content, encoding="utf-8")
            self.refused(reason, base, file)
        bad("was cut off", text[: len(text) // 2])
        edited = json.loads(text)
        edited["targets"][0]["met_drills"] -= 1
        bad("was edited", json.dumps(edited))
        bad("this is no result", "{}")
        bad("this is no result", "[1, 2]")
        bad("nested too deeply", "[" * 5000 + "]" * 5000)
        foreign = json.loads(text)
        foreign["format_version"] = "2.0"
        bad("it is of format 2.0", json.dumps(foreign))
        old = json.loads(text)
        del old["samples"], old["content_sha256"]
        bad("which has no samples", json.dumps(old))
        self.refused("result of a suite", base,
                     self.result(self.judged_crew("PT24H", 0.95).parent, "-r", "300"))
        # Laid out anew it is what it was.
        again = self.folder / "again.json"
        again.write_text(json.dumps(json.loads(text), indent=7), encoding="utf-8")
        self.expect(0, "compare", base, again)

    def test_the_digest_can_be_computed_elsewhere(self):
        result = json.loads(self.result(self.judged_crew("PT24H", 0.95), "-r", "20",
                                        code=1).read_text("utf-8"))
        digest = result.pop("content_sha256")
        compact = json.dumps(result, separators=(",", ":"), ensure_ascii=False)
        self.assertEqual(hashlib.sha256(compact.encode()).hexdigest(), digest)

    def test_its_schema_is_published(self):
        schema = json.loads(self.expect(0, "schema", "comparison").stdout)
        self.assertEqual(schema["$schema"], "http://json-schema.org/draft-07/schema#")


class Gate(Case):
    """A folder of one scenario: thirty steps, done in 34 minutes in 60 % of drills."""

    def setUp(self):
        super().setUp()
        self.suite = self.judged_crew("PT34M", 0.5).parent
        self.baseline = self.folder / "baseline.json"
        self.gate = ("run", self.suite, "-r", "500", "-q", "--baseline", self.baseline)

    def write_baseline(self, code=0):
        self.expect(code, "run", self.suite, "-r", "500", "-q", "--write-baseline", self.baseline)

    def slow(self, p50):
        path = self.suite / "crew-system.json"
        system = json.loads(path.read_text("utf-8"))
        system["timings"][0]["distribution"]["p50"] = p50
        path.write_text(json.dumps(system), encoding="utf-8")

    def test_a_baseline_is_a_line_a_target_and_always_the_same(self):
        self.write_baseline()
        text = self.baseline.read_text("utf-8")
        self.assertEqual(sum('"subject"' in line for line in text.splitlines()), 1)
        line = json.loads(text)["targets"][0]
        self.assertEqual((line["runs"], line["seed"], line["verdict"]), (500, 1, "met"))
        self.write_baseline()
        self.assertEqual(self.baseline.read_text("utf-8"), text)

    def test_0_unchanged(self):
        self.write_baseline()
        self.assertIn("0 worse, 0 better", self.expect(0, *self.gate).stdout)

    def test_1_a_regression(self):
        self.write_baseline()
        self.slow(110)
        self.assertIn("worse: crew", self.expect(1, *self.gate).stdout)
        self.expect(1, *self.gate, "--fail-on", "regression")

    def test_known_misses_pass_only_when_asked(self):
        self.slow(120)
        self.write_baseline(1)
        self.expect(1, *self.gate)
        self.expect(0, *self.gate, "--fail-on", "regression")

    def test_2_whatever_does_not_fit(self):
        self.write_baseline()
        text = self.baseline.read_text("utf-8")
        for change in (lambda d: d["targets"][0].update(limit="PT35M"),
                       lambda d: d["targets"][0].update(subject="other"),
                       lambda d: d["targets"].append({**d["targets"][0], "scenario": "gone"}),
                       lambda d: d["targets"][0].pop("p95_s"),
                       lambda d: d.update(kind="Result"),
                       lambda d: d.update(format_version="2.0")):
            document = json.loads(text)
            change(document)
            self.baseline.write_text(json.dumps(document), encoding="utf-8")
            self.expect(2, *self.gate)
        self.baseline.unlink()
        self.expect(2, *self.gate)
        self.expect(2, "run", self.suite, "--fail-on", "regression")  # than what?

    def test_2_nothing_judged_is_never_green(self):
        path = self.suite / "crew.json"
        document = json.loads(path.read_text("utf-8"))
        # Nobody declares anything in this drill, so that nothing responds to it.
        document["targets"] = [{"objective": "response", "limit": "P1D", "required_share": 0.01}]
        path.write_text(json.dumps(document), encoding="utf-8")
        self.expect(2, "run", self.suite, "-r", "50", "-q", "--on-inconclusive", "pass")
        self.expect(2, "run", path, "-r", "50", "-q", "--on-inconclusive", "pass")

    def test_annotations_are_on_the_line_of_the_target(self):
        self.write_baseline()
        self.slow(110)
        text = self.expect(1, *self.gate, "--format", "github").stdout
        file, line = re.match(r"::error file=([^,]*),line=(\d+),title=worse", text).groups()
        lines = Path(file).read_text("utf-8").splitlines()
        self.assertLessEqual(int(line), len(lines))
        self.assertEqual(Path(file).name, "crew.json")

    def test_junit_and_summary(self):
        self.slow(120)
        junit, summary = self.folder / "junit.xml", self.folder / "summary.md"
        self.expect(1, "run", self.suite, "-r", "300", "-q", "--export-junit", junit,
                    "--export-summary", summary)
        suites = ElementTree.parse(junit).getroot()
        suite = suites.find("testsuite")
        self.assertEqual((suite.get("name"), suite.get("tests"), suite.get("failures")),
                         ("crew", "1", "1"))
        case = suite.find("testcase")
        self.assertEqual(case.find("failure").get("type"), "missed")
        self.assertEqual(case.get("name"), "crew completion from start <= PT34M in 50 % of drills")
        self.assertIn("| ❌ missed | crew |", summary.read_text("utf-8"))
        self.assertEqual(self.expect(1, "run", self.suite, "-r", "300", "-q", "--format",
                                     "markdown").stdout, summary.read_text("utf-8"))

    def test_mistakes_as_sarif(self):
        refused = ROOT / "tests" / "negative" / "refused"
        file = self.folder / "mistakes.sarif"
        self.expect(2, "validate", refused, "--export-sarif", file)
        sarif = json.loads(file.read_text("utf-8"))
        self.assertEqual(sarif["version"], "2.1.0")
        results = sarif["runs"][0]["results"]
        rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
        self.assertGreaterEqual(len(results), len(list(refused.glob("*.json"))))
        prints = [r["partialFingerprints"]["firedrill/v1"] for r in results]
        self.assertEqual(len(prints), len(set(prints)))
        for result in results:
            self.assertIn(result["ruleId"], rules)
            place = result["locations"][0]["physicalLocation"]
            self.assertGreaterEqual(place["region"]["startLine"], 1)
        self.expect(0, "validate", CAUSEWAY, "--export-sarif", file)
        self.assertEqual(json.loads(file.read_text("utf-8"))["runs"][0]["results"], [])


class Pipelines(Case):
    """The shell that the examples hold, run here against the program that was built."""

    def setUp(self):
        super().setUp()
        self.suite = self.judged_crew("PT34M", 0.5).parent
        self.baseline = self.folder / "baseline.json"
        self.expect(0, "run", self.suite, "-r", "300", "-q", "--write-baseline", self.baseline)

    def shell(self, command, variables):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=self.folder,
                              env={**PLAIN, **variables}, capture_output=True, text=True,
                              timeout=120, check=False)

    def yaml(self, file):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        return yaml.safe_load((ROOT / file).read_text("utf-8"))

    def action(self, **inputs):
        """The step of the action with its inputs as GitHub hands them over."""
        action = self.yaml("tools/github-action/action.yml")
        step = action["runs"]["steps"][0]
        values = {name: given.get("default", "") for name, given in action["inputs"].items()}
        values.update({name.replace("_", "-"): str(value) for name, value in inputs.items()})
        variables = {"GITHUB_ACTION_PATH": str(ROOT / "tools" / "github-action"),
                     "GITHUB_STEP_SUMMARY": str(self.folder / "step-summary"),
                     "GITHUB_OUTPUT": str(self.folder / "step-output")}
        for name, text in step["env"].items():
            variables[name] = values[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)[1]]
        for step in action["runs"]["steps"][1:]:
            self.assertRegex(step["uses"], r"@[0-9a-f]{40}$")  # third parties by commit
        return self.shell(action["runs"]["steps"][0]["run"], variables)

    def test_the_action(self):
        done = self.action(scenarios=self.suite, runs=300, baseline=self.baseline,
                           fail_on="regression", firedrill=FIREDRILL)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("result.json", "junit.xml", "summary.md"):
            self.assertTrue((self.folder / "firedrill-results" / name).exists())
        self.assertIn("## Recovery drills", (self.folder / "step-summary").read_text("utf-8"))
        self.assertEqual((self.folder / "step-output").read_text("utf-8"), "exit-code=0\n")

    def test_the_action_fails_as_the_program_does(self):
        self.judged_crew("PT1M", 0.5)
        done = self.action(scenarios=self.suite, runs=300, firedrill=FIREDRILL)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("::error file=", done.stdout)
        self.assertEqual((self.folder / "step-output").read_text("utf-8"), "exit-code=1\n")

    def test_the_gitlab_job(self):
        job = self.yaml("tools/gitlab/.gitlab-ci.yml")["recovery-drills"]
        variables = {**job["variables"], "FIREDRILL": FIREDRILL, "SCENARIOS": str(self.suite),
                     "BASELINE": str(self.baseline), "RUNS": "300"}
        done = self.shell("\n".join(job["script"]), variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in job["artifacts"]["paths"]:
            self.assertTrue((self.folder / name).exists())
        self.assertIn(job["artifacts"]["reports"]["junit"], job["artifacts"]["paths"])


if __name__ == "__main__":
    FIREDRILL = os.path.abspath(sys.argv.pop(1))
    unittest.main()

#!/usr/bin/env python3
"""The report page in a browser: offline, behind a strict server, hostile names, filters, size.

    tests/html_test.py FIREDRILL BUILD_DIR [unittest arguments]
    tests/html_test.py FIREDRILL BUILD_DIR --bless        writes the golden page anew

Exit 77 where there is no Chromium. Screenshots are left in BUILD_DIR/html_test.
"""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import browser as browsers  # noqa: E402
from support.hostile import Hostile  # noqa: E402
from support.requirement import missing  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
CAUSEWAY = ROOT / "scenarios/causeway/region-loss.json"
SMALL = Path("tests/negative/control.json")  # from ROOT: pages name the path
GOLDEN = ROOT / "tests/golden/html/control.html"
REQUIREMENTS = ROOT / "tests/html_requirements.txt"
BYTES_MAX = 1_000_000
# What Jenkins sends with the reports of a build.
JENKINS = ("sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'")
FIREDRILL = BUILD = None
PLAIN = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "1767225600"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        PLAIN[name] = os.environ[name]


def firedrill(*arguments):
    done = subprocess.run([FIREDRILL, *map(str, arguments)], capture_output=True, text=True,
                          env=PLAIN, cwd=ROOT, timeout=300, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{arguments}: {done.returncode}\n{done.stderr[-2000:]}")
    return done


def golden_page(folder):
    """A small page, a line an element, without what is a file of its own or differs by build."""
    path = Path(folder) / "golden.html"
    firedrill("run", SMALL, "-r", "64", "-q", "--export-html", path)
    page = path.read_text("utf-8")
    page = re.sub(r"firedrill [0-9.]+[^ ]* \([^)]*\)", "firedrill VERSION", page)
    page = re.sub(r"sha256-[A-Za-z0-9+/=]{44}", "sha256-DIGEST", page)
    page = re.sub(r"<(style|script)>.*?</", r"<\1></", page, flags=re.S)
    # The timings of the library change often: of them, the order of the first is enough.
    rows = re.search(r'<section id="assumptions">.*?<tbody>(.*?)</tbody>', page, re.S).group(1)
    page = page.replace(rows, "".join(re.findall(r"<tr.*?</tr>", rows, re.S)[:4]))
    return re.sub(r"(</(?:tr|p|li|g|text|section|svg|head)>)", r"\1\n", page)


def crowded_scenario(folder):
    """The small shop with four hundred services of long names, as many stores, and steps."""
    copy = Path(folder) / "crowded"
    shutil.copytree(ROOT / SMALL.parent, copy)
    system = json.loads((copy / "system.json").read_text("utf-8"))
    service, store = system["services"][0], system["stores"][0]
    for number in range(400):
        name = f"{number} " + "\u0645<&>" * 100
        system["services"].append({**service, "name": "shop " + name})
        system["stores"].append({**store, "name": "orders " + name})
    (copy / "system.json").write_text(json.dumps(system), encoding="utf-8")
    path = copy / "runbooks/failover.json"
    runbook = json.loads(path.read_text("utf-8"))
    last = runbook["steps"][-1]["id"]
    for number in range(400):
        runbook["steps"].append({"id": f"look-{number} " + "\u0645<&>" * 100, "title": "Look",
                                 "role": "on-call", "uses": "human:check", "needs": [last]})
    path.write_text(json.dumps(runbook), encoding="utf-8")
    return copy / SMALL.name


class Quiet(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", JENKINS)
        super().end_headers()

    def log_message(self, *_):
        pass


class Pages(unittest.TestCase):
    """Every page is made once."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="firedrill-html-"))
        cls.shots = Path(BUILD) / "html_test"
        cls.shots.mkdir(parents=True, exist_ok=True)
        cls.large = cls.folder / "large.html"
        cls.large_result = cls.folder / "large.json"
        firedrill("run", CAUSEWAY, "-r", "600", "-q", "--export-html", cls.large, "--export-json",
                  cls.large_result)
        cls.small = cls.folder / "small.html"
        cls.result = cls.folder / "small.json"
        firedrill("run", SMALL, "-r", "300", "-q", "--export-html", cls.small, "--export-json",
                  cls.result)
        cls.baseline = cls.folder / "baseline.json"
        firedrill("run", SMALL, "-r", "300", "-q", "--write-baseline", cls.baseline)
        cls.changed = cls.folder / "changed.html"
        cls.changed_result = cls.folder / "changed.json"
        # An alarm that takes half an hour longer.
        firedrill("run", SMALL, "-r", "300", "-q", "--var",
                  "system.alarms.shop-unreachable.datapoints=32", "--baseline", cls.result,
                  "--export-html", cls.changed, "--export-json", cls.changed_result)
        cls.made = {base: Hostile(FIREDRILL, cls.folder, base) for base in (
            ROOT / SMALL, CAUSEWAY, CAUSEWAY.with_name("region-failback.json"),
            CAUSEWAY.with_name("aurora-failover-stale-pools.json"))}
        cls.hostile = []
        for base, made in cls.made.items():
            cls.hostile.append(cls.folder / f"hostile-{base.name}.html")
            firedrill("run", made.scenario, "-r", "40", "-q", "--export-html", cls.hostile[-1])
        cls.browser = browsers.Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def open(self, path, **how):
        page = self.browser.open(path if "://" in str(path) else Path(path).as_uri(), **how)
        self.assertEqual(page.requests, [path if "://" in str(path) else Path(path).as_uri()])
        return page

    def visible(self, page, *texts):
        shown = page.value("document.body.innerText")
        self.assertEqual([text for text in texts if text not in shown], [])

    def test_from_disk(self):
        page = self.open(self.large)
        self.assertEqual(page.errors, [])
        self.visible(page, "targets missed", "Compliance by tier", "payment-processing-api",
                     "Findings", "Assumptions", "timings are guesses", "SHA-256 over all documents",
                     "Median drill", "p95 drill", "Where the time went",
                     "Phases of the incident", "The longest stretch is from", "swings most with",
                     "whom recovery waits for", "promises kept", "what such a day leaves of them")
        self.assertEqual(page.value("document.title").split(":")[0], "region-loss")
        page.screenshot(self.shots / "light.png")

    def test_the_difference_to_a_result_is_paired(self):
        page = self.open(self.changed)
        self.assertEqual(page.errors, [])
        self.visible(page, "What changed against the baseline", "drill by drill of 300 pairs",
                     "RTO: 1 worse, 0 better, 0 the same", "RPO: 0 worse, 0 better, 1 the same")
        # As `firedrill compare` says it, which reads the samples by itself.
        told = json.loads(firedrill("compare", self.result, self.changed_result, "--json").stdout)
        rto = next(t for t in told["targets"] if t["objective"] == "rto")
        minutes = int(rto["p95"]["difference_s"]) // 60
        self.assertGreater(minutes, 20)
        self.visible(page, f"worse: +{minutes}m " if minutes < 60 else "worse: +1h ")
        again = self.folder / "changed_again.html"
        firedrill("report", self.changed_result, "--baseline", self.result, "-o", again)
        self.assertEqual(again.read_text("utf-8"), self.changed.read_text("utf-8"))
        page.screenshot(self.shots / "difference.png")

    def test_the_difference_to_a_baseline_says_that_it_is_not_paired(self):
        path = self.folder / "unpaired.html"
        firedrill("report", self.changed_result, "--baseline", self.baseline, "-o", path)
        page = self.open(path)
        self.visible(page, "nothing is paired", "A baseline holds no steps",
                     "RTO: 1 worse, 0 better, 0 the same")

    def test_a_baseline_of_another_scenario_is_refused(self):
        done = subprocess.run([FIREDRILL, "report", self.large_result, "--baseline",
                               self.baseline], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("holds nothing of scenario region-loss", done.stderr)

    def test_charts_are_accessible(self):
        page = self.open(self.large)
        charts = page.value("""[...document.querySelectorAll('svg[role=img]')].map(svg => ({
            named: svg.getAttribute('aria-labelledby').split(' ')
                     .every(id => document.getElementById(id)?.textContent.length > 20),
            table: svg.closest('figure').querySelectorAll('details table tbody tr').length,
            heading: svg.closest('figure').querySelector('h3').textContent }))""")
        self.assertGreaterEqual(len(charts), 10)
        for chart in charts:
            self.assertTrue(chart["named"], chart)
            self.assertGreater(chart["table"], 0, chart)
        ids = page.value("[...document.querySelectorAll('[id]')].map(e => e.id)")
        self.assertEqual(len(ids), len(set(ids)))

    def test_no_label_lies_over_another(self):
        for path in (self.large, self.changed, *self.hostile):
            with self.subTest(path.name):
                self.no_label_lies_over_another(self.open(path))

    def no_label_lies_over_another(self, page):
        clashes = page.value("""[...document.querySelectorAll('svg[role=img]')].flatMap(svg => {
            const box = svg.getBoundingClientRect();
            const texts = [...svg.querySelectorAll('text')].map(t =>
                ({words: t.textContent, b: t.getBoundingClientRect()}));
            const bad = texts.filter(t => t.b.left < box.left - 1 || t.b.right > box.right + 1)
                .map(t => 'outside: ' + t.words);
            texts.forEach((a, i) => texts.slice(i + 1).forEach(c => {
                if (a.b.left < c.b.right - 1 && c.b.left < a.b.right - 1 &&
                    a.b.top < c.b.bottom - 3 && c.b.top < a.b.bottom - 3)
                    bad.push(a.words + ' | ' + c.words);
            }));
            return bad.map(words => svg.closest('figure').id + ': ' + words);
        })""")
        self.assertEqual(clashes, [])

    def test_behind_jenkins(self):
        handler = lambda *a: Quiet(*a, directory=str(self.folder))  # noqa: E731
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page = self.open(f"http://127.0.0.1:{server.server_port}/large.html")
            # The server takes style and script away; of that alone the console may tell.
            for error in page.errors:
                self.assertRegex(error, "inline style|inline script|[Ss]andbox|script execution")
            self.visible(page, "targets missed", "Compliance by tier", "guesses", "Median drill")
            fills = page.value("""[...document.querySelectorAll('svg[role=img] rect')]
                .map(e => getComputedStyle(e).fill)""")
            self.assertIn("rgb(0, 114, 178)", fills)  # the colours are still there
            page.screenshot(self.shots / "jenkins.png")
            server.shutdown()

    def test_filters(self):
        page = self.open(self.large)
        rows = "[...document.querySelectorAll('#targets [data-status]')]"
        press = "document.querySelector('#targets .filters button[data-word=\"{}\"]').click()"
        every = page.value(f"{rows}.length")
        page.value(press.format("missed"))
        shown = page.value(f"{rows}.filter(r => r.offsetParent).map(r => r.dataset.status)")
        self.assertEqual(set(shown), {"missed"})
        self.assertLess(len(shown), every)
        page.value(press.format("all"))
        self.assertEqual(page.value(f"{rows}.filter(r => r.offsetParent).length"), every)

    def test_picker(self):
        page = self.open(self.large)
        samples = json.loads(self.large_result.read_text("utf-8"))["samples"]["achieved_s"]
        first = "document.querySelector('#drill-result tbody tr').textContent"
        choose = ("(f => { f.value = '%s'; f.dispatchEvent(new Event('input')); })"
                  "(document.getElementById('drill'))")
        for drill in (0, 7, 599):
            page.value(choose % drill)
            minutes = int(samples[0][drill] + 0.1) // 60
            self.assertIn(f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}m",
                          page.value(first))
            self.visible(page, f"--replication {drill} ")
        page.value(choose % 600)
        self.visible(page, "There is no such drill here: 0 to 599.")
        self.assertEqual(page.errors, [])

    def test_a_result_gives_the_page_of_its_run(self):
        for result, page in ((self.result, self.small), (self.large_result, self.large)):
            again = self.folder / "from_result.html"
            firedrill("report", result, "-o", again)
            self.assertEqual(again.read_text("utf-8"), page.read_text("utf-8"))

    def test_timelines_tell_what_the_event_log_does(self):
        result = json.loads(self.large_result.read_text("utf-8"))
        self.assertEqual([line["name"] for line in result["timelines"]], ["median", "p95"])
        for line in result["timelines"]:
            log = firedrill("run", CAUSEWAY, "--replication", line["replication"], "--json").stdout
            events = [json.loads(one) for one in log.splitlines()[1:]]
            onset = next(e["t_s"] for e in events if e["event"] == "fault-started")
            ended = {e["subject"]: e["t_s"] - onset for e in events
                     if e["event"] == "step-ended" and not e.get("skipped")}
            ready = {e["subject"]: e["t_s"] - onset for e in events if e["event"] == "step-ready"}
            steps = {step["step"]: step for step in line["steps"] if not step["open"]}
            self.assertEqual(set(steps), set(ended))
            self.assertGreater(len(steps), 20)
            for name, step in steps.items():
                self.assertAlmostEqual(step["ready_s"], ready[name], delta=0.0011)
                self.assertAlmostEqual(step["ended_s"], ended[name], delta=0.0011)
                # The spans of a step follow each other without a gap, from ready to ended.
                at = step["ready_s"]
                for _, begin, end in step["spans"]:
                    self.assertAlmostEqual(begin, at, delta=0.0011, msg=f"{name} {step}")
                    at = end
                self.assertAlmostEqual(at, step["ended_s"], delta=0.0011, msg=f"{name} {step}")

    def test_a_result_that_was_edited_is_refused(self):
        edited = self.folder / "edited.json"
        edited.write_text(self.result.read_text("utf-8").replace('"seed": 1', '"seed": 2'))
        done = subprocess.run([FIREDRILL, "report", edited], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("digest", done.stderr)

    def test_dark_narrow_and_on_paper(self):
        dark = self.open(self.large, dark=True)
        paper = "getComputedStyle(document.body).backgroundColor"
        ink = "getComputedStyle(document.querySelector('svg[role=img] text')).fill"
        self.assertEqual(dark.value(paper), "rgb(21, 23, 27)")
        self.assertEqual(dark.value(ink), "rgb(232, 234, 237)")
        dark.screenshot(self.shots / "dark.png")
        narrow = self.open(self.large, width=400)
        self.assertLessEqual(narrow.value("document.documentElement.scrollWidth"), 400)
        narrow.screenshot(self.shots / "narrow.png")
        printed = self.open(self.large, dark=True, paper=True)
        self.assertEqual(printed.value(paper), "rgb(255, 255, 255)")
        pdf = printed.pdf()
        (self.shots / "print.pdf").write_bytes(pdf)
        self.assertTrue(pdf.startswith(b"%PDF-"))
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        self.assertTrue(10 <= pages <= 32, f"{pages} pages")  # 26 when this was written

    def test_hostile_names_are_harmless(self):
        shown = ""
        for path in self.hostile:
            page = self.open(path)
            shown += page.value("document.body.textContent")
            self.assertEqual(page.errors, [])
            self.assertRegex(page.value("document.title"), "^[a-z-]+: ")
            self.assertEqual(page.value("document.querySelectorAll('script:not([type])').length"),
                             1)
            self.assertEqual(page.value("document.querySelectorAll('img, iframe, object').length"),
                             0)
            self.assertNotRegex(page.value("document.documentElement.textContent"),
                                "[\u202a-\u202e\u2066-\u2069\x07\x1b]")
            self.assertLessEqual(page.value("document.documentElement.scrollWidth"), 1280)
        page.screenshot(self.shots / "hostile.png")
        for text in ("</script><script>document.title=", "]]>", "<img src=x onerror=", "x" * 40,
                     "\"'`&<>", "\U0001f525 fire", "\u0645\u0631\u062d\u0628\u0627"):
            self.assertTrue(text in shown, text)

    def test_every_free_text_was_hostile(self):
        covered = set().union(*(made.covered for made in self.made.values()))
        self.assertGreater(len(covered), 190)
        for path in ("scenario.title", "scenario.question", "scenario.metadata.labels",
                     "runbook.steps[].title", "runbook.steps[].id", "system.services[].name",
                     "system.people.roles[].persons[]", "system.assumptions[].reason",
                     "system.components[].with.region", "system.stores[].name"):
            self.assertIn(path, covered)

    def test_size_and_policy(self):
        for path in (self.large, self.small, *self.hostile):
            text = path.read_text("utf-8")
            self.assertLess(path.stat().st_size, BYTES_MAX)
            policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
            self.assertTrue(policy.group(1).startswith("default-src &#39;none&#39;"))
            loads = re.findall(r'(?:src|href)="([^#"][^"]*)"', text)
            self.assertEqual(loads, [])
            self.assertNotRegex(text, r'\sstyle="|\son[a-z]+="')
        script = re.search(r"<script>(.*?)</script>", self.large.read_text("utf-8"), re.S)
        self.assertLess(len(script.group(1)), 15_000)

    def test_a_crowded_page_leaves_rows_out_and_says_so(self):
        path, result = self.folder / "crowded.html", self.folder / "crowded.json"
        firedrill("run", crowded_scenario(self.folder), "-r", "300", "-q", "--export-html", path,
                  "--export-json", result)
        self.assertGreater(len(json.loads(result.read_text("utf-8"))["targets"]), 800)
        self.assertLess(path.stat().st_size, BYTES_MAX)
        page = self.open(path)
        self.assertEqual(page.errors, [])
        self.visible(page, "Left out, so that the page stays small:", "of 802 targets",
                     "of 401 data stores", "The JSON result holds all.")
        rows = page.value("document.querySelectorAll('#targets tbody tr').length")
        self.assertGreaterEqual(rows, 4)
        changed = self.folder / "crowded_changed.html"
        firedrill("report", result, "--baseline", result, "-o", changed)
        self.assertLess(changed.stat().st_size, BYTES_MAX)

    def test_a_suite_of_several_systems_has_a_table_for_each(self):
        both, pages = self.folder / "both", self.folder / "suite"
        for name, template in (("shop", "aws-two-region"), ("till", "kubernetes")):
            firedrill("init", both / name, "--template", template)
        firedrill("run", both, "-r", "40", "-q", "--export-html", pages)
        page = self.open(pages / "index.html")
        self.assertEqual(page.errors, [])
        names = page.value("[...document.querySelectorAll('h3 bdi')].map(e => e.textContent)")
        self.assertEqual(names, ["shop", "till"])
        self.assertEqual(page.value("document.querySelectorAll('table').length"), 2)
        links = page.value("[...document.querySelectorAll('td a, th a')].map(e => "
                           "e.getAttribute('href'))")
        self.assertEqual(sorted(links + ["index.html"]), sorted(p.name for p in pages.iterdir()))
        # A filter chip counts the scenarios of all systems.
        chip = page.value("document.querySelector('[data-filter] button')?.textContent ?? ''")
        self.assertIn(chip, ("", f"all ({len(links)})"))

    def test_same_result_same_page(self):
        again = self.folder / "again.html"
        firedrill("run", SMALL, "-r", "300", "-q", "-j", "1", "--export-html", again)
        self.assertEqual(again.read_bytes(), self.small.read_bytes())

    def test_golden(self):
        self.maxDiff = 4000
        self.assertEqual(golden_page(self.folder), GOLDEN.read_text("utf-8"),
                         "look at the page; when it is right: --bless")

    def test_markup_is_valid(self):
        folder = Path(BUILD) / "html_oracle"
        python = folder / "bin/python3"
        try:
            if not python.exists():
                venv.create(folder, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes",
                            "--disable-pip-version-check", "-r", REQUIREMENTS],
                           check=True, timeout=120, capture_output=True)
        except (subprocess.SubprocessError, OSError) as error:
            self.skipTest(f"html5lib cannot be installed: {error}")
        check = ("import html5lib, sys\n"
                 "for path in sys.argv[1:]:\n"
                 "    html5lib.HTMLParser(strict=True).parse(open(path, encoding='utf-8').read())")
        done = subprocess.run([python, "-c", check, self.large, self.small, *self.hostile],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-600:])


def main():
    global FIREDRILL, BUILD
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    FIREDRILL, BUILD = Path(sys.argv[1]).resolve(), sys.argv[2]
    if sys.argv[3:] == ["--bless"] or "FIREDRILL_BLESS" in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            GOLDEN.parent.mkdir(parents=True, exist_ok=True)
            GOLDEN.write_text(golden_page(folder), "utf-8")
        return
    if not browsers.find():
        sys.exit(missing("Chromium (tools/setup browser)"))
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])


if __name__ == "__main__":
    main()

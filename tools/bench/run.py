#!/usr/bin/env python3
"""Compares the speed of firedrill with SimPy and with a bare event heap, and measures its memory.

    tools/bench/run.py --firedrill BIN --floor BIN [--json] [--rounds R] [--drills N]

The drill is five parallel chains of 20 lognormal steps, in each contender. Starting a program and
planning a scenario take time that is not drills: every contender runs N and 4 N drills, and its
throughput is 3 N drills over the difference of the two times. The contenders take turns, so that a
busy spell of the machine hits all of them, and ratios are medians over the rounds.

A table on stdout, or one JSON object with --json; progress on stderr. Only the standard library is
needed; SimPy goes into an environment of its own below --work-dir (pinned, with its hash).

Exit codes: 0 measured; 2 usage, or a program or scenario is missing; 3 a contender failed.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent.parent
CHAINS = BENCH / "chains.json"
REGION_LOSS = ROOT / "scenarios" / "causeway" / "region-loss.json"

# Exit 1 of firedrill is a verdict (a target was missed), not a failure of the run.
VERDICTS = (0, 1)


class Failure(Exception):
    """What went wrong, for stderr, with the exit code."""

    def __init__(self, text, code=3):
        super().__init__(text)
        self.code = code


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def timed(command, accepted=(0,)):
    """Runs `command`; returns wall seconds, processor seconds and peak KiB, children included."""
    # A file takes any amount of text without a reader, so nothing but the command is measured.
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in accepted:
            errors.seek(0)
            text = errors.read().decode(errors="replace").strip()
            raise Failure(f"exit {child.returncode} from: {' '.join(command)}\n{text}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


class Contender:
    """One program and drill; `command(n)` runs n drills."""

    def __init__(self, name, drills, command, accepted=(0,)):
        self.name = name
        self.drills = drills
        self.command = command
        self.accepted = accepted
        self.wall = []  # drills a second of wall clock, one a round
        self.cpu = []  # drills a second of processor time, all processes together
        self.start_s = []  # what zero drills would take

    def measure(self):
        small_wall, small_cpu, _ = timed(self.command(self.drills), self.accepted)
        large_wall, large_cpu, _ = timed(self.command(4 * self.drills), self.accepted)
        if large_wall <= small_wall or large_cpu <= small_cpu:
            raise Failure(f"{self.name}: {4 * self.drills} drills took no longer than "
                          f"{self.drills}; give more --drills")
        more = 3 * self.drills
        self.wall.append(more / (large_wall - small_wall))
        self.cpu.append(more / (large_cpu - small_cpu))
        self.start_s.append(max(0.0, small_wall - self.drills / self.wall[-1]))

    def peak_kib(self, drills):
        return timed(self.command(drills), self.accepted)[2]


def simpy_interpreter(work_dir):
    """The interpreter of an environment that holds the pinned SimPy; made on first use."""
    wanted = (BENCH / "requirements.txt").read_text()
    folder = work_dir / "venv"
    python = folder / "bin" / "python"
    mark = folder / "installed.txt"
    if mark.is_file() and mark.read_text() == wanted and python.exists():
        return python
    say(f"installing SimPy below {folder}")
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "--no-deps", "-r", str(BENCH / "requirements.txt")],
    ]
    for step in steps:
        done = subprocess.run(step, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            why = done.stderr.strip() or done.stdout.strip()
            raise Failure("cannot install SimPy (python3-venv and a package index are needed, or "
                          f"--no-simpy): {' '.join(step)}\n{why}")
    mark.write_text(wanted)
    return python


def program(path, what):
    found = Path(path).resolve()
    if not found.is_file() or not os.access(found, os.X_OK):
        raise Failure(f"{what}: {path} is not a program; tools/bench/bench builds it", 2)
    return str(found)


def contenders(args):
    """Every contender by its key, in the order of the table."""
    # Each contender gets the number of drills that makes the difference of its two times clear.
    n = args.drills
    floor = program(args.floor, "--floor")
    firedrill = program(args.firedrill, "--firedrill") if args.firedrill else None
    scenarios = {CHAINS: "the drill of the benchmark"}
    if not args.no_region_loss:
        scenarios[REGION_LOSS] = "the region loss (or give --no-region-loss)"
    for path, what in scenarios.items():
        if firedrill and not path.is_file():
            raise Failure(f"{path.relative_to(ROOT)} is missing: {what}", 2)

    def run(scenario):
        return lambda drills: [firedrill, "run", str(scenario), "-r", str(drills),
                               "--seed", str(args.seed), "-j1", "--format", "json"]

    found = {}
    if firedrill:
        found["firedrill"] = Contender("firedrill", n, run(CHAINS), VERDICTS)
    found["floor"] = Contender(
        "bare heap", 16 * n,
        lambda drills: [floor, "--drills", str(drills), "--seed", str(args.seed)])
    if not args.no_simpy:
        python = str(simpy_interpreter(Path(args.work_dir).resolve()))
        peer = str(BENCH / "simpy_peer.py")
        found["simpy"] = Contender(
            "SimPy", max(1, n // 4),
            lambda drills: [python, peer, "--drills", str(drills), "--seed", str(args.seed)])
    if firedrill and not args.no_region_loss:
        found["region_loss"] = Contender(
            "firedrill, region loss", args.region_drills, run(REGION_LOSS), VERDICTS)
    return found


def memory(contender):
    """Peak memory of firedrill at N and 10 N drills.

    Linux counts the peak of the process that forked a child into the child's own, so whatever lies
    below this script's peak cannot be seen; `hidden` then says that the growth is a lower bound.
    """
    n = contender.drills
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    small, large = contender.peak_kib(n), contender.peak_kib(10 * n)
    return {
        "drills": n,
        "peak_kib": small,
        "peak_kib_10x": large,
        "growth_bytes_per_drill": round((large - small) * 1024 / (9 * n), 2),
        "hidden": small <= own,
    }


def analysis(binary, drills, rounds, seed):
    """Processor seconds of a study of the region loss, and of making its result of its drills.

    The drills are put into a part first; `merge` then does all that comes after them: statistics,
    findings, verdicts and JSON.
    """
    whole, after = [], []
    with tempfile.TemporaryDirectory() as folder:
        part = os.path.join(folder, "all.part")
        study = [str(REGION_LOSS), "--runs", str(drills), "--seed", str(seed), "-q"]
        timed([binary, "run", *study, "--blocks", f"0:{(drills - 1) // 256}", "-o", part])
        for _ in range(rounds):
            whole.append(timed([binary, "run", *study, "--json"], VERDICTS)[1])
            after.append(timed([binary, "merge", str(REGION_LOSS), part, "--json"], VERDICTS)[1])
    return {
        "drills": drills,
        "whole_cpu_s": round(statistics.median(whole), 3),
        "analysis_cpu_s": round(statistics.median(after), 3),
        "analysis_share": round(statistics.median(a / w for a, w in zip(after, whole)), 4),
    }


def spread(values):
    return f"{min(values):,.0f} .. {max(values):,.0f}"


def table(found, result):
    rows = [("contender", "drills/s", "of processor", "us/drill", "start ms", "range of drills/s")]
    for c in found.values():
        median = statistics.median(c.wall)
        rows.append((c.name, f"{median:,.0f}", f"{statistics.median(c.cpu):,.0f}",
                     f"{1e6 / median:,.1f}", f"{statistics.median(c.start_s) * 1e3:,.0f}",
                     spread(c.wall)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(cells))
    print()
    if result["vs_simpy"] is not None:
        print(f"firedrill does {result['vs_simpy']:.2f} times the drills of SimPy")
    if result["vs_floor"] is not None:
        print(f"firedrill does {result['vs_floor']:.2f} times the drills of the bare heap")
    if result["analysis"]:
        shares = result["analysis"]
        print(f"analysis of {shares['drills']:,} region losses: {shares['analysis_cpu_s']} s of "
              f"{shares['whole_cpu_s']} s of processor, {100 * shares['analysis_share']:.1f} %")
    for key, about in result["memory"].items():
        least = "at least " if about["hidden"] else ""
        print(f"memory, {found[key].name}: {about['peak_kib'] / 1024:.1f} MiB at "
              f"{about['drills']:,} drills, {about['peak_kib_10x'] / 1024:.1f} MiB at "
              f"{10 * about['drills']:,}: {least}{about['growth_bytes_per_drill']} bytes a drill")


def median_or_none(values):
    return round(statistics.median(values), 4) if values else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firedrill", metavar="BIN", help="the program to measure")
    parser.add_argument("--floor", metavar="BIN", required=True, help="firedrill_bench_floor")
    parser.add_argument("--without-firedrill", action="store_true", help="measure the peers alone")
    parser.add_argument("--no-simpy", action="store_true", help="leave SimPy out: no network")
    parser.add_argument("--no-region-loss", action="store_true", help="leave the big scenario out")
    parser.add_argument("--no-memory", action="store_true", help="leave out the runs of 10 N")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contender (default 5)")
    parser.add_argument("--drills", type=int, default=8192, metavar="N",
                        help="N of the chains; the heap takes 16 N, SimPy N/4 (default 8192)")
    parser.add_argument("--region-drills", type=int, default=1024, metavar="N",
                        help="N of the region loss (default 1024)")
    parser.add_argument("--analysis-drills", type=int, default=10000, metavar="N",
                        help="drills of the study whose analysis is measured (default 10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work-dir", default=str(ROOT / "build" / "bench"), metavar="DIR",
                        help="holds SimPy's environment (default build/bench)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    args = parser.parse_args()
    if min(args.rounds, args.drills, args.region_drills) < 1:
        parser.error("--rounds, --drills and --region-drills must be at least 1")
    if bool(args.firedrill) == args.without_firedrill:
        parser.error("give --firedrill BIN, or --without-firedrill to measure the peers alone")

    found = contenders(args)
    for turn in range(args.rounds):
        say(f"round {turn + 1} of {args.rounds}")
        # Every other round goes backwards, so that nobody always runs after the same neighbour.
        order = list(found.values())
        for contender in order if turn % 2 == 0 else reversed(order):
            contender.measure()

    def ratio(above, below):
        if above not in found or below not in found:
            return None
        return median_or_none([a / b for a, b in zip(found[above].wall, found[below].wall)])

    def speed(key):
        return round(statistics.median(found[key].wall), 1) if key in found else None

    measured = {} if args.no_memory else {
        key: memory(found[key]) for key in ("firedrill", "region_loss") if key in found}
    shares = None
    if args.firedrill and not args.no_region_loss:
        shares = analysis(args.firedrill, args.analysis_drills, args.rounds, args.seed)
    result = {
        "drills_per_s_core": speed("firedrill"),
        "vs_simpy": ratio("firedrill", "simpy"),
        "vs_floor": ratio("firedrill", "floor"),
        "region_loss_drills_per_s": speed("region_loss"),
        "simpy_drills_per_s": speed("simpy"),
        "floor_drills_per_s": speed("floor"),
        "memory": measured,
        "analysis": shares,
        "rounds": args.rounds,
        "seed": args.seed,
        "contenders": {
            key: {
                "drills": c.drills,
                "drills_per_s": [round(v, 1) for v in c.wall],
                "drills_per_cpu_s": [round(v, 1) for v in c.cpu],
                "start_s": [round(v, 4) for v in c.start_s],
            } for key, c in found.items()
        },
    }
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        table(found, result)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        say(str(failure))
        sys.exit(failure.code)
    except KeyboardInterrupt:
        sys.exit(130)

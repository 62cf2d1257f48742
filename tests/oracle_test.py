#!/usr/bin/env python3
"""Compares firedrill's makespans with those of SimPy: two samples, one distribution.

    oracle_test.py BUILD_DIR MAKESPANS       exit 1: they differ; 77: SimPy cannot be had here

A two-sample Kolmogorov-Smirnov test at level 0.001 with fixed seeds: it passes or fails for good. A
drill that is compared with another drill's oracle must differ, so that the test is seen to judge.
SimPy is installed into BUILD_DIR/oracles from tools/bench/requirements.txt, pinned by its hash.
Standard library only.
"""
import json
import math
import subprocess
import sys
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support.requirement import missing  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "models/timings/library.json"
REQUIREMENTS = ROOT / "tools/bench/requirements.txt"
DRILLS = 5000
# sqrt(-ln(0.001 / 2) / 2): the limit of the distance times sqrt(n m / (n + m)) at level 0.001.
CRITICAL = math.sqrt(-math.log(0.0005) / 2)


def python_with_simpy(build):
    folder = Path(build) / "oracles"
    python = folder / "bin/python3"
    if python.exists():
        if subprocess.run([python, "-c", "import simpy"], capture_output=True).returncode == 0:
            return python
    try:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes",
                        "--disable-pip-version-check", "-r", REQUIREMENTS],
                       check=True, timeout=120)
    except (subprocess.SubprocessError, OSError) as error:
        sys.exit(missing(f"SimPy: {error}"))
    return python


def of_simpy(python, oracle):
    out = subprocess.run([python, ROOT / "tests/oracles" / oracle, "--drills", str(DRILLS),
                          "--seed", "20240229"], check=True, capture_output=True, text=True)
    return json.loads(out.stdout)["makespans_s"]


def of_firedrill(makespans, scenario):
    out = subprocess.run([makespans, ROOT / scenario, LIBRARY, str(DRILLS), "1"],
                         check=True, stdout=subprocess.PIPE, text=True)
    return [float(line) for line in out.stdout.split()]


def distance(a, b):
    """The largest distance between two empirical CDFs."""
    a, b = sorted(a), sorted(b)
    i = j = 0
    worst = 0.0
    while i < len(a) and j < len(b):
        x = min(a[i], b[j])
        while i < len(a) and a[i] <= x:
            i += 1
        while j < len(b) and b[j] <= x:
            j += 1
        worst = max(worst, abs(i / len(a) - j / len(b)))
    return worst


def quantiles(values):
    values = sorted(values)
    return " ".join(f"p{q} {values[len(values) * q // 100]:.0f} s" for q in (5, 50, 95, 99))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, makespans = sys.argv[1:]
    python = python_with_simpy(build)
    peers = {"chains": of_simpy(python, "chains_simpy.py"),
             "crew": of_simpy(python, "crew_simpy.py")}
    own = {"chains": of_firedrill(makespans, "tools/bench/chains.json"),
           "crew": of_firedrill(makespans, "tests/oracles/crew.json")}
    limit = CRITICAL * math.sqrt(2 / DRILLS)
    failed = False
    for drill in own:
        for peer in peers:
            d = distance(own[drill], peers[peer])
            same = d < limit
            good = same == (drill == peer)
            failed = failed or not good
            print(f"{'ok' if good else 'FAILED'}: {drill} against SimPy's {peer}: "
                  f"distance {d:.4f}, {'below' if same else 'above'} {limit:.4f}")
        print(f"  firedrill {quantiles(own[drill])}\n  SimPy     {quantiles(peers[drill])}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The drill of the benchmark in SimPy: five parallel chains of 20 lognormal steps.

    simpy_peer.py [--drills N] [--seed S]

Written as its documentation teaches: one process a chain, one timeout a step, a new environment for
each drill. One JSON object on stdout, with the same members as the floor's.
"""

import argparse
import json
import math
import random
import sys
import time

try:
    import simpy
except ImportError:
    sys.exit("simpy_peer: SimPy is missing here; tools/bench/run.py installs it")

CHAINS = 5
STEPS = 20
MU = math.log(90)
SIGMA = math.log(360 / 90) / 1.6448536269514722  # p50 90 s, p95 360 s


def chain(env, draw):
    for _ in range(STEPS):
        yield env.timeout(draw(MU, SIGMA))


def makespan(draw):
    """Seconds until the last chain of one drill ends."""
    env = simpy.Environment()
    for _ in range(CHAINS):
        env.process(chain(env, draw))
    env.run()
    return env.now


def quantile(ordered, p):
    """The sample quantile of type 7."""
    position = p * (len(ordered) - 1)
    k = int(position)
    following = min(k + 1, len(ordered) - 1)
    return ordered[k] + (position - k) * (ordered[following] - ordered[k])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.drills < 1:
        parser.error("--drills must be at least 1")
    draw = random.Random(args.seed).lognormvariate
    begin = time.perf_counter()
    makespans = [makespan(draw) for _ in range(args.drills)]
    spent = time.perf_counter() - begin
    makespans.sort()
    print(json.dumps({
        "drills": args.drills,
        "drills_per_s": round(args.drills / spent, 1),
        "us_per_drill": round(spent / args.drills * 1e6, 3),
        "mean_s": round(sum(makespans) / args.drills, 3),
        "p50_s": round(quantile(makespans, 0.5), 3),
        "p95_s": round(quantile(makespans, 0.95), 3),
    }))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makespans of the crew drill from SimPy, for a two-sample test against firedrill.

    crew_simpy.py [--drills N] [--seed S]

The drill: six parallel chains of five lognormal steps (p50 90 s, p95 360 s), each of which needs
one of two people, first come, first served. Nothing here is shared with firedrill.
Prints {"makespans_s": [...]} with N numbers in the order of the drills.
"""

import argparse
import json
import math
import random
import sys

try:
    import simpy
except ImportError:
    sys.exit("crew_simpy: SimPy is not installed; pip install -r tools/bench/requirements.txt")

CHAINS = 6
STEPS = 5
PEOPLE = 2
MU = math.log(90)
SIGMA = math.log(360 / 90) / 1.6448536269514722


def chain(env, people, draw):
    for _ in range(STEPS):
        with people.request() as hands:
            yield hands
            yield env.timeout(draw(MU, SIGMA))


def makespan(draw):
    env = simpy.Environment()
    people = simpy.Resource(env, capacity=PEOPLE)
    chains = [env.process(chain(env, people, draw)) for _ in range(CHAINS)]
    env.run(until=simpy.AllOf(env, chains))
    return env.now


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.drills < 1:
        parser.error("--drills must be at least 1")
    draw = random.Random(args.seed).lognormvariate
    print(json.dumps({"makespans_s": [makespan(draw) for _ in range(args.drills)]}))


if __name__ == "__main__":
    main()

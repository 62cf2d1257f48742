#!/usr/bin/env python3
"""The AWS client against software that is not ours, on this machine only.

    live_aws_test.py BUILD_DIR AWS_CALL      77: the pinned packages cannot be had here

Signatures against botocore, every operation of the table against an emulator, and a proxy between
them that breaks what it carries. The packages go into BUILD_DIR/emulator (tests/live/README.md).
In continuous integration (CI set) a missing emulator is a failure, not a skip.
"""
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "live")]

from support import emulator  # noqa: E402  the path is set above
from support.requirement import missing  # noqa: E402


def main(build, program):
    python = emulator.installed(build)
    if python is None:
        return missing("the packages of the AWS emulator")
    return subprocess.run([python, __file__, "--inside", program], check=False).returncode


def inside(program):
    import signatures  # needs the packages
    import sessions
    import sessions_second
    import commands
    import coverage
    import faults
    import wire
    with emulator.Emulator(sys.executable) as server:
        for part in (signatures, wire, sessions, coverage, faults, commands):
            part.run(program, server)
    with emulator.SecondEmulator(sys.executable) as server:
        sessions_second.run(program, server)
    return 0


if __name__ == "__main__":
    sys.exit(inside(sys.argv[2]) if sys.argv[1] == "--inside" else main(*sys.argv[1:]))

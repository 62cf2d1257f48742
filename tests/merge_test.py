#!/usr/bin/env python3
"""A study run in parts, by other programs than ours as well, is the study of one machine.

usage: merge_test.py PATH_OF_FIREDRILL

Needs GNU parallel and Slurm for their own cases, and says so where they are missing or cannot
start.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIREDRILL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
SCENARIO = os.path.join(ROOT, "tests/negative/control.json")
RUNS = 1500  # five whole blocks and one of 220 drills
BLOCKS = 6
SCHEDULERS = ("SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX")


def firedrill(*arguments, env=None):
    clean = {name: value for name, value in os.environ.items() if name not in SCHEDULERS}
    return subprocess.run([FIREDRILL, *arguments], capture_output=True, text=True, check=False,
                          env={**clean, **(env or {})})


class Parts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firedrill-parts-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def part(self, blocks, name, *more, env=None):
        return firedrill("run", SCENARIO, "-q", "-r", str(RUNS), "--blocks", blocks, "-o",
                         self.path(name), *more, env=env)

    def merge(self, *names, scenario=SCENARIO):
        return firedrill("merge", scenario, "--json", *[self.path(name) for name in names])

    def whole(self):
        return firedrill("run", SCENARIO, "-q", "-r", str(RUNS), "--json")

    def parts(self):
        return sorted(name for name in os.listdir(self.folder) if name.endswith(".part"))


class Merge(Parts):
    def test_a_merged_study_exports_what_that_of_one_machine_does(self):
        exports = {"html": "page.html", "json": "result.json", "csv": "drills.csv",
                   "markdown": "record.md", "trace": "trace.json", "junit": "junit.xml",
                   "openmetrics": "metrics.txt", "summary": "summary.md"}

        def flags(prefix):
            return [word for kind, name in exports.items()
                    for word in (f"--export-{kind}", self.path(prefix + name))]

        env = {"SOURCE_DATE_EPOCH": "1767225600"}
        self.part("0:2", "a.part")
        self.part("3:5", "b.part")
        merged = firedrill("merge", SCENARIO, "--baseline", self.path("old.json"),
                           self.path("a.part"), self.path("b.part"), env=env)
        self.assertEqual(merged.returncode, 2)  # no such baseline
        merged = firedrill("merge", SCENARIO, *flags("merged-"), self.path("b.part"),
                           self.path("a.part"), env=env)
        whole = firedrill("run", SCENARIO, "-q", "-r", str(RUNS), *flags("whole-"), env=env)
        self.assertEqual((merged.returncode, merged.stderr), (whole.returncode, ""))
        for name in exports.values():
            with open(self.path("whole-" + name), "rb") as file, \
                    open(self.path("merged-" + name), "rb") as other:
                self.assertTrue(file.read() == other.read(), name)

    def test_any_split_gives_the_bytes_of_one_machine(self):
        whole = self.whole().stdout
        order = random.Random(7)
        for cuts in ([], [1], [3], [1, 2, 3, 4, 5], [2, 5]):
            with self.subTest(cuts):
                edges = [0, *cuts, BLOCKS]
                names = []
                for first, end in zip(edges, edges[1:]):
                    names.append(f"{first}-{end}-{len(cuts)}.part")
                    jobs = str(1 + len(names) % 2)
                    done = self.part(f"{first}:{end - 1}", names[-1], "-j", jobs)
                    self.assertEqual(done.returncode, 0, done.stderr)
                order.shuffle(names)
                merged = self.merge(*names)
                self.assertEqual(merged.stdout, whole)
                self.assertEqual(merged.returncode, 0)

    def test_what_is_missing_is_named_and_completes_the_study(self):
        for blocks, name in (("1:1", "a"), ("4:4", "b")):
            self.part(blocks, name)
        lacking = self.merge("a", "b")
        self.assertEqual(lacking.returncode, 2)
        self.assertEqual(lacking.stdout, "")
        for blocks in ("0:0", "2:3", "5:5"):
            self.assertIn(f"--blocks {blocks} ", lacking.stderr)
            self.part(blocks, blocks.replace(":", "-"))
        self.assertEqual(self.merge("a", "b", "0-0", "2-3", "5-5").stdout, self.whole().stdout)

    def test_a_block_that_was_run_twice_counts_once(self):
        self.part("0:3", "a")
        self.part("2:5", "b")
        self.assertEqual(self.merge("a", "b").stdout, self.whole().stdout)

    def test_what_is_no_part_of_this_study_is_refused_with_the_reason(self):
        self.part("0:5", "good")
        with open(self.path("good"), "rb") as file:
            good = file.read()
        edited = bytearray(good)
        edited[len(good) // 2] ^= 1
        for name, content in (("cut", good[:-10]), ("edited", bytes(edited)), ("empty", b""),
                              ("foreign", b"{}"), ("only-magic", b"firedrill part 1\n")):
            with open(self.path(name), "wb") as file:
                file.write(content)
        self.part("0:5", "other-seed", "--seed", "2")
        self.part("0:2", "half")
        other = os.path.join(ROOT, "tests/negative/no-runbook.json")
        for names, scenario, reason in (
                (["cut"], SCENARIO, "has been cut or edited"),
                (["edited"], SCENARIO, "has been cut or edited"),
                (["empty"], SCENARIO, "is no part of a study"),
                (["foreign"], SCENARIO, "is no part of a study"),
                (["only-magic"], SCENARIO, "has been cut or edited"),
                (["not-there"], SCENARIO, "cannot be read"),
                (["half", "other-seed"], SCENARIO, "different studies: seed 1 and 2"),
                (["good"], other, "other documents")):
            with self.subTest(names):
                done = self.merge(*names, scenario=scenario)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(reason, done.stderr)

    def test_the_share_of_a_job_is_read_from_its_scheduler(self):
        slurm = {"SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_STEP": "1",
                 "SLURM_ARRAY_TASK_COUNT": "4"}
        names = []
        for index in range(4):
            env = ({**slurm, "SLURM_ARRAY_TASK_ID": str(index)},
                   {"AWS_BATCH_JOB_ARRAY_INDEX": str(index), "AWS_BATCH_JOB_ARRAY_SIZE": "4"},
                   {"JOB_COMPLETION_INDEX": str(index)})[index % 3]
            blocks = "array:4" if "JOB_COMPLETION_INDEX" in env else "array"
            names.append(str(index))
            done = self.part(blocks, names[-1], env=env)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.merge(*names).stdout, self.whole().stdout)

    def test_blocks_that_make_no_sense_are_refused(self):
        for blocks, env, reason in (
                ("3:1", {}, "takes FIRST:LAST"), ("-1:2", {}, "takes FIRST:LAST"),
                ("1", {}, "takes FIRST:LAST"), ("0:6", {}, "blocks 0:5"),
                ("array", {}, "no job of an array"),
                ("array", {"JOB_COMPLETION_INDEX": "1"}, "array:COUNT"),
                ("array:2", {"JOB_COMPLETION_INDEX": "2"}, "none of 2"),
                ("array", {"SLURM_ARRAY_TASK_ID": "x"}, "no whole number"),
                ("array", {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "2",
                           "SLURM_ARRAY_TASK_COUNT": "1"}, "array:COUNT")):
            with self.subTest(blocks):
                done = self.part(blocks, "p", env=env)
                self.assertEqual(done.returncode, 2)
                self.assertIn(reason, done.stderr)
        self.assertEqual(self.parts(), [])


@unittest.skipUnless(shutil.which("parallel"), "GNU parallel is not installed")
class Parallel(Parts):
    def test_a_sweep_with_a_killed_worker_is_completed_by_what_merge_names(self):
        # One drill after another in two slots; whatever runs block 3 is killed in the act.
        script = self.path("run-block")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"""#!/bin/sh
if [ "$1" = 3 ]; then
  "{FIREDRILL}" run "{SCENARIO}" -q -r 100000000 --blocks 3:300000 -o "{self.folder}/3.part" &
  sleep 0.3; kill -KILL $!; wait $!; exit 1
fi
exec "{FIREDRILL}" run "{SCENARIO}" -q -r {RUNS} --blocks "$1:$1" -o "{self.folder}/$1.part"
""")
        os.chmod(script, 0o755)
        sweep = subprocess.run(
            ["parallel", "--will-cite", "-j2", script, "{}", ":::", *map(str, range(BLOCKS))],
            capture_output=True, text=True, check=False, env={**os.environ, "HOME": self.folder})
        self.assertEqual(sweep.returncode, 1, sweep.stderr)
        self.assertEqual(self.parts(), ["0.part", "1.part", "2.part", "4.part", "5.part"])
        lacking = self.merge(*self.parts())
        self.assertEqual(lacking.returncode, 2)
        self.assertIn("--blocks 3:3 ", lacking.stderr)
        self.part("3:3", "3.part")
        self.assertEqual(self.merge(*self.parts()).stdout, self.whole().stdout)


class OneNodeSlurm:
    """Slurm of this machine alone, on loopback, with its state in `folder`."""

    CONFIG = """ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={slurmd_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""

    def __init__(self, folder):
        self.folder = folder
        self.daemons = []
        host = os.uname().nodename.split(".")[0]
        base = random.randrange(20000, 30000)
        self.config = os.path.join(folder, "slurm.conf")
        self.env = {**os.environ, "SLURM_CONF": self.config}
        for name in ("state", "spool"):
            os.mkdir(os.path.join(folder, name))
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(self.CONFIG.format(host=host, folder=folder, port=base,
                                          slurmd_port=base + 1))

    def start(self):
        """False when it does not come up."""
        key = os.path.join(self.folder, "munge.key")
        with open(key, "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(key, 0o400)
        place = lambda name: os.path.join(self.folder, name)  # noqa: E731
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}",
                    f"--socket={place('munge.socket')}", f"--pid-file={place('munge.pid')}",
                    f"--log-file={place('munge.log')}", f"--seed-file={place('munge.seed')}")
        time.sleep(0.5)
        self.daemon("slurmctld", "-D", "-f", self.config)
        self.daemon("slurmd", "-D", "-f", self.config)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            seen = self.call("sinfo", "-h", "-o", "%t")
            if seen.stdout.strip() == "idle":
                return True
            time.sleep(0.3)
        return False

    def daemon(self, *arguments):
        self.daemons.append(subprocess.Popen(
            arguments, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True))

    def call(self, *arguments):
        return subprocess.run(arguments, env=self.env, capture_output=True, text=True, check=False)

    def stop(self):
        for daemon in reversed(self.daemons):
            try:
                os.killpg(daemon.pid, signal.SIGTERM)
                daemon.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                daemon.kill()
                daemon.wait()


@unittest.skipUnless(all(shutil.which(name) for name in ("slurmctld", "slurmd", "munged")),
                     "Slurm is not installed")
@unittest.skipUnless(os.geteuid() == 0, "Slurm's daemons want to be root")
class Slurm(Parts):
    def test_a_job_array_runs_the_study_and_a_cancelled_job_is_run_again(self):
        slurm = OneNodeSlurm(self.folder)
        self.addCleanup(slurm.stop)
        if not slurm.start():
            self.skipTest("Slurm does not start here")
        script = self.path("job.sh")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"""#!/bin/sh
if [ "$SLURM_ARRAY_TASK_ID" = 1 ] && [ ! -e "{self.folder}/again" ]; then
  sleep 600  # cancelled below, before it has run anything
fi
exec "{FIREDRILL}" run "{SCENARIO}" -q -r {RUNS} --blocks array:3 \\
  -o "{self.folder}/$SLURM_ARRAY_TASK_ID.part"
""")
        os.chmod(script, 0o755)
        log = self.path("job.log")
        sent = slurm.call("sbatch", "--parsable", "--array=0-2", f"--output={log}", script)
        self.assertEqual(sent.returncode, 0, sent.stderr)
        job = sent.stdout.strip()
        self.wait_for(lambda: self.parts() == ["0.part", "2.part"], log)
        slurm.call("scancel", f"{job}_1")
        lacking = self.merge(*self.parts())
        self.assertEqual(lacking.returncode, 2)
        self.assertIn("--blocks 2:3 ", lacking.stderr)
        with open(self.path("again"), "w", encoding="utf-8"):
            pass
        slurm.call("sbatch", "--array=1", f"--output={log}", script)
        self.wait_for(lambda: len(self.parts()) == 3, log)
        self.assertEqual(self.merge(*self.parts()).stdout, self.whole().stdout)

    def wait_for(self, condition, log):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                said = open(log, encoding="utf-8").read() if os.path.exists(log) else "nothing"
                self.fail(f"the jobs do not end; they said: {said}")
            time.sleep(0.2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

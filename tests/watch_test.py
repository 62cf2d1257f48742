#!/usr/bin/env python3
"""What services are seen to serve, against a server and an emulator that change at known times.

    watch_test.py BUILD_DIR WATCH_DRIVE

The measured instants must lie within one interval of looking, and a little for the machine.
"""
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from support import emulator  # noqa: E402  the path is set above

DRIVE = None
PYTHON = None  # with the packages of the emulator
INTERVAL_S = 0.1
SLACK_S = 0.4  # a busy machine


class Web:
    """Answers 200 or 503, slowly or not at all, by what `now` says."""

    def __init__(self):
        web = self
        self.now = "up"

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if web.now == "slow":
                    time.sleep(1.5)
                self.send_response(503 if web.now == "down" else 200)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(b"maintenance" if web.now == "other" else b"all is well")

            def log_message(self, *_):
                pass
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/health?deep=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Watch(unittest.TestCase):
    def setUp(self):
        self.web = Web()
        self.addCleanup(self.web.close)

    def watch(self, wanted, script=(), environment=None):
        """Runs the watch, and `script`, pairs of a time in seconds and what is done then."""
        process = subprocess.Popen([DRIVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True, env={**os.environ, **(environment or {})})
        process.stdin.write(json.dumps({"interval_ms": INTERVAL_S * 1000, **wanted}) + "\n")
        process.stdin.flush()
        began_s = json.loads(process.stdout.readline())["began_ns"] / 1e9
        done = []
        for at_s, action in script:
            time.sleep(max(0, began_s + at_s - time.monotonic()))
            action()
            done.append(time.monotonic() - began_s)
        answer = json.loads(process.communicate(timeout=60)[0])
        self.assertEqual(process.returncode, 0)
        return answer, done

    def turn(self, what):
        return lambda: setattr(self.web, "now", what)

    def service(self, *checks, **more):
        return {"name": "pay", "hold_ms": 1000, "checks": list(checks), **more}

    def http(self, **more):
        return {"observe": "http", "url": self.web.url, **more}

    def near(self, measured_us, true_s, interval_s=INTERVAL_S):
        self.assertGreaterEqual(measured_us / 1e6, true_s - 0.02)
        self.assertLessEqual(measured_us / 1e6, true_s + interval_s + SLACK_S)

    def test_an_outage_is_measured_within_the_interval(self):
        seen, (down, up) = self.watch({"services": [self.service(self.http())]},
                                      [(1.0, self.turn("down")), (2.5, self.turn("up"))])
        self.assertTrue(seen["steady"])
        shares = seen["shares"]
        self.assertEqual([s["share"] for s in shares], [1, 0, 1])
        self.near(shares[1]["t_us"], down)
        self.near(shares[2]["t_us"], up)
        self.near(seen["rto_us"]["pay"], up - 1.0)  # the onset is known: second 1.0
        # It ends once the hold time is over, not before.
        self.assertGreaterEqual(seen["ended_us"] - shares[2]["t_us"], 1_000_000)

    def test_flapping_within_the_hold_time_keeps_the_clock_running(self):
        seen, times = self.watch({"services": [self.service(self.http())]}, [
            (1.0, self.turn("down")), (2.0, self.turn("up")), (2.5, self.turn("down")),
            (3.2, self.turn("up"))])
        self.assertTrue(seen["steady"])
        self.assertEqual([s["share"] for s in seen["shares"]], [1, 0, 1, 0, 1])
        self.near(seen["rto_us"]["pay"], times[3] - 1.0)

    def test_what_never_serves_is_not_reached(self):
        seen, _ = self.watch({"services": [self.service(self.http())], "limit_ms": 3000},
                             [(0.8, self.turn("down"))])
        self.assertFalse(seen["steady"])
        self.assertIsNone(seen["rto_us"]["pay"])

    def test_too_late_and_another_answer_are_outages(self):
        seen, times = self.watch(
            {"services": [self.service(self.http(holds_text="well", timeout_ms=300))]},
            [(1.0, self.turn("slow")), (2.0, self.turn("other")), (2.6, self.turn("up"))])
        self.assertEqual([s["share"] for s in seen["shares"]], [1, 0, 1])
        self.near(seen["rto_us"]["pay"], times[2] - 1.0, INTERVAL_S + 0.3)

    def test_a_server_that_is_not_there_and_a_url_that_may_not_be_asked(self):
        gone = {"observe": "http", "url": "http://127.0.0.1:1/"}
        plain = {"observe": "http", "url": "http://staging.example/health"}
        seen, _ = self.watch({"limit_ms": 1500, "services": [
            self.service(gone), self.service(plain, name="open")]})
        self.assertEqual([(s["service"], s["share"]) for s in seen["shares"]], [("pay", 0)])
        refused = [c for c in seen["checks"] if "staging" in c["check"]]
        self.assertEqual([c["known"] for c in refused], [False])

    def test_each_check_has_its_own_instant(self):
        other = Web()
        self.addCleanup(other.close)
        first, second = self.http(), {"observe": "http", "url": other.url}
        seen, times = self.watch({"services": [self.service(first, second)]}, [
            (1.0, lambda: (setattr(self.web, "now", "down"), setattr(other, "now", "down"))),
            (2.0, self.turn("up")), (3.0, lambda: setattr(other, "now", "up"))])
        backs = {c["check"].split()[1]: c["t_us"] for c in seen["checks"]
                 if c["holds"] and c["t_us"] > 1_500_000}
        self.near(backs[self.web.url], times[1])
        self.near(backs[other.url], times[2])
        self.near(seen["rto_us"]["pay"], times[2] - 1.0)  # all of them hold

    def test_ecs_and_an_alarm_on_the_emulator(self):
        if PYTHON is None:
            self.skipTest("the packages of the emulator cannot be installed")
        server = emulator.Emulator(PYTHON)
        server.__enter__()
        self.addCleanup(server.__exit__)
        environment = {"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "test",
                       "AWS_SECRET_ACCESS_KEY": "test"}
        actor = subprocess.Popen([PYTHON, "-u", "-c", f"""
import boto3, sys
def client(s): return boto3.client(s, region_name='eu-west-1', endpoint_url={server.url!r},
                                   aws_access_key_id='test', aws_secret_access_key='test')
ecs, cw = client('ecs'), client('cloudwatch')
ecs.create_cluster(clusterName='c')
ecs.register_task_definition(family='t', containerDefinitions=[
    dict(name='a', image='b', memory=64)])
ecs.create_service(cluster='c', serviceName='pay', taskDefinition='t', desiredCount=2)
cw.put_metric_alarm(AlarmName='pay-5xx', MetricName='m', Namespace='n', Period=60,
    EvaluationPeriods=1, Threshold=1, ComparisonOperator='GreaterThanThreshold', Statistic='Sum')
def alarm(v): cw.set_alarm_state(AlarmName='pay-5xx', StateValue=v, StateReason='test')
alarm('ALARM')
print('ready')
for line in sys.stdin:
    if line == 'tasks\\n': ecs.update_service(cluster='c', service='pay', desiredCount=2)
    else: alarm(line.strip())
    print('done')
"""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(actor.stdout.close)
        self.addCleanup(actor.wait)
        self.addCleanup(actor.stdin.close)
        self.assertEqual(actor.stdout.readline(), "ready\n")

        def act(word):
            actor.stdin.write(word + "\n")
            actor.stdin.flush()
            actor.stdout.readline()
        checks = [{"observe": "ecs-stable", "component": "pay-tasks"},
                  {"observe": "alarm-ok", "alarm": "pay-5xx"}]
        seen, times = self.watch(
            {"services": [self.service(*checks)], "onset_ms": 0, "limit_ms": 20_000,
             "interval_ms": 200,
             "resources": [{"component": "pay-tasks", "kind": "ecs:service", "id": "pay",
                            "cluster": "c"}]},
            [(2.0, lambda: act("tasks")), (3.5, lambda: act("OK")), (4.0, lambda: act("ALARM")),
             (4.8, lambda: act("OK"))], environment)
        self.assertTrue(seen["steady"], seen)
        stable = next(c["t_us"] for c in seen["checks"] if c["check"].startswith("ecs") and
                      c["holds"])
        self.near(stable, times[0], 0.5)
        self.near(seen["rto_us"]["pay"], times[3], 0.5)

    def test_reads_that_fail_leave_it_open(self):
        environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "test",
                       "AWS_SECRET_ACCESS_KEY": "test"}
        seen, _ = self.watch({"limit_ms": 1500, "services": [
            self.service({"observe": "alarm-ok", "alarm": "pay-5xx"})]}, (), environment)
        self.assertEqual(seen["shares"], [])
        self.assertFalse(seen["steady"])
        self.assertFalse(seen["checks"][0]["known"])


if __name__ == "__main__":
    build, DRIVE = sys.argv[1:3]
    del sys.argv[1:3]
    PYTHON = emulator.installed(build)
    unittest.main()

#!/usr/bin/env python3
"""People at a real terminal of 80 columns, in a live drill on the emulated account.

    live_people_test.py BUILD_DIR FIREDRILL      77: the pinned packages cannot be had here

Prompts are met by what they show, in whatever order they come, and no span of time is judged: these
tests say the same on a machine that is busy.
"""
import re
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]

from support.actor import Actor  # noqa: E402  the path is set above
from support.live_case import ALIAS, SERVICE, LiveCase, run_cases  # noqa: E402
from support.terminal import Terminal  # noqa: E402

ALARM = "staging-ecs-task-crash-loop-payment-processing-api"
BOOK = "ecs-crash-loop"
PROMPT = re.compile(r"^\[(\d+)\] (PAGE|STEP|DECISION|MESSAGE) (.+(?:\n    \S.*)*)", re.M)


class People:
    """Whoever sits at the terminal: answers prompts as `answers` says, by a part of their title, a
    prompt that is not named there with its number, which is done."""

    def __init__(self, terminal, answers):
        self.terminal, self.answers = terminal, answers
        self.met = {}  # by number: the whole prompt

    def work(self, seconds=100):
        until = time.monotonic() + seconds
        while not self.terminal.ends and time.monotonic() < until:
            self.terminal.read(0.2)
            for found in PROMPT.finditer(self.terminal.shown):
                number = found[1]
                whole = self.terminal.shown[found.start():].split("\n\n")[0]
                if number in self.met or "keys" not in whole:
                    continue
                self.met[number] = found[0]
                for line in self.lines(found[0], number):
                    self.terminal.type(line)
        return self.terminal.ended(5)

    def lines(self, prompt, number):
        for part, answer in self.answers.items():
            if part in prompt:
                given = answer() if callable(answer) else answer
                return [f"{number} {line}".strip() for line in given]
        return [number]

    def prompt(self, part):
        return next(text for text in self.met.values() if part in text)


class LivePeople(LiveCase):
    def setUp(self):
        from support.estate import Estate
        super().setUp()
        self.server.post("reset")
        self.estate = Estate(self.server.url)
        self.ecs = self.estate.client("ecs")
        self.staging = self.estate.document()
        self.staging["limits"].update(step="PT60S", run="PT100S")

    def revision(self):
        found = self.ecs.describe_services(cluster=ALIAS, services=[SERVICE])
        return int(found["services"][0]["taskDefinition"].rsplit(":", 1)[-1])

    def deploy(self, revision):
        self.ecs.update_service(cluster=ALIAS, service=SERVICE, desiredCount=12,
                                taskDefinition=f"{SERVICE}:{revision}")

    def drilled(self, answers, *flags):
        """The drill of section 6.1 with people at the terminal; they, the exit code and what was
        shown."""
        with Actor(self.estate, lambda: self.revision() == 2, lambda: self.revision() == 1, 0.2,
                   alarms=[(ALARM, "eu-west-1")]) as actor:
            self.watch_only(actor.url)
            words = self.run_words(self.scenario("ecs-crash-loop-total"), *flags, answers=())
            with Terminal([self.firedrill, "live", *words],
                          self.estate.environment()) as terminal:
                people = People(terminal, answers)
                code = people.work()
        self.assertLessEqual(max(map(len, terminal.shown.splitlines())), 80, terminal.shown)
        return people, code, terminal.shown

    def answers_kept(self):
        return {record["step"]: record["answer"] for record in self.records("answer")}

    def ended(self, step):
        return next(e for e in self.events("step-ended") if e["subject"] == step)

    # ---------------------------------------------------------------------------------- the tests

    def test_people_are_asked_and_what_they_say_is_kept_with_its_time(self):
        people, code, shown = self.drilled({
            "dashboard-normal": ["n latency is higher than before", ""],
            f"{BOOK}/alarm-is-ok": ["s"],
            "rollback": [""]}, "--rollback", "ask")
        self.assertEqual(code, 0, shown)
        # Who, what to do, what to check.
        page = people.prompt("PAGE primary-on-call")
        self.assertIn("acknowledge the page", page)
        self.assertIn("platform-engineer-1", page)
        check = people.prompt("dashboard-normal")
        self.assertIn("STEP primary-on-call", check)
        self.assertIn("Latency and errors are as usual", check)
        self.assertIn(f"check  service:serves {SERVICE}", check)
        self.assertIn("Enter acknowledged, n TEXT note", shown)
        self.assertIn("Enter done, s skip, f failed, n TEXT note", shown)
        # Below what led to it: nobody is paged before the alarm is shown.
        self.assertLess(shown.index(f"alarm {ALARM.removeprefix('staging-')}"),
                        shown.index("] PAGE primary-on-call"))
        kept = self.answers_kept()
        self.assertEqual(kept[f"{BOOK}/dashboard-normal"], "done")
        self.assertEqual(kept[f"{BOOK}/alarm-is-ok"], "skipped")
        notes = [(n["step"], n["text"]) for n in self.records("note")]
        self.assertIn((f"{BOOK}/dashboard-normal", "latency is higher than before"), notes)
        for record in self.records("answer"):
            self.assertRegex(record["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertLessEqual(record["asked_s"], record["t_s"])
        # Asked whether the way back is taken, with what it would put back.
        rollback = people.prompt("DECISION operator: rollback")
        self.assertIn("back to revision", rollback)
        self.assertIn("PUT BACK", shown)
        self.assertEqual(self.revision(), 1)

    def test_a_step_that_failed_and_a_way_back_that_is_not_wanted(self):
        def given_up():
            return ["f"]
        people, code, shown = self.drilled({
            f"{BOOK}/dashboard-normal": given_up, "rollback": ["f"]}, "--rollback", "ask")
        kept = self.answers_kept()
        self.assertEqual(kept[f"{BOOK}/dashboard-normal"], "failed")
        self.assertEqual(kept["rollback"], "failed")
        self.assertNotIn("PUT BACK", shown)
        self.assertIn("not put back: ECS service", shown)
        # The look of the machine outranks what a person says: the service is seen to serve.
        self.assertEqual(self.ended("dashboard-normal")["outcome"], "ok")
        self.assertEqual(code, 0, shown)
        self.assertTrue(people.met)

    def test_a_game_day_injects_the_fault_and_times_what_people_do(self):
        def roll_back():
            self.deploy(1)
            return [""]
        people, code, shown = self.drilled({f"{BOOK}/roll-back": roll_back}, "--game-day",
                                           "--rollback", "never")
        self.assertEqual(code, 0, shown)
        changes = self.records("call-before")
        self.assertEqual({c.get("fault") for c in changes}, {"fault/tasks-crash"}, changes)
        self.assertEqual(self.ended("roll-back")["outcome"], "ok")
        answers = {record["step"]: record for record in self.records("answer")}
        self.assertEqual(answers[f"{BOOK}/roll-back"]["answer"], "done")
        # What machines do in a drill without people is shown to them, with its values.
        self.assertIn("UpdateService", people.prompt(f"{BOOK}/roll-back"))
        started = next(e["t_s"] for e in self.events("step-started")
                       if e["subject"] == "roll-back")
        self.assertLess(started, self.ended("roll-back")["t_s"] + 0.001)
        self.assertIn(f"met     {SERVICE}", shown)

    def test_the_end_of_the_terminal_stops_the_run(self):
        with Actor(self.estate, lambda: self.revision() == 2, lambda: self.revision() == 1, 0.2,
                   alarms=[(ALARM, "eu-west-1")]) as actor:
            self.watch_only(actor.url)
            words = self.run_words(self.scenario("ecs-crash-loop-total"), "--rollback", "always",
                                   answers=())
            with Terminal([self.firedrill, "live", *words],
                          self.estate.environment()) as terminal:
                terminal.until("] PAGE primary-on-call")
                terminal.type("\x04")  # the end of what is typed
                code = terminal.ended()
        self.assertEqual(code, 4, terminal.shown)
        self.assertIn("STOPPED: the terminal is gone", terminal.shown)
        self.assertEqual(self.revision(), 1)


if __name__ == "__main__":
    sys.exit(run_cases(__file__, *sys.argv[1:]))

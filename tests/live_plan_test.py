#!/usr/bin/env python3
"""`firedrill live plan` on the emulated staging account: what it resolves, and what guards refuse.

    live_plan_test.py BUILD_DIR FIREDRILL      77: the pinned packages cannot be had here

The packages are those of live_aws_test.py. Every negative case starts from a plan that passes and
spoils one thing, and the guard that refuses is asked for by its number.
"""
import copy
import json
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from support import emulator  # noqa: E402  the path is set above
from support.requirement import missing  # noqa: E402

SCENARIOS = HERE.parent / "scenarios/causeway"
CRASH_LOOP = SCENARIOS / "ecs-crash-loop-total.json"


class LivePlan(unittest.TestCase):
    firedrill = None
    estate = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.staging = self.estate.document()

    def plan(self, scenario=CRASH_LOOP, more=(), environment=None):
        path = Path(self.folder.name) / "staging.json"
        path.write_text(json.dumps(self.staging), encoding="utf-8")
        return subprocess.run(
            [self.firedrill, "live", "plan", scenario, "--staging", path, *more],
            capture_output=True, text=True, timeout=120, check=False,
            env=environment or self.estate.environment())

    def made(self, scenario=CRASH_LOOP):
        done = self.plan(scenario, ["--json"])
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def refused(self, guard, words, scenario=CRASH_LOOP, environment=None):
        target = Path(self.folder.name) / "plan.json"
        done = self.plan(scenario, ["-o", target], environment)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(f"guard {guard} refuses", done.stderr)
        self.assertIn(words, done.stderr)
        self.assertFalse(target.exists(), "a plan that may not run was written")

    def resource(self, component):
        return next(r for r in self.staging["resources"] if r["component"] == component)

    # ------------------------------------------------------------------------- what is resolved

    def calls(self, plan):
        return {step["step"]: step["calls"] for step in plan["faults"] + plan["steps"]
                if step.get("calls")}

    def test_the_crash_loop_is_resolved_to_calls_with_their_inverses(self):
        plan = self.made()
        calls = self.calls(plan)
        fault = calls["fault/tasks-crash"][0]
        self.assertEqual((fault["service"], fault["operation"], fault["kind"]),
                         ("ecs", "UpdateService", "change"))
        self.assertEqual(fault["parameters"], {
            "cluster": "causeway-staging", "service": "payment-processing-api",
            "taskDefinition": "payment-processing-api:2"})
        # The estate deploys revision 1: that is what puts the fault back.
        self.assertEqual(fault["inverses"][0]["parameters"]["taskDefinition"],
                         "payment-processing-api:1")
        roll_back = calls["ecs-crash-loop/roll-back"][0]
        self.assertEqual(roll_back["parameters"]["taskDefinition"], "payment-processing-api:1")
        forced = calls["ecs-crash-loop/force-new-deployment"][0]
        self.assertTrue(forced["parameters"]["forceNewDeployment"])
        self.assertEqual(forced["inverses"], [])
        people = [step["step"] for step in plan["steps"] if step["by"] == "person"]
        self.assertIn("ecs-crash-loop/push-image", people)
        self.assertTrue(plan["emulator"])

    def test_a_failover_of_the_region_is_resolved(self):
        self.staging["approvals"].append({
            "step": "region-degradation/promote-dr-cluster", "by": "head of platform",
            "reason": "staging"})
        calls = self.calls(self.made(SCENARIOS / "region-loss.json"))
        scale = calls["region-degradation/scale-payments"][0]
        self.assertEqual(scale["region"], "eu-west-2")
        self.assertEqual(scale["parameters"]["desiredCount"], 12)
        self.assertEqual(scale["inverses"][0]["parameters"]["desiredCount"], 2)
        promote = calls["region-degradation/promote-dr-cluster"][0]
        self.assertEqual(promote["kind"], "not-undoable")
        record = calls["region-degradation/repoint-api"][0]
        change = record["parameters"]["ChangeBatch"]["Changes"][0]
        self.assertEqual(change["ResourceRecordSet"]["ResourceRecords"][0]["Value"],
                         self.resource("causeway-dr-alb")["address"])
        back = record["inverses"][0]["parameters"]["ChangeBatch"]["Changes"][0]
        self.assertEqual(back["ResourceRecordSet"]["ResourceRecords"][0]["Value"],
                         self.resource("causeway-prod-alb")["address"])
        origin = calls["region-degradation/change-web-origin"][0]
        self.assertTrue(origin["parameters"]["IfMatch"])
        restore = calls["region-degradation/restore-internal"][0]
        self.assertEqual(restore["inverses"][0]["operation"], "DeleteDBCluster")
        self.assertIn("restored", restore["goes_on_costing"])

    def test_faults_become_experiments_with_the_stop_conditions(self):
        self.staging["faults"] = [{"fault": "tasks-crash", "cause": "fis",
                                   "role": "arn:aws:iam::123456789012:role/fis"}]
        made, started = self.calls(self.made())["fault/tasks-crash"]
        self.assertEqual(made["operation"], "CreateExperimentTemplate")
        self.assertEqual(made["parameters"]["stopConditions"], [{
            "source": "aws:cloudwatch:alarm", "value": "arn:aws:cloudwatch:eu-west-1:123456789012:"
            "alarm:staging-customers-of-others-hurt"}])
        self.assertEqual(started["operation"], "StartExperiment")
        # The emulator takes the template as it is; it starts no experiments.
        made["parameters"]["clientToken"] = "once"
        taken = self.estate.client("fis").create_experiment_template(**made["parameters"])
        self.assertTrue(taken["experimentTemplate"]["id"])

    def test_equal_documents_and_account_give_an_equal_digest(self):
        self.assertEqual(self.made()["digest"], self.made()["digest"])

    def test_another_state_of_the_account_gives_another_digest(self):
        before = self.made()["digest"]
        ecs = self.estate.client("ecs")
        words = {"cluster": "causeway-staging", "service": "payment-processing-api"}
        ecs.update_service(taskDefinition="payment-processing-api:2", **words)
        self.addCleanup(ecs.update_service, taskDefinition="payment-processing-api:1", **words)
        self.assertNotEqual(self.made()["digest"], before)

    def test_planning_changes_nothing(self):
        ecs = self.estate.client("ecs")

        def state():
            found = ecs.describe_services(cluster="causeway-staging",
                                          services=["payment-processing-api"])["services"][0]
            return found["desiredCount"], found["taskDefinition"], found["deployments"][0]["id"]
        before = state()
        self.made()
        self.assertEqual(state(), before)

    # ------------------------------------------------------------------------ what guards refuse

    def test_an_account_that_is_not_allowed(self):
        self.staging["accounts"]["allowed"] = ["111122223333"]
        self.refused(2, "123456789012")

    def test_an_account_that_is_blocked(self):
        self.staging["accounts"].update(allowed=["111122223333"], blocked=["123456789012"])
        self.refused(2, "is blocked")

    def test_credentials_of_another_account(self):
        # The emulator lets roles of any account be assumed; the alias there is missing as well.
        keys = self.estate.assume("arn:aws:iam::444455556666:role/firedrill-drills")
        self.refused(2, "444455556666", environment=self.estate.environment(keys))

    def test_credentials_that_are_missing(self):
        environment = self.estate.environment()
        for name in list(environment):
            if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL":
                del environment[name]
        self.refused(2, "cannot be asked", environment=environment)

    def test_another_alias(self):
        self.staging["accounts"]["alias"] = "causeway-other"
        self.refused(3, "causeway-other")

    def test_a_region_that_is_not_allowed(self):
        self.staging["regions"] = ["eu-west-2", "us-east-1"]
        for part in ("alarms", "stop_conditions"):
            self.staging[part] = [dict(a, region="eu-west-2") for a in self.staging[part]]
        self.refused(4, "eu-west-1")

    def test_real_endpoints_in_a_document_for_an_emulator_and_the_other_way_round(self):
        self.staging["endpoints"] = "aws"
        self.refused(5, "is on this machine")

    def test_one_service_at_a_real_endpoint(self):
        environment = self.estate.environment()
        environment["AWS_ENDPOINT_URL_ECS"] = "https://ecs.eu-west-1.amazonaws.com"
        self.refused(5, "is not on this machine", environment=environment)

    def test_a_resource_without_the_tag(self):
        self.staging["opt_in_tag"]["value"] = "other"
        self.refused(6, "has no tag dr-drill=other")

    def test_a_resource_that_is_not_there(self):
        self.resource("payment-processing-api")["id"] = "nobody"
        self.refused(6, "nobody")

    def test_a_component_without_a_resource(self):
        self.staging["resources"].remove(self.resource("payment-processing-api"))
        self.staging["services"] = [s for s in self.staging["services"]
                                    if s["service"] != "payment-processing-api"]
        self.refused(6, "payment-processing-api")

    def test_calls_of_another_role(self):
        self.staging["accounts"]["role"] = "somebody-else"
        self.refused(7, "somebody-else")

    def test_an_alarm_of_the_scenario_that_is_on_already(self):
        name = "staging-ecs-task-crash-loop-payment-processing-api"
        self.estate.alarm(name, "ALARM")
        self.addCleanup(self.estate.alarm, name, "OK")
        self.refused(9, "is in ALARM before anything was broken")

    def test_a_service_that_does_not_serve_already(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # bound, and nobody listens
            url = f"http://127.0.0.1:{nobody.getsockname()[1]}/health"
            self.staging["services"][0]["checks"].append({"observe": "http", "url": url})
            self.refused(9, "payment-processing-api does not serve before anything was broken")
            self.assertIn(f"http {url}: does not hold", self.plan().stderr)

    def region_loss(self, **limits):
        self.staging["approvals"].append({
            "step": "region-degradation/promote-dr-cluster", "by": "x", "reason": "y"})
        self.staging["limits"].update(limits)
        return SCENARIOS / "region-loss.json"

    def test_a_snapshot_that_is_older_than_allowed(self):
        scenario = self.region_loss(snapshot_age="PT0.001S")
        self.refused(9, "snapshot causeway-staging-internal-copy is ", scenario)
        self.staging["limits"]["snapshot_age"] = "PT1H"
        done = self.plan(scenario)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"ok +snapshot causeway-staging-internal-copy is \d+.* old")

    def test_a_replica_that_is_further_behind_than_allowed(self):
        scenario = self.region_loss()
        done = self.plan(scenario)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("no metric of its lag has a datapoint", done.stdout)
        self.staging["limits"]["replica_lag"] = "PT1S"
        self.refused(9, "lag of replica causeway-staging-dr cannot be told", scenario)
        self.estate.client("cloudwatch", "eu-west-2").put_metric_data(
            Namespace="AWS/RDS", MetricData=[{
                "MetricName": "AuroraGlobalDBReplicationLag", "Value": 1500, "Unit": "Milliseconds",
                "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "causeway-staging-dr"},
                               {"Name": "SourceRegion", "Value": "eu-west-1"}]}])
        self.refused(9, "replica causeway-staging-dr is 1.5s behind", scenario)
        self.staging["limits"]["replica_lag"] = "PT2S"
        self.assertEqual(self.plan(scenario).returncode, 0)

    def test_a_lock_that_somebody_else_holds(self):
        self.staging["lock"] = {"parameter": "/drills/lock", "region": "eu-west-1"}
        self.assertEqual(self.made()["lock"], self.staging["lock"])
        ssm = self.estate.client("ssm")
        ssm.put_parameter(Name="/drills/lock", Type="String", Value=json.dumps({
            "run_id": "run-7", "who": "arn:aws:sts::123456789012:assumed-role/drills/ada",
            "where": "build-3", "since": "2026-11-02T03:04:05Z"}))
        self.addCleanup(ssm.delete_parameter, Name="/drills/lock")
        self.refused(9, "assumed-role/drills/ada holds the lock /drills/lock since "
                     "2026-11-02T03:04:05Z (run run-7, on build-3)")

    def test_what_cannot_be_undone_without_an_approval(self):
        self.staging["approvals"] = []
        self.refused(11, "promote-dr-cluster", SCENARIOS / "region-loss.json")

    def test_a_stop_condition_that_is_on(self):
        self.estate.alarm("staging-customers-of-others-hurt", "ALARM")
        self.addCleanup(self.estate.alarm, "staging-customers-of-others-hurt", "OK")
        self.refused(12, "is in ALARM")

    def test_a_stop_condition_that_cannot_be_read(self):
        self.staging["stop_conditions"][0]["alarm"] = "nobody"
        self.refused(12, "cannot be read")

    def test_more_tasks_than_are_allowed(self):
        self.staging["limits"]["desired_count"] = 11
        self.staging["approvals"].append({
            "step": "region-degradation/promote-dr-cluster", "by": "x", "reason": "y"})
        self.refused(14, "allowed are 11", SCENARIOS / "region-loss.json")

    def test_a_placeholder_that_nobody_filled_in(self):
        self.resource("payment-processing-api")["bad_revision"] = "<revision>"
        self.refused(16, "<revision>")

    def test_a_quota_that_is_too_small(self):
        quota = {"service": "vpc", "code": "L-F678F1CE", "region": "eu-west-1", "at_least": 5}
        self.staging["quotas"] = [quota]
        self.assertIn("(VPCs per Region) is 5", self.plan().stdout)
        quota["at_least"] = 6
        self.refused(9, "(VPCs per Region) is 5, the drill needs 6")
        quota["code"] = "L-NOBODY"
        self.refused(9, "quota L-NOBODY of vpc in eu-west-1 cannot be read")

    # -------------------------------------------------------------------------- commands

    def command(self, **changed):
        """Slows the queue of notices down, by the AWS CLI, in a step that people do otherwise."""
        url, arn = self.estate.queue("causeway-staging-notices")
        words = ["aws", "sqs", "set-queue-attributes", "--queue-url", url, "--attributes"]
        self.staging["limits"]["allow_commands"] = True
        self.staging["commands"] = [dict({
            "step": "ecs-crash-loop/push-image", "region": "eu-west-1", "resource": arn,
            "run": [*words, "DelaySeconds=60"], "undo": [*words, "DelaySeconds=0"],
            "look": ["aws", "sqs", "get-queue-attributes", "--queue-url", url,
                     "--attribute-names", "DelaySeconds"]}, **changed)]

    def test_a_command_is_shown_with_what_it_changes_and_what_puts_it_back(self):
        self.command()
        call, = self.calls(self.made())["ecs-crash-loop/push-image"]
        self.assertEqual((call["service"], call["kind"]), ("sqs", "change"))
        self.assertEqual(call["parameters"]["argv"], self.staging["commands"][0]["run"])
        self.assertEqual(call["inverses"][0]["parameters"]["argv"],
                         self.staging["commands"][0]["undo"])
        shown = self.plan().stdout
        self.assertIn("undone by aws sqs set-queue-attributes", shown)

    def test_commands_are_off_unless_they_are_allowed(self):
        self.command()
        del self.staging["limits"]["allow_commands"]
        people = {step["step"]: step["what"] for step in self.made()["steps"]
                  if step["by"] == "person"}
        self.assertIn("aws sqs set-queue-attributes", people["ecs-crash-loop/push-image"])

    def test_a_command_about_what_has_no_tag(self):
        _, arn = self.estate.queue("causeway-staging-others", tagged=False)
        self.command(resource=arn)
        self.refused(6, "has no tag")

    def test_a_command_that_nothing_puts_back_without_an_approval(self):
        self.command(undo=[])
        del self.staging["commands"][0]["undo"]
        self.refused(11, "push-image")

    def test_a_command_with_a_word_that_nobody_filled_in(self):
        self.command(run=["aws", "sqs", "set-queue-attributes", "--queue-url", "<url>"])
        self.refused(16, "<url>")

    def test_what_is_no_command_of_the_cli(self):
        self.command(run=["sh", "-c", "aws sqs list-queues"])
        done = self.plan()
        self.assertEqual(done.returncode, 2)
        self.assertIn("is not one of the AWS CLI", done.stderr)

    # -------------------------------------------------------------------------- the documents

    def test_a_staging_document_of_another_system(self):
        self.staging["system"] = "shop"
        done = self.plan()
        self.assertEqual(done.returncode, 2)
        self.assertIn("shop", done.stderr)

    def test_names_the_system_does_not_have(self):
        spoiled = copy.deepcopy(self.staging["resources"][0])
        spoiled["component"] = "causeway-prod-albb"
        self.staging["resources"].append(spoiled)
        done = self.plan()
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "causeway-prod-alb"', done.stderr)

    def test_the_page_of_guards_has_all_twenty(self):
        done = subprocess.run([self.firedrill, "live", "guards"], capture_output=True, text=True,
                              timeout=30, check=True)
        for number in range(1, 21):
            self.assertIn(f"| {number} |", done.stdout)


def main(build, program):
    python = emulator.installed(build)
    if python is None:
        return missing("the packages of the AWS emulator")
    return subprocess.run([python, __file__, "--inside", program], check=False).returncode


def inside(program, names):
    from support.estate import Estate  # needs the packages
    with emulator.Emulator(sys.executable) as server:
        LivePlan.firedrill = program
        LivePlan.estate = Estate(server.url)
        tests = unittest.main(argv=["live_plan_test", *names], exit=False, verbosity=1)
    return 0 if tests.result.wasSuccessful() else 1


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        sys.exit(inside(sys.argv[2], sys.argv[3:]))
    sys.exit(main(*sys.argv[1:]))

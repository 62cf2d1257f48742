#!/usr/bin/env python3
"""Scenarios of Causeway, whole, live on the emulated staging account: sections 6.2, 6.4, 6.7, 6.8.

    live_scenarios_test.py BUILD_DIR FIREDRILL      77: the pinned packages cannot be had here

An actor in another thread moves the platform where the emulator does not by itself: it looks by the
public API and switches the address of the service and its alarms off and on. So the test knows when
the service served, and what the program has measured must be that within its poll interval.
Section 6.1, stops, resumes and refusals are in live_drill_test.py.
"""
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]

from support.actor import Actor  # noqa: E402  the path is set above
from support.live_case import ALIAS, SERVICE, LiveCase, run_cases  # noqa: E402

SLACK_S = 1.5  # of a machine that is busy with other tests


class LiveScenario(LiveCase):
    def setUp(self):
        from support.estate import Estate
        super().setUp()
        self.server.post("reset")
        self.estate = Estate(self.server.url)
        self.staging = self.estate.document()
        self.staging["limits"].update(step="PT60S", run="PT120S", resources=40)

    def approve(self, *steps):
        for step in steps:
            self.staging["approvals"].append({"step": step, "by": "a test", "reason": "emulated"})

    def drill(self, scenario, actor, services=(SERVICE,)):
        """The whole run; what was measured is what the actor did. Returns what was printed."""
        with actor:
            self.watch_only(actor.url, *services)
            done = self.command(*self.run_words(scenario, "--rollback", "never"))
        said = done.stdout + done.stderr
        for service in services:
            self.assert_measured(actor, SLACK_S, said, service)
        self.assertEqual(done.returncode, 0, said)
        return said

    def caused(self):
        return self.has_event("fault-started")

    # ------------------------------------------------------------------------------ the drills

    def test_a_failed_deployment_is_rolled_back(self):  # section 6.7
        ecs = self.estate.client("ecs")

        def revision():
            found = ecs.describe_services(cluster=ALIAS, services=[SERVICE])
            return found["services"][0]["taskDefinition"].rsplit(":", 1)[-1]
        self.drill(self.scenario("failed-deployment-rollback"), Actor(
            self.estate, lambda: revision() == "2", lambda: revision() == "1",
            alarms=[("staging-deployment-failed-payment-processing-api", "eu-west-1")]))
        self.assertEqual(revision(), "1")

    def writer(self, cluster=ALIAS, region="eu-west-1"):
        found = self.estate.client("rds", region).describe_db_clusters(DBClusterIdentifier=cluster)
        return next(m["DBInstanceIdentifier"] for m in found["DBClusters"][0]["DBClusterMembers"]
                    if m["IsClusterWriter"])

    def test_a_database_fails_over(self):  # section 6.2
        before = self.writer()
        self.drill(self.scenario("aurora-failover-unplanned"), Actor(
            self.estate, lambda: self.writer() != before, lambda: True, pause_s=3,
            alarms=[("staging-rds-failover-event", "eu-west-1")]))
        self.assertNotEqual(self.writer(), before)

    def test_a_secret_is_rotated(self):  # section 6.8
        self.approve("secrets-rotation-scheduled/rotate")
        secrets = self.estate.client("secretsmanager")

        def rotated():
            secret = secrets.describe_secret(SecretId="causeway-staging/app-user")
            return "LastRotatedDate" in secret
        self.drill(self.scenario("secrets-scheduled-rotation", fault_at="PT0S"), Actor(
            self.estate, rotated, lambda: True, pause_s=3))
        self.assertTrue(rotated())

    def test_a_region_is_lost(self):  # section 6.4
        self.approve("region-degradation/promote-dr-cluster")
        ecs, route53 = self.estate.client("ecs", "eu-west-2"), self.estate.client("route53")
        # What people make by hand in Tier 3 is there already.
        for name in ("internal-admin", "batch-jobs"):
            ecs.register_task_definition(family=name, containerDefinitions=[
                {"name": name, "image": "i", "memory": 128}])
            ecs.create_service(cluster="causeway-staging-dr", serviceName=name, desiredCount=2,
                               taskDefinition=name, tags=[{"key": "dr-drill", "value": "allowed"}])
            ecs.update_service(cluster="causeway-staging-dr", service=name, desiredCount=2)
        address = self.estate.found["causeway-dr-alb"]["address"]
        zone = self.estate.found["causeway-api"]["hosted_zone"]

        def points_to_london():
            records = route53.list_resource_record_sets(
                HostedZoneId=zone, StartRecordName="api.staging.causeway.example.",
                StartRecordType="CNAME", MaxItems="1")["ResourceRecordSets"]
            return records[0]["ResourceRecords"][0]["Value"] == address
        said = self.drill(self.scenario("region-loss"), Actor(
            self.estate, self.caused, points_to_london, alarms=[
                ("staging-synthetics-api", "eu-west-2"),
                ("staging-route53-api-endpoint", "us-east-1")]),
            services=(SERVICE, "reporting-dashboard"))  # what the runbook checks at its end
        service = ecs.describe_services(cluster="causeway-staging-dr", services=[SERVICE])
        self.assertEqual(service["services"][0]["desiredCount"], 12)
        self.assertTrue(self.writer("causeway-staging-internal-dr", "eu-west-2"))
        self.assertIn("goes on costing money", said)


if __name__ == "__main__":
    sys.exit(run_cases(__file__, *sys.argv[1:]))

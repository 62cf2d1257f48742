"""The staging account of Causeway on an emulator: what a live drill finds there.

    estate = Estate(emulator.url)        creates everything by the public API
    estate.staging(folder, **changes)    the staging document, with the identifiers that were given
    estate.environment()                 for the program: endpoint, credentials of the drill's role
    estate.client("ecs", region)         a boto3 client, for actors that move the platform

Needs boto3, or botocore alone: clients are botocore's.
"""
import json
import os
import sys
from pathlib import Path

import botocore.session
from botocore.config import Config

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "scenarios/causeway/live/staging.json"
ACCOUNT = "123456789012"  # the emulator's own
ALIAS = "causeway-staging"
ROLE = "firedrill-drills"
IRELAND, LONDON, GLOBAL = "eu-west-1", "eu-west-2", "us-east-1"
SERVICES = ("payment-processing-api", "account-management", "authentication",
            "reporting-dashboard", "document-generation", "notifications", "internal-admin",
            "batch-jobs")
IN_IRELAND = dict(zip(SERVICES, (12, 8, 6, 4, 4, 4, 2, 2)))
IN_LONDON = dict(zip(SERVICES[:6], (2, 2, 2, 0, 0, 0)))
TAG = {"dr-drill": "allowed"}
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
ALARMS = {IRELAND: ("staging-ecs-task-crash-loop-payment-processing-api",
                    "staging-rds-failover-event", "staging-customers-of-others-hurt",
                    "staging-deployment-failed-payment-processing-api"),
          LONDON: ("staging-synthetics-api",), GLOBAL: ("staging-route53-api-endpoint",)}


def pairs(key="Key", value="Value"):
    return [{key: k, value: v} for k, v in TAG.items()]


class Estate:
    def __init__(self, url):
        self.url = url
        self.session = botocore.session.Session()
        self.found = {}  # component: what the staging document says of it
        self.session_keys = self.account()
        for region, cluster in ((IRELAND, "causeway-staging"), (LONDON, "causeway-staging-dr")):
            self.traffic(region, cluster)
            self.containers(region, cluster)
            self.secrets(region)
            self.table(region)
            self.alarms(region)
        self.alarms(GLOBAL)
        self.databases()
        self.names()
        self.distribution()
        self.buckets()

    def client(self, service, region=IRELAND, keys=None):
        return self.session.create_client(
            service, region_name=region, endpoint_url=self.url, **(keys or KEYS),
            config=Config(retries={"max_attempts": 0}, parameter_validation=True))

    # -------------------------------------------------------------------------- parts of the estate

    def account(self):
        iam = self.client("iam", GLOBAL)
        iam.create_account_alias(AccountAlias=ALIAS)
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole"}]}
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
        allow = {"Version": "2012-10-17",
                 "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=json.dumps(allow))
        iam.create_user(UserName="causeway-staging-partner", Tags=pairs())
        key = iam.create_access_key(UserName="causeway-staging-partner")["AccessKey"]
        self.found["causeway-partner-key"] = {"id": key["AccessKeyId"]}
        return self.assume(f"arn:aws:iam::{ACCOUNT}:role/{ROLE}")

    def assume(self, role):
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="drill")
        keys = given["Credentials"]
        return {"aws_access_key_id": keys["AccessKeyId"],
                "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"]}

    def traffic(self, region, name):
        ec2 = self.client("ec2", region)
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]][:2]
        elb = self.client("elbv2", region)
        balancer = elb.create_load_balancer(Name=name, Subnets=subnets,
                                            Tags=pairs())["LoadBalancers"][0]
        group = elb.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc,
                                        TargetType="ip", Tags=pairs())["TargetGroups"][0]
        elb.register_targets(TargetGroupArn=group["TargetGroupArn"],
                             Targets=[{"Id": "10.0.0.10", "Port": 8080}])
        component = "causeway-prod-alb" if region == IRELAND else "causeway-dr-alb"
        self.found[component] = {"id": balancer["LoadBalancerArn"], "address": balancer["DNSName"],
                                 "target_groups": [group["TargetGroupArn"]]}
        for service in SERVICES:
            there = service if region == IRELAND else service + "-dr"
            self.found[there] = {"target_groups": [group["TargetGroupArn"]]}

    def containers(self, region, cluster):
        ecs = self.client("ecs", region)
        ecs.create_cluster(clusterName=cluster, tags=pairs("key", "value"))
        for service, count in (IN_IRELAND if region == IRELAND else IN_LONDON).items():
            for image in ("good", "bad"):  # revisions 1 and 2
                ecs.register_task_definition(family=service, containerDefinitions=[
                    {"name": service, "image": f"registry/{service}:{image}", "memory": 128}])
            ecs.create_service(cluster=cluster, serviceName=service, desiredCount=count,
                               taskDefinition=f"{service}:1", tags=pairs("key", "value"))
            # Only an update makes the emulator run what is wanted.
            ecs.update_service(cluster=cluster, service=service, desiredCount=count)
            self.client("logs", region).create_log_group(logGroupName=f"/ecs/{service}", tags=TAG)

    def secrets(self, region):
        client = self.client("secretsmanager", region)
        for name in ("app-user", "jwt-key", "partner-key"):
            client.create_secret(Name=f"causeway-staging/{name}", SecretString="first",
                                 Tags=pairs())
        if region == IRELAND:
            kms = self.client("kms", region)
            key = kms.create_key(Tags=pairs("TagKey", "TagValue"))["KeyMetadata"]["KeyId"]
            kms.create_alias(AliasName="alias/causeway-staging", TargetKeyId=key)

    def table(self, region):
        client = self.client("dynamodb", region)
        client.create_table(
            TableName="causeway-staging-sessions", BillingMode="PAY_PER_REQUEST", Tags=pairs(),
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])

    def alarms(self, region):
        client = self.client("cloudwatch", region)
        for name in ALARMS[region]:
            client.put_metric_alarm(
                AlarmName=name, MetricName="Down", Namespace="Causeway", Period=60,
                EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
                Statistic="Sum", Tags=pairs())
            self.alarm(name, "OK", region)

    def alarm(self, name, state, region=IRELAND):
        self.client("cloudwatch", region).set_alarm_state(AlarmName=name, StateValue=state,
                                                          StateReason="as the test says")

    def databases(self):
        words = {"Engine": "aurora-postgresql", "MasterUsername": "root",
                 "MasterUserPassword": "only-here-1", "Tags": pairs()}
        ireland = self.client("rds", IRELAND)
        # The emulator puts a cluster into a global one only while it is made.
        ireland.create_global_cluster(GlobalClusterIdentifier="causeway-staging-global",
                                      Engine="aurora-postgresql")
        ireland.create_db_cluster(DBClusterIdentifier="causeway-staging",
                                  GlobalClusterIdentifier="causeway-staging-global", **words)
        arn = ireland.describe_db_clusters(
            DBClusterIdentifier="causeway-staging")["DBClusters"][0]["DBClusterArn"]
        london = self.client("rds", LONDON)
        london.create_db_cluster(DBClusterIdentifier="causeway-staging-dr",
                                 ReplicationSourceIdentifier=arn, **words)
        ireland.create_db_cluster(DBClusterIdentifier="causeway-staging-internal", **words)
        for client, cluster, count in ((ireland, "causeway-staging", 3),
                                       (london, "causeway-staging-dr", 2),
                                       (ireland, "causeway-staging-internal", 2)):
            for number in range(count):
                client.create_db_instance(
                    DBInstanceIdentifier=f"{cluster}-{number}", DBClusterIdentifier=cluster,
                    Engine="aurora-postgresql", DBInstanceClass="db.r6g.large", Tags=pairs())
        copy = london.create_db_cluster(DBClusterIdentifier="seed", **words)
        london.create_db_cluster_snapshot(
            DBClusterIdentifier=copy["DBCluster"]["DBClusterIdentifier"], Tags=pairs(),
            DBClusterSnapshotIdentifier="causeway-staging-internal-copy")
        for client, component, cluster in (
                (ireland, "causeway-prod-cluster", "causeway-staging"),
                (london, "causeway-dr-cluster", "causeway-staging-dr")):
            found = client.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]
            self.found[component] = {"cluster_arn": found["DBClusterArn"]}

    def names(self):
        client = self.client("route53", GLOBAL)
        zone = client.create_hosted_zone(Name="staging.causeway.example.",
                                         CallerReference="estate")["HostedZone"]["Id"]
        zone = zone.rsplit("/", 1)[-1]
        client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone,
                                        AddTags=pairs())
        address = self.found["causeway-prod-alb"]["address"]
        for name, component in (("api", "causeway-api"),
                                ("documents", "causeway-documents-api"),
                                ("notifications", "causeway-notifications-api"),
                                ("internal", "causeway-internal")):
            record = {"Name": f"{name}.staging.causeway.example.", "Type": "CNAME", "TTL": 60,
                      "ResourceRecords": [{"Value": address}]}
            client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={
                "Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]})
            self.found[component] = {"hosted_zone": zone}

    def distribution(self):
        client = self.client("cloudfront", GLOBAL)
        origin = {"Id": "causeway-staging",
                  "DomainName": self.found["causeway-prod-alb"]["address"],
                  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
                                         "OriginProtocolPolicy": "https-only"}}
        config = {"CallerReference": "estate", "Comment": "", "Enabled": True,
                  "Origins": {"Quantity": 1, "Items": [origin]},
                  "DefaultCacheBehavior": {"TargetOriginId": "causeway-staging",
                                           "ViewerProtocolPolicy": "https-only", "MinTTL": 0,
                                           "ForwardedValues": {"QueryString": False,
                                                               "Cookies": {"Forward": "none"}}}}
        made = client.create_distribution_with_tags(DistributionConfigWithTags={
            "DistributionConfig": config, "Tags": {"Items": pairs()}})
        self.found["causeway-web"] = {"id": made["Distribution"]["Id"]}

    def buckets(self):
        for region, name in ((IRELAND, "causeway-staging-documents"),
                             (LONDON, "causeway-staging-documents-dr")):
            client = self.client("s3", region)
            client.create_bucket(Bucket=name, CreateBucketConfiguration={
                "LocationConstraint": region})
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs()})

    def queue(self, name, tagged=True):
        """URL and ARN of a queue in Ireland; made once."""
        client = self.client("sqs")
        tags = {"tags": TAG} if tagged else {}
        url = client.create_queue(QueueName=name, **tags)["QueueUrl"]
        found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, found["Attributes"]["QueueArn"]

    # ---------------------------------------------------------------------- what tests start with

    def document(self, **changes):
        """The example, for this account; `changes` replace members of the top."""
        staging = json.loads(EXAMPLE.read_text(encoding="utf-8"))
        for resource in staging["resources"]:
            resource.update(self.found.get(resource["component"], {}))
        staging["accounts"].update(allowed=[ACCOUNT])
        staging.update(endpoints="loopback", hold="PT1S", poll_interval="PT0.2S")
        staging.update(changes)
        return staging

    def staging(self, folder, **changes):
        path = Path(folder) / "staging.json"
        path.write_text(json.dumps(self.document(**changes), indent=2), encoding="utf-8")
        return path

    def environment(self, keys=None):
        """Nothing of whoever runs the tests, but where programs are: the AWS CLI beside Python."""
        keys = keys or self.session_keys
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": "/nonexistent", "AWS_ENDPOINT_URL": self.url,
                "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
                **{name.upper(): value for name, value in keys.items()}}

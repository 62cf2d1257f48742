"""Short sessions with the emulator: what a drill does to a service, and then reads back.

What has to be there before is made by botocore, which is another client: what ours reads is then
not what ours wrote.
"""

import botocore.session

from support.aws_caller import KEY, SECRET, Caller

REGION = "eu-west-1"


class Account:
    """Other people's hands in the same account."""

    def __init__(self, url):
        self.url = url
        self.session = botocore.session.get_session()

    def __call__(self, service, region=REGION):
        return self.session.create_client(
            service, region, endpoint_url=self.url, aws_access_key_id=KEY,
            aws_secret_access_key=SECRET)


def session_ecs(aws, account):
    ecs = account("ecs")
    # The tags are for the emulator, which cannot list resources among untagged clusters.
    ecs.create_cluster(clusterName="bank", tags=[{"key": "team", "value": "core"}])
    made = aws.ok("ecs", "RegisterTaskDefinition", family="payments",
                  containerDefinitions=[{"name": "app", "image": "app:1", "memory": 64}])
    revision = made["taskDefinition"]["taskDefinitionArn"]
    assert revision.endswith("payments:1"), revision
    ecs.create_service(cluster="bank", serviceName="payments", taskDefinition="payments:1",
                       desiredCount=2)
    before = aws.ok("ecs", "DescribeServices", cluster="bank", services=["payments", "gone"])
    assert [s["desiredCount"] for s in before["services"]] == [2], before
    assert before["failures"][0]["reason"] == "MISSING", before
    aws.ok("ecs", "UpdateService", cluster="bank", service="payments", desiredCount=3)
    after = ecs.describe_services(cluster="bank", services=["payments"])["services"][0]
    assert after["desiredCount"] == after["runningCount"] == 3, after
    aws.ok("ecs", "DescribeTaskDefinition", taskDefinition="payments:1")
    tasks = aws.ok("ecs", "ListTasks", cluster="bank")["taskArns"]
    assert tasks == [], tasks
    subnet = account("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    ran = aws.call("ecs", "RunTask", cluster="bank", taskDefinition="payments:1",
                   launchType="FARGATE",
                   networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}})
    task = ran["value"]["tasks"][0]["taskArn"]
    assert aws.ok("ecs", "ListTasks", cluster="bank")["taskArns"] == [task], ran
    stopped = aws.call("ecs", "StopTask", cluster="bank", task=task, reason="a drill")["value"]
    assert stopped["task"]["desiredStatus"] == "STOPPED", stopped
    reply = aws.call("ecs", "DescribeTasks", cluster="bank", tasks=["0" * 32])
    assert reply["state"] == "ok" and not reply["value"]["tasks"], reply
    reply = aws.call("ecs", "UpdateService", cluster="bank", service="gone", desiredCount=1)
    assert reply["failure"]["kind"] == "not-found" and reply["state"] == "failed", reply
    aws.ok("ecs", "DeregisterTaskDefinition", taskDefinition="payments:1")


def session_refused_parameters(aws, _):
    reply = aws.call("ecs", "UpdateService", servise="payments")
    assert reply["attempts"] == 0 and reply["failure"]["kind"] == "invalid-request", reply
    assert 'did you mean "service"' in reply["failure"]["message"], reply
    reply = aws.call("ecs", "UpdateService", service="payments", desiredCount="2")
    assert "desiredCount must be a whole number" in reply["failure"]["message"], reply


def session_aurora(aws, account):
    rds = account("rds")
    rds.create_db_cluster(DBClusterIdentifier="core", Engine="aurora-postgresql",
                          MasterUsername="root", MasterUserPassword="secret-99")
    for name in ("core-1", "core-2"):
        aws.ok("rds", "CreateDBInstance", DBInstanceIdentifier=name, DBClusterIdentifier="core",
               DBInstanceClass="db.r6g.large", Engine="aurora-postgresql")

    def writer():
        cluster = aws.ok("rds", "DescribeDBClusters", DBClusterIdentifier="core")["DBClusters"][0]
        return [m["DBInstanceIdentifier"] for m in cluster["DBClusterMembers"]
                if m["IsClusterWriter"]]

    assert writer() == ["core-1"], writer()
    aws.ok("rds", "FailoverDBCluster", DBClusterIdentifier="core",
           TargetDBInstanceIdentifier="core-2")
    assert writer() == ["core-2"], writer()
    aws.ok("rds", "CreateDBClusterSnapshot", DBClusterIdentifier="core",
           DBClusterSnapshotIdentifier="core-before")
    found = aws.ok("rds", "DescribeDBClusterSnapshots", DBClusterIdentifier="core")
    manual = [s["DBClusterSnapshotIdentifier"] for s in found["DBClusterSnapshots"]
              if s["SnapshotType"] == "manual"]
    assert manual == ["core-before"], found
    aws.ok("rds", "RestoreDBClusterFromSnapshot", DBClusterIdentifier="core-restored",
           SnapshotIdentifier="core-before", Engine="aurora-postgresql")
    aws.ok("rds", "RestoreDBClusterToPointInTime", DBClusterIdentifier="core-pitr",
           SourceDBClusterIdentifier="core", UseLatestRestorableTime=True)
    again = aws.call("rds", "RestoreDBClusterFromSnapshot", DBClusterIdentifier="core-restored",
                     SnapshotIdentifier="core-before", Engine="aurora-postgresql")
    assert again["failure"]["kind"] == "conflict", again
    aws.ok("rds", "ModifyDBCluster", DBClusterIdentifier="core", BackupRetentionPeriod=7)
    aws.ok("rds", "DescribeDBInstances", DBInstanceIdentifier="core-1")
    aws.ok("rds", "ModifyDBInstance", DBInstanceIdentifier="core-1", PromotionTier=2)
    aws.ok("rds", "RebootDBInstance", DBInstanceIdentifier="core-1")
    aws.ok("rds", "DeleteDBCluster", DBClusterIdentifier="core-restored", SkipFinalSnapshot=True)
    aws.ok("rds", "DescribeEvents")


def session_aurora_across_regions(aws, account):
    rds = account("rds")
    source = rds.create_db_cluster(
        DBClusterIdentifier="ledger", Engine="aurora-mysql", MasterUsername="root",
        MasterUserPassword="secret-99")["DBCluster"]["DBClusterArn"]
    rds.create_db_cluster(DBClusterIdentifier="ledger-dr", Engine="aurora-mysql",
                          MasterUsername="root", MasterUserPassword="secret-99",
                          ReplicationSourceIdentifier=source)

    def replicates_from():
        clusters = aws.ok("rds", "DescribeDBClusters", DBClusterIdentifier="ledger-dr")
        return clusters["DBClusters"][0].get("ReplicationSourceIdentifier")

    assert replicates_from() == source, replicates_from()
    aws.ok("rds", "PromoteReadReplicaDBCluster", DBClusterIdentifier="ledger-dr")
    assert not replicates_from(), replicates_from()
    rds.create_db_cluster_snapshot(DBClusterIdentifier="ledger",
                                   DBClusterSnapshotIdentifier="before")
    aws.ok("rds", "DeleteDBClusterSnapshot", DBClusterSnapshotIdentifier="before")
    left = rds.describe_db_cluster_snapshots(DBClusterIdentifier="ledger")["DBClusterSnapshots"]
    assert "before" not in [s["DBClusterSnapshotIdentifier"] for s in left], left
    rds.create_global_cluster(GlobalClusterIdentifier="world", Engine="aurora-mysql")
    first = rds.create_db_cluster(
        DBClusterIdentifier="world-1", Engine="aurora-mysql", MasterUsername="root",
        MasterUserPassword="secret-99", GlobalClusterIdentifier="world")["DBCluster"][
        "DBClusterArn"]
    world = aws.ok("rds", "DescribeGlobalClusters", GlobalClusterIdentifier="world")
    members = world["GlobalClusters"][0]["GlobalClusterMembers"]
    assert [(m["DBClusterArn"], m["IsWriter"]) for m in members] == [(first, True)], members
    aws.ok("rds", "RemoveFromGlobalCluster", GlobalClusterIdentifier="world",
           DbClusterIdentifier=first)


def session_rds_instance(aws, account):
    rds = account("rds")
    rds.create_db_instance(DBInstanceIdentifier="demo", Engine="postgres", AllocatedStorage=20,
                           DBInstanceClass="db.t3.micro", MasterUsername="root",
                           MasterUserPassword="secret-99")
    rds.create_db_instance_read_replica(DBInstanceIdentifier="demo-replica",
                                        SourceDBInstanceIdentifier="demo")
    rds.create_db_snapshot(DBInstanceIdentifier="demo", DBSnapshotIdentifier="demo-before")
    aws.ok("rds", "PromoteReadReplica", DBInstanceIdentifier="demo-replica")
    snapshots = aws.ok("rds", "DescribeDBSnapshots", DBInstanceIdentifier="demo")["DBSnapshots"]
    assert snapshots[0]["AllocatedStorage"] == 20, snapshots  # a number, though XML has none
    aws.ok("rds", "RestoreDBInstanceFromDBSnapshot", DBInstanceIdentifier="demo-restored",
           DBSnapshotIdentifier="demo-before")
    aws.ok("rds", "DeleteDBInstance", DBInstanceIdentifier="demo-restored",
           SkipFinalSnapshot=True)


def session_route53(aws, account):
    dns = account("route53")
    zone = dns.create_hosted_zone(Name="bank.example", CallerReference="1")["HostedZone"]["Id"]
    listed = aws.ok("route53", "ListHostedZonesByName", DNSName="bank.example")["HostedZones"]
    assert [z["Id"] for z in listed] == [zone], listed
    bare = zone.rsplit("/", 1)[-1]
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=bare,
                                 AddTags=[{"Key": "dr-drill", "Value": "allowed"}])
    tags = aws.ok("route53", "ListTagsForResource", ResourceType="hostedzone", ResourceId=bare)
    assert tags["ResourceTagSet"]["Tags"] == [{"Key": "dr-drill", "Value": "allowed"}], tags

    def weights():
        records = aws.ok("route53", "ListResourceRecordSets", HostedZoneId=zone,
                         StartRecordName="api.bank.example", StartRecordType="A")
        return {r["SetIdentifier"]: r["Weight"] for r in records["ResourceRecordSets"]
                if r["Name"] == "api.bank.example." and "SetIdentifier" in r}

    def record(action, which, weight):
        return {"Action": action, "ResourceRecordSet": {
            "Name": "api.bank.example", "Type": "A", "SetIdentifier": which, "Weight": weight,
            "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}}

    change = aws.ok("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={
        "Comment": "out of <eu-west-1> & into the DR region",
        "Changes": [record("UPSERT", "primary", 100), record("UPSERT", "standby", 0)]})
    assert aws.ok("route53", "GetChange", Id=change["ChangeInfo"]["Id"])["ChangeInfo"][
        "Status"] == "INSYNC"
    assert weights() == {"primary": 100, "standby": 0}, weights()
    aws.ok("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={
        "Changes": [record("UPSERT", "primary", 0), record("UPSERT", "standby", 100)]})
    assert weights() == {"primary": 0, "standby": 100}, weights()
    check = dns.create_health_check(CallerReference="1", HealthCheckConfig={
        "Type": "HTTPS", "FullyQualifiedDomainName": "api.bank.example"})["HealthCheck"]["Id"]
    config = aws.ok("route53", "GetHealthCheck", HealthCheckId=check)["HealthCheck"]
    assert config["HealthCheckConfig"]["Type"] == "HTTPS", config
    aws.ok("route53", "GetHealthCheckStatus", HealthCheckId=check)
    reply = aws.call("route53", "GetHealthCheck", HealthCheckId="gone")
    assert reply["failure"]["kind"] == "not-found", reply


def session_cloudfront(aws, account):
    origin = {"Id": "eu", "DomainName": "eu.bank.example", "CustomOriginConfig": {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    made = account("cloudfront").create_distribution(DistributionConfig={
        "CallerReference": "1", "Comment": "", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "eu", "ViewerProtocolPolicy": "https-only", "MinTTL": 0,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}})
    name = made["Distribution"]["Id"]
    read = aws.ok("cloudfront", "GetDistributionConfig", Id=name)
    config, etag = read["DistributionConfig"], read["ETag"]
    config["Origins"]["Items"][0]["DomainName"] = "dr.bank.example"
    reply = aws.call("cloudfront", "UpdateDistribution", Id=name, DistributionConfig=config)
    assert reply["state"] == "failed", reply  # without If-Match
    aws.ok("cloudfront", "UpdateDistribution", Id=name, DistributionConfig=config, IfMatch=etag)
    found = aws.ok("cloudfront", "GetDistribution", Id=name)["Distribution"]
    assert found["DistributionConfig"]["Origins"]["Items"][0][
        "DomainName"] == "dr.bank.example", found
    made = aws.ok("cloudfront", "CreateInvalidation", DistributionId=name, InvalidationBatch={
        "Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "drill-1"})
    aws.ok("cloudfront", "GetInvalidation", DistributionId=name, Id=made["Invalidation"]["Id"])


def session_load_balancer(aws, account):
    ec2, elb = account("ec2"), account("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{k}.0/24",
                                 AvailabilityZone=f"{REGION}{'ab'[k]}")["Subnet"]["SubnetId"]
               for k in (0, 1)]
    balancer = elb.create_load_balancer(Name="front", Subnets=subnets)["LoadBalancers"][0][
        "LoadBalancerArn"]
    groups = [elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc,
                                      TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
              for name in ("blue", "green")]
    elb.register_targets(TargetGroupArn=groups[0], Targets=[{"Id": "10.0.0.9", "Port": 80}])
    listener = elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[0]}])["Listeners"][0][
        "ListenerArn"]
    health = aws.ok("elbv2", "DescribeTargetHealth", TargetGroupArn=groups[0])
    assert [t["TargetHealth"]["State"] for t in health["TargetHealthDescriptions"]] == [
        "healthy"], health
    aws.ok("elbv2", "ModifyListener", ListenerArn=listener,
           DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[1]}])
    found = aws.ok("elbv2", "DescribeListeners", ListenerArns=[listener])["Listeners"][0]
    assert found["DefaultActions"][0]["TargetGroupArn"] == groups[1], found
    aws.ok("elbv2", "DescribeLoadBalancers", Names=["front"])
    aws.ok("elbv2", "DescribeTargetGroups", Names=["blue"])
    reply = aws.call("ec2", "DescribeInstances", DryRun=True)
    assert reply["failure"]["kind"] == "would-succeed", reply


def session_dynamodb(aws, account):
    account("dynamodb").create_table(
        TableName="beats", KeySchema=[{"AttributeName": "run", "KeyType": "HASH"},
                                      {"AttributeName": "n", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": "run", "AttributeType": "S"},
                              {"AttributeName": "n", "AttributeType": "N"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    for n in ("1", "2", "10"):
        aws.ok("dynamodb", "PutItem", TableName="beats", Item={"run": {"S": "r"}, "n": {"N": n}})
    newest = aws.ok("dynamodb", "Query", TableName="beats", KeyConditionExpression="#r = :r",
                    ExpressionAttributeNames={"#r": "run"}, ScanIndexForward=False, Limit=1,
                    ExpressionAttributeValues={":r": {"S": "r"}}, ConsistentRead=True)
    assert newest["Items"] == [{"run": {"S": "r"}, "n": {"N": "10"}}], newest
    key = {"run": {"S": "r"}, "n": {"N": "1"}}
    aws.ok("dynamodb", "DeleteItem", TableName="beats", Key=key)
    assert "Item" not in aws.ok("dynamodb", "GetItem", TableName="beats", Key=key)
    reply = aws.call("dynamodb", "PutItem", TableName="beats", Item={**key, "n": {"N": "2"}},
                     ConditionExpression="attribute_not_exists(n)")
    assert reply["failure"]["kind"] == "conflict", reply
    aws.ok("dynamodb", "UpdateTable", TableName="beats", ProvisionedThroughput={
        "ReadCapacityUnits": 50, "WriteCapacityUnits": 50})
    table = aws.ok("dynamodb", "DescribeTable", TableName="beats")["Table"]
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 50, table
    aws.ok("dynamodb", "DescribeContinuousBackups", TableName="beats")
    backup = aws.ok("dynamodb", "CreateBackup", TableName="beats", BackupName="before")[
        "BackupDetails"]["BackupArn"]
    aws.ok("dynamodb", "RestoreTableFromBackup", TargetTableName="beats-2", BackupArn=backup)
    aws.ok("dynamodb", "DeleteTable", TableName="beats-2")
    aws.ok("dynamodb", "RestoreTableToPointInTime", SourceTableName="beats",
           TargetTableName="beats-3", UseLatestRestorableTime=True)
    aws.ok("dynamodb", "DeleteBackup", BackupArn=backup)


def run(program, server):
    import sessions_control
    account = Account(server.url)
    count = 0
    with Caller(program, server.url) as aws:
        for module in (globals(), vars(sessions_control)):
            for name, function in module.items():
                if name.startswith("session_"):
                    function(aws, account)
                    count += 1
    sessions_control.test_access(program, server, account)
    performed = sum(url == server.url for url, _ in Caller.performed)
    print(f"sessions: {count} with {performed} operations performed")

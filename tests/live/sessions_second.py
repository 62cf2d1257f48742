"""Sessions with the second emulator: the calls that moto lacks.

It checks no signatures and is not as strict with parameters; those are compared in wire.py.
"""
import coverage
from sessions import Account
from support.aws_caller import Caller


def session_cache(aws, account):
    cache = account("elasticache")
    cache.create_replication_group(ReplicationGroupId="sessions", NumCacheClusters=2,
                                   ReplicationGroupDescription="sessions", Engine="redis",
                                   CacheNodeType="cache.t3.micro")

    def members():
        found = aws.ok("elasticache", "DescribeReplicationGroups", ReplicationGroupId="sessions")
        return [m["CacheClusterId"] for m in
                found["ReplicationGroups"][0]["NodeGroups"][0]["NodeGroupMembers"]]

    before = members()
    aws.ok("elasticache", "IncreaseReplicaCount", ReplicationGroupId="sessions",
           NewReplicaCount=3, ApplyImmediately=True)
    assert len(members()) == len(before) + 2, (before, members())
    aws.ok("elasticache", "DecreaseReplicaCount", ReplicationGroupId="sessions",
           NewReplicaCount=1, ApplyImmediately=True)
    assert members() == before, (before, members())
    cache.create_cache_cluster(CacheClusterId="single", Engine="redis",
                               CacheNodeType="cache.t3.micro", NumCacheNodes=1)
    aws.ok("elasticache", "RebootCacheCluster", CacheClusterId="single",
           CacheNodeIdsToReboot=["0001"])
    reply = aws.call("elasticache", "RebootCacheCluster", CacheClusterId="gone",
                     CacheNodeIdsToReboot=["0001"])
    assert reply["failure"]["kind"] == "not-found", reply


def session_global_database(aws, account):
    rds = account("rds")
    words = {"Engine": "aurora-postgresql", "GlobalClusterIdentifier": "world"}
    rds.create_global_cluster(GlobalClusterIdentifier="world", Engine="aurora-postgresql")
    first = rds.create_db_cluster(DBClusterIdentifier="world-1", MasterUsername="root",
                                  MasterUserPassword="secret-99", **words)["DBCluster"]
    second = account("rds", "eu-west-2").create_db_cluster(DBClusterIdentifier="world-2",
                                                           **words)["DBCluster"]
    first, second = first["DBClusterArn"], second["DBClusterArn"]

    def writers():
        found = aws.ok("rds", "DescribeGlobalClusters", GlobalClusterIdentifier="world")
        return [m["DBClusterArn"] for m in found["GlobalClusters"][0]["GlobalClusterMembers"]
                if m["IsWriter"]]

    assert writers() == [first], writers()
    aws.ok("rds", "FailoverGlobalCluster", GlobalClusterIdentifier="world",
           TargetDbClusterIdentifier=second, AllowDataLoss=True)
    assert writers() == [second], writers()


def session_permissions(aws, account):
    iam = account("iam")
    trust = '{"Version": "2012-10-17", "Statement": []}'
    arn = iam.create_role(RoleName="drill", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    found = aws.ok("iam", "SimulatePrincipalPolicy", PolicySourceArn=arn,
                   ActionNames=["ecs:UpdateService"])["EvaluationResults"]
    assert [r["EvalActionName"] for r in found] == ["ecs:UpdateService"], found


def run(program, server):
    account = Account(server.url)
    with Caller(program, server.url, "--openssl") as aws:
        session_cache(aws, account)
        session_global_database(aws, account)
        session_permissions(aws, account)
    seen = {name for url, name in Caller.performed if url == server.url}
    learned = sorted(seen & coverage.LACKING)
    assert learned, "nothing was seen that the first emulator lacks"
    print(f"second emulator: {', '.join(learned)}")

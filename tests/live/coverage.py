"""Every operation of the table reaches the emulator and is answered in its protocol.

Those that the sessions have performed have been seen to work. The others get the least parameters
that the model requires and have to work with these: what needs more, needs a session. What it lacks
stands in LACKING, and has to be seen as lacking: sent once, neither an outage nor throttling. An
entry that it has learned meanwhile is an error here, so the list stays true.
"""
import botocore.session

from support.aws_caller import Caller, operations

# moto 5.2.1 answers these with an error page. How they look on the wire is compared in wire.py;
# what sessions_second.py performs is seen to work with the other emulator.
LACKING = {
    "elasticache DecreaseReplicaCount", "elasticache IncreaseReplicaCount",
    "elasticache RebootCacheCluster", "elasticache TestFailover",
    "fis GetExperiment", "fis GetExperimentTemplate", "fis ListExperimentTemplates",
    "fis StartExperiment", "fis StopExperiment",
    "iam SimulatePrincipalPolicy", "rds FailoverGlobalCluster",
    "service-quotas GetAWSDefaultServiceQuota", "wafv2 GetSampledRequests",
}


def least(shape):
    """The required members only, with plain values."""
    if shape.type_name == "structure":
        return {name: least(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [least(shape.member)]
    if shape.type_name == "map":
        return {"k": least(shape.value)}
    if shape.type_name == "string" and getattr(shape, "enum", None):
        return shape.enum[0]
    return {"boolean": True, "integer": 60, "long": 60, "float": 1, "double": 1, "blob": "x",
            "timestamp": "2026-11-02T03:04:05Z"}.get(shape.type_name, "firedrill-x")


def run(program, server):
    session = botocore.session.get_session()
    kinds, wrong, lacking = {}, [], set()
    with Caller(program, server.url, "--openssl") as aws:
        for row in operations(program):
            name = f"{row['service']} {row['name']}"
            if (server.url, name) in Caller.performed:
                kinds["performed"] = kinds.get("performed", 0) + 1
                continue
            shape = session.get_service_model(row["service"]).operation_model(
                row["name"]).input_shape
            reply = aws.call(row["service"], row["name"], **(least(shape) if shape else {}))
            failure = reply.get("failure", {"kind": "ok", "message": ""})
            kinds[failure["kind"]] = kinds.get(failure["kind"], 0) + 1
            if failure["kind"] == "unsupported":
                lacking.add(name)
                if reply["attempts"] != 1:
                    wrong.append(f"{name}: sent {reply['attempts']} times")
            elif failure["kind"] != "ok":
                wrong.append(f"{name}: no session has seen it work, and without one {failure}")
    wrong += [f"{name}: the emulator lacks it" for name in sorted(lacking - LACKING)]
    wrong += [f"{name}: the emulator has it by now" for name in sorted(LACKING - lacking)]
    assert not wrong, "\n".join(wrong)
    print(f"coverage: {kinds}")

"""What every operation of the table looks like on the wire, and how its answer is read.

Requests: parameters that use every member of an operation's input go through the client and through
botocore's serializer; path, query, headers and body must say the same. Answers: a value that uses
every member of the output is written by moto's serializer and read by botocore's parser and by the
client; both must read the same.
"""
import base64
import datetime
import functools
import json
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import botocore.awsrequest
import botocore.parsers
import botocore.serialize
import botocore.session
import botocore.utils
import moto.core.model
import moto.core.serialize

from capture import Capture
from support.aws_caller import Caller, operations

MOMENT = "2026-11-02T03:04:05Z"
# The length is the transport's to say.
LEFT_OUT = {"ContentLength"}


def sample(shape, path=()):
    """A value that uses every member; None for a shape that is inside itself."""
    if shape.name in path:
        return None
    path = (*path, shape.name)
    if shape.type_name == "structure":
        members = {name: sample(member, path) for name, member in sorted(shape.members.items())
                   if name not in LEFT_OUT}
        if any(members.get(name) is None for name in set(shape.required_members) - LEFT_OUT):
            return None
        return {name: value for name, value in members.items() if value is not None}
    if shape.type_name == "list":
        value = sample(shape.member, path)
        return None if value is None else [value, value]
    if shape.type_name == "map":
        value = sample(shape.value, path)
        return None if value is None else {"key-1": value}
    return {"boolean": True, "integer": 7, "long": 2 ** 40, "float": 0.5, "double": 0.25,
            "timestamp": MOMENT, "blob": "b<l&ob"}.get(shape.type_name, "a <b>&'c/ü+\"")


class Service:
    protocols = ["json", "rest-json", "rest-xml", "query", "ec2"]

    def __init__(self, session, name):
        self.model = session.get_service_model(name)
        spoken = self.model.metadata.get("protocols", [self.model.metadata["protocol"]])
        self.protocol = next(p for p in self.protocols if p in spoken)
        # The same model as moto's writer of answers wants it.
        self.of_moto = moto.core.model.ServiceModel(session.get_service_data(name), name)
        self.serializer = botocore.serialize.create_serializer(self.protocol, False)


def same_xml(text):
    return ElementTree.canonicalize(text, strip_text=False) if text else ""


def compare_request(service, operation, parameters, sent):
    wanted = service.serializer.serialize_to_request(parameters, operation)
    path, _, query = sent.target.partition("?")
    assert sent.method == wanted["method"], (sent.method, wanted["method"])
    wanted_path, _, wanted_query = wanted["url_path"].partition("?")
    assert path == wanted_path, (path, wanted_path)
    given = wanted["query_string"] or {}
    pairs = list(given.items()) if isinstance(given, dict) else list(given)
    pairs = [(k, str(v)) for k, values in pairs
             for v in (values if isinstance(values, list) else [values])]
    pairs += urllib.parse.parse_qsl(wanted_query, keep_blank_values=True)
    assert sorted(urllib.parse.parse_qsl(query, keep_blank_values=True)) == sorted(pairs), query
    for name, value in wanted["headers"].items():
        if name.lower() in ("x-amz-sdk-checksum-algorithm", "content-type"):
            continue
        value = value if isinstance(value, str) else str(value)
        assert sent.header(name) == value.encode().decode("latin-1"), (name, sent.header(name))
    body = wanted["body"]
    if service.protocol in ("query", "ec2"):
        fields = {k: v if isinstance(v, str) else str(v) for k, v in body.items()}
        found = dict(urllib.parse.parse_qsl(sent.body.decode(), keep_blank_values=True))
        assert found == fields, diff(found, fields)
        return
    body = body.encode() if isinstance(body, str) else body
    if sent.body[:1] in (b"{", b"[") and service.protocol != "rest-xml":
        assert json.loads(sent.body) == json.loads(body), (sent.body[:300], body[:300])
    elif service.protocol == "rest-xml" and body[:1] == b"<":
        assert same_xml(sent.body) == same_xml(body), (sent.body[:300], body[:300])
    else:
        assert sent.body == body, (sent.body[:100], body[:100])


def diff(a, b):
    return {k: (a.get(k), b.get(k)) for k in a.keys() | b.keys() if a.get(k) != b.get(k)}


def test_requests(program, services):
    count, wrong = 0, []
    # OpenSSL's signer takes any path and any header: what is sent is what is compared here.
    with Capture() as capture, Caller(program, capture.url, "--openssl", attempts=1) as aws:
        for row in operations(program):
            service = services(row["service"])
            operation = service.model.operation_model(row["name"])
            shape = operation.input_shape
            parameters = sample(shape) if shape else {}
            before = len(capture.requests)
            reply = aws.call(row["service"], row["name"], **parameters)
            assert len(capture.requests) > before, f"{row['name']} was not sent: {reply}"
            try:
                compare_request(service, operation, parameters, capture.requests[before])
            except AssertionError as error:
                wrong.append(f"{row['service']} {row['name']}: {error}")
            count += 1
    assert not wrong, "\n".join(wrong)
    return count


def python_value(shape, value):
    """A sample as moto's serializer wants it: instants and bytes as Python has them."""
    if shape.type_name == "structure":
        return {k: python_value(shape.members[k], v) for k, v in value.items()}
    if shape.type_name == "list":
        return [python_value(shape.member, v) for v in value]
    if shape.type_name == "map":
        return {k: python_value(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp":
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value.encode() if shape.type_name == "blob" else value


def plain(shape, value, raw=()):
    """What was read, by either side, in one form: seconds for instants, text for bytes."""
    if value is None:
        return None
    if shape.type_name == "structure":
        return {k: plain(shape.members[k], v, raw) for k, v in value.items() if k in shape.members}
    if shape.type_name == "list":
        return [plain(shape.member, v) for v in value]
    if shape.type_name == "map":
        return {k: plain(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp":
        if isinstance(value, str):
            value = botocore.utils.parse_timestamp(value)
        return value.timestamp() if isinstance(value, datetime.datetime) else float(value)
    if shape.type_name == "blob":
        if isinstance(value, bytes):
            return value.decode()
        return value if shape.serialization.get("streaming") else base64.b64decode(value).decode()
    return value


def http_bytes(answer, method):
    body = answer["body"].encode() if isinstance(answer["body"], str) else answer["body"]
    lines = [f"HTTP/1.1 {answer['status_code']} OK", f"Content-Length: {len(body)}",
             "Connection: close"]
    lines += [f"{k}: {v}" for k, v in answer["headers"].items() if k.lower() != "content-length"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else body)


def compare_reply(service, row, aws, capture):
    operation = service.model.operation_model(row["name"])
    shape = operation.output_shape
    writer = moto.core.serialize.get_serializer_class(row["service"], service.protocol)
    value = python_value(shape, sample(shape)) if shape else {}
    answer = writer(service.of_moto.operation_model(row["name"])).serialize(value)
    answer["headers"] = botocore.awsrequest.HeadersDict(answer["headers"])
    body = answer["body"].encode() if isinstance(answer["body"], str) else answer["body"]
    wanted = botocore.parsers.create_parser(service.protocol).parse(
        {"status_code": answer["status_code"], "headers": answer["headers"],
         "body": b"" if operation.http["method"] == "HEAD" else body}, shape)
    wanted.pop("ResponseMetadata", None)
    capture.answer = http_bytes(answer, operation.http["method"])
    inputs = sample(operation.input_shape) if operation.input_shape else {}
    reply = aws.call(row["service"], row["name"], **inputs)
    assert reply["state"] == "ok", reply["failure"]
    found = plain(shape, reply["value"]) if shape else reply["value"]
    wanted = plain(shape, wanted) if shape else wanted
    for name in LEFT_OUT:
        found.pop(name, None)
    assert found == wanted, first_difference(found, wanted)


def first_difference(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if a.get(key) != b.get(key):
                return first_difference(a.get(key), b.get(key), f"{path}.{key}")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for k, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return first_difference(x, y, f"{path}[{k}]")
    return f"{path}: {str(a)[:200]} instead of {str(b)[:200]}"


def test_replies(program, services):
    count, wrong = 0, []
    with Capture() as capture, Caller(program, capture.url, "--openssl", attempts=1) as aws:
        for row in operations(program):
            try:
                compare_reply(services(row["service"]), row, aws, capture)
            except AssertionError as error:
                wrong.append(f"{row['service']} {row['name']}: {error}")
            count += 1
    assert not wrong, "\n".join(wrong)
    return count


def test_models(program):
    """The models in the tree are what the pinned botocore and trim.py make of the table."""
    folder = Path(__file__).resolve().parent.parent.parent / "engine/live/aws/service_models"
    with tempfile.TemporaryDirectory() as made:
        rows = "\n".join(json.dumps(row) for row in operations(program))
        subprocess.run([sys.executable, folder / "trim.py", made], input=rows.encode(), check=True)
        names = sorted(path.name for path in Path(made).iterdir())
        assert names == sorted(path.name for path in folder.glob("*.json")), names
        for name in names:
            assert (Path(made) / name).read_bytes() == (folder / name).read_bytes(), name


def run(program, _):
    test_models(program)
    session = botocore.session.get_session()
    services = functools.lru_cache(None)(lambda name: Service(session, name))
    print(f"wire: {test_requests(program, services)} requests as botocore writes them")
    print(f"wire: {test_replies(program, services)} answers as botocore reads them")

#!/usr/bin/env python3
"""Cuts the service models of botocore down to the operations that the table knows.

    aws_call --operations | trim.py FOLDER     writes FOLDER/SERVICE.json for each service

Run it by the Python that has the pinned botocore. What is kept is what an encoder and a reader
need: shapes, where a member goes, what it is called there, what is required and what is sensitive.
Prose, enumerations and limits are left out: the service checks those.
"""
import json
import sys
from pathlib import Path

import botocore.session

# In the order we would rather speak them.
PROTOCOLS = ["json", "rest-json", "rest-xml", "query", "ec2"]
METADATA = ["apiVersion", "endpointPrefix", "globalEndpoint", "jsonVersion", "signingName",
            "targetPrefix", "xmlNamespace"]
TRAITS = ["shape", "type", "location", "locationName", "queryName", "flattened", "xmlAttribute",
          "xmlNamespace", "required", "payload", "sensitive", "idempotencyToken", "timestampFormat",
          "streaming"]
OPERATION = ["http", "input", "output", "httpChecksumRequired"]


def reference(node):
    return {key: node[key] for key in TRAITS if key in node}


def trimmed_shape(shape):
    result = reference(shape)
    if "members" in shape:
        result["members"] = {name: reference(m) for name, m in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            result[part] = reference(shape[part])
    return result


def collect(name, shapes, found):
    if name in found:
        return
    found[name] = trimmed_shape(shapes[name])
    children = list(found[name].get("members", {}).values())
    children += [found[name][part] for part in ("member", "key", "value") if part in found[name]]
    for child in children:
        collect(child["shape"], shapes, found)


def trimmed_operation(operation):
    result = {key: operation[key] for key in OPERATION if key in operation}
    for side in ("input", "output"):
        if side in operation:
            kept = TRAITS + ["resultWrapper"]
            result[side] = {key: operation[side][key] for key in kept if key in operation[side]}
    if operation.get("httpChecksum", {}).get("requestChecksumRequired"):
        result["httpChecksumRequired"] = True
    result["http"].pop("responseCode", None)
    return result


def trimmed(service, names):
    model = botocore.session.get_session().get_component("data_loader").load_service_model(
        service, "service-2")
    metadata = model["metadata"]
    spoken = metadata.get("protocols", [metadata["protocol"]])
    result = {"metadata": {key: metadata[key] for key in METADATA if key in metadata},
              "operations": {}, "shapes": {}}
    result["metadata"]["protocol"] = next(p for p in PROTOCOLS if p in spoken)
    result["metadata"]["queryCompatible"] = "awsQueryCompatible" in metadata
    for name in sorted(names):
        operation = trimmed_operation(json.loads(json.dumps(model["operations"][name])))
        result["operations"][name] = operation
        for side in ("input", "output"):
            if side in operation:
                collect(operation[side]["shape"], model["shapes"], result["shapes"])
    return result


def main(folder):
    wanted = {}
    for line in sys.stdin:
        row = json.loads(line)
        wanted.setdefault(row["service"], set()).add(row["name"])
    for service, names in sorted(wanted.items()):
        text = json.dumps(trimmed(service, names), sort_keys=True, separators=(",", ":"))
        # A line for each shape: a change of the model is a readable change of the file.
        text = text.replace('},"', '},\n"')
        Path(folder, f"{service}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

"""What of a JSON value does not fit a published schema of an export."""


def misfits(value, schema, at="$"):
    """Where `value` is not as `schema` says: the keywords that our schemas of exports use."""
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
             "integer": int, "number": (int, float)}
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    if "type" not in schema and not {"enum", "const"} & schema.keys():
        return [f"{at}: the schema says nothing of it"]
    if allowed and not any(isinstance(value, types[word]) for word in allowed):
        return [f"{at}: no {allowed}"]
    found = []
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        found.append(f"{at}: {value}")
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get(
            "maximum", value):
        found.append(f"{at}: {value} is out of range")
    if isinstance(value, dict):
        found += [f"{at}.{key} is missing" for key in schema["required"] if key not in value]
        for key, inner in schema["properties"].items():
            found += misfits(value[key], inner, f"{at}.{key}") if key in value else []
        found += [f"{at}.{key} is not described" for key in value if key not in
                  schema["properties"]]
    if isinstance(value, list):
        for i, item in enumerate(value):
            found += misfits(item, schema["items"], f"{at}[{i}]")
    return found

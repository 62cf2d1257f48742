"""A scenario whose every free text is hostile, for tests of every format that shows documents.

    path = hostile_scenario(FIREDRILL, folder)             # the scenario, in a folder of its own
    path = hostile_scenario(FIREDRILL, folder, base=PATH)  # made of another scenario
    Hostile(FIREDRILL, folder, base).covered               # the schema paths of what it changed

Which strings are free is read from the schemas that the program publishes, so that a new field is
hostile as soon as it exists: every string without a pattern or a list of words gets a hostile text,
those that the base leaves out as well. Names are changed alike wherever they stand, so that what
refers to them still finds them. What the documents' own validation then refuses (the name of an
action, of a metric, of a timing of the library) was no free text, and is put back.
"""
import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BASE = ROOT / "tests/negative/control.json"
BYTES_MAX = 4096  # of a string of a document
TEXTS = ("</script><script>document.title='owned'</script>", "]]>", "<img src=x onerror=alert(1)>",
         "\"'`&<>", "\u202egnp.exe\u202c", "\u0645\u0631\u062d\u0628\u0627", "\U0001f525 fire",
         "%0A::error::owned", "=1+1|`*_[x](javascript:alert(1))", "\u2028: , ; #", "\x07\x1b[31m",
         "x" * BYTES_MAX)
TRIES_MAX = 60
SCHEMAS = {"TimingLibrary": "timings", "DrillRecord": "drill-record"}  # by kind, else its name


class Hostile:
    """`scenario` is the path of the document to run, `covered` the schema paths made hostile."""

    def __init__(self, firedrill, folder, base=BASE):
        self.firedrill = str(firedrill)
        self.source = Path(base).resolve().parent
        self.folder = Path(folder).resolve() / ("hostile-" + Path(base).stem)
        self.scenario = self.folder / Path(base).name
        self.schemas = {}
        self.documents = {}
        self.load(Path(base).name)
        self.names = {}   # what a text of the base became
        self.added = {}   # (document, path): a text that the base leaves out
        self.fixed = set()  # texts of the base that are no free texts
        self.dropped = set()  # the same of added ones
        self.covered = set()
        self.make_valid()

    def schema(self, kind):
        if kind not in self.schemas:
            text = self.run("schema", kind).stdout
            self.schemas[kind] = json.loads(text)
        return self.schemas[kind]

    def run(self, *arguments):
        return subprocess.run([self.firedrill, *map(str, arguments)], capture_output=True,
                              text=True, check=False, timeout=300,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})

    def load(self, name):
        """The document, and those that it names."""
        document = json.loads((self.source / name).read_text("utf-8"))
        document.pop("$schema", None)
        self.documents[name] = document
        for text in self.strings(document):
            other = os.path.normpath(Path(name).parent / text)
            if text.endswith(".json") and other not in self.documents:
                if (self.source / other).is_file():
                    self.load(other)

    def strings(self, value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            for one in value.values() if isinstance(value, dict) else value:
                yield from self.strings(one)

    def hostile(self, text):
        """Another one for each text, that begins as it did."""
        if text not in self.names:
            number = len(self.names)
            nasty = f"{TEXTS[number % len(TEXTS)]} {number}"
            start = text[:20]
            # Some room for what goes before a name, as in "step:".
            self.names[text] = start + nasty[-(BYTES_MAX - 16 - len(start.encode())):]
        return self.names[text]

    @staticmethod
    def is_free(schema):
        kinds = schema.get("type")
        return ((kinds == "string" or "string" in (kinds or ())) and
                not {"pattern", "enum", "const", "oneOf"} & set(schema))

    @classmethod
    def is_labels(cls, schema):
        """Any words to any words."""
        return (set(schema.get("properties", {})) == {"$comment"} and
                cls.is_free(schema.get("additionalProperties") or {}) and
                schema["additionalProperties"].get("type") == "string")

    @staticmethod
    def properties(schema, value):
        """Those of every object, and those of objects of its kind."""
        known = dict(schema.get("properties", {}))
        for clause in schema.get("allOf", []):
            asked = clause.get("if", {}).get("properties", {})
            if all(value.get(key) == one.get("const") for key, one in asked.items()):
                for key, one in clause.get("then", {}).get("properties", {}).items():
                    known[key] = {**known.get(key, {}), **one}
        return known

    def changed(self, value, schema, path, at):
        """`value` with hostile texts; `at` is the way to it in the document."""
        if isinstance(value, str):
            if re.fullmatch(r"step:.*", value) and value[5:] in self.names:
                return "step:" + self.names[value[5:]]
            if not self.is_free(schema) or value in self.fixed or value.endswith(".json"):
                return value
            self.covered.add(path)
            return self.hostile(value)
        if isinstance(value, list):
            items = schema.get("items", {})
            return [self.changed(one, items, path + "[]", at + (number,))
                    for number, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        known = self.properties(schema, value)
        more = schema.get("additionalProperties") or {}
        result = {key: self.changed(one, known.get(key, more), f"{path}.{key}", at + (key,))
                  for key, one in value.items()}
        for key, one in known.items():
            labels = self.is_labels(one)
            if key in value or at + (key,) in self.dropped or not (labels or self.is_free(one)):
                continue
            text = self.hostile(f"added {key} {'/'.join(map(str, at))}")
            result[key] = {text[20:]: text} if labels else text
            self.added[at + (key,)] = f"{path}.{key}"
            self.covered.add(f"{path}.{key}")
        return result

    def write(self):
        """A text a line, so that the line of an error tells the text. Gives the ways to them."""
        ways = {}
        for name, document in self.documents.items():
            kind = SCHEMAS.get(document["kind"], document["kind"].lower())
            changed = self.changed(document, self.schema(kind), kind, (name,))
            lines = []
            at_line = {}

            def put(value, at, lead, tail, lines=lines, at_line=at_line):
                if isinstance(value, (dict, list)) and value:
                    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
                    lines.append(lead + ("{" if isinstance(value, dict) else "["))
                    for number, (key, one) in enumerate(pairs):
                        put(one, at + (key,), json.dumps(key) + ": " if isinstance(value, dict)
                            else "", "," if number + 1 < len(pairs) else "")
                    lines.append(("}" if isinstance(value, dict) else "]") + tail)
                else:
                    lines.append(lead + json.dumps(value) + tail)
                at_line[len(lines)] = at

            put(changed, (name,), "", "")
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            ways[str(path)] = at_line
        return ways

    def original(self, at):
        value = self.documents[at[0]]
        for key in at[1:]:
            value = value[key]
        return value

    def put_back(self, at):
        """False when there is nothing to put back."""
        for part in (at, at[:-1]):  # labels are a level further down
            if part in self.added:
                new = part not in self.dropped
                self.dropped.add(part)
                return new
        value = self.original(at)
        texts = [value] if isinstance(value, str) else list(self.strings(value))
        # An argument may list names.
        texts += [name.strip() for text in texts for name in text.split(",")]
        new = [text for text in texts if text in self.names and text not in self.fixed]
        self.fixed.update(new)
        return bool(new)

    def make_valid(self):
        report = self.folder / "errors.sarif"
        for _ in range(TRIES_MAX):
            self.covered = set()
            self.added = {}
            ways = self.write()
            self.run("validate", self.scenario, "--export-sarif", report)
            results = json.loads(report.read_text("utf-8"))["runs"][0]["results"]
            report.unlink()
            if not results:
                return
            better = False
            for result in results:
                place = result["locations"][0]["physicalLocation"]
                way = self.way_of(ways, place)
                better = (way is not None and self.put_back(way)) or better
            if not better:
                raise AssertionError(f"cannot be made valid: {results[:3]}")
        raise AssertionError("cannot be made valid")

    def way_of(self, ways, place):
        uri = place["artifactLocation"]["uri"]
        for path, lines in ways.items():
            if path.endswith(uri) or uri.endswith(path):
                return lines.get(place["region"]["startLine"])
        return None


def hostile_scenario(firedrill, folder, base=BASE):
    return Hostile(firedrill, folder, base).scenario

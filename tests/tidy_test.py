#!/usr/bin/env python3
"""Holds the source tree to its rules: layers, banned calls, sizes, maps, orphans, loose ends.

    tests/tidy_test.py [ROOT]      prints every finding as file:line: [rule] message; exit 1 if any
    tests/tidy_test.py --judge     breaks each rule in a scratch tree and sees that it is found

Standard library only.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Which layers a layer may include. DESIGN: data flows one way, and an include may only point left.
BASE = ["engine/base"]
INPUT = BASE + ["engine/input"]
PLAN = INPUT + ["engine/plan"]
RUN = PLAN + ["engine/run"]
MEASURE = RUN + ["engine/measure"]
STUDY = MEASURE + ["engine/study"]
LIVE = ["engine/live", "engine/live/aws"]
ALL = STUDY + LIVE + ["models", "reports", "tools/archive", "tools"]
LAYERS = {
    "engine/base": BASE,
    "engine/input": INPUT,
    "engine/plan": PLAN,
    "engine/run": RUN,
    "engine/measure": MEASURE,
    "engine/study": STUDY,
    # A client of its own: it knows nothing of plans and runs.
    "engine/live/aws": BASE + ["engine/live/aws"],
    "engine/live": RUN + LIVE,
    "models": RUN + ["models"],
    "reports": STUDY + ["reports"],
    "tools/archive": STUDY + ["reports", "tools/archive"],
    "tools": ALL,
    "tests": ALL + ["tests"],
}
# Headers of engine/run that only some layers may see.
EXECUTOR = re.compile(r"engine/run/execut")
LOG_ONLY = re.compile(r"engine/run/\w*(log|event)\w*\.hpp")

# Third-party headers, and the layers that may include them.
THIRD_PARTY = [
    (re.compile(r"(simgrid|xbt)/"), ["models", "tools"], "SimGrid"),
    (re.compile(r"nlohmann/"),
     ["engine/input", *LIVE, "reports", "tools/archive", "tools", "tests"],
     "nlohmann-json"),
    (re.compile(r"pugixml"), [*LIVE, "reports"], "pugixml"),
    (re.compile(r"valijson/"), ["engine/input", "tests"], "valijson"),
    (re.compile(r"CLI/"), ["tools"], "CLI11"),
    (re.compile(r"catch2/"), ["tests"], "Catch2"),
    (re.compile(r"sqlite3"), ["tools/archive"], "SQLite"),
    (re.compile(r"zip\.h"), ["tools/archive"], "libzip"),
    (re.compile(r"openssl/evp"), ["engine/plan", *LIVE], "hashing by OpenSSL"),
    (re.compile(r"openssl/(?!evp)"), LIVE, "OpenSSL"),
    # One place opens connections, under one set of rules: engine/live/aws/transport.
    (re.compile(r"curl/"), ["engine/live/aws"], "the network"),
]

# Banned in code: pattern, files it is allowed in, and what to use.
KEYED = "use the keyed streams of engine/base/random.hpp: a draw depends on seed and entity alone"
BANNED = [
    (r"(?<![\w.>])(?:std\s*::\s*)?s?rand\s*\(", "", "rand", KEYED),
    (r"\brandom_device\b", "", "std::random_device", KEYED),
    (r"\b(mt19937\w*|default_random_engine|minstd_rand0?)\b", "", "a standard engine", KEYED),
    (r"\bstd\s*::\s*\w+_distribution\b", "", "std::*_distribution",
     "use engine/base/distribution.hpp: the standard leaves these algorithms open"),
    (r"\bstd\s*::\s*(random_)?shuffle\b", "", "std::shuffle", KEYED),
    (r"\b(system|steady|high_resolution)_clock\b",
     r"tools/|tests/|engine/live/|engine/study/\w*(worker|process|pool|block|progress)\w*\.",
     "a wall clock", "use World::now(): results must not depend on when they are made"),
    (r"(?<![\w.>:])(gettimeofday|clock_gettime)\s*\(", r"tools/|engine/live/", "a wall clock",
     "use World::now(): results must not depend on when they are made"),
    (r"\bsetlocale\s*\(|\blocale\s*::\s*global\b", "", "setlocale",
     "format with fmt, which ignores the locale"),
    (r"\bstd\s*::\s*w?regex\b", "", "std::regex",
     "write the few lines by hand: std::regex overflows the stack on long strings"),
    (r"\bstd\s*::\s*cout\b|(?<![\w.>:])(?:std\s*::\s*)?(?:printf|puts|putchar)\s*\(|"
     r"\bfmt\s*::\s*print\s*\(\s*(?!std|out|err|file)", r"tools/|tests/", "writing to stdout",
     "return the text, tools/ prints it: stdout holds the result and nothing else"),
]
BUILD_BANNED = [
    ("-ffast-math", "it changes digits from machine to machine"),
    ("-march=native", "what is built must run elsewhere, with the same digits"),
    ("FetchContent", "the build is offline: add the package to tools/setup"),
]

# Words of unfinished work. Exceptions are the other meanings that these words have in this field.
LOOSE_ENDS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|(?i:\bst" r"ub(s|bed)?\b|"
                        r"\bplace" r"holders?\b|\bfor n" r"ow\b)")
LOOSE_ENDS_MEANT = re.compile(r"(?i)place" r"holder\s*=|::place" r"holder|st" r"ub resolver|"
                              r"mktemp|XXXXXX")
MACHINE_PATH = re.compile(r"(?<![\w.~}])/(work|root)/|(?<![\w.~}])/tmp/\w")

CODE = {".hpp", ".cpp"}
WIDTH, FILE_LINES, FUNCTION_LINES = 100, 600, 70
SKIPPED = {"build", ".git", ".cache", "__pycache__", ".vscode", ".idea"}
TOP = ["engine", "models", "scenarios", "reports", "tests", "tools"]


def blank(match):
    """A space for each character, so that lines and columns stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


def code_of(text):
    """C++ without comments, and with empty strings."""
    return re.sub(
        r'R"(?P<d>[^()\s\\]{0,16})\(.*?\)(?P=d)"'
        r"|//(?:\\\n|[^\n])*|/\*.*?\*/"
        r'|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",
        blank, text, flags=re.S)


def comments_blanked(text):
    """C++ without comments, strings kept: what an #include needs."""
    return re.sub(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/',
                  lambda m: m.group(0) if m.group(1) else blank(m), text, flags=re.S)


class Tree:
    def __init__(self, root):
        self.root = Path(root).resolve()
        self.findings = []
        self.files = []
        for folder, names, files in os.walk(self.root):
            names[:] = sorted(n for n in names if n not in SKIPPED)
            files = [f for f in files if f not in SKIPPED]  # a work tree's .git is a file
            for name in sorted(files):
                self.files.append(Path(folder, name).relative_to(self.root))
        self.texts = {}
        for file in self.files:
            data = (self.root / file).read_bytes()
            if b"\0" not in data:
                self.texts[file.as_posix()] = data.decode("utf-8", errors="replace")

    def say(self, file, line, rule, message):
        self.findings.append((file, line, rule, message))

    def each(self, *suffixes):
        for file, text in self.texts.items():
            if Path(file).suffix in suffixes and file.split("/")[0] in TOP:
                yield file, text

    def in_layer(self, file):
        return next((layer for layer in LAYERS if file.startswith(layer + "/")), None)


def is_script(file, text):
    return text.startswith("#!") or file.endswith((".py", ".cmake", "CMakeLists.txt"))


def check_includes(tree):
    for file, text in tree.each(*CODE):
        layer = tree.in_layer(file)
        for number, line in enumerate(comments_blanked(text).splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            header = match.group(2)
            for pattern, allowed, name in THIRD_PARTY:
                if pattern.match(header) and layer not in allowed:
                    tree.say(file, number, "third-party",
                             f"only {', '.join(allowed)} may include {name} ({header})")
            target = tree.in_layer(header)
            if target:
                check_layer(tree, file, number, layer, target, header)
            elif match.group(1) == '"' and (tree.root / file).parent.joinpath(header).exists():
                tree.say(file, number, "include-path",
                         f'include "{header}" by its path from the top of the tree')


def check_layer(tree, file, number, layer, target, header):
    if layer is None:
        tree.say(file, number, "layer", "this folder is no layer: add it to LAYERS in tidy_test.py")
    elif target not in LAYERS[layer]:
        tree.say(file, number, "layer", f"{layer} may not include {target} ({header})")
    elif layer in ("models", *LIVE) and EXECUTOR.match(header):
        tree.say(file, number, "layer", f"{layer} is a back end and never sees the executor")
    elif layer == "engine/measure" and target == "engine/run" and not LOG_ONLY.match(header):
        tree.say(file, number, "layer", f"engine/measure sees the event log only, not {header}")


def check_banned(tree):
    for file, text in tree.each(*CODE):
        code = code_of(text)
        for pattern, allowed, name, instead in BANNED:
            if allowed and re.match(allowed, file):
                continue
            for match in re.finditer(pattern, code):
                number = code.count("\n", 0, match.start()) + 1
                tree.say(file, number, "banned", f"{name} is banned: {instead}")
    for file, text in tree.texts.items():
        if file == "CMakePresets.json" or file.endswith((".cmake", "CMakeLists.txt")):
            for number, line in enumerate(text.splitlines(), 1):
                for flag, why in BUILD_BANNED:
                    if flag in line.split("#")[0]:
                        tree.say(file, number, "banned", f"{flag} is banned: {why}")


def check_sizes(tree):
    for file, text in tree.texts.items():
        if Path(file).suffix not in CODE and not is_script(file, text):
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if len(line) > WIDTH:
                tree.say(file, number, "width", f"{len(line)} columns, at most {WIDTH}")
        if len(lines) > FILE_LINES:
            tree.say(file, len(lines), "file-size", f"{len(lines)} lines, at most {FILE_LINES}")
    for file, text in tree.each(*CODE):
        for first, last, name in functions(code_of(text)):
            if last - first + 1 > FUNCTION_LINES:
                tree.say(file, first, "function-size",
                         f"{name} has {last - first + 1} lines, at most {FUNCTION_LINES}")


def functions(code):
    """(first line, last line, name) of each outermost function body; a brace heuristic."""
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", blank, code, flags=re.M)
    line, head, head_line, stack, inside = 1, "", 1, [], None
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            text = head.strip()
            kind = "block"
            if inside is None and re.search(r"\)[^;=]*$", text) and not re.match(
                    r"(namespace|class|struct|union|enum|extern)\b", text):
                kind, inside = "function", len(stack)
                named = re.search(r"([\w:~]+)\s*\(", text)
                name = named.group(1) if named else "function"
                start = head_line
            stack.append(kind)
            head = ""
        elif char == "}":
            if stack:
                stack.pop()
            if inside is not None and len(stack) == inside:
                yield start, line, name
                inside = None
            head = ""
        elif char == ";":
            head = ""
        else:
            if not head.strip() and not char.isspace():
                head_line = line
            head += char


def check_maps(tree):
    folders = {Path(f).parent.as_posix() for f, _ in tree.each(".hpp", ".cpp", ".py")}
    folders |= {"/".join(f.split("/")[:2]) for f, _ in tree.each(".json")
                if f.startswith("scenarios/") and f.count("/") >= 2}
    folders |= {f for f in TOP if any(name.startswith(f + "/") for name in tree.texts)}
    for folder in sorted(folders):
        if f"{folder}/README.md" not in tree.texts:
            tree.say(folder, 1, "map", "this folder has no README.md that maps it")
    notes = "engine/decisions/"
    for file in tree.texts:
        if re.match(notes + r"\d.*\.md$", file) and Path(file).name not in tree.texts.get(
                notes + "README.md", ""):
            tree.say(file, 1, "map", f"{notes}README.md does not list this note")


def check_orphans(tree):
    for file, _ in tree.each(".cpp"):
        lists = [p for p in Path(file).parents if f"{p.as_posix()}/CMakeLists.txt" in tree.texts]
        # Fuzz drivers need another compiler: the map says how they are built.
        if file.startswith("tests/fuzz/") and Path(file).stem in tree.texts.get(
                "tests/README.md", ""):
            continue
        if not any(names(tree, p, file) for p in lists):
            tree.say(file, 1, "orphan", "no CMakeLists.txt names this file: it is never built")
    for file, _ in tree.each(".py"):
        if file.startswith("tests/") and file.endswith("_test.py"):
            if not names(tree, Path("tests"), file):
                tree.say(file, 1, "orphan", "tests/CMakeLists.txt does not run this test")


def names(tree, folder, file):
    """Whether the CMakeLists.txt of `folder` names `file`, with or without its extension."""
    text = tree.texts.get(f"{folder.as_posix()}/CMakeLists.txt", "")
    text = re.sub(r"#.*", "", text)
    path = Path(file).relative_to(folder).as_posix()
    stem = os.path.splitext(path)[0]
    words = {path, stem} | ({stem[:-5]} if stem.endswith("_test") else set())
    found = any(re.search(rf"(?<![\w./-]){re.escape(w)}(?![\w./-])", text) for w in words)
    pattern = "*_test" + Path(file).suffix if stem.endswith("_test") else "*" + Path(file).suffix
    return found or re.search(rf"file\(GLOB[^)]*{re.escape(pattern)}", text) is not None


def check_scenarios(tree):
    used = set()   # every string of every document: what a runbook can be named by
    runbooks = []  # (file, name)
    tests = "\n".join(t for f, t in tree.texts.items() if f.startswith("tests/"))
    for file, text in tree.each(".json"):
        if file.startswith("tests/negative/"):
            if not re.search(rf"\b{re.escape(Path(file).stem)}\b|tests/negative\b", tests):
                tree.say(file, 1, "scenario", "no test says that this one is refused or missed")
            continue
        if not file.startswith("scenarios/"):
            continue
        try:
            document = json.loads(text)
        except ValueError as error:
            tree.say(file, getattr(error, "lineno", 1), "scenario", f"no JSON: {error}")
            continue
        kind, name = check_head(tree, file, document)
        if kind == "Runbook":
            runbooks.append((file, name))
            document.pop("metadata", None)
        used |= set(strings(document))
        if kind == "Scenario":
            folder = "/".join(file.split("/")[:2])
            maps = tree.texts.get(f"{folder}/README.md", "") + tree.texts.get(
                "scenarios/README.md", "")
            if Path(file).stem not in maps:
                tree.say(file, 1, "scenario", f"{folder}/README.md does not list this scenario")
    for file, name in runbooks:
        if name not in used and not any(Path(file).name in word for word in used):
            tree.say(file, 1, "scenario", f'no scenario or system names the runbook "{name}"')


def check_head(tree, file, document):
    if not isinstance(document, dict):
        tree.say(file, 1, "scenario", "a document is an object")
        return None, None
    expected = "Scenario"
    if Path(file).name == "system.json":
        expected = "System"
    elif "/runbooks/" in file:
        expected = "Runbook"
    elif "/overlays/" in file:
        expected = "Overlay"
    elif "/outages/" in file:
        expected = "Outage"
    elif "/live/" in file:
        expected = "Staging"
    elif "/timings/" in file:
        expected = "TimingLibrary"
    kind = document.get("kind")
    name = (document.get("metadata") or {}).get("name")
    if document.get("apiVersion") != "firedrill/v1":
        tree.say(file, 1, "scenario", 'apiVersion is not "firedrill/v1"')
    if kind != expected:
        tree.say(file, 1, "scenario", f'kind is {kind!r}, its place says "{expected}"')
    if not name:
        tree.say(file, 1, "scenario", "metadata.name is missing")
    return kind, name


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def check_setup(tree):
    """What CMake may ask for is what tools/setup installs."""
    installed = re.findall(r"^(?:run|test) +(\S+)", tree.texts.get("tools/setup", ""), flags=re.M)
    for file, text in tree.texts.items():
        if not file.endswith((".cmake", "CMakeLists.txt")):
            continue
        for match in re.finditer(r'firedrill_need\([^")]*"[^"]*"\s+([\w.+-]+)\)', text):
            if match.group(1) not in installed:
                number = text.count("\n", 0, match.start()) + 1
                tree.say(file, number, "setup", f"tools/setup does not install {match.group(1)}")


def check_words(tree):
    for file, text in tree.texts.items():
        if file in ("tests/tidy_test.py", "LICENSE"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = LOOSE_ENDS.search(line)
            # In data these words describe the world: a resource can be one.
            if match and file.endswith(".json") and not match.group(0).isupper():
                match = None
            if match and not LOOSE_ENDS_MEANT.search(line):
                tree.say(file, number, "loose-end", f'"{match.group(0)}": finish it or drop it')
            match = MACHINE_PATH.search(line)
            if match:
                tree.say(file, number, "machine-path", f"{match.group(0)} is a path of one machine")


CHECKS = [check_includes, check_banned, check_sizes, check_maps, check_orphans, check_scenarios,
          check_setup, check_words]


def findings(root):
    tree = Tree(root)
    for check in CHECKS:
        check(tree)
    return sorted(set(tree.findings))


# What --judge writes: path, text, and the rules that must be found there (none: must stay silent).
MADE_UP = [
    ("engine/base/a.hpp", '#include "engine/run/x.hpp"\n', {"layer"}),
    ("engine/base/README.md", "map\n", set()),
    ("engine/measure/m.hpp", '#include "engine/run/world.hpp"\n', {"layer"}),
    ("engine/measure/ok.hpp", '#include "engine/run/event_log.hpp"\n', set()),
    ("engine/measure", None, {"map"}),
    ("engine/decisions/0001-a-note.md", "# 0001\n", {"map"}),
    ("models/m.hpp", '#include "engine/live/x.hpp"\n', {"layer"}),
    ("engine/live/aws/a.hpp", '#include "engine/plan/plan.hpp"\n', {"layer"}),
    ("engine/live/l.hpp", '#include <curl/curl.h>\n', {"third-party"}),
    ("models/n.hpp", '#include "engine/run/executor.hpp"\n', {"layer"}),
    ("models/ok.hpp", "#include <simgrid/s4u.hpp>\n", set()),
    ("engine/plan/p.hpp", "#include <simgrid/s4u.hpp>\n#include \"p.hpp\"\n",
     {"third-party", "include-path"}),
    ("engine/run/r.hpp", "#include <nlohmann/json.hpp>\n", {"third-party"}),
    ("engine/run/banned.hpp", "int a = rand();\nstd::random_device b;\n", {"banned"}),
    ("engine/run/clock.hpp", "auto t = std::chrono::steady_clock::now();\n", {"banned"}),
    ("engine/run/dist.hpp", "std::normal_distribution<> d;\n", {"banned"}),
    ("engine/run/regex.hpp", "std::regex r;\n", {"banned"}),
    ("engine/run/out.hpp", 'void f() { fmt::print("x"); }\n', {"banned"}),
    ("engine/run/quiet.hpp",
     '// rand() in words, and "std::regex"\nconst char* a = "rand()";\nint b = strand(2);\n'
     'void f() { fmt::print(stderr, "x"); }\n', set()),
    ("engine/run/wide.hpp", "// " + "x" * 99 + "\n", {"width"}),
    ("engine/run/long.hpp", "\n" * 601, {"file-size"}),
    ("engine/run/fn.hpp", "namespace n {\nvoid f() {\n" + "  g();\n" * 70 + "}\n}\n",
     {"function-size"}),
    ("engine/run/fine.hpp", "namespace n {\nstruct S {\n" + "  int f() { return 1; }\n" * 90 +
     "};\n}\n", set()),
    ("engine/run/orphan.cpp", "int x;\n", {"orphan"}),
    ("engine/run/built.cpp", "int y;\n", set()),
    ("engine/run/CMakeLists.txt", "add_library(r built.cpp)  # orphan.cpp\n", set()),
    ("tools/cmake/D.cmake", 'firedrill_need(X_FOUND "X" libx-dev)\n', {"setup"}),
    ("tests/lost_test.py", "", {"orphan"}),
    ("tests/CMakeLists.txt", "set(x -ffast-" "math)\n", {"banned"}),
    ("scenarios/s/bad.json", "{,}", {"scenario"}),
    ("scenarios/s/kind.json", '{"apiVersion": "firedrill/v1", "kind": "System"}', {"scenario"}),
    ("scenarios/s/runbooks/r.json",
     '{"apiVersion": "firedrill/v1", "kind": "Runbook", "metadata": {"name": "r"}}', {"scenario"}),
    ("tests/negative/n.json", "{", {"scenario"}),
    ("reports/words.hpp", "// TO" "DO: later\n", {"loose-end"}),
    ("reports/path.hpp", '#include "/ro' 'ot/x.hpp"\n', {"machine-path"}),
]


def judge():
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        for path, text, _ in MADE_UP:
            if text is not None:
                Path(scratch, path).parent.mkdir(parents=True, exist_ok=True)
                Path(scratch, path).write_text(text, encoding="utf-8")
        found = findings(scratch)
        for path, _, rules in MADE_UP:
            seen = {rule for file, _, rule, _ in found if file == path}
            if seen != rules:
                wrong += 1
                print(f"{path}: expected {sorted(rules)}, found {sorted(seen)}")
        run = subprocess.run([sys.executable, __file__, scratch], capture_output=True, check=False)
        wrong += run.returncode != 1
    print(f"{len(MADE_UP)} made-up files, {wrong} judged wrongly")
    return 1 if wrong else 0


def main(arguments):
    if arguments == ["--judge"]:
        return judge()
    root = arguments[0] if arguments else Path(__file__).resolve().parent.parent
    found = findings(root)
    for file, line, rule, message in found:
        print(f"{file}:{line}: [{rule}] {message}")
    print(f"{len(found)} findings", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""No file of src/ includes a floor above its own; and what else CONTRIBUTING.md says of files.

    check_floors.py [PROGRAM] SOURCE        looks at a planted bad tree first, to see that it would find something
    check_floors.py --self-test             looks at nothing else
"""
import fnmatch
import pathlib
import re
import sys
import tempfile

# Lowest first; those of one height do not include each other.
FLOORS = ["base", "io math", "schema", "net", "layers", "train", "spec", "run", "report", "cli"]
HEIGHT = {floor: height for height, floors in enumerate(FLOORS) for floor in floors.split()}
GENERATED = {"build_info.h", "layer_list.inc", "version_vcs.h",
             "page_style.inc", "page_script.inc", "page_chart_style.inc", "page_chart_script.inc"}
LIBRARIES = {
    "yaml.h": ["src/io/tree*"],
    "zlib.h": ["src/io/idx*", "src/io/input*", "src/io/gzip*"],
    "cblas.h": ["src/math/blas.c"],
    "dlfcn.h": ["src/math/blas.c"],
}
MOST_LINES, MOST_COLUMNS = 500, 110

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]*)"|<([^>]*)>)', re.M)


def check_own(root, name, wanted):
    """What is wrong with #include "wanted" in the file `name`, None for nothing."""
    own = name.split("/")[1] if name.startswith("src/") else "assay"
    floor, slash, _ = wanted.partition("/")
    if not slash:
        return None if wanted in GENERATED else "is not rooted, as in \"base/text.h\""
    if floor == "assay":
        return None if (root / "include" / wanted).is_file() else "is not there"
    if own == "assay":
        return "is not public, but a public header must stand alone"
    if floor not in HEIGHT:
        return "is not rooted in a floor of src/"
    if not (root / "src" / wanted).is_file():
        return "is not there"
    if floor == "layers":
        return "is a layer's; nothing includes those"
    if floor != own and HEIGHT[floor] == HEIGHT[own]:
        return f"is of the floor beside {own}"
    return f"climbs from {own} to {floor}" if HEIGHT[floor] > HEIGHT[own] else None


def check_library(name, wanted):
    patterns = LIBRARIES.get(wanted)
    if patterns is None or any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
        return None
    return f"belongs in {', '.join(patterns)} alone"


def check_file(root, path):
    name = path.relative_to(root).as_posix()
    if name.startswith("src/") and name.split("/")[1] not in HEIGHT:
        return [f"{name}: stands on no floor; CONTRIBUTING.md names them"]
    text = path.read_text(encoding="utf-8")
    problems = []
    for match in INCLUDE.finditer(text):
        own, library = match.groups()
        wrong = check_own(root, name, own) if own is not None else check_library(name, library)
        if wrong:
            line = text.count("\n", 0, match.start(1 if own is not None else 2)) + 1
            problems.append(f"{name}:{line}: {own or library} {wrong}")
    lines = text.count("\n")
    problems += [f"{name}:{number}: more than {MOST_COLUMNS} columns"
                 for number, line in enumerate(text.split("\n"), 1) if len(line) > MOST_COLUMNS]
    if lines > MOST_LINES:
        problems.append(f"{name}: {lines} lines, more than {MOST_LINES}")
    return problems


def check_listed(root, path):
    """Every source is in src/meson.build: by its path there, a layer by its name in src/layers/meson.build."""
    name = path.relative_to(root / "src").as_posix()
    is_layer = name.startswith("layers/")
    build = root / "src" / ("layers" if is_layer else "") / "meson.build"
    word = path.stem if is_layer else name
    listed = build.is_file() and f"'{word}'" in build.read_text(encoding="utf-8")
    return [] if listed else [f"src/{name}: not listed in {build.relative_to(root)}"]


def check(root):
    headers = sorted(root.glob("include/**/*.h")) + sorted(root.glob("src/**/*.h"))
    sources = sorted(root.glob("src/**/*.c"))
    problems = [problem for path in headers + sources for problem in check_file(root, path)]
    problems += [problem for path in sources for problem in check_listed(root, path)]
    return problems, len(headers) + len(sources)


PLANTED = {
    "include/assay/good.h": '#include <stdbool.h>\n#include "assay/other.h"\n',
    "include/assay/other.h": '#include "base/text.h"\n',
    "src/meson.build": "'base/text.c', 'io/csv.c', 'io/tree_load.c', 'math/blas.c', 'net/plan.c', "
    "'net/registry.c', 'cli/main.c'",
    "src/layers/meson.build": "'conv'",
    "src/base/text.h": "int x;\n",
    "src/base/text.c": '#include "base/text.h"\n#include "assay/good.h"\n'
    '#include <zlib.h>\n  #  include "io/tree.h"\n',
    "src/io/tree.h": "#include <yaml.h>\n",
    "src/io/tree_load.c": '#include "tree.h"\n#include "math/blas.h"\n',
    "src/io/csv.c": '#include <cblas.h>\n#include <yaml.h>\n#include "io/missing.h"\n#include "base/text.h"\n',
    "src/math/blas.h": "int x;\n" * (MOST_LINES + 1),
    "src/math/blas.c": '#include <cblas.h>\n#include "io/tree.h"\n',
    "src/net/plan.c": '#include "spec/config.h"\n#include "../base/text.h"\n#include "assay/gone.h"\n',
    "src/net/registry.c": '#include "layer_list.inc"\n#include "layers/conv.h"\n// #include "cli/x.h"\n',
    "src/layers/conv.h": "int x;\n" * MOST_LINES,
    "src/layers/conv.c": '#include "layers/conv.h"\n#include "net/plan.h"\n',
    "src/layers/pool.c": "int x;\n",
    "src/net/plan.h": "int x;\n// " + "…" * (MOST_COLUMNS - 3) + "\n// " + "…" * (MOST_COLUMNS - 2) + "\n",
    "src/spec/config.h": "int x;\n",
    "src/spec/forgotten.c": '#include "spec/config.h"\n',
    "src/cli/main.c": '#include "spec/config.h"\n#include "base/text.h"\n',
    "src/attic/old.h": "int x;\n",
}
FOUND = """\
include/assay/other.h:1: base/text.h is not public, but a public header must stand alone
src/attic/old.h: stands on no floor; CONTRIBUTING.md names them
src/math/blas.h: 501 lines, more than 500
src/base/text.c:3: zlib.h belongs in src/io/idx*, src/io/input*, src/io/gzip* alone
src/base/text.c:4: io/tree.h climbs from base to io
src/io/csv.c:1: cblas.h belongs in src/math/blas.c alone
src/io/csv.c:2: yaml.h belongs in src/io/tree* alone
src/io/csv.c:3: io/missing.h is not there
src/io/tree_load.c:1: tree.h is not rooted, as in "base/text.h"
src/io/tree_load.c:2: math/blas.h is of the floor beside io
src/layers/conv.c:1: layers/conv.h is a layer's; nothing includes those
src/math/blas.c:2: io/tree.h is of the floor beside math
src/net/plan.c:1: spec/config.h climbs from net to spec
src/net/plan.c:2: ../base/text.h is not rooted in a floor of src/
src/net/plan.c:3: assay/gone.h is not there
src/net/plan.h:3: more than 110 columns
src/net/registry.c:2: layers/conv.h is a layer's; nothing includes those
src/layers/pool.c: not listed in src/layers/meson.build
src/spec/forgotten.c: not listed in src/meson.build
""".splitlines()


def self_test():
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for name, text in PLANTED.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found, _ = check(root)
    wrong = [f"not found: {line}" for line in FOUND if line not in found]
    wrong += [f"found: {line}" for line in found if line not in FOUND]
    return [f"self-test: {line}" for line in wrong]


def main(arguments):
    problems, count = self_test(), len(PLANTED)
    if not problems and arguments != ["--self-test"]:
        problems, count = check(pathlib.Path(arguments[-1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{count} files: {len(problems)} problems")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Writes docs/tour.md to standard output: every source file with the first sentence of its head comment. tour.py SOURCE"""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])

INTRO = """# A tour of assay

Every file in reading order, one line each. Data goes one way:

    YAML tree → const spec → const plan → network ⇄ trainer → rows → files → tables

`src/` has floors. A file includes its own floor and lower ones, never a higher one, and a test checks it; so reading from the bottom up
never meets anything that was not explained before, and reading from the top down never has to go back up. Where a line belongs follows
from what it touches: libyaml, zlib, BLAS, threads, allocation and writing of files each have one place.

This page is made from the first sentence at the head of each file (`tools/tour.py`).
"""

FLOORS = [
    ("include/assay", "The public headers",
     "For two audiences: who embeds the library (run a config, use a trained model), and who writes a layer."),
    ("src/base", "base", "What everything stands on. It knows nothing of networks."),
    ("src/io", "io", "Bytes ↔ plain data: YAML, JSON, CSV, IDX, safetensors."),
    ("src/math", "math", "Kernels, compiled once per instruction set, and the wall around BLAS."),
    ("src/schema", "schema", "Tables of fields ↔ YAML: binding, defaults, messages, documents, JSON Schema, from the same rows."),
    ("src/net", "net", "The nouns: the layer contract, losses, first values, the plan and the network."),
    ("src/layers", "layers", "One file per layer type. Nothing includes them: the registry is generated from a list of words."),
    ("src/train", "train", "The verbs: data sets, batches, optimiser, early stopping, the trainer and its checkpoint."),
    ("src/spec", "spec", "A config as const structs: extends, ${…}, overrides."),
    ("src/run", "run", "One run from start to end, and the directory it owns."),
    ("src/report", "report", "What is computed from run directories alone, without training."),
    ("src/cli", "cli", "One file per command. The only floor that prints or sets an exit code."),
]


def sentence(path):
    """The first sentence of the comment that the file begins with; None without one."""
    found = re.match(r"/\*(.*?)\*/", path.read_text(encoding="utf-8"), re.S)
    if not found:
        return None
    words = re.sub(r"\n\s*\*?", " ", re.split(r"\n\s*\*?\s*\n", found.group(1))[0])
    words = re.sub(r"\s+", " ", words).strip()
    end = re.search(r"[.:?](?= [A-Z`(])|[.?]$", words)
    return words[: end.start()].strip() if end else words.rstrip(".")


def lines(folder):
    files = sorted(path for path in (source / folder).rglob("*.*") if path.suffix in (".c", ".h", ".css", ".js"))
    for path in files:
        name = path.relative_to(source)
        twin = path.with_suffix(".h" if path.suffix == ".c" else ".c")
        if path.suffix == ".h" and twin.exists():
            continue
        told = twin if path.suffix == ".c" and twin.exists() else path
        what = sentence(told)
        if what is None:
            sys.exit(f"{told}: begins without a comment that says what it is")
        yield f"- `{name}` — {what}"


print(INTRO)
for folder, title, what in FLOORS:
    if not any((source / folder).rglob("*.[ch]")):
        continue
    print(f"## {title}\n\n{what}\n")
    print("\n".join(lines(folder)) + "\n")

"""The committed documents are what the program generates, and docs/tour.md knows every file. check_generated.py ASSAY SOURCE"""
import pathlib
import re
import subprocess
import sys

assay, source = sys.argv[1], pathlib.Path(sys.argv[2])
failures = 0


def fail(text):
    global failures
    failures += 1
    print(text)


for arguments, path in (
    ([], "docs/config.schema.json"),
    (["--docs"], "docs/configuration.md"),
    (["--full"], "configs/full.yaml"),
    (["--experiment"], "docs/experiment.schema.json"),
    (["--experiment", "--docs"], "docs/experiments.md"),
):
    made = subprocess.run([assay, "schema", *arguments], capture_output=True, text=True, check=True).stdout
    found = (source / path).read_text(encoding="utf-8") if (source / path).exists() else ""
    if path == "docs/experiments.md":  # written by hand down to a line that says so
        found = re.split(r"^<!-- Generated.*\n", found, flags=re.M)[-1]
    if found != made:
        fail(f"{path} is not what `assay schema {' '.join(arguments)}` prints: run tools/generate")

tour = (source / "docs/tour.md").read_text(encoding="utf-8")
named = set(re.findall(r"^\s*- `([^`]+)`", tour, re.M))
there = {str(p.relative_to(source)) for folder in ("src", "include") for p in (source / folder).rglob("*") if p.suffix in (".c", ".h", ".css", ".js")}
# A header beside its source is told by the source's line.
told = {n for n in there if n in named or (n.endswith(".h") and n[:-2] + ".c" in named)}
for path in sorted(there - told):
    fail(f"docs/tour.md does not mention {path}")
for path in sorted(named):
    if not (source / path).exists():
        fail(f"docs/tour.md mentions {path}, which is not there")
print("generated documents:", "1 failed" if failures else "all as the program prints them")
sys.exit(failures > 0)

#!/usr/bin/env python3
"""What a sweep costs beside its runs, and how long it takes to read what many have left.

    bench/sweep.py [--assay PATH] [--runs 200]

The first table is of runs of next to nothing, one after the other by `assay run` and by `assay sweep -j 1`. The second is of ten
times as many, each with the files of a real one of 30 epochs; the best of five. On a machine that does other things too, the time of the
CPU is the one to look at. It takes a minute.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import time

CONFIG = """\
data: {dataset: {digits: {train: 100, test: 20}}, validation: 20}
model: [linear: 10]
train: {max_epochs: 1, batch_size: 20, optimizer: {sgd: 0.1}}
"""
EXPERIMENT = """\
name: NAME
title: Runs of next to nothing
base: base.yaml
seeds: SEEDS
points: POINTS
OUTPUTS"""
OUTPUTS = """\
tables: [{name: errors, columns: [{metric: test_error_pct}, {metric: val_error_pct, statistic: {oscillation: {first: 5}}}]}]
claims:
  - {id: one, say: Smaller is better, less: [point 0, point 9], metric: test_error_pct}
  - {id: best, say: The smallest is best, best_of: point 0, metric: test_error_pct}
figures: [{name: curves, columns: [val_error_pct]}]
"""


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(*commands):
    """Seconds by the clock and of the CPU."""
    clock, cpu = time.monotonic(), cpu_seconds()
    for command in commands:
        subprocess.run([assay, *map(str, command)], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - clock, cpu_seconds() - cpu


def write(name, seeds, points, outputs=""):
    text = EXPERIMENT
    for word, value in (("NAME", name), ("SEEDS", str(seeds)), ("POINTS", points), ("OUTPUTS", outputs)):
        text = text.replace(word, value)
    pathlib.Path(name + ".yaml").write_text(text, encoding="utf-8")


def print_head(title):
    print(f"{title:26}    clock      CPU")


def print_row(name, numbers):
    print(f"  {name:24}" + "".join(f"{number:9.2f}" for number in numbers), flush=True)


def measure_sweep():
    write("few", runs, "[]")
    single = measure(*(["run", "base.yaml", f"seed={seed}", "--threads", 1, "--quiet"] for seed in range(1, runs + 1)))
    sweep = measure(["sweep", "few.yaml", "-j", 1, "--threads", 1, "--quiet"])
    print_head(f"{runs} runs, ms for each")
    for name, seconds in (("by assay run", single), ("by assay sweep -j 1", sweep), ("the sweep itself", [b - a for a, b in zip(single, sweep)])):
        print_row(name, [1000 * one / runs for one in seconds])


def copy_runs(experiment):
    """Gives each run of it the files of the first one, under its own digest, as if it had been run; the paths of their directories."""
    subprocess.run([assay, "work", experiment, "--index", "0", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    status = json.loads(subprocess.run([assay, "status", experiment, "--format", "json"], check=True, stdout=subprocess.PIPE).stdout)
    first, *others = ((pathlib.Path(one["directory"]), one["config"]) for one in status["runs"])
    files = [(path.name, path.read_bytes()) for path in first[0].iterdir() if path.suffix in (".csv", ".json", ".yaml")]
    for directory, digest in others:
        directory.mkdir(parents=True)
        for name, content in files:
            (directory / name).write_bytes(content.replace(first[1].encode(), digest.encode()))
    return [first[0], *(directory for directory, _ in others)]


def measure_readers():
    """Ten points of as many runs each as the first table had, and as long curves as real ones."""
    pathlib.Path("base.yaml").write_text(CONFIG.replace("max_epochs: 1", "max_epochs: 30"), encoding="utf-8")
    write("many", runs, "[" + ", ".join(f"{{label: point {i}, set: {{train.batch_size: {i + 10}}}}}" for i in range(10)) + "]", OUTPUTS)
    directories = copy_runs("many.yaml")
    commands = {"status": ["status", "many.yaml"], "table": ["table", "many.yaml"], "claims": ["claims", "many.yaml"],
                "figures": ["figures", "many.yaml", "--quiet"], "compare of 26": ["compare", *directories[:26]],
                "sweep, nothing to do": ["sweep", "many.yaml", "--quiet"]}
    print_head(f"{len(directories)} runs, s")
    for name, command in commands.items():
        print_row(name, min(measure(command) for _ in range(5)))
    for directory in directories:
        (directory / "summary.json").unlink()
    print_row("status, all interrupted", min(measure(["status", "many.yaml"]) for _ in range(5)))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--assay", type=pathlib.Path, default=pathlib.Path("build/assay"))
parser.add_argument("--runs", type=int, default=200)
options = parser.parse_args()
assay, runs = str(options.assay.resolve()), options.runs
with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
    os.chdir(place)
    pathlib.Path("base.yaml").write_text(CONFIG, encoding="utf-8")
    measure_sweep()
    measure_readers()
    os.chdir("/")

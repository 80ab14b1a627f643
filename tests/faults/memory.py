"""Every allocation failing, once and from then on, over checking, planning, training, checkpoints, going on, reports, predictions,
measurements and the sweep: a clean stop, no crash, nothing leaked, and then the same bytes. The libraries' allocations are among them.
The long form builds the program with the address and leak sanitizers for it. memory.py ASSAY SOURCE HELPERS [POINT ...]"""
import os
import pathlib
import subprocess

import faults
from faults import BASE, JOBS, LONG, TWO, Proof, Scenario, check, environment, has_sanitizer, idx, run, skip

SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99:allocator_may_return_null=1"}


def sanitized():
    """A build of its own beside the helpers, of nothing but the program."""
    directory = pathlib.Path(faults.helpers, "sanitized")
    target = "tests/faults/assay_failing"
    options = ["--buildtype=debugoptimized", "-Db_sanitize=address", "-Dtests=enabled"]
    for words in (
        ["meson", "setup", directory, faults.source, *options],
        ["ninja", "-j", str(JOBS), "-C", directory, target],
    ):
        if words[0] == "ninja" or not (directory / "build.ninja").exists():
            done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode != 0:
                skip(f"the program cannot be built with sanitizers: {done.stdout[-500:]}")
    return directory / target


def failing(program, words, directory, which, **more):
    return run([program, *words], directory, env=environment(ASSAY_FAIL_ALLOCATION=which, **SANITIZERS, **more))


def count(scenario):
    with scenario.copy("count") as directory:
        path = f"{directory}.count"
        done = failing(scenario.program[0], scenario.command, directory, "0", ASSAY_COUNT_ALLOCATIONS=path)
        check(done.code == 0, "without a fault:", done)
        made = int(pathlib.Path(path).read_text(encoding="utf-8"))
        os.unlink(path)
        return made


def fail_at(scenario, **more):
    def test(point):
        _, which = point.split()
        with scenario.copy(which) as directory:
            done = failing(scenario.program[0], scenario.command, directory, which, **more)
            check("Sanitizer" not in done.err and "runtime error" not in done.err, done)
            return scenario.judge(directory, done)

    return test


def points_of(scenario):
    return [f"{scenario.name} {number}{how}" for number in range(1, count(scenario) + 1) for how in ("", "+")]


if has_sanitizer("tsan"):
    skip("the thread sanitizer needs memory of its own")
proof = Proof("memory")
program = pathlib.Path(faults.helpers, "assay_failing")
if LONG and b"__gcov" not in program.read_bytes():  # a build that counts branches is used as it is
    program = sanitized()
is_sanitized = has_sanitizer("asan", program)
swept = [["sweep", "two.yaml", "--quiet"]]
begun = [["run", "base.yaml", "--threads", "2", "--stop-after", "1"]]
# Of these runs one is begun, one has failed, one is not there.
half = {"base.yaml": BASE, "begun.yaml": "name: begun\nbase: base.yaml\nseeds: [1, 2, 3]\n"}
begun_too = [["work", "begun.yaml", "--index", "0", "--stop-after", "1"], ["run", "base.yaml", "seed=2", "name=begun", "--stop-after", "1"]]
# Claims are decided together with those of the other experiments in the directory.
other = TWO.replace("name: two", "name: other").replace("id: differ", "id: also")
# An experiment that says all that one can say, over a config that is made of another.
RICH = """\
name: rich
base: knobs.yaml
seeds: [1, 2]
runs_from: [two.yaml]
points:
  - {label: plain}
  - {label: bare, set: {knobs.rate: 0}, reported: {val_error_pct: 5}}
grid: {train.batch_size: [4, 8]}
zip: [{"model[0].conv.maps": [2, 3], train.optimizer.sgd.momentum: [0.5, 0]}]
random:
  count: 2
  from:
    train.optimizer.sgd.learning_rate: {least: 0.01, most: 0.1, scale: logarithmic}
    train.penalty.lambda: {values: [0, 0.1]}
exclude: [{train.batch_size: 4, "model[0].conv.maps": 3}]
method: {halving: {first: 1, eta: 2, metric: val_error_pct}}
final: {metric: val_error_pct, seeds: [1, 2], set: {train.max_epochs: 3}}
tables:
  - name: chosen
    points: final
    columns: [{metric: test_error_pct}, {metric: val_loss, statistic: {mean: {first: 1, last: 2}}}]
figures: [{name: curves, points: [plain, bare], columns: [val_loss]}]
claims:
  - {id: best, say: Plain is best, best_of: plain, among: [plain, bare], metric: test_error_pct}
  - {id: same, say: The same, equivalent: [plain, bare], margin: 10%, metric: val_error_pct, statistic: {oscillation: {first: 1}}}
  - id: both
    say: All of it
    all:
      - {no_better: [plain, bare], margin: 1, metric: test_error_pct}
      - {less: [bare, bare], metric: test_error_pct, against: val_error_pct}
"""
knobs = "extends: base.yaml\nknobs: {rate: 0.2}\nmodel: [conv: {maps: 2, kernel: 5, stride: 4}, tanh, dropout: \"${knobs.rate}\", linear: 10]\n"
rich = {"base.yaml": BASE, "two.yaml": TWO, "knobs.yaml": knobs, "rich.yaml": RICH}
images = {"base.yaml": BASE, "two.yaml": TWO, "images.idx": idx([2, 28, 28], bytes(2 * 28 * 28))}
runs = [f"results/two/{point}/seed-1" for point in ("plain", "bare")]
several = {"base.yaml": BASE, "two.yaml": TWO.replace("[1]", "[1, 2, 3]"), "other.yaml": other}
formats = [
    ([*words, "--format", name], files, before)
    for words, names, files, before in (
        (["check", "base.yaml"], ["json"], None, []),
        (["status", "two.yaml"], ["json", "csv"], None, swept),
        (["table", "two.yaml"], ["text", "csv", "latex"], None, swept),
        (["claims", "two.yaml"], ["md", "json"], several, swept),
        (["compare", *runs], ["csv", "json"], None, swept),
        (["predict", runs[0], "images.idx"], ["json"], images, swept),
    )
    for name in names
]
scenarios = [
    (Scenario(name, command, files, before, (program,)), most)
    for name, command, files, before, most in (
        ("check", ["check", "base.yaml"], None, [], 20),
        ("overridden", ["check", "knobs.yaml", "knobs.rate=0.5", "model[0].conv.maps=3", "--origin"], rich, [], 20),
        ("plan", ["check", "rich.yaml"], rich, [], 40),
        ("search", ["sweep", "rich.yaml", "--dry-run"], rich, [], 20),
        ("run", ["run", "base.yaml", "--threads", "2"], None, [], 40),
        ("resume", ["run", "base.yaml", "--threads", "2"], None, begun, 40),
        ("sweep", ["sweep", "two.yaml", "-j", "1"], None, [], 20),
        ("status", ["status", "two.yaml"], None, swept, 12),
        ("begun", ["status", "begun.yaml"], half, begun_too, 12),
        ("table", ["table", "two.yaml"], None, swept, 20),
        ("claims", ["claims", "two.yaml"], several, swept, 20),
        ("report", ["report", "two.yaml"], several, swept, 20),
        ("compare", ["compare", *runs], None, swept, 12),
        ("predict", ["predict", runs[0], "images.idx"], images, swept, 12),
        *((f"{words[0]}-{words[-1]}", words, files, before, 8) for words, files, before in formats),
        ("help", ["help", "sweep"], None, [], 8),
        ("bench", ["bench", "base.yaml", "--batch-sizes", "2,4", "--seconds", "0.01"], None, [], 12),
    )
]
# Which sanitizer is the first to say it, is a matter of their options.
crash, leak = ("crash", "neither the same nor a clean stop|AddressSanitizer: SEGV|store to null pointer"), ("leak", r"byte\(s\) leaked")
for plant, words in [crash, leak] if is_sanitized else [crash]:
    proof.must_catch([f"check {number}" for number in range(1, 6)], fail_at(scenarios[0][0], ASSAY_PLANT=plant), words)
for scenario, most in scenarios:
    proof.each(proof.sample(points_of(scenario), most), fail_at(scenario))
proof.end(", under sanitizers" if is_sanitized else "")

"""SIGINT, SIGTERM, SIGHUP and SIGUSR1 at random moments: a checkpoint and the end within a second, with the exit code that says which,
but where it was about to end anyway; and the same bytes after going on. signals.py ASSAY SOURCE HELPERS [POINT ...]"""
import os
import pathlib
import random
import signal
import time

from faults import LONG, Proof, Scenario, check, chosen, finish, is_checkpoint, is_unfinished, start

MOMENTS, SHORT, LIMIT_S = 500, 12, 1.0
# Of the whole time: the results are being written.
NEAR_THE_END, AT_LEAST_S = 0.2, 0.05
CODES = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129, "SIGUSR1": 75}
MANY = """\
data: {dataset: {digits: {train: 60, test: 20}}, validation: 20}
model: [conv: {maps: 3, kernel: 5, stride: 3}, tanh, dropout: 0.2, linear: 10]
train: {max_epochs: 60, batch_size: 4, optimizer: {sgd: {learning_rate: 0.02, momentum: 0.5}}}
"""
# Evaluating and predicting take their time here, seconds together, and so does drawing the data.
HEAVY = """\
data: {dataset: {digits: {train: 200, test: 2000}}, validation: 100}
model: [conv: {maps: 24, kernel: 5}, tanh, pool: {type: max}, conv: {maps: 24, kernel: 5}, tanh, linear: 10]
train: {max_epochs: 2, batch_size: 4, optimizer: {sgd: {learning_rate: 0.01}}}
"""
TWO = "name: two\nbase: many.yaml\nseeds: [1, 2]\npoints: [{label: a}]\n"
slowest = 0.0


def wait_for_handlers(process):
    """They come with the first lines of main; what is sent before ends it as it ends any program."""
    wanted = sum(1 << getattr(signal, name) - 1 for name in CODES)
    while process.poll() is None:
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("SigCgt:") and int(line.split()[1], 16) & wanted == wanted:
                return
        time.sleep(0.0005)
    check(process.returncode == 0, process.args, "ended and has never caught the signals")


def check_kept(runs, *said):
    """What had begun is finished or has a checkpoint."""
    for run in runs:
        kept = not is_unfinished(run) or any(map(is_checkpoint, run.glob("checkpoint*")))
        check(kept, *said, f"\n    {run} had begun, and has no checkpoint")


def send_at(scenario, seconds):
    """The first of the moments is an early one, whatever else is drawn."""
    def test(point):
        global slowest
        _, name, number = point.split()
        moment = random.Random(point).uniform(0, seconds if int(number) > 0 else 0.2 * seconds)
        with scenario.copy(f"{name}-{number}") as directory:
            begun = time.monotonic()
            process = start(scenario.words(), directory)
            wait_for_handlers(process)
            time.sleep(moment)
            runs = {path.parent for path in directory.rglob("curves.csv")}
            sent = time.monotonic()
            try:
                os.kill(process.pid, getattr(signal, name))
            except ProcessLookupError:
                pass
            done = finish(process, begun)
            took = time.monotonic() - sent
            late = f"\n    {took:.2f} s after {name}, {moment:.3f} s after its start"
            if done.code == 0:
                check(took <= max(NEAR_THE_END * done.seconds, AT_LEAST_S), done, late)
            else:
                check(done.code == CODES[name] and took <= LIMIT_S, done, late)
                check_kept(runs | {path.parent for path in directory.rglob("log.txt")}, done, late)
                slowest = max(slowest, took)
            done.code = done.code and 4  # any clean stop
            return scenario.judge(directory, done)

    return test


def points_of(scenario, count):
    names = list(CODES)
    return [f"{scenario.name} {names[number % len(names)]} {number}" for number in range(count)]


proof = Proof("signals")
for name in CODES:  # whoever started this may have had them ignored, and what is ignored stays so
    signal.signal(getattr(signal, name), signal.SIG_DFL)

begin = "mkdir -p results; echo epoch >results/curves.csv\n"
last = "for i in 1 2 3; do sleep 0.1; done\n"
for name, does, words in (
    ("late", "sleep 1.3; exit 143", r"exit 143 after(.|\n)* [1-9]\d*\.\d\d s after SIGTERM"),
    ("deaf", ":", r"exit 0 after(.|\n)* s after SIGTERM"),
    ("forgetful", 'rm -rf results; echo "assay: stopped"; exit 143', "had begun, and has no checkpoint"),
):
    script = f"{begin}trap '{does}' INT TERM HUP USR1\n{last}"
    proof.must_catch([f"{name} SIGTERM 1"], send_at(Scenario(name, ["careless.sh"], {"careless.sh": script}, program=("sh",)), 0), words)
files = {"many.yaml": MANY, "heavy.yaml": HEAVY, "two.yaml": TWO}
for name, words, share in (
    ("run", ["run", "many.yaml", "--threads", "1"], 0.5),
    ("sweep", ["sweep", "two.yaml", "-j", "2"], 0.3),
    ("heavy", ["run", "heavy.yaml", "--threads", "2"], 0.2),
):
    scenario = Scenario(name, words, files)
    count = round((MOMENTS if LONG else SHORT) * share)
    stopped = proof.verdicts.get("clean", 0)
    proof.each(proof.sample(points_of(scenario, count), count), send_at(scenario, scenario.seconds), jobs=1)
    check(chosen or proof.failures or proof.verdicts.get("clean", 0) > stopped, name, "was never stopped on its way")
proof.end(f"; the slowest ended {slowest:.2f} s after its signal")

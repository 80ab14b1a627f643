"""SIGINT, SIGTERM, SIGHUP and SIGUSR1 at random moments: a checkpoint and the end within a second, with the exit code that says which,
and the same bytes after going on. signals.py ASSAY SOURCE HELPERS [POINT ...]"""
import os
import pathlib
import random
import signal
import time

from faults import LONG, Proof, Scenario, check, code_of, finish, start

MOMENTS, SHORT, LIMIT_S = 500, 12, 1.0
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


def send_at(scenario, seconds):
    def test(point):
        global slowest
        _, name, number = point.split()
        moment = random.Random(point).uniform(0, seconds)
        with scenario.copy(f"{name}-{number}") as directory:
            begun = time.monotonic()
            process = start(scenario.words(), directory)
            wait_for_handlers(process)
            time.sleep(moment)
            sent = time.monotonic()
            try:
                os.kill(process.pid, getattr(signal, name))
            except ProcessLookupError:
                pass
            done = finish(process, begun)
            took = time.monotonic() - sent
            check(done.code in (0, CODES[name]), done, f"\n    after {name}, {moment:.3f} s after its start")
            check(done.code == 0 or took <= LIMIT_S, done, f"\n    {took:.2f} s after {name}, {moment:.3f} s after its start")
            if done.code != 0:
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
late = "trap 'sleep 1.3; exit 143' INT TERM HUP USR1\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 0.1; done\n"
proof.must_catch(["careless SIGTERM 1"], send_at(Scenario("careless", ["late.sh"], {"late.sh": late}, program=("sh",)), 0), "s after SIGTERM")
files = {"many.yaml": MANY, "heavy.yaml": HEAVY, "two.yaml": TWO}
for name, words, share in (
    ("run", ["run", "many.yaml", "--threads", "1"], 0.6),
    ("sweep", ["sweep", "two.yaml", "-j", "2"], 0.3),
    ("heavy", ["run", "heavy.yaml", "--threads", "2"], 0.1),
):
    begun = time.monotonic()
    scenario = Scenario(name, words, files)
    whole = time.monotonic() - begun
    count = round((MOMENTS if LONG else SHORT) * share)
    proof.each(proof.sample(points_of(scenario, count), count), send_at(scenario, whole), jobs=1)
proof.end(f"; the slowest ended {slowest:.2f} s after its signal")

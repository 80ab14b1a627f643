"""What the tests of sweeps share: a directory with tiny configs, the program, and what its runs left."""
import filecmp
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

assay = str(pathlib.Path(sys.argv[1]).resolve())

BASE = """\
data: {dataset: {digits: {train: 120, test: 30}}, validation: 30}
model: [conv: {maps: 3, kernel: 5, stride: 2}, tanh, pool: {type: max, size: 3}, dropout: 0.2, linear: 10]
train:
  max_epochs: 4
  batch_size: 8
  loss_reduction: sum
  optimizer: {sgd: {learning_rate: 0.01, momentum: 0.5}}
"""
TWO = """\
name: two
title: Two points
base: base.yaml
seeds: [1, 2]
points:
  - {label: "Plain, as it is"}
  - {label: No dropout, set: {"model[3].dropout.rate": 0}}
"""
# The first runs of its points.
PLAIN, BARE = (pathlib.Path("results/two") / point / "seed-1" for point in ("plain-as-it-is", "no-dropout"))
PATIENCE = float(os.environ.get("ASSAY_PATIENCE", "1"))  # so many times longer may everything take, as under valgrind
# Every epoch of these runs is a few syncs long on a disk, and nothing here pulls a plug.
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# All that must be equal of two runs of one config.
SAME = ("config.yaml", "curves.csv", "predictions.csv", "mistakes.csv", "best.safetensors", "last.safetensors")


def start(*words, before=(), **options):
    """Assay, or a command before it that starts it."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    return subprocess.Popen([*before, assay, *map(str, words)], **options)


def finish(process):
    process.out, process.err = process.communicate(timeout=300 * PATIENCE)
    return process


def run(*words, wanted=0, **options):
    """The finished process, with .out and .err; its exit code must be the one that is wanted."""
    done = finish(start(*words, **options))
    if done.returncode != wanted:
        raise AssertionError(f"assay {' '.join(map(str, words))}: exit {done.returncode}, not {wanted}\n{done.out}{done.err}")
    return done


def write(path, text):
    pathlib.Path(path).write_text(text, encoding="utf-8")


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def load(path):
    return json.loads(read(path))


def status(experiment, *words):
    return json.loads(run("status", experiment, "--format", "json", *words).out)


def states(experiment, *words):
    return [one["state"] for one in status(experiment, *words)["runs"]]


def run_directories(out):
    return sorted(path.parent for path in pathlib.Path(out).rglob("config.yaml"))


def sessions(directory):
    return 1 + len(load(directory / "provenance.json").get("earlier_sessions", []))


def rows(directory):
    path = directory / "curves.csv"
    return len(read(path).splitlines()) - 1 if path.exists() else 0


def write_two(epochs=4):
    epochs = max(min(epochs, 20), int(epochs / PATIENCE))  # as long a time, where everything takes more of it
    write("long.yaml", f"extends: base.yaml\ntrain: {{max_epochs: {epochs}}}\n")
    write("two.yaml", TWO.replace("base.yaml", "long.yaml"))


def write_pair(epochs, bare_epochs=4):
    """Two runs, of which the first takes so many epochs."""
    write_two(epochs)
    text = read("two.yaml").replace("[1, 2]", "[1]")
    write("two.yaml", text.replace('{"model[3]', f'{{train.max_epochs: {bare_epochs}, "model[3]'))


def idx(directory):
    names = ("train_images: train-images-idx3", "train_labels: train-labels-idx1", "test_images: t10k-images-idx3", "test_labels: t10k-labels-idx1")
    return "data: {dir: %s, dataset: {idx: {%s}}, validation: 30}\n" % (directory, ", ".join(name + "-ubyte" for name in names))


def records(out="results"):
    """What tells whether anything was run again."""
    return {path: read(path / "provenance.json") for path in run_directories(out)}


def check(condition, *said):
    if not condition:
        raise AssertionError(" ".join(map(str, said)))


def check_equal(found, wanted):
    check(found == wanted, f"\n--- found\n{found}\n--- wanted\n{wanted}")


def check_in(wanted, text):
    check(wanted in text, f"\n--- this\n{wanted}\n--- is not in\n{text}")


def check_same_runs(a, b):
    """Every run below a and below b, byte for byte."""
    of_a = [path.relative_to(a) for path in run_directories(a)]
    check_equal([path.relative_to(b) for path in run_directories(b)], of_a)
    check(len(of_a) > 0, "no runs below", a)
    for path in of_a:
        _, differ, missing = filecmp.cmpfiles(pathlib.Path(a) / path, pathlib.Path(b) / path, SAME, shallow=False)
        check(not differ and not missing, path, "differs:", differ, "missing:", missing)


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds * PATIENCE
    while not condition():
        check(time.monotonic() < end, "waited in vain for", what)
        time.sleep(0.002)


def children(process):
    """The runs that a sweep has started: not a copy of itself, as one that is about to become a run, or as the
    leak sanitizer makes one to look at its memory."""
    itself = arguments(process)
    found = []
    for child in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            state, parent = pathlib.Path(f"/proc/{child}/stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        except OSError:  # it has ended since
            continue
        if int(parent) == process and state != "Z" and arguments(child) not in (itself, b""):
            found.append(child)
    return found


def arguments(process):
    try:
        return pathlib.Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def kill(process, number):
    """Whether there was such a process."""
    check(process is not None, "who was to be told has ended")
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return False
    return True


def owner(directory):
    """The process that has a run directory; None when nobody says."""
    try:
        return int(read(pathlib.Path(directory) / ".lock").split()[1])
    except (OSError, IndexError, ValueError):
        return None


def main(tests):
    """Each in a directory of its own, which is the current one."""
    for number in (signal.SIGHUP, signal.SIGINT):  # nohup and `&` leave them ignored, and assay would honour that
        signal.signal(number, signal.SIG_DFL)
    failed = 0
    names = sys.argv[3:]
    for name, test in tests.items():
        if not name.startswith("test_") or (names and name not in names):
            continue
        with tempfile.TemporaryDirectory(dir=PLACE) as directory:
            os.chdir(directory)
            write("base.yaml", BASE)
            begun = time.monotonic()
            try:
                test()
                print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)
            except Exception:  # the other tests are run all the same
                failed += 1
                print(f"{name}: FAILED", flush=True)
                traceback.print_exc(file=sys.stdout)
            os.chdir("/")
    sys.exit(1 if failed else 0)

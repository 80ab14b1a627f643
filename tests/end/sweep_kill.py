"""A sweep that is killed at random moments - itself, one of its processes, all of them - and started again ends in the same bytes as one that
was left alone, and runs nothing twice that was finished. sweep_kill.py ASSAY SOURCE; ASSAY_LONG=1 for 200 runs and 100 kills,
ASSAY_KILL_SEED for other moments."""
import fcntl
import os
import pathlib
import random
import re
import shutil
import signal
import time

from sweeping import check, check_equal, check_same_runs, children, finish, kill, main, read, run, run_directories, start, wait_for, write

RUNS, KILLS = (200, 100) if "ASSAY_LONG" in os.environ else (24, 10)
MOMENTS = random.Random(int(os.environ.get("ASSAY_KILL_SEED", "1")))


def finished(out):
    """What running one of them again would change."""
    return {path: (read(path / "provenance.json"), read(path / "log.txt"))
            for path in run_directories(out) if (path / "summary.json").exists()}


def check_kept(before, out):
    after = finished(out)
    for path, record in before.items():
        check(after.get(path) == record, path, "was finished and has been run again")


def logs(out):
    return {path: read(path / "log.txt") for path in run_directories(out) if (path / "log.txt").exists()}


def check_gone_on(before, out):
    """Every log goes on, and in it the epochs: that one is said to be over is seen only where the one before is in a checkpoint."""
    after = logs(out)
    for path, log in before.items():
        check(after.get(path, "").startswith(log), path, "was begun afresh")
    for path, log in after.items():
        epochs = [int(epoch) for epoch in re.findall("^epoch ([0-9]+)/", log, re.MULTILINE)]
        check(epochs == sorted(epochs), path, "did not go on from its checkpoint:", epochs)


def said_finished(sweep):
    """The runs that a sweep saw finished; one of another sweep that does it again would say it again."""
    return re.findall("^\\[[0-9]+/[0-9]+\\] (.*): finished", sweep.err, re.MULTILINE)


def is_locked(path):
    try:
        with open(path, encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


# Whether there was anything to kill.
def kill_sweep(sweep):
    return kill(sweep.pid, signal.SIGKILL)


def kill_worker(sweep):
    workers = children(sweep.pid)
    return bool(workers) and kill(MOMENTS.choice(workers), signal.SIGKILL)


def kill_all(sweep):
    return kill(-sweep.pid, signal.SIGKILL)


def test_killed_and_started_again():
    seeds = list(range(1, RUNS // 4 + 1))
    write("many.yaml", f"""\
name: many
title: Many small runs
base: base.yaml
seeds: {seeds}
points:
  - {{label: plain, set: {{train.max_epochs: 12}}}}
  - {{label: no dropout, set: {{train.max_epochs: 12, "model[3].dropout.rate": 0}}}}
grid: {{train.batch_size: [4, 8]}}
""")
    begun = time.monotonic()
    run("sweep", "many.yaml", "--out", "whole", "-j", "2", "--quiet")
    whole = time.monotonic() - begun
    # Often enough, and so that there is something left to kill at the end.
    longest = 2 * whole / (KILLS + 1)
    kinds = {kill_sweep: 0, kill_worker: 0, kill_all: 0}
    record, logged, failures, sweep, again, said = {}, {}, 0, None, 0, []
    while sum(kinds.values()) < KILLS:
        if sweep is None:
            sweep = start("sweep", "many.yaml", "--out", "killed", "-j", "2", start_new_session=True)
        time.sleep(MOMENTS.uniform(0, longest))
        if sweep.poll() is None:
            action = MOMENTS.choice(list(kinds))
            kinds[action] += action(sweep)
            if action is kill_worker:
                continue
        finish(sweep)
        said += said_finished(sweep)
        check_equal(len(said), len(set(said)))
        # One whose process is killed twice has failed, and is tried again by the next.
        check(sweep.returncode in (0, 1, -signal.SIGKILL), "exit", sweep.returncode)
        failures += sweep.returncode == 1
        check_kept(record, "killed")
        check_gone_on(logged, "killed")
        record, logged = finished("killed"), logs("killed")
        if sweep.returncode == 0:
            check_same_runs("killed", "whole")
            shutil.rmtree("killed")
            record, logged, again, said = {}, {}, again + 1, []
        sweep = None
    if sweep is not None:
        said += said_finished(finish(sweep))
    said += said_finished(run("sweep", "many.yaml", "--out", "killed", "-j", "2"))
    check_equal(len(said), len(set(said)))
    check_kept(record, "killed")
    check_gone_on(logged, "killed")
    check_equal(len(finished("killed")), RUNS)
    check_same_runs("killed", "whole")
    wait_for(lambda: not any(map(is_locked, pathlib.Path("killed").rglob(".lock"))), "the end of all processes", 10)
    print(f"{RUNS} runs, {KILLS} kills: " + ", ".join(f"{count} by {kind.__name__}" for kind, count in kinds.items()),
          f"; {failures} ended with failures, {again} were finished before all kills were done, {len(said)} runs said to be finished")


main(globals())

"""What others do between one system call of ours and the next, or while a sweep is busy with something else. sweep_between.py ASSAY SOURCE
[TEST ...]; without strace, which holds a process back at a call, what needs it is left out."""
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from sweeping import (BARE, PATIENCE, PLAIN, check, check_equal, check_in, finish, kill, main, owner, read, rows, run, start,
                      states, status, wait_for, write, write_pair, write_two)

HELD_BACK_S = 5 * PATIENCE


def can_trace():
    return shutil.which("strace") is not None and subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False).returncode == 0


SEARCH = """\
base: long.yaml
seeds: 1
grid: {train.optimizer.sgd.learning_rate: [0.01, 0.003, 1.0e-7, 1.0e-8]}
method: {halving: {first: 100, eta: 2, metric: val_loss}}
"""


def start_traced(call, *words, options=()):
    return start(*words, before=("strace", "-qq", "-o", "trace", "-e", f"trace={call}", *options),
                 env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})


def start_slowed(call, seconds, when, *words, path=None):
    """Assay, which waits for so long before it makes such calls, with that path alone: the one with that number, or `2+` for all from there
    on. Not its children."""
    change = f"inject={call}:delay_enter={int(seconds * 1e6)}:when={when}"
    return start_traced(call, *words, options=["-e", change] + (["-P", path] if path else []))


def calls_so_far(call="flock"):
    return read("trace").count(f"{call}(") if pathlib.Path("trace").exists() else 0


def write_search():
    """The directories of its four runs, two of which are to go beyond the first hundred epochs."""
    write("long.yaml", "extends: base.yaml\ntrain: {max_epochs: 200}\n")
    write("search.yaml", SEARCH)
    return [pathlib.Path(one["directory"]) for one in status("search.yaml")["runs"]]


def write_grid_and_search(final="", first=100):
    """A search among the runs of a grid; the directory of the last of them, which goes no further than the first rung there."""
    write_search()
    write("search.yaml", "runs_from: [grid.yaml]\n" + SEARCH.replace("first: 100", f"first: {first}") + final)
    write("grid.yaml", SEARCH.partition("method")[0])
    return pathlib.Path(status("grid.yaml")["runs"][3]["directory"])


def stand_still(directory, epochs, *words):
    """A process that stops after some epochs of a run, which it has."""
    process = start(*words, "--quiet")
    wait_for(lambda: rows(directory) > epochs, "so many epochs")
    kill(process.pid, signal.SIGSTOP)
    return process


def go_on(process):
    kill(process.pid, signal.SIGCONT)
    finish(process)


def test_run_that_ends_while_it_is_looked_at():
    """Its results came before its lock went, so it is not one that was interrupted."""
    write_two(100)
    work = stand_still(PLAIN, 0, "work", "two.yaml", "--index", "0")
    look = start_slowed("flock", HELD_BACK_S, 1, "status", "two.yaml", "--format", "json")
    wait_for(lambda: calls_so_far() == 1, "its look at the lock")
    go_on(work)
    check(look.poll() is None, "the look was over before the run")
    finish(look)
    check_equal([one["state"] for one in json.loads(look.out)["runs"]], ["finished"] + ["pending"] * 3)


def test_rung_that_ends_while_it_is_looked_at():
    """Its outcome came before its lock went, but is looked for before that."""
    first = write_search()[0]
    work = stand_still(first, 0, "work", "search.yaml", "--index", "0")
    look = start_slowed("flock", HELD_BACK_S, 2, "status", "search.yaml", "--format", "json")
    wait_for(lambda: calls_so_far() == 2, "its second look, after that of the plan")
    go_on(work)
    check(look.poll() is None, "the look was over before the run")
    finish(look)
    check_equal([one["state"] for one in json.loads(look.out)["runs"]], ["waiting"] + ["pending"] * 3)


def test_run_that_goes_on_while_it_is_looked_at():
    """It was at the end of its rung and runs by now; at no time was it interrupted."""
    first = write_search()[0]
    run("work", "search.yaml", "--index", "0", "--quiet")
    look = start_slowed("openat", HELD_BACK_S, 2, "status", "search.yaml", "--format", "json", path=f"{first}/provenance.json")
    wait_for(lambda: calls_so_far("openat") == 2, "its second look, after that of the plan")
    again = stand_still(first, 100, "run", first / "config.yaml", "--directory", first)
    check(look.poll() is None, "the look was over before that")
    finish(look)
    go_on(again)
    check_equal(json.loads(look.out)["runs"][0]["state"], "running")


def test_owner_that_ends_while_it_is_complained_about():
    """Who found it at work has nothing to say of how the run ended."""
    write_two()
    PLAIN.mkdir(parents=True)
    with open(PLAIN / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        work = start_slowed("flock", HELD_BACK_S, 4, "work", "two.yaml", "--index", "0", "--quiet")
        wait_for(lambda: work.poll() is not None or calls_so_far() == 4, "its end, or another look at the lock")
    finish(work)
    check_equal((work.returncode, calls_so_far()), (4, 3))
    check_in("is being written by another process", work.err)
    check_equal(states("two.yaml"), ["pending"] * 4)


def test_what_was_done_elsewhere_has_not_failed():
    """A run that was given up here, and that somebody else finishes before the next look, is finished. A look that takes long, as that at a
    lock does here, is not taken often."""
    write_pair(200)
    PLAIN.mkdir(parents=True)
    write(PLAIN / ".lock", "")
    BARE.parent.mkdir()
    write(BARE, "in the way")
    sweep = start_slowed("flock", 0.2, "1+", "sweep", "two.yaml", "-j", "2", "--format", "json")
    while "No dropout, seed 1: failed" not in (line := sweep.stderr.readline()):
        check(line != "", "the sweep ended without it")
    wait_for(lambda: "EAGAIN" in read("trace"), "a look at the run that goes on")
    BARE.unlink()
    run("work", "two.yaml", "--index", "1", "--quiet")
    check(not (PLAIN / "summary.json").exists(), "the sweep was over before that")
    finish(sweep)
    said = json.loads(sweep.out)
    check_equal((sweep.returncode, said["totals"]["finished"], said["failed"]), (0, 2, []))


def test_one_who_looks_and_is_held_up():
    """Looking shares the lock, for a moment, or for longer where the machine is busy."""
    write_two()
    PLAIN.mkdir(parents=True)
    with open(PLAIN / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        work = start_traced("flock", "work", "two.yaml", "--index", "0", "--quiet")
        wait_for(lambda: calls_so_far() > 3, "its tries")
        time.sleep(0.1)
    finish(work)
    check_equal((work.returncode, work.err), (0, ""))


def test_rung_that_is_left_elsewhere():
    """Who waits for the end of a rung does what is left of the next one, while others are at some of it."""
    first, second = write_search()[:2]
    for index in (1, 2, 3):
        run("work", "search.yaml", "--index", index, "--quiet")
    work = stand_still(first, 0, "work", "search.yaml", "--index", "0")
    sweep = start("sweep", "search.yaml", "-j", "1")
    while "waiting for 1 run elsewhere" not in (line := sweep.stderr.readline()):
        check(line != "", "the sweep did not wait")
    kill(sweep.pid, signal.SIGSTOP)  # it comes back when the next rung has begun
    go_on(work)
    work = stand_still(first, 100, "work", "search.yaml", "--index", "0")
    kill(sweep.pid, signal.SIGCONT)
    try:
        wait_for(lambda: rows(second) > 100, "the other run of that rung")
        check(not (first / "summary.json").exists(), "the first had ended before")
    finally:
        go_on(work)
        finish(sweep)
    check_equal((sweep.returncode, sorted(states("search.yaml"))), (0, ["finished"] * 2 + ["pruned"] * 2))


def test_pruned_run_that_goes_on_elsewhere():
    """Another experiment takes it further, which this search need not wait for."""
    last = write_grid_and_search("final: {metric: val_loss, seeds: [2]}\n")
    for index in (0, 1, 2):
        run("work", "grid.yaml", "--index", index, "--quiet")
    work = stand_still(last, 100, "work", "grid.yaml", "--index", "3")
    sweep = start("sweep", "search.yaml")
    try:
        wait_for(lambda: sweep.poll() is not None, "the end of the search")
        check(not (last / "summary.json").exists(), "that had ended before")
    finally:
        go_on(work)
        finish(sweep)
    check_equal((sweep.returncode, sweep.out), (0, "search: 5 runs: 4 finished, 1 pruned\n"))


def test_run_beyond_its_rung_that_crashes():
    """It is tried once more, and not again and again for having got so far already: all of its epochs are done, but testing takes long."""
    last = write_grid_and_search(first=2)
    write("long.yaml", f"extends: base.yaml\ndata: {{dataset: {{digits: {{train: 120, test: {int(40000 / PATIENCE)}}}}}}}\n"
          "train: {max_epochs: 3}\n")
    work = start("work", "grid.yaml", "--index", "3", "--quiet")
    wait_for(lambda: (last / "last.safetensors").exists(), "the last weights")
    kill(work.pid, signal.SIGKILL)
    finish(work)
    sweep = start("sweep", "search.yaml", "-j", "2")
    killed = {None, owner(last)}
    for _ in range(2):
        wait_for(lambda: owner(last) not in killed, "a process at it")
        killed.add(process := owner(last))
        kill(process, signal.SIGSTOP)
        time.sleep(0.7 * PATIENCE)  # so that it is looked at
        kill(process, signal.SIGKILL)
    finish(sweep)
    check_in("failed: ended by signal 9 (Killed)\n", sweep.err)
    check_equal(sweep.returncode, 1)


def test_run_that_is_begun_again_elsewhere():
    """The final run depends on all of the others, also on one that had been finished before somebody began it again."""
    write("long.yaml", "extends: base.yaml\ntrain: {max_epochs: 100}\n")
    write("search.yaml", "base: long.yaml\nseeds: 1\ngrid: {train.optimizer.sgd.learning_rate: [0.01, 0.003]}\n"
          "final: {metric: val_loss, seeds: [2]}\n")
    first = pathlib.Path(status("search.yaml")["runs"][0]["directory"])
    sweep = start("sweep", "search.yaml", "-j", "1")
    wait_for(lambda: (first / "summary.json").exists(), "the first run")
    kill(sweep.pid, signal.SIGSTOP)
    (first / "curves.csv").unlink()
    work = stand_still(first, 0, "work", "search.yaml", "--index", "0", "--again")
    kill(sweep.pid, signal.SIGCONT)
    while "waiting for 1 run elsewhere" not in (line := sweep.stderr.readline()):
        check(line != "", "the sweep did not wait")
    go_on(work)
    finish(sweep)
    check_equal((sweep.returncode, sweep.out), (0, "search: 3 runs: 3 finished\n"))


tests = dict(globals())
needs_none = (test_rung_that_is_left_elsewhere, test_pruned_run_that_goes_on_elsewhere, test_run_beyond_its_rung_that_crashes,
              test_run_that_is_begun_again_elsewhere)
if not can_trace():
    print("nothing can be traced here: only what needs no strace")
    tests = {test.__name__: test for test in needs_none}
main(tests)

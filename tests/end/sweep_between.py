"""What others do between one system call of ours and the next. sweep_between.py ASSAY SOURCE [TEST ...]; without strace, which holds a process
back at a call, what needs it is left out."""
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from sweeping import PATIENCE, assay, check, check_equal, check_in, finish, kill, main, read, rows, start, states, wait_for, write_two

RUN = pathlib.Path("results/two/plain-as-it-is/seed-1")
HELD_BACK_S = 5 * PATIENCE


def can_trace():
    return shutil.which("strace") is not None and subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False).returncode == 0


def held_back(call, *words):
    """Assay, which waits before it makes that call: `flock:2` is the second of its name."""
    name, _, when = call.partition(":")
    process = subprocess.Popen(["strace", "-f", "-qq", "-o", "trace", "-e", f"trace={name}", "-e",
                                f"inject={name}:delay_enter={int(HELD_BACK_S * 1e6)}:when={when}", assay, *words],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})
    wait_for(lambda: pathlib.Path("trace").exists() and pathlib.Path("trace").stat().st_size > 0, "the call")
    return process


def test_run_that_ends_while_it_is_looked_at():
    """Its results came before its lock went, so it is not one that was interrupted."""
    write_two(100)
    work = start("work", "two.yaml", "--index", "0", "--quiet")
    wait_for(lambda: rows(RUN) > 0, "an epoch")
    kill(work.pid, signal.SIGSTOP)
    look = held_back("flock:1", "status", "two.yaml", "--format", "json")
    kill(work.pid, signal.SIGCONT)
    finish(work)
    check(look.poll() is None, "the look was over before the run")
    finish(look)
    check_equal([one["state"] for one in json.loads(look.out)["runs"]], ["finished"] + ["pending"] * 3)


def test_owner_that_ends_while_it_is_complained_about():
    """Who found it at work has nothing to say of how the run ended."""
    write_two()
    RUN.mkdir(parents=True)
    with open(RUN / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        work = held_back("flock:4", "work", "two.yaml", "--index", "0", "--quiet")
        wait_for(lambda: work.poll() is not None or read("trace").count("flock(") == 4, "its end, or another look at the lock")
    finish(work)
    check_equal(work.returncode, 4)
    check_in("is being written by another process", work.err)
    check_equal(states("two.yaml"), ["pending"] * 4)


def test_one_who_looks_and_is_held_up():
    """Looking shares the lock, for a moment, or for longer where the machine is busy."""
    write_two()
    RUN.mkdir(parents=True)
    with open(RUN / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        work = start("work", "two.yaml", "--index", "0", "--quiet")
        wait_for(lambda: not work.poll() is None or pathlib.Path(f"/proc/{work.pid}/comm").read_text() == "assay\n", "its beginning")
        time.sleep(0.15)
    finish(work)
    check_equal((work.returncode, work.err), (0, ""))


tests = dict(globals())
if not can_trace():
    print("nothing can be traced here: only what needs no strace")
    tests = {"test_one_who_looks_and_is_held_up": test_one_who_looks_and_is_held_up}
main(tests)

"""What a sweep makes of failures, crashes, signals, and other sweeps beside it. sweep_trouble.py ASSAY SOURCE [TEST ...]"""
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import threading
import time

from sweeping import (PATIENCE, TWO, check, check_equal, check_in, check_same_runs, children, finish, idx, kill, load, main,
                      owner, read, records, rows, run, run_directories, sessions, start, states, status, wait_for, write,
                      write_two)


def test_failures():
    """One point diverges, one has weights that do not fit, one is sound."""
    run("run", "base.yaml", "train.max_epochs=1", "--quiet")
    shutil.copy("results/base/seed-1/best.safetensors", "right.safetensors")
    run("run", "base.yaml", "name=other", "model[0].conv.maps=4", "train.max_epochs=1", "--quiet")
    shutil.copy("results/other/seed-1/best.safetensors", "weights.safetensors")
    write("mixed.yaml", """\
name: mixed
title: Sound and not
base: base.yaml
seeds: [1, 2]
points:
  - {label: wild, set: {train.early_stopping: {monitor: val_error_pct, patience: 3, divergence_threshold: 1}}}
  - {label: broken, set: {train.init_from: weights.safetensors}}
  - {label: sound}
""")
    done = run("sweep", "mixed.yaml", "-j", "1", wanted=1)
    check_equal(states("mixed.yaml"), ["diverged", "failed", "finished"] * 2)
    check_in("[1/6] wild, seed 1: diverged: val_error_pct was ", done.err)
    check_in("broken, seed 2: failed: weights.safetensors: ", done.err)
    check_in("\nfailed:\n  0  results/mixed/wild/seed-1  wild, seed 1: val_error_pct was ", done.out)
    check_in("the same command tries the failed ones again: ", done.out)
    failure = load("results/mixed/broken/seed-1/failure.json")
    check_equal(failure["exit_code"], 2)
    check_in("weights.safetensors", failure["text"])
    text = run("status", "mixed.yaml").out
    check_in("mixed: 6 runs: 2 finished, 2 diverged, 2 failed\n", text)
    check_in("  1  failed    broken/seed-1  weights.safetensors: ", text)
    summary = pathlib.Path("results/mixed/wild/seed-1/summary.json")
    write(summary, read(summary).replace('"divergence": "', '"divergence": "\\u001b[31m'))
    done = run("sweep", "mixed.yaml", wanted=1)
    check("\x1b" not in done.out, "an escape sequence came through")
    check_in("wild, seed 1: \\x1B[31mval_error_pct was ", done.out)
    sound = records("results/mixed/sound")
    shutil.copy("right.safetensors", "weights.safetensors")
    run("sweep", "mixed.yaml", wanted=1)
    check_equal(states("mixed.yaml"), ["diverged", "finished", "finished"] * 2)
    check(not pathlib.Path("results/mixed/broken/seed-1/failure.json").exists(), "an old failure is still there")
    check_equal(records("results/mixed/sound"), sound)
    check_equal([sessions(path) for path in run_directories("results/mixed/wild")], [1, 1])


def test_weights_that_change():
    """Runs of one point that began with different weights are not averaged."""
    run("run", "base.yaml", "train.max_epochs=1", "--quiet")
    run("run", "base.yaml", "train.max_epochs=1", "seed=2", "--quiet")
    write("warm.yaml", """\
base: base.yaml
seeds: [1, 2]
points: [{label: warm, set: {train.init_from: weights.safetensors}}]
tables: [{name: t, columns: [{metric: test_error_pct}]}]
""")
    for seed in (1, 2):
        shutil.copy(f"results/base/seed-{seed}/best.safetensors", "weights.safetensors")
        run("work", "warm.yaml", "--index", str(seed - 1), "--quiet")
    for command in ("table", "report"):
        check_in("results/warm/warm/seed-2 was trained from other weights than results/warm/warm/seed-1, as their init_from_sha256 says",
                 run(command, "warm.yaml", wanted=2).err)
    run("work", "warm.yaml", "--index", "0", "--again", "--quiet")
    run("table", "warm.yaml")


def test_fail_fast():
    write_two(2000)
    run("run", "base.yaml", "name=other", "model[0].conv.maps=4", "train.max_epochs=1", "--quiet")
    shutil.copy("results/other/seed-1/best.safetensors", "weights.safetensors")
    write("two.yaml", read("two.yaml").replace("{label: No dropout, set: {", "{label: No dropout, set: {train.init_from: weights.safetensors, "))
    done = run("sweep", "two.yaml", "-j", "2", "--fail-fast", wanted=1)
    first, *others = states("two.yaml")
    check_equal((first in ("interrupted", "pending"), others), (True, ["failed", "pending", "pending"]))  # it may not have begun
    check_in("failed:\n  1  results/two/no-dropout/seed-1", done.out)


def test_work_keeps_its_failure():
    write_two()
    run("run", "base.yaml", "name=other", "model[0].conv.maps=4", "train.max_epochs=1", "--quiet")
    write("two.yaml", TWO.replace("{label: No dropout, set: {", "{label: No dropout, set: {train.init_from: results/other/seed-1/best.safetensors, "))
    run("work", "two.yaml", "--index", "1", wanted=2)
    check_equal(states("two.yaml"), ["pending", "failed", "pending", "pending"])
    check_in("best.safetensors", status("two.yaml")["runs"][1]["failure"]["text"])
    # What is found before there is anything to train as well.
    write("two.yaml", TWO.replace("{label: No dropout, set: {", "{label: No dropout, set: {data.dir: nowhere, data.dataset: mnist, "))
    run("work", "two.yaml", "--index", "3", wanted=2)
    check_equal(states("two.yaml")[3], "failed")
    check_in("data.dir: ", status("two.yaml")["runs"][3]["failure"]["text"])


def test_no_queue_to_go_back_to():
    write_two(2000)
    work = start("work", "two.yaml", "--index", "1", "--requeue", "--quiet", env={name: value for name, value in os.environ.items() if "SLURM" not in name})
    wait_for(lambda: rows(pathlib.Path("results/two/no-dropout/seed-1")) > 0, "an epoch")
    kill(work.pid, signal.SIGUSR1)
    finish(work)
    check_equal(work.returncode, 75)
    check_in("goes on from the checkpoint\nit is not queued again: this is no job of Slurm's: SLURM_JOB_ID is not set\n", work.err)


def kill_owner(directory, times, after=0):
    """Ends so many processes that have the run directory, one after the other, the hard way."""
    killed = set()
    end = time.monotonic() + 60 * PATIENCE
    while len(killed) < times and time.monotonic() < end:
        process = owner(directory)
        if process is not None and process not in killed and rows(pathlib.Path(directory)) > after:
            kill(process, signal.SIGKILL)
            killed.add(process)
        time.sleep(0.001)


def sweep_with_kills(times, wanted):
    killer = threading.Thread(target=kill_owner, args=("results/two/no-dropout/seed-1", times))
    killer.start()
    done = run("sweep", "two.yaml", "-j", "2", wanted=wanted)
    killer.join()
    return done


def test_crashes():
    write_two(200)
    run("sweep", "two.yaml", "--out", "whole", "--quiet")
    done = sweep_with_kills(1, wanted=0)
    check_in("assay: warning: No dropout, seed 1: ended by signal 9 (Killed); trying once more\n", done.err)
    check_same_runs("results", "whole")
    shutil.rmtree("results")
    done = sweep_with_kills(2, wanted=1)
    check_equal(states("two.yaml"), ["finished", "failed", "finished", "finished"])
    check_in("] No dropout, seed 1: failed: ended by signal 9 (Killed)\n", done.err)
    check_equal(load("results/two/no-dropout/seed-1/failure.json")["signal"], 9)
    before = {path: text for path, text in records().items() if path.parent.name != "no-dropout"}
    run("sweep", "two.yaml")
    check_same_runs("results", "whole")
    check_equal({path: text for path, text in records().items() if path in before}, before)


def test_crash_in_a_higher_rung():
    """What goes on after its rung is tried once more there too."""
    write("long.yaml", "extends: base.yaml\ntrain: {max_epochs: 400}\n")
    write("search.yaml", """\
base: long.yaml
seeds: 1
grid: {train.optimizer.sgd.learning_rate: [0.01, 1.0e-7]}
method: {halving: {first: 20, eta: 20, metric: val_loss}}
""")
    killer = threading.Thread(target=kill_owner, args=("results/search/learning_rate-0.01/seed-1", 1, 20))
    killer.start()
    done = run("sweep", "search.yaml", "-j", "2")
    killer.join()
    check_in("learning_rate 0.01, seed 1: ended by signal 9 (Killed); trying once more\n", done.err)
    check_in("1 finished, 1 pruned", done.out)


def test_children_that_nobody_wants():
    """Whoever started the sweep has ignored SIGCHLD, and that is inherited: it finds out all the same how its processes end."""
    write_two(200)
    sweep = start("sweep", "two.yaml", "-j", "2", preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    kill_owner("results/two/no-dropout/seed-1", 1)
    finish(sweep)
    check_equal(sweep.returncode, 0)
    check_in("No dropout, seed 1: ended by signal 9 (Killed); trying once more\n", sweep.err)


def test_config_that_cannot_be_read():
    """It is there, so no page and no comparison is made without it."""
    write_two()
    write("two.yaml", read("two.yaml") + "tables: [{name: two, columns: [{metric: test_error_pct}]}]\n")
    run("sweep", "two.yaml", "--quiet")
    config = pathlib.Path("results/two/no-dropout/seed-1/config.yaml")
    config.unlink()
    config.symlink_to("config.yaml")
    both = ("report", "two.yaml"), ("compare", config.parent, "results/two/plain-as-it-is/seed-1")
    for words in both:
        check_in(f"assay: cannot open {config}: ", run(*words, wanted=4).err)
    config.unlink()
    write(config, "train: [1\n")
    for words in both:
        check_in(f"{config}:2:1: ", run(*words, wanted=2).err)


def test_again():
    """Runs of the experiment before it was edited are told, left alone, and replaced when that is asked for."""
    write_two()
    run("sweep", "two.yaml", "--quiet")
    write("long.yaml", "extends: base.yaml\ntrain: {max_epochs: 5, batch_size: 4}\n")
    why = "another config was run there (train.max_epochs: 4 there, 5 here; and 1 more)"
    check_in(f"  3  stale  no-dropout/seed-2      {why}\n", run("status", "two.yaml").out)
    before = records()
    done = run("sweep", "two.yaml", wanted=1)
    check_in(f"  3  results/two/no-dropout/seed-2  No dropout, seed 2: {why}\n--again replaces what another config left; or rename the experiment\n", done.out)
    check_equal(records(), before)
    dry = json.loads(run("sweep", "two.yaml", "--again", "--dry-run", "-j", "2", "--format", "json").out)
    check((dry["to_run"], dry["at_once"]) == (4, 2) and dry["seconds_left"] != 0, dry)
    run("sweep", "two.yaml", "--again", "--quiet")
    check_equal(states("two.yaml"), ["finished"] * 4)
    check_equal([rows(path) for path in run_directories("results")], [5] * 4)
    before = records()
    run("sweep", "two.yaml", "--again")
    check_equal(records(), before)


def test_run_that_is_begun_again_and_again():
    """What is kept of its sessions never becomes too much to be read."""
    run("run", "base.yaml", "--directory", "run", "--stop-after", "1", "--quiet")
    provenance = load("run/provenance.json")
    write("run/provenance.json", json.dumps(provenance | {"earlier_sessions": [provenance] * 12000}))
    run("run", "base.yaml", "--directory", "run", "--stop-after", "2", "--quiet")
    check_equal(sessions(pathlib.Path("run")), 1001)
    run("run", "base.yaml", "--directory", "run", "--quiet")
    check_equal((sessions(pathlib.Path("run")), rows(pathlib.Path("run"))), (1001, 4))


def test_curves_that_do_not_fit():
    """A curve that has lost a row, or is gone, is no shorter training."""
    write_two()
    write("two.yaml", read("two.yaml") + "tables: [{name: two, columns: [{metric: val_error_pct, statistic: {oscillation: {first: 1}}}]}]\n")
    run("sweep", "two.yaml", "--quiet")
    write("search.yaml", read("two.yaml").replace("name: two", "name: search") + "grid: {train.batch_size: [8, 4]}\n"
          "final: {metric: val_error_pct, seeds: [9]}\nruns_from: [two.yaml]\n")
    run("sweep", "search.yaml", "--quiet")
    curves = pathlib.Path("results/two/no-dropout/seed-1/curves.csv")
    lines = read(curves).splitlines(keepends=True)
    write(curves, "".join(lines[:3] + lines[4:]))
    for command in ("table", "report"):
        check_equal(run(command, "two.yaml", wanted=2).err,
                    f"assay: {curves}: has 3 epochs where summary.json says 4; remove the directory, and a sweep makes the run anew\n")
    warned = run("status", "two.yaml", "--format", "csv")
    check_in(f"assay: warning: {curves}: has 3 epochs", warned.err)
    check_equal(len(warned.out.splitlines()), 5)
    check_in(f"{curves}: has 3 epochs where", run("table", "search.yaml", wanted=2).err)
    curves.unlink()
    check_equal(run("table", "two.yaml", wanted=2).err,
                f"assay: {curves}: is missing, or no table, where summary.json says 4 epochs; remove the directory, and a sweep makes the run anew\n")


def test_other_data():
    """Points are compared on the data that their configs name: the same, where it is the same name."""
    run("data", "digits", "--train", "120", "--test", "30", "--out", "d")
    write("base.yaml", idx("d") + "".join(read("base.yaml").splitlines(keepends=True)[1:]))
    claim = "claims: [{id: one, say: It matters, less: [%s], metric: test_error_pct}]\n"
    write("two.yaml", TWO + claim % '"Plain, as it is", No dropout')
    run("sweep", "two.yaml", "--quiet")
    evidence, = json.loads(run("claims", "two.yaml", "--format", "json").out)
    check(evidence["interval_to_new_images"] is not None, evidence)
    # Others to train on are no other images to test on.
    run("data", "digits", "--train", "130", "--test", "30", "--out", "t", "--seed", "9")
    for name in os.listdir("t"):
        if "t10k" in name:
            shutil.copy(f"d/{name}", f"t/{name}")
    write("three.yaml", read("two.yaml").replace("name: two", "name: three").replace("id: one", "id: three").replace('"model[3].dropout.rate": 0', "data.dir: t"))
    run("sweep", "three.yaml", "--quiet")
    evidence, = json.loads(run("claims", "three.yaml", "--format", "json").out)
    check(evidence["interval_to_new_images"] is not None, evidence)
    shutil.rmtree("d")
    run("data", "digits", "--train", "120", "--test", "30", "--out", "d", "--seed", "9")
    shutil.rmtree("results/two/no-dropout")
    run("sweep", "two.yaml", "--quiet")
    os.unlink("three.yaml")
    for command in ("table", "claims", "report"):
        check_in("no-dropout/seed-1 was trained on other data than results/two/plain-as-it-is/seed-1, as their data_sha256 says",
                 run(command, "two.yaml", wanted=2).err)
    # Under another name they may be others, but then there is nothing to say of other images.
    run("data", "digits", "--train", "120", "--test", "30", "--out", "e", "--seed", "10")
    write("two.yaml", read("two.yaml").replace('"model[3].dropout.rate": 0', "data.dir: e"))
    shutil.rmtree("results")
    run("sweep", "two.yaml", "--quiet")
    evidence, = json.loads(run("claims", "two.yaml", "--format", "json").out)
    check(evidence["interval_to_new_images"] is None, evidence)


def test_family_with_a_broken_file():
    """What cannot be read may hold a claim of the family; a verdict without it would be too easy."""
    os.mkdir("e")
    for name in ("one", "other.yml"):
        write(f"e/{name}" if "." in name else f"e/{name}.yaml", TWO.replace("name: two", f"name: {name[:3]}").replace("base.yaml", "../base.yaml")
              + "claims: [{id: %s, say: It matters, less: [\"Plain, as it is\", No dropout], metric: test_error_pct}]\n" % name[:3])
    run("sweep", "e/one.yaml", "--quiet")
    check_equal([claim["id"] for claim in json.loads(run("claims", "e", "--format", "json", wanted=1).out)], ["one", "oth"])
    write("e/other.yml", read("e/other.yml") + "tables: [{name: t\n")
    for argument in ("e", "e/one.yaml"):
        check_in("e/other.yml:10:1: not YAML: ", run("claims", argument, wanted=2).err)
    write("e/other.yml", read("e/one.yaml"))
    check_equal(run("claims", "e", wanted=2).err,
                "assay: e/one.yaml and e/other.yml are both named one, and so is the directory of their results\n")


def test_nowhere_to_write():
    """Said once, not for each run."""
    write_two()
    check_equal(run("sweep", "two.yaml", "--out", "base.yaml", wanted=2).err,
                "two: 4 runs: 4 pending\nassay: cannot create directory base.yaml: a file has this name\n")


def test_reader_that_has_seen_enough():
    write_two()
    reader, writer = os.pipe()
    os.close(reader)
    done = run("sweep", "two.yaml", "--dry-run", stdout=writer)
    os.close(writer)
    check_equal(done.err, "")


def test_owner_is_shown_harmlessly():
    """What a file of locks says is as untrusted as any other file."""
    write_two()
    run("work", "two.yaml", "--index", "1", "--stop-after", "2", "--quiet")
    with open("results/two/no-dropout/seed-1/.lock", "w", encoding="utf-8") as lock:
        lock.write("\033[31mhost 1\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        for text in run("status", "two.yaml").out, run("status", "two.yaml", "--format", "csv").out:
            check_in("on \\x1b[31mhost 1", text.replace("1B", "1b"))


def test_signals():
    write_two(200)
    run("sweep", "two.yaml", "--out", "whole", "--quiet")
    for number, code, said in ((signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"),
                               (signal.SIGUSR1, 75, "stopped"), (signal.SIGHUP, 129, "hung up")):
        out = f"by-{number}"
        sweep = start("sweep", "two.yaml", "-j", "2", "--out", out, start_new_session=True)
        wait_for(lambda: sum(rows(path) > 0 for path in run_directories(out)) == 2, "an epoch of both")
        workers = [owner(path) for path in run_directories(out)]
        check(None not in workers, "a run was over before the signal")
        # A terminal tells the whole group, others the sweep alone.
        (os.killpg if number == signal.SIGINT else os.kill)(sweep.pid, number)
        finish(sweep)
        check_equal(sweep.returncode, code)
        check_in(f"assay: {said} with 0 of 4 runs done; the same command goes on\n", sweep.err)
        check(not any(pathlib.Path(f"/proc/{worker}").exists() for worker in workers), "a process was left behind")
        check_equal(sorted(states("two.yaml", "--out", out))[:2], ["interrupted", "interrupted"])
        for path in run_directories(out):
            check(load(path / "provenance.json")["outcome"] is not None, path, "was not ended in order")
        run("sweep", "two.yaml", "--out", out, "--quiet")
        check_same_runs(out, "whole")


def status_of_process(process, field):
    return re.search(f"^{field}:\\s*(\\S+)", read(f"/proc/{process}/status"), re.MULTILINE).group(1)


def is_pending(process, number):
    return int(status_of_process(process, "ShdPnd"), 16) >> (number - 1) & 1 == 1


def test_second_interrupt():
    write_two(100000)
    sweep = start("sweep", "two.yaml", "-j", "2")
    wait_for(lambda: len(run_directories("results")) == 2, "two runs")
    workers = children(sweep.pid)
    for worker in workers:
        kill(worker, signal.SIGSTOP)  # so that it cannot end by itself
    wait_for(lambda: all(status_of_process(worker, "State") == "T" for worker in workers), "their standstill")
    kill(sweep.pid, signal.SIGINT)
    wait_for(lambda: all(is_pending(worker, signal.SIGTERM) for worker in workers), "what the first one asks of the runs")
    check(sweep.poll() is None, "the first one has ended it")
    kill(sweep.pid, signal.SIGINT)
    finish(sweep)
    check_equal(sweep.returncode, 130)
    check(not any(pathlib.Path(f"/proc/{worker}").exists() for worker in workers), "a process was left behind")


def test_parent_killed():
    """Its processes end by themselves, after a checkpoint, and what they leave is gone on with at once."""
    for epochs in (60, 100000):
        write_two(epochs)
        out = f"after-{epochs}"
        sweep = start("sweep", "two.yaml", "-j", "2", "--out", out)
        wait_for(lambda: sum(rows(path) > 3 for path in run_directories(out)) > 1, "some epochs of two runs")
        workers = children(sweep.pid)
        kill(sweep.pid, signal.SIGKILL)
        if epochs == 60:
            run("sweep", "two.yaml", "-j", "2", "--quiet", "--out", out)
        finish(sweep)
        wait_for(lambda: not any(pathlib.Path(f"/proc/{worker}").exists() for worker in workers), "the end of orphans", 10)
    # None of these can have come to its own end.
    check_equal([load(path / "provenance.json")["outcome"] for path in run_directories(out)], ["terminated"] * 2)
    check(all((path / "checkpoint").exists() for path in run_directories(out)), "no checkpoint")
    write_two(60)
    run("sweep", "two.yaml", "--out", "whole", "--quiet")
    check_same_runs("after-60", "whole")


def test_several_at_once():
    """Runs that are over while another sweep still loads their data are not done twice."""
    write_two()
    write("two.yaml", read("two.yaml").replace("[1, 2]", str(list(range(1, 13)))))
    run("sweep", "two.yaml", "--out", "whole", "--quiet")
    for round_ in range(4):
        out = f"by-{round_}"
        sweeps = [start("sweep", "two.yaml", "-j", "2", "--format", "json", "--out", out) for _ in range(4)]
        for sweep in sweeps:
            finish(sweep)
            check_equal((sweep.returncode, json.loads(sweep.out)["totals"]["finished"]), (0, 24))
        check(sum(": finished, " in sweep.err for sweep in sweeps) > 1, "one has done all")
        check_equal([sessions(path) for path in run_directories(out)], [1] * 24)
        check_same_runs(out, "whole")


def test_others_that_come_and_go():
    """Processes of a sweep that find a run taken of which the sweep, looking, sees nobody have not failed. So it is here, where the lock is
    shared: who wants it for itself cannot have it, who looks shares it."""
    write_two()
    directory = pathlib.Path("results/two/plain-as-it-is/seed-1")
    directory.mkdir(parents=True)
    with open(directory / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        sweep = start("sweep", "two.yaml", "-j", "1", "--quiet")
        met = set()
        wait_for(lambda: met.update(children(sweep.pid)) or len(met) >= 4, "four processes, one after the other")
    finish(sweep)
    check_equal((sweep.returncode, sweep.err, states("two.yaml")), (0, "", ["finished"] * 4))


def test_waits_for_others_and_takes_over():
    write_two(150)
    write("two.yaml", read("two.yaml").replace("[1, 2]", "[1]").replace('  - {label: "Plain, as it is"}\n', ""))
    other = start("work", "two.yaml", "--index", "0", "--threads", "1")
    wait_for(lambda: rows(pathlib.Path("results/two/no-dropout/seed-1")) > 0, "an epoch")
    kill(other.pid, signal.SIGSTOP)  # it is in no hurry
    check_equal(states("two.yaml"), ["running"])
    check_in(f" {other.pid}\n", run("status", "two.yaml").out)
    sweep = start("sweep", "two.yaml")
    line = sweep.stderr.readline()
    check_equal(line, "two: 1 run: 1 running\n")
    line = sweep.stderr.readline()
    check_equal(line, "nothing left to start here; waiting for 1 run elsewhere (ending this sweep leaves them alone)\n")
    kill(other.pid, signal.SIGKILL)
    finish(other)
    finish(sweep)
    check_equal(sweep.returncode, 0)
    check_equal((states("two.yaml"), sessions(pathlib.Path("results/two/no-dropout/seed-1"))), (["finished"], 2))


def test_other_that_can_no_longer_be_looked_at():
    """A sweep does not wait for ever for a run of which the disk has nothing to say any more."""
    write_two(100000)
    write("two.yaml", read("two.yaml").replace("[1, 2]", "[1]").replace('  - {label: "Plain, as it is"}\n', ""))
    other = start("work", "two.yaml", "--index", "0", "--threads", "1")
    directory = pathlib.Path("results/two/no-dropout/seed-1")
    wait_for(lambda: rows(directory) > 0, "an epoch")
    sweep = start("sweep", "two.yaml")
    check_in("1 running", sweep.stderr.readline())
    check_in("waiting for 1 run elsewhere", sweep.stderr.readline())
    (directory / "summary.json").symlink_to("summary.json")
    kill(other.pid, signal.SIGKILL)
    finish(other)
    finish(sweep)
    check_equal(sweep.returncode, 1)
    said = "cannot open results/two/no-dropout/seed-1/summary.json: Too many levels of symbolic links"
    check_in(said, sweep.out)
    (directory / "summary.json").unlink()
    check_equal(states("two.yaml"), ["interrupted"])


def test_stale():
    write_two()
    run("sweep", "two.yaml", "--quiet")
    run("sweep", "two.yaml", "--quiet", "--out", "other")
    before = records()
    write("two.yaml", read("two.yaml").replace("dropout.rate\": 0}", "dropout.rate\": 0.5}"))
    done = run("sweep", "two.yaml", wanted=1)
    check_in("assay: warning: 2 runs left alone: another config was run there\n", done.err)
    check_in("two: 4 runs: 2 finished, 2 stale\nfailed:\n  1  results/two/no-dropout/seed-1  No dropout, seed 1: another "
             "config was run there (model[3].dropout.rate: 0 there, 0.5 here)\n", done.out)
    check_equal(records(), before)
    check_in("another config was run in results/two/no-dropout/seed-1; remove it, or replace it with --again",
             run("work", "two.yaml", "--index", "1", wanted=2).err)
    # One that was only begun is known as another's too.
    pathlib.Path("other/two/no-dropout/seed-1/summary.json").unlink()
    check_equal(states("two.yaml", "--out", "other"), ["finished", "stale", "finished", "stale"])
    run("work", "two.yaml", "--index", "1", "--again", "--quiet")
    check_equal(states("two.yaml"), ["finished", "finished", "finished", "stale"])


main(globals())

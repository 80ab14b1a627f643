"""Sweeps as arrays of jobs, by a Slurm of one node that this test starts for itself; skipped where it cannot. slurm.py ASSAY SOURCE [TEST ...];
ASSAY_LONG=1 for a task whose time is really up."""
import json
import os
import pathlib
import shlex
import shutil
import signal
import sys
import time

from slurm_cluster import CannotStart, Cluster
from sweeping import (TWO, assay, check, check_equal, check_in, check_same_runs, kill, load, main, owner, read, records, rows, run, run_directories, sessions,
                      states, status, wait_for, write, write_two)

ARRAY_SIZE = 5


def submit(experiment, *words):
    """The numbers of its jobs."""
    return [array["job"] for array in json.loads(run("sweep", experiment, "--launcher", "slurm", "--format", "json", *words).out)["arrays"]]


def write_eight(epochs):
    """Runs 0 to 7, which are more than an array may have."""
    write_two(epochs)
    write("two.yaml", read("two.yaml").replace("[1, 2]", "[1, 2, 3, 4]"))


def hurry():
    """What is queued again waits for two minutes otherwise."""
    for name, job in cluster.jobs().items():
        if job["JobState"] == "PENDING" and job["Reason"] == "BeginTime":
            cluster.ask("scontrol", "update", f"jobid={name}", "StartTime=now", check=False)


def wait_for_end(jobs, seconds=120):
    def is_over():
        hurry()
        time.sleep(0.2)
        return not cluster.ask("squeue", "-h", "-j", ",".join(jobs), check=False).strip()
    try:
        wait_for(is_over, "the end of the jobs", seconds)
    except AssertionError:
        print(cluster.ask("squeue"), cluster.logs(), *(read(log) for log in pathlib.Path(".").rglob("slurm/*.log")), sep="\n")
        raise


def ends(jobs):
    """How the tasks ended: by their number, the state and the exit code."""
    return {name: (job["JobState"], job["ExitCode"]) for name, job in cluster.jobs().items() if name.partition("_")[0] in jobs}


def test_scripts():
    write_eight(4)
    done = run("sweep", "two.yaml", "--launcher", "slurm", "--dry-run", "--threads", "2", "--sbatch=--partition=debug --time=30")
    script = """\
#!/bin/sh
# {count} runs of two
#SBATCH --job-name=two --array={tasks}
#SBATCH --output=results/two/slurm/%A_%a.log --open-mode=append
#SBATCH --requeue --signal=B:USR1@60
#SBATCH --cpus-per-task=2
#SBATCH --partition=debug --time=30
exec {assay} work two.yaml --out results --index {index} --threads "$SLURM_CPUS_PER_TASK" --requeue
"""
    first = script.format(count=5, tasks="0-4", assay=shlex.quote(assay), index='"$SLURM_ARRAY_TASK_ID"')
    check_equal(done.out, first + "\n" + script.format(count=3, tasks="0-2", assay=shlex.quote(assay), index="$((SLURM_ARRAY_TASK_ID + 5))"))
    check_equal(done.err, "two: 8 runs: 8 pending\narray 1 of 2: 5 runs\narray 2 of 2: 3 runs\n")
    check(not pathlib.Path("results").exists(), "a dry run wrote something")
    # Only so many at once: over both arrays, so one after the other; and only what is left.
    run("work", "two.yaml", "--index", "1", "--quiet")
    run("work", "two.yaml", "--index", "6", "--quiet")
    done = run("sweep", "two.yaml", "--launcher", "slurm", "--dry-run", "-j", "3", "--format", "json")
    check_equal([[array["runs"], array["after"], array["job"], array["script"].splitlines()[2].rpartition("=")[2]]
                 for array in json.loads(done.out)["arrays"]],
                [[4, [], None, "0,2-4%3"], [2, [0], None, "0,2%3"]])


def test_refusals():
    write_two()
    for words, said in ((("--launcher", "slurm", "--fail-fast"), "assay: --fail-fast is not for the launcher slurm\n"),
                        (("--sbatch=--time=3",), "assay: --sbatch is not for the launcher local\n"),
                        (("--launcher", "slurm", "--sbatch", "partition=debug"), "assay: --sbatch wants options for sbatch in one line"),
                        (("--launcher", "slurm", "--sbatch", "--time=3\nrm"), "assay: --sbatch wants options for sbatch in one line")):
        check_in(said, run("sweep", "two.yaml", *words, wanted=2).err)
    check(not pathlib.Path("results").exists(), "something was written")
    done = run("sweep", "two.yaml", "--launcher", "slurm", "--sbatch=--partition=none", wanted=4)
    check_in("assay: sbatch has failed: sbatch: error: ", done.err)
    empty = {name: value for name, value in os.environ.items() if name != "SLURM_CONF"} | {"PATH": "/nowhere"}
    done = run("sweep", "two.yaml", "--launcher", "slurm", env=empty, wanted=4)
    check_in("assay: there is no sbatch here: this is no machine of a Slurm cluster\n", done.err)


def test_same_bytes_as_the_local_launcher():
    """In a directory whose name wants quoting; one task is queued again from outside, as by a preemption, one by the signal that its time is
    nearly up; and once all is done, nothing is left to submit."""
    place = pathlib.Path("it's a place, 100%")
    place.mkdir()
    os.chdir(place)
    write("base.yaml", read("../base.yaml"))
    write_eight(300)
    run("sweep", "two.yaml", "--out", "whole", "--quiet")
    done = run("sweep", "two.yaml", "--launcher", "slurm", "--out", "by %j's")
    lines = done.out.splitlines()
    check_equal(lines[0], "two: 8 runs: 8 pending")
    jobs = [line.split()[1].rstrip(":") for line in lines[1:3]]
    check_equal(lines[1:3], [f"  job {jobs[0]}: 5 runs", f"  job {jobs[1]}: 3 runs"])
    check_in("`assay status two.yaml --out 'by %j'\\''s'` shows how far they are", lines[3])
    paths = [pathlib.Path(one["directory"]) for one in status("two.yaml", "--out", "by %j's")["runs"]]
    for index, end in ((1, lambda: kill(owner(paths[1]), signal.SIGUSR1)), (0, lambda: cluster.ask("scontrol", "requeue", f"{jobs[0]}_0"))):
        wait_for(lambda: rows(paths[index]) > 3, "an epoch or two")
        end()
    wait_for_end(jobs)
    check_equal(states("two.yaml", "--out", "by %j's"), ["finished"] * 8)
    check_equal([sessions(path) for path in paths], [2, 2, 1, 1, 1, 1, 1, 1])
    check_same_runs("by %j's", "whole")
    check_equal(set(ends(jobs).values()), {("COMPLETED", "0:0")})
    check_equal(sorted(path.name for path in pathlib.Path("by %j's/two/slurm").iterdir()),
                sorted(f"{job}_{task}.log" for job, tasks in zip(jobs, (5, 3)) for task in range(tasks)))
    # Appended to, with what was said before.
    log = read(f"by %j's/two/slurm/{jobs[0]}_1.log")
    check_in("the same command goes on from the checkpoint\n", log)
    check("not queued again" not in log, log)
    before = records("by %j's")
    done = run("sweep", "two.yaml", "--launcher", "slurm", "--out", "by %j's")
    check_equal(done.out, "two: 8 runs: 8 finished; nothing to submit\n")
    check_equal(records("by %j's"), before)


def test_time_is_up():
    """The signal comes a minute before the end, which is at the beginning here."""
    if "ASSAY_LONG" not in os.environ:
        print("a task whose time is up: only with ASSAY_LONG=1")
        return
    write_two(20000)
    write("two.yaml", read("two.yaml").replace("[1, 2]", "[1]").replace('  - {label: "Plain, as it is"}\n', ""))
    jobs = submit("two.yaml", "--sbatch=--time=1")
    path = pathlib.Path("results/two/no-dropout/seed-1")
    wait_for(lambda: (path / "provenance.json").exists() and load(path / "provenance.json")["outcome"] == "stopped", "the signal", 120)
    wait_for(lambda: cluster.jobs()[f"{jobs[0]}_0"]["JobState"] == "PENDING", "another try")
    cluster.ask("scancel", *jobs)


def test_failure_of_a_task():
    """The others are left alone; the next call submits it again, and nothing else."""
    write_two()
    run("run", "base.yaml", "train.max_epochs=1", "--quiet")
    run("run", "base.yaml", "name=other", "model[0].conv.maps=4", "train.max_epochs=1", "--quiet")
    shutil.copy("results/other/seed-1/best.safetensors", "weights.safetensors")
    write("two.yaml", TWO.replace("{label: No dropout, set: {", "{label: No dropout, set: {train.init_from: weights.safetensors, "))
    jobs = submit("two.yaml")
    wait_for_end(jobs)
    check_equal(states("two.yaml"), ["finished", "failed", "finished", "failed"])
    check_in("weights.safetensors", status("two.yaml")["runs"][1]["failure"]["text"])
    check_equal(ends(jobs), {f"{jobs[0]}_{task}": ("FAILED", "2:0") if task % 2 else ("COMPLETED", "0:0") for task in range(4)})
    before = records("results/two/plain-as-it-is")
    shutil.copy("results/base/seed-1/best.safetensors", "weights.safetensors")
    jobs = submit("two.yaml")
    wait_for_end(jobs)
    check_equal(states("two.yaml"), ["finished"] * 4)
    check_equal(sorted(ends(jobs)), [f"{jobs[0]}_1", f"{jobs[0]}_3"])
    check_equal(records("results/two/plain-as-it-is"), before)


def test_stages():
    """Rungs of halving and final runs are arrays that wait for those before them."""
    write("search.yaml", """\
name: search
title: A search
base: base.yaml
seeds: [1]
grid: {train.optimizer.sgd.learning_rate: [0.03, 0.01, 1.0e-4, 1.0e-6]}
method: {halving: {first: 2, eta: 2, metric: val_loss}}
final: {metric: val_loss, seeds: [7, 8]}
""")
    write("base.yaml", read("base.yaml").replace("max_epochs: 4", "max_epochs: 8"))
    run("sweep", "search.yaml", "--out", "whole", "--quiet")
    done = run("sweep", "search.yaml", "--launcher", "slurm")
    jobs = [line.split()[1].rstrip(":") for line in done.out.splitlines() if line.startswith("  job ")]
    a, b, c, d, e = jobs
    check_equal(done.out.splitlines()[:-1], [
        "search: 6 runs: 4 pending, 2 final ones later", f"  job {a}: 4 runs",
        f"  job {b}: 4 runs, those of them that get to the next rung; after job {a}",
        f"  job {c}: 4 runs, those of them that get to the next rung; after job {b}",
        f"  job {d}: 1 run, the final ones; after job {c}", f"  job {e}: 1 run, the final ones; after job {c}"])
    wait_for_end(jobs)
    check_equal(sorted(states("search.yaml")), ["finished"] * 3 + ["pruned"] * 3)
    for path in run_directories("results"):
        twin = "whole" / path.relative_to("results")
        for name in ("curves.csv", "best.safetensors") + (("predictions.csv", "last.safetensors") if (path / "summary.json").exists() else ()):
            check((path / name).read_bytes() == (twin / name).read_bytes(), path / name, "differs")
    check_equal(len(run_directories("results")), 6)
    check_equal(set(ends(jobs).values()), {("COMPLETED", "0:0")})


def test_cancelled():
    """A job that is cancelled writes its checkpoints, is not queued again, and the next call goes on."""
    write_two(300)
    run("sweep", "two.yaml", "--out", "whole", "--quiet")
    jobs = submit("two.yaml", "-j", "2")
    wait_for(lambda: sum(rows(path) > 3 for path in run_directories("results")) == 2, "an epoch or two")
    cluster.ask("scancel", *jobs)
    wait_for_end(jobs)
    check_equal(states("two.yaml"), ["interrupted", "interrupted", "pending", "pending"])
    for path in run_directories("results"):
        check_equal(load(path / "provenance.json")["outcome"], "terminated")
    wait_for_end(submit("two.yaml"))
    check_same_runs("results", "whole")


try:
    cluster = Cluster(ARRAY_SIZE)
except CannotStart as reason:
    print("skipped: no Slurm can be started here:", reason)
    sys.exit(77)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
try:
    main(globals())
finally:
    cluster.stop()

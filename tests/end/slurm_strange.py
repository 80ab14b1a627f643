"""What is made of a Slurm that says strange things: programs of our own stand in its place. slurm_strange.py ASSAY SOURCE [TEST ...]"""
import json
import os
import pathlib
import signal

from sweeping import TWO, check, check_equal, check_in, finish, kill, main, read, rows, run, start, states, wait_for, write, write_two


def with_programs(**scripts):
    """An environment in which these are found first, and no job is one of Slurm's."""
    pathlib.Path("bin").mkdir(exist_ok=True)
    for name, script in scripts.items():
        path = pathlib.Path("bin", name)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    return {name: value for name, value in os.environ.items() if "SLURM" not in name} | {"PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}


def sweep(*words, **options):
    return run("sweep", "two.yaml", "--launcher", "slurm", *words, **options)


def array_sizes(environment):
    return [array["runs"] for array in json.loads(sweep("--dry-run", "--format", "json", env=environment).out)["arrays"]]


def test_sizes_of_arrays():
    """MaxArraySize is one more than the largest number of a task; where nobody says it, it is Slurm's own 1001."""
    write("two.yaml", TWO.replace("[1, 2]", "600"))
    for said, wanted in (("echo; echo 'MaxArraySize            = 500'", [500, 500, 200]), ("echo; echo 'MaxArraySize = many'", [1001, 199]),
                         ("echo; echo 'MaxArraySize'; echo 'MaxDBDMsgs = 20'", [1001, 199]), ("exit 1", [1001, 199])):
        check_equal(array_sizes(with_programs(scontrol=said)), wanted)
    done = sweep("--dry-run", env=with_programs(scontrol="echo; echo 'MaxArraySize = 0'"), wanted=4)
    check_in("assay: this cluster takes no arrays of jobs: its MaxArraySize is 0\n", done.err)


def test_answers_of_sbatch():
    write_two()
    for script, said in (("echo Submitted", "sbatch has ended well, but said this instead of a job's number (`squeue --me` shows whether there is one): Submitted\n"),
                         ("echo 17abc", "sbatch has ended well, but said this instead of a job's number (`squeue --me` shows whether there is one): 17abc\n"),
                         ("exit 0", "sbatch has ended well, but said this instead of a job's number (`squeue --me` shows whether there is one): \n"),
                         ("printf '%050d' 1", "sbatch has ended well, but said this instead of a job's number (`squeue --me` shows whether there is one): 0000"),
                         ("echo first >&2; echo second >&2; exit 3", "sbatch has failed: first\n"), ("exit 3", "sbatch has failed with exit code 3 and without a word\n"),
                         ("kill -9 $$", "sbatch has failed: sbatch was ended by signal 9\n")):
        done = sweep(env=with_programs(scontrol="exit 1", sbatch=script), wanted=4)
        check_in("assay: " + said, done.err)
        check_equal(done.out, "two: 4 runs: 4 pending\n")
    # What was submitted before one is refused is shown, for it is in the queue.
    once = with_programs(scontrol="echo; echo 'MaxArraySize = 3'", sbatch="[ ! -e first ] || exit 1; touch first; echo '17;cluster'")
    done = sweep(env=once, wanted=4)
    check_in("two: 4 runs: 4 pending\n  job 17: 3 runs\n`assay status two.yaml`", done.out)
    check_in("assay: sbatch has failed with exit code 1 and without a word\n", done.err)


def test_one_at_a_time():
    """What measures time has a machine of its own, and all of it, or as many threads as one says."""
    write("two.yaml", TWO + "exclusive: true\n")
    environment = with_programs(scontrol="echo; echo 'MaxArraySize = 3'")
    scripts = sweep("--dry-run", env=environment).out
    check_in("--array=0-2%1\n", scripts)
    check_in("--signal=B:USR1@60\n#SBATCH --exclusive\nexec ", scripts)
    check_in('work two.yaml --out results --index "$SLURM_ARRAY_TASK_ID" --requeue\n', scripts)
    scripts = sweep("--dry-run", "--threads", "2", env=environment).out
    check_in('#SBATCH --exclusive\n#SBATCH --cpus-per-task=2\nexec ', scripts)
    check_in('--threads "$SLURM_CPUS_PER_TASK" --requeue\n', scripts)
    arrays = json.loads(sweep("--dry-run", "--format", "json", env=environment).out)["arrays"]
    check_equal([array["after"] for array in arrays], [[], [0]])


def test_queued_again():
    """A task by its own number, a job by its own; and the cluster may ask all of it to end, scontrol too, before that has its answer."""
    write_two(2000)
    environment = with_programs(scontrol="echo \"$@\" >>asked; [ ! -e refuse ] || { echo no >&2; exit 1; }; kill -TERM $PPID $$")
    for index, job, said in ((0, {"SLURM_JOB_ID": "17"}, "requeue 17\n"),
                             (1, {"SLURM_JOB_ID": "18", "SLURM_ARRAY_JOB_ID": "17", "SLURM_ARRAY_TASK_ID": "1"}, "requeue 17_1\n"),
                             (2, {"SLURM_JOB_ID": "18", "SLURM_ARRAY_JOB_ID": "17"}, "requeue 18\n"), (3, {"SLURM_JOB_ID": "19"}, None)):
        pathlib.Path("asked").unlink(missing_ok=True)
        if said is None:
            pathlib.Path("refuse").touch()
        work = start("work", "two.yaml", "--index", index, "--requeue", "--quiet", env=environment | job)
        directory = pathlib.Path("results/two", ["plain-as-it-is", "no-dropout"][index % 2], f"seed-{index // 2 + 1}")
        wait_for(lambda: rows(directory) > 0, "an epoch")
        kill(work.pid, signal.SIGUSR1)
        finish(work)
        check_equal(work.returncode, 75)
        check_equal(read("asked"), said or "requeue 19\n")
        check_equal("it is not queued again" in work.err, said is None)
        check(said is not None or "it is not queued again: scontrol has failed: no\n" in work.err, work.err)


def test_rungs():
    """What is left of a search, an array for each rung that a run may still be on, and one for the final runs."""
    write("two.yaml", """\
base: base.yaml
seeds: [1]
grid: {train.optimizer.sgd.learning_rate: [0.01, 0.003, 0.001, 0.0003]}
method: {halving: {first: 1, eta: 2, metric: val_loss}}
final: {metric: val_error_pct, seeds: [1, 2]}
""")
    environment = with_programs(scontrol="exit 1")
    for left in ([("open", 4, []), ("next rung", 4, [0]), ("next rung", 4, [1]), ("final", 2, [2])],
                 [("open", 2, []), ("next rung", 2, [0]), ("final", 2, [1])], [("open", 1, []), ("final", 2, [0])], [("open", 2, [])], []):
        arrays = json.loads(sweep("--dry-run", "--format", "json", env=environment).out)["arrays"]
        check_equal([(array["stage"], array["runs"], array["after"]) for array in arrays], left)
        for index, state in enumerate(states("two.yaml")):
            if state in ("pending", "interrupted"):
                run("work", "two.yaml", "--index", index, "--quiet")


main(globals())

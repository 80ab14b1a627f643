"""Sweeps where other processes and machines are at the same runs, or where something is missing on this one."""
import fcntl
import json
import os
import pathlib
import resource
import shutil
import signal

from sweeping import (BARE, PATIENCE, PLAIN, check, check_equal, check_in, check_same_runs, children, finish, idx, kill, main, read, rows,
                      run, start, states, status, wait_for, write, write_pair)


def start_at_first():
    sweep = start("sweep", "two.yaml", "-j", "1")
    wait_for(lambda: rows(PLAIN) > 0, "an epoch")
    return sweep


def test_data_are_looked_for_first():
    """One line for all runs, before anything is made of any."""
    write("mnist.yaml", "data: {dataset: mnist}\nmodel: [linear: 10]\ntrain: {max_epochs: 2, optimizer: {sgd: 0.1}}\n")
    write("two.yaml", "base: mnist.yaml\nseeds: [1, 2]\n")
    environment = {name: value for name, value in os.environ.items() if name != "ASSAY_DATA"} | {"XDG_CACHE_HOME": os.getcwd()}
    run("check", "two.yaml", env=environment)
    done = run("sweep", "two.yaml", wanted=2, env=environment)
    check_in("assay: the data set mnist is in none of the places where it is looked for:\n", done.err)
    check_equal(done.out, "")
    check(not pathlib.Path("results").exists(), "a directory was made")


def test_what_failed_elsewhere_is_tried_here():
    """A machine that cannot do a run keeps no other from doing it, and from trying it twice."""
    write_pair(300, 200)
    sweep = start_at_first()
    first = children(sweep.pid)
    BARE.mkdir(parents=True)
    write(BARE / "failure.json", json.dumps({"exit_code": 2, "ended": "2099-01-01T00:00:00Z", "text": "no data there"}))
    check_equal(states("two.yaml"), ["running", "failed"])
    second = set()
    wait_for(lambda: second.update(set(children(sweep.pid)) - set(first)) or second, "the second run")
    kill(second.pop(), signal.SIGKILL)
    finish(sweep)
    check_equal((sweep.returncode, sweep.out), (0, "two: 2 runs: 2 finished\n"))


def test_failure_that_cannot_be_noted():
    """Where its directory would be there is a file, so only the sweep itself knows of it, to its end."""
    write_pair(4)
    BARE.parent.mkdir(parents=True)
    write(BARE, "in the way")
    done = run("sweep", "two.yaml", "-j", "1", wanted=1)
    check_in("two: 2 runs: 1 finished, 1 failed\n", done.out)
    check_in("the same command tries the failed ones again", done.out)


def test_what_was_left_alone_is_done_elsewhere():
    """A run of another config is not replaced here, but somebody else has done that."""
    write_pair(200, 3)
    run("work", "two.yaml", "--index", "1", "--quiet")
    write_pair(200)
    sweep = start_at_first()
    (worker,) = children(sweep.pid)
    kill(worker, signal.SIGSTOP)
    run("work", "two.yaml", "--index", "1", "--again", "--quiet")
    kill(worker, signal.SIGCONT)
    check(not (PLAIN / "summary.json").exists(), "the sweep was over before that")
    finish(sweep)
    check_equal((sweep.returncode, sweep.out), (0, "two: 2 runs: 2 finished\n"))


def test_what_cannot_be_replaced_says_why():
    write_pair(4)
    run("sweep", "two.yaml", "--quiet")
    write("narrow.yaml", "extends: base.yaml\nmodel: [linear: 10]\ntrain: {max_epochs: 1}\n")
    run("run", "narrow.yaml", "--directory", "narrow", "--quiet")
    write("base.yaml", read("base.yaml") + "  init_from: narrow/last.safetensors\n")
    done = run("sweep", "two.yaml", "--again", wanted=1)
    check_in("two: 2 runs: 2 stale\nfailed:\n  0  results/two/plain-as-it-is/seed-1  Plain, as it is, seed 1: "
             "narrow/last.safetensors: has no conv1.weight", done.out)
    check("--again replaces" not in done.out, done.out)
    check(not (PLAIN / "failure.json").exists(), "what is there is another config's")


def test_checkpoint_that_cannot_be_written_at_the_end():
    """Who stops a sweep is told which run has no checkpoint of where it was."""
    write_pair(100000)
    sweep = start_at_first()
    wait_for(lambda: (PLAIN / "checkpoint").exists(), "a checkpoint")
    (worker,) = children(sweep.pid)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    kill(sweep.pid, signal.SIGTERM)
    finish(sweep)
    check_equal(sweep.returncode, 143)
    check_in("cannot write results/two/plain-as-it-is/seed-1/", sweep.err)


def test_stopped_while_it_predicts():
    """Testing once more, for the predictions, takes as long as an evaluation; it need not be waited for."""
    write("slow.yaml", f"extends: base.yaml\ndata: {{dataset: {{digits: {{train: 120, test: {int(40000 / PATIENCE)}}}}}}}\n"
          "train: {max_epochs: 1, batch_size: 1}\n")
    run("run", "slow.yaml", "--directory", "whole", "--quiet")
    one = start("run", "slow.yaml", "--directory", "cut", "--quiet")
    wait_for(lambda: pathlib.Path("cut/last.safetensors").exists(), "the last weights")
    kill(one.pid, signal.SIGTERM)
    finish(one)
    check_equal((one.returncode, pathlib.Path("cut/summary.json").exists()), (143, False))
    check_equal(one.err, "assay: terminated with 1 of 1 epochs done; the same command goes on from the checkpoint\n")
    run("run", "slow.yaml", "--directory", "cut", "--quiet")
    check_same_runs("cut", "whole")


def test_search_that_is_stopped_while_a_run_predicts():
    """A run that came to its end in a rung's last epoch has come to its end, whenever it is stopped."""
    write("long.yaml", f"extends: base.yaml\ndata: {{dataset: {{digits: {{train: 120, test: {int(40000 / PATIENCE)}}}}}}}\n"
          "train: {batch_size: 1, early_stopping: {monitor: train_loss, patience: 1, min_delta: 5}}\n")
    write("search.yaml", "base: long.yaml\nseeds: 1\ngrid: {train.batch_size: [1, 2]}\n"
          "method: {halving: {first: 2, eta: 2, metric: train_loss}}\n")
    whole = run("sweep", "search.yaml", "-j", "1", "--out", "whole", "--quiet", "--format", "json").out
    check_equal(json.loads(whole)["totals"]["finished"], 2)
    sweep = start("sweep", "search.yaml", "-j", "1", "--quiet")
    wait_for(lambda: list(pathlib.Path().glob("results/*/*/*/last.safetensors")), "the last weights")
    kill(sweep.pid, signal.SIGTERM)
    finish(sweep)
    check_equal((sweep.returncode, states("search.yaml")), (143, ["interrupted", "pending"]))
    done = run("sweep", "search.yaml", "-j", "1", "--quiet", "--format", "json")
    check_equal(json.loads(done.out)["totals"], json.loads(whole)["totals"])
    check_same_runs("results", "whole")


def test_other_data_in_a_search():
    """What was cut short for the sake of others has decided on the same data as they, or nothing is said."""
    for directory, seed in (("d", 1), ("t", 9)):
        run("data", "digits", "--train", "120", "--test", "30", "--out", directory, "--seed", seed)
    write("base.yaml", idx("d") + "".join(read("base.yaml").splitlines(keepends=True)[1:]))
    write("search.yaml", """\
base: base.yaml
seeds: 1
grid: {train.optimizer.sgd.learning_rate: [0.003, 1.0e-3, 1.0e-9]}
method: {halving: {first: 2, eta: 2, metric: train_loss}}
final: {metric: val_loss, seeds: [1, 2]}
tables: [{name: t, points: final, columns: [{metric: val_loss}]}]
""")
    run("sweep", "search.yaml", "-j", "1", "--quiet")
    run("table", "search.yaml")
    check_equal(states("search.yaml")[2], "pruned")
    shutil.rmtree("d")
    os.rename("t", "d")
    for one in status("search.yaml")["runs"]:
        if one["index"] != 2:
            shutil.rmtree(one["directory"])
    run("sweep", "search.yaml", "-j", "1", "--quiet")
    for command in ("table", "report"):
        check_in("was trained on other data than", run(command, "search.yaml", wanted=2).err)


def test_turn_of_an_exclusive_experiment():
    write_pair(4)
    write("two.yaml", read("two.yaml") + "exclusive: true\n")
    pathlib.Path("results/two").mkdir(parents=True)
    with open("results/two/.exclusive", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep = start("sweep", "two.yaml")
        check_in("2 pending", sweep.stderr.readline())
        check_in("Plain, as it is, seed 1: another sweep is at this exclusive experiment; this one waits for its turn\n",
                 sweep.stderr.readline())
    finish(sweep)
    check_equal((sweep.returncode, sweep.out), (0, "two: 2 runs: 2 finished\n"))


main(globals())

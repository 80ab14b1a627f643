"""Sweeps by the built program: what is planned, what is run, and how it is shown. sweep.py ASSAY SOURCE [TEST ...]"""
import csv
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import struct
import termios
import time

from sweeping import (TWO, check, check_equal, check_in, check_same_runs, children, finish, load, main, read, records, rows, run,
                      run_directories, sessions, start, states, status, write, write_two)


def test_dry_run():
    write_two()
    check_equal(run("sweep", "two.yaml", "--dry-run", "-j", "3").out, """\
two: 4 runs: 4 pending
     0  pending      plain-as-it-is/seed-1
     1  pending      no-dropout/seed-1      model[3].dropout.rate=0
     2  pending      plain-as-it-is/seed-2
     3  pending      no-dropout/seed-2      model[3].dropout.rate=0
4 to run, 3 at once: how long that takes is not known before the first is finished
""")
    plan = json.loads(run("sweep", "two.yaml", "--dry-run", "-j3", "--format", "json").out)
    check_equal((plan["experiment"], plan["run_count"], plan["to_run"], plan["at_once"], plan["seconds_left"]),
                ("two", 4, 4, 3, None))
    check_equal([(one["index"], one["label"], one["point"], one["seed"], one["fold"]) for one in plan["runs"][:2]],
                [(0, "Plain, as it is", "plain-as-it-is", 1, None), (1, "No dropout", "no-dropout", 1, None)])
    check_equal(plan["runs"][3]["settings"], {"model[3].dropout.rate": "0"})
    check(not pathlib.Path("results").exists(), "a dry run wrote something")
    run("work", "two.yaml", "--index", "1", "--quiet")
    out = run("sweep", "two.yaml", "--dry-run", "-j", "3").out
    check_in("     1  finished     no-dropout/seed-1      model[3].dropout.rate=0\n", out)
    check_in("3 to run, 3 at once: about ", out)


def test_to_the_end():
    write_two()
    done = run("sweep", "two.yaml", "-j", "2")
    check_equal(done.out, "two: 4 runs: 4 finished\n")
    lines = done.err.splitlines()
    check_equal(lines[0], "two: 4 runs: 4 pending")
    check_equal(len(lines), 5)
    check_in("[1/4] ", lines[1])
    check(lines[4].startswith("[4/4] ") and ": finished, test error " in lines[4] and ", validation " in lines[4], lines)
    check("\033" not in done.err, "escape sequences where there is no terminal")
    check_equal(states("two.yaml"), ["finished"] * 4)
    before = records()
    check_equal(run("sweep", "two.yaml", "--quiet").out, "")
    check_equal(records(), before)
    # `work` binds the experiment afresh where a sweep hands the config over.
    for index in range(4):
        run("work", "two.yaml", "--index", index, "--out", "by-hand", "--quiet")
    check_same_runs("results", "by-hand")
    done = run("work", "two.yaml", "--index", "2", "--format", "json")
    check_equal(done.err, "results/two/plain-as-it-is/seed-2: finished before, nothing to do; --again runs it afresh\n")
    check_equal(json.loads(done.out)["found_finished"], True)
    check_equal(records(), before)
    check_in("there is no run 4: two has 4 runs, from 0 to 3", run("work", "two.yaml", "--index", "4", wanted=2).err)
    end = json.loads(run("sweep", "two.yaml", "--format", "json").out)
    check_equal((end["run_count"], end["totals"]["finished"], end["failed"]), (4, 4, []))


def test_folds_and_final():
    write("base.yaml", read("base.yaml") + "  early_stopping: {monitor: val_error_pct, patience: 4}\n")
    write("cross.yaml", """\
name: cross
title: Cross-validation
base: base.yaml
seeds: [1]
folds: 3
points:
  - {label: plain}
  - {label: no dropout, set: {"model[3].dropout.rate": 0}}
grid: {train.batch_size: [4, 16]}
final:
  metric: held_out_error_pct
  seeds: [7, 8]
  set: {data.validation: 0}
  best_epochs: true
tables: [{name: chosen, points: final, columns: [{metric: test_error_pct}]}]
""")
    check_in("and 4 final ones", run("sweep", "cross.yaml", "--dry-run").out)
    done = run("work", "cross.yaml", "--index", "12", wanted=1)
    check_in("run 12 of cross is a final one: it is known once all runs that it depends on are finished", done.err)
    done = run("sweep", "cross.yaml", "-j", "2")
    check_equal(done.out, "cross: 16 runs: 16 finished\n")
    check_in("cross: 16 runs: 12 finished, 4 pending\n", done.err)
    plan = status("cross.yaml")
    check_equal((len(plan["runs"]), plan["later"]), (16, 0))
    check_equal([one["index"] for one in plan["runs"]], list(range(16)))
    table = list(csv.DictReader(run("status", "cross.yaml", "--format", "csv").out.splitlines()))
    check_equal([(row["directory"], row["train.batch_size"], float(row["held_out_error_pct"] or "nan")) for row in table[:12]],
                [(one["directory"], one["settings"]["train.batch_size"], one["metrics"]["held_out_error_pct"]) for one in plan["runs"][:12]])
    shown = run("table", "cross.yaml").out
    check_equal(plan["runs"][1]["directory"], "results/cross/plain-batch_size-4/seed-1/fold-1")
    for label, runs in (("plain", (12, 14)), ("no dropout", (13, 15))):
        means, epochs = {}, {}
        for one in plan["runs"][:12]:
            if one["label"].startswith(label):
                summary = load(pathlib.Path(one["directory"]) / "summary.json")
                check("test_images" not in summary and summary["metrics"]["test_error_pct"] is None, "a fold saw the test set")
                means[one["point"]] = means.get(one["point"], 0) + summary["held_out_mistakes"] / summary["held_out_images"]
                epochs.setdefault(one["point"], []).append(summary["best_epoch"])
        best = min(means, key=means.get)
        for index, seed in zip(runs, (7, 8)):
            final = plan["runs"][index]
            check_equal((final["label"], final["seed"], final["fold"]), (label, seed, None))
            config = read(pathlib.Path(final["directory"]) / "config.yaml")
            check_in(f"batch_size: {best.rpartition('-')[2]}\n", config)
            check_in(f"max_epochs: {sorted(epochs[best])[1]}\n", config)
            check_in("early_stopping: null\n", config)
            check_in("    patience: 4\n", read(pathlib.Path(plan["runs"][0]["directory"]) / "config.yaml"))
            check_in("validation: 0\n", config)
            summary = load(pathlib.Path(final["directory"]) / "summary.json")
            check(summary["test_images"] == 30, "no test")
            check_equal((final["settings"]["train.batch_size"], final["settings"]["data.validation"]), (best.rpartition("-")[2], "0"))
            check_equal(table[index]["train.max_epochs"], str(sorted(epochs[best])[1]))
            check_equal(final["metrics"]["test_error_pct"], summary["metrics"]["test_error_pct"])
            check_equal(table[index]["chosen"], final["chosen"])
            check_in(f"- {label}: the settings of {final['chosen']} were chosen: ", shown.replace("\\_size ", "_size "))
    before = records()
    run("sweep", "cross.yaml")
    check_equal(records(), before)
    run("report", "cross.yaml", "--static")
    check_in(", seed 1, 3 folds, then ", read("results/cross/report.html"))
    # A sweep cannot do what waits for runs that it never touches.
    write("base.yaml", read("base.yaml").replace("max_epochs: 4", "max_epochs: 3"))
    shown = run("table", "cross.yaml", wanted=1).out
    check_in("- every row: 2 of 2 runs wait for a search, of which some runs are another config's (seeds 7 and 8)\n", shown)
    check("assay sweep" not in shown, shown)


def test_halving():
    write("search.yaml", """\
name: search
title: A search
base: base.yaml
seeds: [1, 2]
grid: {train.optimizer.sgd.learning_rate: [0.03, 0.01, 1.0e-3, 1.0e-4, 1.0e-5, 1.0e-6, 1.0e-7, 1.0e-8, 1.0e-9]}
method: {halving: {first: 2, eta: 3, metric: val_loss}}
""")
    write("base.yaml", read("base.yaml").replace("max_epochs: 4", "max_epochs: 12"))
    run("work", "search.yaml", "--index", "0")
    check_equal((states("search.yaml")[0], rows(pathlib.Path(status("search.yaml")["runs"][0]["directory"]))), ("waiting", 2))
    done = run("sweep", "search.yaml", "-j", "2")
    by_point = {}
    for one in status("search.yaml")["runs"]:
        by_point.setdefault(one["point"], []).append((one["state"], one["epochs"]))
    check_equal(sorted(by_point.values()), [[("finished", 12)] * 2] + [[("pruned", 2)] * 2] * 6 + [[("pruned", 6)] * 2] * 2)
    check_equal(done.out, "search: 18 runs: 2 finished, 16 pruned\n")
    # Which went on is what the curves say.
    losses = {}
    for one in status("search.yaml")["runs"]:
        curve = [line.split(",") for line in read(pathlib.Path(one["directory"]) / "curves.csv").splitlines()]
        at = curve[0].index("val_loss")
        errors = curve[0].index("val_error_pct")
        losses.setdefault(one["point"], []).append(float(min(curve[1:3], key=lambda row: float(row[errors]))[at]))
    ranked = sorted(losses, key=lambda point: sum(losses[point]))
    check_equal(sorted(point for point, ends in by_point.items() if ends[0][1] > 2), sorted(ranked[:3]))
    before = records()
    run("sweep", "search.yaml")
    check_equal(records(), before)
    # One that was killed after its last epoch and before the end of its session is begun once more, though it is out.
    out = next(pathlib.Path(one["directory"]) for one in status("search.yaml")["runs"] if one["state"] == "pruned")
    write(out / "provenance.json", json.dumps(load(out / "provenance.json") | {"ended": None, "outcome": None}))
    write(out / ".provenance.json.tmp.1", "")
    (out / "checkpoint").unlink()
    check_equal(states("search.yaml").count("interrupted"), 1)
    check_equal(run("sweep", "search.yaml", "-j", "2").out, "search: 18 runs: 2 finished, 16 pruned\n")
    check_equal(((out / "checkpoint").exists(), (out / ".provenance.json.tmp.1").exists()), (True, False))


def test_halving_by_the_epoch_that_counts():
    """Which is the best one up to the rung, or the last one, as the config wants it for a run's result."""
    write("search.yaml", """\
base: base.yaml
seeds: 1
grid: {train.batch_size: [4, 8]}
method: {halving: {first: 2, eta: 2, metric: val_loss}}
""")
    base = read("base.yaml")
    for restore_best, out in (("true", 1), ("false", 0)):
        write("base.yaml", base + f"  early_stopping: {{monitor: val_loss, patience: 9, restore_best: {restore_best}}}\n")
        results = f"restore-{restore_best}"
        for index, losses in enumerate((("0.1", "0.9"), ("0.5", "0.5"))):
            run("work", "search.yaml", "--index", index, "--out", results)
            directory = pathlib.Path(status("search.yaml", "--out", results)["runs"][index]["directory"])
            header, *curve = [line.split(",") for line in read(directory / "curves.csv").splitlines()]
            for row, loss in zip(curve, losses, strict=True):
                row[header.index("val_loss")] = loss
            write(directory / "curves.csv", "".join(",".join(row) + "\n" for row in [header, *curve]))
        check_equal([i for i, state in enumerate(states("search.yaml", "--out", results)) if state == "pruned"], [out])


def test_halving_of_what_diverges():
    """Where a run's last epoch is both that of the rung and the one that was too bad, it is out, however good it looked."""
    write("search.yaml", """\
base: base.yaml
seeds: 1
grid: {train.early_stopping.divergence_threshold: [1.0e-9, 1.0e+6]}
method: {halving: {first: 1, eta: 2, metric: val_loss}}
""")
    write("base.yaml", read("base.yaml") + "  early_stopping: {monitor: val_loss, patience: 9}\n")
    check_equal(run("sweep", "search.yaml").out, "search: 2 runs: 1 finished, 1 diverged\n")
    # Where nothing can be chosen no sweep makes what is missing.
    write("never.yaml", """\
base: base.yaml
seeds: 1
points: [{label: never}]
grid: {train.early_stopping.divergence_threshold: [1.0e-9, 1.0e-8]}
final: {metric: val_loss, seeds: [1, 2]}
tables: [{name: t, points: final, columns: [{metric: val_loss}]}]
""")
    run("sweep", "never.yaml", wanted=1)
    shown = run("table", "never.yaml", wanted=1).out
    check_in("- never: 2 of 2 runs never come, for no setting ended with the number it is to be chosen by (seeds 1 and 2)\n", shown)
    check("assay sweep" not in shown, shown)


def test_search_that_diverges():
    """A setting that diverges is the worst of all; where every one does, nothing can be chosen, and that is said."""
    text = """\
base: base.yaml
seeds: 1
grid: {train.optimizer.sgd.learning_rate: [%s]}
method: {halving: {first: 1, eta: 2, metric: val_error_pct}}
final: {metric: val_error_pct, seeds: [1, 2]}
"""
    write("base.yaml", read("base.yaml").replace("tanh", "relu"))
    write("wild.yaml", text % "1.0e+6, 0.01, 1.0e+5, 0.001")
    check_equal(run("sweep", "wild.yaml").out, "wild: 6 runs: 3 finished, 2 diverged, 1 pruned\n")
    # A final run that does is one that failed.
    write("last.yaml", """\
base: base.yaml
seeds: 1
grid: {train.batch_size: [4, 8]}
final: {metric: val_error_pct, seeds: [1, 2], set: {train.optimizer.sgd.learning_rate: 1.0e+6}}
""")
    check_equal(run("sweep", "last.yaml", wanted=1).out.splitlines()[0], "last: 4 runs: 2 finished, 2 diverged")
    write("all.yaml", text % "1.0e+6, 1.0e+5")
    wanted = "all: 4 runs: 2 diverged, 2 final ones never, for no setting ended with a val_error_pct\n"
    check_equal(run("sweep", "all.yaml", wanted=1).out, wanted)
    check_in(wanted, run("status", "all.yaml").out)


def test_runs_from():
    write_two()
    write("more.yaml", """\
name: more
title: Shares a point
base: long.yaml
seeds: [2, 3]
runs_from: [two.yaml]
points:
  - {label: the same without dropout, set: {"model[3].dropout.rate": 0}}
  - {label: more dropout, set: {"model[3].dropout.rate": 0.5}}
""")
    run("sweep", "two.yaml", "--quiet")
    before = records("results/two")
    check_equal(states("more.yaml"), ["finished", "pending", "pending", "pending"])
    check_equal(status("more.yaml")["runs"][0]["directory"], "results/two/no-dropout/seed-2")
    run("sweep", "more.yaml", "--quiet")
    check_equal(records("results/two"), before)
    check_equal([path.relative_to("results/more").as_posix() for path in run_directories("results/more")],
                ["more-dropout/seed-2", "more-dropout/seed-3", "the-same-without-dropout/seed-3"])
    # Of the same run in several experiments the one that is finished; with other data it is another run.
    write("twin.yaml", read("two.yaml").replace("name: two", "name: twin"))
    for listed in ("twin.yaml, two.yaml", "two.yaml, twin.yaml"):
        write("same.yaml", f"base: long.yaml\nseeds: [1, 2]\nruns_from: [{listed}]\n")
        check_equal([(one["state"], one["directory"]) for one in status("same.yaml")["runs"]],
                    [("finished", f"results/two/plain-as-it-is/seed-{seed}") for seed in (1, 2)])
    write("same.yaml", read("same.yaml") + "points: [{label: other data, set: {data.dir: elsewhere}}]\n")
    check_equal(states("same.yaml"), ["pending"] * 2)


def test_exclusive():
    write_two(20)
    write("two.yaml", read("two.yaml") + "exclusive: true\n")
    check_equal(run("sweep", "two.yaml", "-j", "2", wanted=2).err,
                "assay: two is exclusive: its runs are timed, and so are one at a time, not 2\n")
    check_in("4 to run, 1 at once", run("sweep", "two.yaml", "--dry-run").out)
    both = [start("sweep", "two.yaml") for _ in range(2)]
    most = 0
    while any(sweep.poll() is None for sweep in both):
        most = max(most, sum(len(children(sweep.pid)) for sweep in both))
        time.sleep(0.002)
    for sweep in both:
        finish(sweep)
        check_equal((sweep.returncode, sweep.out), (0, "two: 4 runs: 4 finished\n"))
    check_equal(most, 1)
    order = [line.partition("] ")[2].partition(":")[0] for sweep in both for line in sweep.err.splitlines() if "]" in line]
    check_equal(order, ["Plain, as it is, seed 1", "No dropout, seed 1", "Plain, as it is, seed 2", "No dropout, seed 2"])
    for path in run_directories("results"):
        check_equal((load(path / "provenance.json")["threads"], sessions(path)), (len(os.sched_getaffinity(0)), 1))


def test_threads():
    """Fewer runs than CPUs get more threads each; the results are the same."""
    write_two()
    write("two.yaml", read("two.yaml").replace("[1, 2]", "[1]").replace('  - {label: "Plain, as it is"}\n', ""))
    path = pathlib.Path("results/two/no-dropout/seed-1")
    run("sweep", "two.yaml")
    check_equal(load(path / "provenance.json")["threads"], len(os.sched_getaffinity(0)))
    plan = json.loads(run("sweep", "two.yaml", "--threads", "1000", "--dry-run", "--out", "three", "--format", "json").out)
    check_equal((plan["at_once"], plan["to_run"]), (1, 1))
    run("sweep", "two.yaml", "--threads", "3", "--out", "three")
    check_equal(load("three" / path.relative_to("results") / "provenance.json")["threads"], 3)
    check_same_runs("results", "three")


def test_nothing_runs_when_anything_is_wrong():
    write_two()
    write("two.yaml", read("two.yaml").replace("model[3].dropout.rate\": 0", "model[0].conv.kernel\": 29"))
    check_in("model[0].conv.kernel: does not fit", run("sweep", "two.yaml", wanted=2).err)
    write_two()
    write("two.yaml", read("two.yaml") + "folds: 121\n")
    check_equal(run("sweep", "two.yaml", wanted=2).err, """\
two.yaml:8:8: data.fold: cuts 120 training images into 121 folds, which leaves some without any
    8 | folds: 121
      |        ^
""")
    write_two()
    write("two.yaml", read("two.yaml").replace("model[3].dropout.rate\": 0", "data.validation\": 120"))
    check_in("two.yaml:7:31: data.validation: holds out 120 of 120 training images", run("sweep", "two.yaml", wanted=2).err)
    write_two()
    write("base.yaml", read("base.yaml").replace("validation: 30", "validation: 120"))
    check_in("base.yaml:1:63: data.validation: holds out 120 of 120 training images", run("sweep", "two.yaml", wanted=2).err)
    # Some folds hold out one more than others; and what the final runs will have that no run before them has.
    write("base.yaml", read("base.yaml").replace("validation: 120", "validation: 102"))
    write("two.yaml", read("two.yaml") + "folds: 7\n")
    check_in("data.validation: holds out 102 of 102 training images", run("sweep", "two.yaml", wanted=2).err)
    write_two()
    write("base.yaml", read("base.yaml").replace("validation: 102", "validation: 30"))
    write("two.yaml", read("two.yaml") + """\
grid: {train.batch_size: [4, 8]}
final: {metric: val_loss, seeds: 1, set: {data.validation: 120}}
""")
    check_in("two.yaml:9:43: data.validation: holds out 120 of 120 training images", run("sweep", "two.yaml", wanted=2).err)
    check_equal(run("sweep", "two.yaml", "--launcher", "locale", wanted=2).err,
                "assay: there is no launcher locale; did you mean local?\n")
    check_in("assay: which run? --index K", run("work", "two.yaml", wanted=2).err)
    check(not pathlib.Path("results").exists(), "something was written")


def test_status_of_two_thousand_runs():
    """Of finished ones, without running them: a summary says by its digest whose it is."""
    write("many.yaml", """\
name: many
title: Two thousand runs
base: base.yaml
seeds: {from: 1, count: 10}
grid: {train.batch_size: {from: 1, count: 200}}
""".replace("{from: 1, count: 10}", str(list(range(1, 11)))).replace("{from: 1, count: 200}", str(list(range(1, 201)))))
    run("work", "many.yaml", "--index", "0", "--quiet")
    runs = status("many.yaml")["runs"]
    check_equal(len(runs), 2000)
    summary = read(pathlib.Path(runs[0]["directory"]) / "summary.json")
    for one in runs[1:]:
        directory = pathlib.Path(one["directory"])
        directory.mkdir(parents=True)
        write(directory / "summary.json", summary.replace(runs[0]["config"], one["config"]))
    check_in("many: 2000 runs: 2000 finished\n", run("status", "many.yaml").out)
    check_equal(run("sweep", "many.yaml").out, "many: 2000 runs: 2000 finished\n")


def watch(columns, narrowed_to=None, **environment):
    """What a sweep shows on a terminal, which may get narrower on the way."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 12, columns, 0, 0))
    sweep = start("sweep", "two.yaml", "-j", "2", stderr=theirs, env={"PATH": "", "TERM": "xterm"} | environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
        if narrowed_to is not None and b"done: 2 running" in shown:
            fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 12, narrowed_to, 0, 0))
    os.close(ours)
    sweep.communicate()
    return sweep.returncode, shown.decode().replace("\r\n", "\n")


def test_board():
    write_two(400)  # long enough to be drawn while two of them run, on a fast machine too
    code, shown = watch(60)
    check_equal(code, 0)
    check_in("[4/4] ", shown)
    check_in("0/4 done: 2 running, 2 pending; ", shown)
    check_in(" s left\033[K\n", shown)
    text = re.sub("\033\\[[0-9]*[A-Z]", "", shown).replace("\r", "")
    board = [line for line in text.split("\n") if line.startswith("  epoch ") or " done: " in line]
    check(len(board) > 6, "hardly drawn:", board)
    check(max(map(len, board)) <= 59, "wider than the terminal:", max(board, key=len))
    check(any(line.endswith("…") for line in board), "nothing was cut")
    check(shown.endswith("\033[J"), "the board is still there:", repr(shown[-200:]))
    shutil.rmtree("results")
    # Lines that a narrower terminal has broken are removed as well.
    _, shown = watch(60, narrowed_to=20)
    check_equal((max(map(int, re.findall("\033\\[([0-9]+)A", shown))) > 6, shown.endswith("\033[J")), (True, True))
    shutil.rmtree("results")
    write_two(60)
    _, shown = watch(60, TERM="dumb")
    check("\033" not in shown and "[4/4] " in shown, shown)
    # A failure is red where colours are welcome.
    for environment, wanted in (({}, True), ({"NO_COLOR": "1"}, False)):
        shutil.rmtree("results")
        write("two.yaml", TWO.replace("{label: No dropout, set: {", "{label: No dropout, set: {train.early_stopping: {monitor: val_error_pct, patience: 3, divergence_threshold: 1}, "))
        code, shown = watch(200, **environment)
        check_equal((code, "\033[31m[" in shown), (1, wanted))


main(globals())

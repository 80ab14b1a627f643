"""SIGKILL at every system call that writes, renames, syncs, opens or locks, of one process or of all, over a small sweep, a search, a
run that goes on, and the files of reports: running it again goes on from what was kept and ends in the same bytes. Kills at random moments
are in tests/end/sweep_kill.py; the long form does a thousand of them. kill.py ASSAY SOURCE HELPERS [POINT ...]"""
import os
import pathlib
import subprocess
import sys

import faults
from faults import BASE, HALF_WRITTEN, LONG, OTHER_BYTES, SEARCH, Proof, Scenario, careless, check, inject, need_injection, unsteady

CALLS = "write,rename,sync,open,lock"


def provenances(directory):
    """Of runs that are finished: what running them again would change."""
    return {path.parent: pathlib.Path(path.parent, "provenance.json").read_bytes() for path in directory.rglob("summary.json")}


def begun(directory):
    """The logs of the runs that have a checkpoint to go on from."""
    runs = {path.parent for path in directory.rglob("checkpoint*") if faults.is_checkpoint(path) and faults.is_unfinished(path.parent)}
    return {run: (run / "log.txt").read_text(encoding="utf-8") for run in runs}


def check_gone_on(logs, done):
    """In a search one that has lost is not begun again."""
    for run, log in logs.items():
        now = (run / "log.txt").read_text(encoding="utf-8")
        check(now.startswith(log), done, f"\n    {run} was begun afresh")
        check(now == log or "going on after epoch" in now[len(log) :], done, f"\n    {run} did not go on from its checkpoint")


def kill_at(scenario):
    def test(point):
        _, action, number = point.split()
        with scenario.copy(f"{action}-{number}") as directory:
            before = provenances(directory)
            done = inject(scenario.words(), directory, CALLS, number, number, action)
            after = provenances(directory)
            check(all(after.get(path) == text for path, text in before.items()), done, "\n    a finished run was run again")
            logs = begun(directory)
            verdict = scenario.judge(directory, done, may_be_killed=True)
            check_gone_on(logs, done)
            kept = provenances(directory)
            check(all(kept.get(path) == text for path, text in after.items()), done, "\n    a finished run was run again")
            return verdict

    return test


def points_of(scenario):
    return {
        f"{scenario.name} {action} {number}": call
        for number, call in enumerate(scenario.calls(CALLS), 1)
        for action in ("kill", "killall")
    }


def kill_a_hundred_times(point):
    script = pathlib.Path(faults.source, "tests/end/sweep_kill.py")
    seeded = {**os.environ, "ASSAY_KILL_SEED": point.split()[1]}
    done = subprocess.run([sys.executable, script, faults.assay, faults.source], env=seeded, capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stdout, done.stderr)
    return "same after a hundred kills"


need_injection()
proof = Proof("kill")
bad = careless()
proof.must_catch(points_of(bad), kill_at(bad), HALF_WRITTEN)
bad = unsteady()
proof.must_catch([point for point, call in points_of(bad).items() if call.startswith("rename")], kill_at(bad), OTHER_BYTES)
# It gets to the same bytes, over and over from the beginning.
forgetful = f"""\
for run in results/*/*; do [ -e $run/summary.json ] || rm -f $run/checkpoint*; done
exec {faults.assay} run base.yaml --threads 1 --quiet
"""
bad = Scenario("forgetful", ["forgetful.sh"], {"base.yaml": BASE, "forgetful.sh": forgetful}, program=("sh",))
late = [point for point, call in points_of(bad).items() if "curves.csv" in call]
proof.must_catch(late, kill_at(bad), "did not go on from its checkpoint")
swept = [["sweep", "two.yaml", "--quiet"]]
for scenario, most in (
    (Scenario("sweep", ["sweep", "two.yaml", "-j", "1"]), 80),
    (Scenario("halving", ["sweep", "search.yaml", "-j", "1"], {"base.yaml": BASE, "search.yaml": SEARCH}), 24),
    (Scenario("resume", ["run", "base.yaml", "--threads", "1"], before=[["run", "base.yaml", "--threads", "1", "--stop-after", "1"]]), 24),
    (Scenario("table", ["table", "two.yaml", "--write"], before=swept), 8),
    (Scenario("report", ["report", "two.yaml"], before=swept), 8),
    (Scenario("book", ["claims", ".", "--write"], before=swept), 8),
):
    proof.each(proof.sample(points_of(scenario), most), kill_at(scenario))
if LONG or faults.chosen:  # one after the other: the moments are a share of how long it takes alone
    proof.each(proof.sample([f"random {seed}" for seed in range(1, 11)], 0), kill_a_hundred_times, jobs=1)
proof.end()

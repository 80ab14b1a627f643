"""Ten starters at one sweep at once, some of them killed: every run is done exactly once, by one at a time. race.py ASSAY SOURCE HELPERS
[POINT ...]"""
import json
import pathlib
import random
import signal
import time

import faults
from faults import BASE, OTHER_BYTES, Proof, Scenario, check, check_same, code_of, flip, run, start

ROUNDS, SHORT, STARTERS, SWEEPS, RUNS = 100, 4, 10, 6, 6
SIX = """\
name: six
base: base.yaml
seeds: [1, 2, 3]
points: [{label: plain}, {label: bare, set: {"model[2].dropout.rate": 0}}]
"""
ENDS = ("max_epochs", "patience")


def sessions_of(directory):
    record = json.loads((directory / "provenance.json").read_text(encoding="utf-8"))
    return [*record.get("earlier_sessions", []), record]


def check_once(directory, killed):
    """Every session but the last was killed, or stopped after a checkpoint; nobody has been at a run that was finished. Who is killed just
    before the results are whole has noted already how the session ended."""
    extra = extra_ends = 0
    for path in sorted(directory.rglob("provenance.json")):
        outcomes = [session["outcome"] for session in sessions_of(path.parent)]
        finished = [outcome for outcome in outcomes if outcome in ENDS]
        check((len(finished) == 1 or killed) and outcomes[-1] in ENDS, path, "has the sessions", outcomes)
        begun = sum(" assay " in line for line in (path.parent / "log.txt").read_text(encoding="utf-8").splitlines())
        check(len(outcomes) - killed <= begun <= len(outcomes), path, "has", outcomes, "but", begun, "beginnings in its log")
        extra += len(outcomes) - 1
        extra_ends += len(finished) - 1
    check(extra <= 2 * killed, extra, "sessions more than runs, but only", killed, "kills")
    check(extra_ends <= killed, extra_ends, "ends more than runs, but only", killed, "kills")


def race(point, spoil=lambda directory: None):
    draw = random.Random(point)
    kills = point.split()[1] == "killed"
    with scenario.copy(point.replace(" ", "-")) as directory:
        starters = []
        for number in range(STARTERS):
            words = ["sweep", "six.yaml", "-j", draw.choice([1, 2])]
            if number >= SWEEPS:
                words = ["work", "six.yaml", "--index", draw.randrange(RUNS), "--threads", "1"]
            starters.append(start([faults.assay, *words, "--quiet"], directory))
        victims = draw.sample(range(STARTERS), 4) if kills else []
        for victim in victims:
            time.sleep(draw.uniform(0, 0.05))
            starters[victim].send_signal(signal.SIGKILL)
        for number, starter in enumerate(starters):
            out, err = starter.communicate(timeout=faults.MOST_SECONDS)
            # `work` ends with 4 where another has the run; a sweep sees all of them finished.
            wanted = {0}
            wanted |= {4} if number >= SWEEPS else set()
            wanted |= {128 + signal.SIGKILL} if number in victims else set()
            check(code_of(starter) in wanted, starter.args, "ended with", code_of(starter), (out + err).decode())
        spoil(directory)
        again = run([faults.assay, "sweep", "six.yaml", "--quiet"], directory, wanted=0)
        check(not again.err, again)
        check_same(directory, scenario.golden, point)
        check_once(directory, len(victims))
        return "once"


def twice(point):
    """A run that is done again although it was finished must be seen."""
    with scenario.copy(point) as directory:
        run(scenario.words(), directory, wanted=0)
        path = next(iter(sorted(directory.rglob("provenance.json"))))
        record = json.loads(path.read_text(encoding="utf-8"))
        record["earlier_sessions"] = [dict(record)]
        path.write_text(json.dumps(record), encoding="utf-8")
        check_once(directory, 0)


proof = Proof("race")
files = {"base.yaml": BASE.replace("max_epochs: 2", "max_epochs: 12"), "six.yaml": SIX}
scenario = Scenario("sweep", ["sweep", "six.yaml", "-j", "2", "--quiet"], files)
proof.must_catch(["twice"], twice, "has the sessions")
proof.must_catch(["race whole 0"], lambda point: race(point, lambda at: flip(at / "results/six/bare/seed-2/best.safetensors")), OTHER_BYTES)
points = [f"race {'whole' if number % 4 == 0 else 'killed'} {number}" for number in range(ROUNDS)]
proof.each(proof.sample(points, SHORT), race, jobs=1)
proof.end()

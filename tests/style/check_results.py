"""The tables, claims and pages under results/ are what the committed runs give, byte by byte.

    check_results.py PROGRAM SOURCE        spoils a copy of a table first, to see that it would be found out
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

MADE = {"table.md": ["table"], "claims.md": ["claims"], "report.html": ["report", "--static"]}


def differs(program, source, experiment, results, words):
    command = [program, *words, source / "experiments" / f"{experiment}.yaml", "--out", results, "--check", "--quiet"]
    done = subprocess.run(list(map(str, command)), cwd=source, capture_output=True, text=True)
    return None if done.returncode == 0 else f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}"


def would_notice(program, source, experiment):
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(source / "results", pathlib.Path(place, "results"))
        table = pathlib.Path(place, "results", experiment, "table.md")
        table.write_text(table.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
        return differs(program, source, experiment, pathlib.Path(place, "results"), ["table"]) is not None


def kept(source):
    """What is committed, for whoever works here has results of their own; all there is where there is no git."""
    listed = subprocess.run(["git", "-C", source, "ls-files", "results"], capture_output=True, text=True)
    return [source / name for name in listed.stdout.split()] if listed.returncode == 0 else source.glob("results/*/*")


def main():
    program, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    made = [(path.parent.name, path.name) for path in sorted(kept(source)) if path.name in MADE]
    problems = [problem for experiment, name in made
                if (problem := differs(program, source, experiment, source / "results", MADE[name])) is not None]
    if made and not would_notice(program, source, made[0][0]):
        problems.append("a spoilt table was not noticed")
    print("\n".join(problems + [f"{len(made)} files made of runs: {len(problems)} problems"]))
    return 1 if problems or not made else 0


if __name__ == "__main__":
    sys.exit(main())

"""Files of runs that say odd things: values of another kind or size, cells that are no numbers, rows and keys that are missing or there
twice. Whatever reads them ends well or with a line that says what is wrong, and never in a crash, a hang or a number that is none.
odd_results.py ASSAY SOURCE HELPERS [POINT ...]"""
import copy
import csv
import io
import json
import pathlib
import re

import faults
from faults import BASE, TWO, Proof, check, run

VALUES = [None, True, "", "text", "\x1b[2J", -1, 0, 0.5, 2, 10**9, 1e19, 1e308, -1e308, [], {}, [0], {"a": 0}, "MISSING"]
CELLS = ["", "text", "nan", "inf", "-1", "0", "1e999", "1e308", "2.5", "\x1b[2J"]
STATISTIC = "{metric: val_loss, title: mean, statistic: {mean: {first: 1, last: 2}}}"
FILES = {"base.yaml": BASE, "two.yaml": TWO.replace("[1]", "[1, 2]").replace("columns: [", f"columns: [{STATISTIC}, ")}
HERE, PAGE = "results/two/plain/seed-1", "results/two/report.html"
# In a page: what is computed with, the data of its charts aside, may speak of them.
CODE = re.compile(r"<(script|style)>.*?</\1>", re.DOTALL)
NO_NUMBER = re.compile(r"\b(nan|inf|infinity)\b", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COMMANDS = [[faults.assay, *words] for words in (["status", "two.yaml"], ["table", "two.yaml"], ["claims", "two.yaml"],
            ["report", "two.yaml"], ["compare", HERE, "results/two/bare/seed-1"], ["sweep", "two.yaml", "--quiet"])]


def leaves(value, path=()):
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield path
    for key, child in children:
        yield from leaves(child, (*path, key))


def with_value(document, path, value):
    if not path:
        return value
    altered = copy.deepcopy(document)
    *way, last = path
    place = altered
    for key in way:
        place = place[key]
    if value == "MISSING":
        del place[last]
    else:
        place[last] = value
    return altered


def odd_documents(text):
    document = json.loads(text)
    for path in leaves(document):
        for number, value in enumerate(VALUES):
            yield f"{'.'.join(map(str, path)) or 'all'}={number}", json.dumps(with_value(document, path, value))


def odd_tables(text):
    rows = list(csv.reader(io.StringIO(text)))

    def written(rows):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()

    for y in range(min(len(rows), 4)):
        yield f"without-row-{y}", written(rows[:y] + rows[y + 1 :])
        yield f"row-{y}-twice", written(rows[: y + 1] + rows[y:])
        for x in range(len(rows[y])):
            for number, cell in enumerate(CELLS):
                yield f"{y}.{x}={number}", written([row[:x] + [cell] + row[x + 1 :] if row is rows[y] else row for row in rows])
    for x in range(len(rows[0])):
        yield f"without-column-{x}", written([row[:x] + row[x + 1 :] for row in rows])


def check_page(path, *said):
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    for what, wrong in (("a number that is none", NO_NUMBER.search(text)), ("a control character", CONTROL.search(text))):
        check(not wrong, *said, f"\n    {what} in the page:", wrong and repr(text[max(wrong.start() - 60, 0) : wrong.end() + 20]))


def read_oddly(scenario, commands):
    def test(point):
        name = point.split(" ")[0]
        with scenario.copy("odd") as directory:
            path = pathlib.Path(directory, HERE, name)
            path.write_text(points[point], encoding="utf-8")
            spoken = False
            for command in commands:
                done = run(command, directory)
                said = (command, done)
                check(done.code in (0, 1, 2), *said, "neither well nor with something that is wrong")
                check(done.code == 0 or any(len(line) > 12 for line in (done.out + done.err).splitlines()), *said, "says nothing")
                check("\x1b" not in done.out + done.err, *said, "speaks to the terminal")
                check(not NO_NUMBER.search(done.out), *said, "a number that is none")
                spoken |= done.code != 0
            if (directory / PAGE).exists():
                check_page(directory / PAGE, point)
            return "refused" if spoken else "read"

    return test


proof = Proof("odd_results")
scenario = faults.Scenario("odd", ["sweep", "two.yaml", "--quiet"], FILES, before=[["sweep", "two.yaml", "--quiet"]])
points = {}
for name, odd in (("summary.json", odd_documents), ("provenance.json", odd_documents), ("curves.csv", odd_tables), ("timing.csv", odd_tables),
                  ("predictions.csv", odd_tables)):
    text = pathlib.Path(scenario.master, HERE, name).read_text(encoding="utf-8")
    points |= {f"{name} {what}": content for what, content in odd(text)}
careless = [point for point in points if point.startswith("curves.csv 2.")]
proof.must_catch(careless, read_oddly(scenario, [["sed", "-n", "3p", f"{HERE}/curves.csv"]]), "a number that is none$")
for words in ("a number that is none in the page", "a control character in the page"):
    proof.must_catch(careless, read_oddly(scenario, [["cp", f"{HERE}/curves.csv", PAGE]]), words)
drawn = proof.sample(list(points), 30)
# The largest numbers, at the beginning of a curve whose scale leaves it out, are always among them.
large = [f"curves.csv 1.{x}={CELLS.index('1e308')}" for x in range(1, 9) if not faults.chosen]
proof.each(list(dict.fromkeys(drawn + large)), read_oddly(scenario, COMMANDS))
proof.end()

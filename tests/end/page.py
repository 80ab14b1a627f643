"""The page of an experiment in a real browser: its pictures, its charts, and that it fetches nothing. page.py ASSAY SOURCE"""
import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import browser

assay = pathlib.Path(sys.argv[1]).resolve()
program = browser.find()
if program is None:
    print("skipped: Chromium is not here")
    sys.exit(77)

EXPERIMENT = """\
title: A </title><script>alert(1)</script> & "B"
seeds: 2
base: net.yaml
points:
  - {label: plain}
  - {label: '<img src=//x.invalid onerror=alert(2)>', set: {train.batch_size: 2}}
tables: [{name: t, columns: [{metric: test_error_pct, title: "test error, %"}]}]
figures: [{name: f, title: Errors, columns: [train_error_pct, test_error_pct]}]
claims: [{id: c, say: "</script><b>A</b>", less: [plain, '<img src=//x.invalid onerror=alert(2)>'], metric: test_error_pct}]
"""
CONFIG = """\
data: {dataset: {digits: {train: 400, test: 200}}, validation: 100}
model: [linear: {units: 10}]
train: {max_epochs: 5, batch_size: 8, optimizer: {sgd: {learning_rate: 0.001}}}
"""
PLACE = "document.querySelector('.chart').getBoundingClientRect().toJSON()"
VALUES = "[...document.querySelectorAll('.key output')].map((value) => value.textContent)"
SAID = "document.querySelector('.tools').firstChild.textContent"
BACK_HIDDEN = "document.querySelector('.tools button').hidden"
HEIGHTS = "[...document.querySelectorAll('.dygraph-axis-label-y')].map((tic) => tic.textContent)"
TICS = "[...document.querySelectorAll('.dygraph-axis-label-x')].map((tic) => tic.textContent)"
DRAWN = "[...document.querySelectorAll('.chart canvas')].map((canvas) => canvas.toDataURL()).join()"
# Of all texts, those whose contrast with what is behind them is below WCAG's 4.5.
FAINT = """(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return numbers(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
  return [...document.body.querySelectorAll("*")].filter((element) => hasText(element) && !element.closest("script"))
      .filter((element) => {
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
      }).map((element) => element.tagName + " " + element.textContent.slice(0, 40));
})()"""


def check(good, what):
    if not good:
        sys.exit(f"page.py:{sys._getframe(1).f_lineno}: {what}")


def run(*words, status=0):
    done = subprocess.run([assay, *words], capture_output=True, text=True)
    check(done.returncode == status, f"assay {' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    return done.stderr


def check_told(page):
    """It complains of nothing, and has asked for nothing but itself."""
    check(not page.told("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"), page.events)
    asked = [told["request"]["url"] for told in page.told("Network.requestWillBeSent")]
    check(len(asked) == 1, asked)


def mean_of_plain(column, epoch):
    values = []
    for seed in (1, 2):
        with open(f"results/e/plain/seed-{seed}/curves.csv", newline="", encoding="utf-8") as file:
            values.append(float(next(row for row in csv.DictReader(file) if row["epoch"] == epoch)[column]))
    return sum(values) / len(values)


def test_pictures(page, url):
    """Without scripts, and on any screen."""
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(url)
    check_told(page)
    check(page.count(".plot > svg .line") == 4, "not a line for each point and column")
    check(page.count(".plot > svg .band") == 4, "not a band for each point and column")
    check(page.count(".chart, canvas, .key input") == 0, "a chart without scripts")
    check(page.count("img, b") == 0, "texts of others are not escaped")
    check(page.count("table") == 4 and page.count("article") == 1, "tables or claims are missing")
    check(page.count("a[href='plain/seed-2/curves.csv']") == 1, "a run's files have no link")
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        for width in (390, 1280):
            page.resize(width, 900)
            check(page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width} pixels")
        check(not page.evaluate(FAINT), (scheme, page.evaluate(FAINT)))
    check(page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)", "dark is light")
    page.call("Emulation.setScriptExecutionDisabled", value=False)


def drag(page, place, begin, end):
    y = place["top"] + 0.5 * place["height"]
    at = [place["left"] + share * place["width"] for share in (begin, (begin + end) / 2, end)]
    page.mouse("Pressed", at[0], y, button="left", clickCount=1)
    for x in at:
        page.mouse("Moved", x, y, button="left", buttons=1)
    page.mouse("Released", at[2], y, button="left", clickCount=1)


def test_charts(page, url):
    page.open(url)
    check_told(page)
    check(page.count(".plot > svg") == 0 and page.count(".chart canvas") > 0, "no chart in the picture's place")
    page.evaluate("document.querySelector('.chart').scrollIntoView({block: 'center'})")
    place = page.evaluate(PLACE)
    check(page.evaluate(VALUES) == ["", "", "", ""], page.evaluate(VALUES))

    # The pointer shows values: means over the runs, of the epoch that it is nearest to.
    page.mouse("Moved", place["left"] + 0.55 * place["width"], place["top"] + 0.4 * place["height"])
    epoch = re.fullmatch(r"epoch (\d)", page.evaluate(SAID)).group(1)
    check(epoch == "3", page.evaluate(SAID))
    shown = [float(value) for value in page.evaluate(VALUES)]
    for column, value in zip(("train_error_pct", "test_error_pct"), shown):
        check(abs(value - mean_of_plain(column, epoch)) <= 0.005 * value, (column, shown))

    # Lines can be hidden.
    drawn = page.evaluate(DRAWN)
    page.evaluate("document.querySelector('.key input').click()")
    check(page.evaluate(DRAWN) != drawn, "a hidden line is still drawn")
    page.mouse("Moved", place["left"] + 0.8 * place["width"], place["top"] + 0.4 * place["height"])
    check(page.evaluate(VALUES)[0] == "" and page.evaluate(VALUES)[1] != "", page.evaluate(VALUES))
    page.evaluate("document.querySelector('.key input').click()")

    # Zoom, and back.
    check(page.evaluate(TICS) == ["1", "2", "3", "4", "5"] and page.evaluate(BACK_HIDDEN), page.evaluate(TICS))
    heights = page.evaluate(HEIGHTS)
    drag(page, place, 0.45, 0.9)
    check(page.evaluate(TICS) == ["3", "4"] and not page.evaluate(BACK_HIDDEN), page.evaluate(TICS))
    page.mouse("Moved", place["left"] + 0.3 * place["width"], place["top"] + 0.4 * place["height"])
    check(page.evaluate(SAID) == "epoch 3", page.evaluate(SAID))
    page.evaluate("document.querySelector('.tools button').click()")
    check(page.evaluate(TICS) == ["1", "2", "3", "4", "5"] and page.evaluate(BACK_HIDDEN), page.evaluate(TICS))
    check(page.evaluate(HEIGHTS) == heights, (page.evaluate(HEIGHTS), heights))

    # The keys do what the pointer does.
    page.evaluate("document.querySelector('.chart').focus()")
    for _ in range(2):
        page.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight")
    check(page.evaluate(SAID).startswith("epoch "), page.evaluate(SAID))
    check_told(page)


with tempfile.TemporaryDirectory() as root:
    os.chdir(root)
    pathlib.Path("net.yaml").write_text(CONFIG, encoding="utf-8")
    pathlib.Path("e.yaml").write_text(EXPERIMENT, encoding="utf-8")
    run("sweep", "e.yaml", "--quiet")
    can_chart = "pictures only" not in run("report", "e.yaml")
    charts, static = pathlib.Path("results/e/charts.html"), pathlib.Path("results/e/report.html")
    static.rename(charts)
    run("report", "e.yaml", "--static")
    check("<script" not in static.read_text(encoding="utf-8"), "scripts in a static page")
    page = browser.Browser(program)
    try:
        for path in (static, charts):
            test_pictures(page, path.resolve().as_uri())
        if can_chart:
            test_charts(page, charts.resolve().as_uri())
        else:
            print("assay was built without dygraphs: its charts were not looked at")
    finally:
        page.close()
    print(f"{charts.stat().st_size} bytes, {static.stat().st_size} without scripts: as wanted in {program}")
    os.chdir("/")

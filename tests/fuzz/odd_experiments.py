"""Odd experiments, over the configs that fuzz_experiment.c has."""
import itertools
import re

import odd_texts
from odd_configs import MODELS, PATHS, PREFIXES, REFERENCES, ROOT, SETTABLE, VALUES, STRAY_KEYS, bad_words, quoted, reference


def numbers(first, beyond):
    return ", ".join(map(str, range(first, beyond)))


def setting(path, values):
    return f"grid: {{{path}: [{values}]}}"


FINAL = "final: {metric: val_loss, seeds: 1}"
# What an experiment over base.yaml says besides.
EXPERIMENTS = (
    "", "seeds: 4096", "seeds: 100001", "seeds: [1, 1]", "seeds: []", "seeds: 0", "seeds: [9007199254740993]", "seeds: {from: 1}",
    f"seeds: 1000\n{setting('train.max_epochs', numbers(1, 64))}\nzip: [{{train.batch_size: [{numbers(1, 64)}]}}]",
    f"grid: {{train.max_epochs: [{numbers(1, 66)}], train.batch_size: [{numbers(1, 66)}]}}",
    f"points: [{', '.join(f'{{label: p{i}}}' for i in range(40))}]\n"
    f"grid: {{train.max_epochs: [{numbers(1, 50)}], train.batch_size: [{numbers(1, 50)}]}}",
    *(f"random: {{count: {count}, from: {{train.batch_size: {{least: 1, most: 65536, integer: true}}}}}}\n"
      f"{setting('train.max_epochs', numbers(1, 6))}" for count in (800, 1000, 1001)),
    f"grid: {{train.max_epochs: [{numbers(1, 61)}], train.batch_size: [{numbers(1, 61)}]}}\nclaims:\n" + "\n".join(
        f'- {{id: {name}, say: b, best_of: "max_epochs 1, batch_size {k}", metric: val_loss}}' for k, name in enumerate("acd", 1)),
    *(f"runs_from: {files}" for files in ("[experiment.yaml]", "[other.yaml, other.yaml]", "[base.yaml]", "[.]", "[]", "other.yaml")),
    "exclude: [{}]", f"exclude: []\n{setting('train.batch_size', 1)}", "grid: {}", "points: []", "zip: []", "zip: [{}]",
    f"exclude: [{{train.batch_size: 1}}]\n{setting('train.batch_size', 1)}", "zip: [{train.batch_size: [1, 2], train.max_epochs: [1]}]",
    "grid: {train.batch_size: &a [1, 2], data.pad: *a}",
    *(setting(path, values) for path, values in (
        ("train.batch_size", "1, 1"), ("train", "1"), ("extends", "a"), ("knobs.x", "1"), ('"model[9]"', "relu"),
        ("model", "[linear: 10], [relu, linear: 10]"), ('"model[0]"', "{linear: 3}, relu, {}"), ("data.dataset", "digits, mnist"),
        ("data.dataset", "{digits: {train: 100}}, {idx: {train_images: a}}"), ("knobs.dropout", '["${knobs.dropout[0]}", 0.5]'),
        ("knobs.activation", f"[], {{}}, null, 'a b', '{chr(0xE9)}', {'x' * 100}"))),
    *(setting(quoted(path), "1, 2") for path in PATHS),
    *(f"points: [{labels}]" for labels in (
        f"{{label: {'x' * 100}}}", '{label: ""}', "{label: A}, {label: a}", "{label: a b}, {label: a-b}", '{label: "-"}',
        '{label: "..."}')),
    f"points: [{{label: final}}]\n{FINAL}", f"name: {'x' * 65}", "name: A", "name: .a", 'name: ""',
    *(f"{setting(path, numbers(1, 5))}\nmethod: {{halving: {{first: {first}, eta: 2, metric: {metric}}}}}\n{FINAL}"
      for path, first, metric in (("train.batch_size", 1, "val_loss"), ("train.batch_size", 5, "val_loss"),
                                  ("train.max_epochs", 1, "val_loss"), ("train.batch_size", 1, "test_loss"))),
    "folds: 3", "folds: 1", "folds: 2000", f"folds: 3\n{setting('data.fold', 1)}",
    f"folds: 3\n{setting('train.batch_size', '1, 2')}\n{FINAL.replace('val_loss', 'held_out_error_pct')}",
    f"{setting('data.validation', '0, 1000')}\n{FINAL}",
    f"{setting('train.evaluate_test', 'true, false')}\ntables: [{{name: a, columns: [{{metric: test_loss}}]}}]",
)
# What is claimed of, shown of and chosen by the points of a search of two batch sizes.
SEARCH = f"{setting('train.batch_size', '1, 2')}\n"
HALVED = f"{setting('train.batch_size', numbers(1, 5))}\nmethod: {{halving: {{first: 2, eta: 2, metric: val_loss}}}}\n{FINAL}\n"


def claim(said):
    return f"claims: [{{id: a, say: b, {said}}}]"


def shown(kind, points):
    columns = "val_loss" if kind == "figures" else "{metric: val_loss}"
    return f"{kind}: [{{name: a, points: [{points}], columns: [{columns}]}}]"


EXPERIMENTS += (
    *(SEARCH + claim(f"less: [batch_size 1, batch_size {b}], metric: {metric}, against: {against}") for b in (1, 2) for metric, against in (
        ("val_loss", "val_error_pct"), ("val_error_pct", "val_loss"), ("val_loss", "train_loss"), ("test_loss", "val_loss"),
        ("val_loss", "test_loss"), ("val_error_pct", "held_out_error_pct"), ("epochs", "val_loss"), ("val_loss", "evaluated_train_loss"),
        ("best_epoch", "epochs"))),
    *(SEARCH + claim(f"best_of: batch_size 1, among: {among}, metric: val_loss") for among in (
        "[batch_size 1]", "[batch_size 1, batch_size 2]", "[all]", "[final]", "[base]", "[x]", "[]", "all")),
    *(SEARCH + shown(kind, points) for kind in ("tables", "figures") for points in (
        "all", "final", "all, batch_size 1", "batch_size 1, batch_size 1", "batch_size", "grid", "x", "", "batch_size 3")),
    *(HALVED + claim(f"less: [{a}, {b}], metric: val_loss") for a, b in (
        ("best", "batch_size 1"), ("batch_size 1", "best"), ("batch_size 1", "batch_size 2"), ("best", "best"))),
    *(HALVED + shown(kind, points) for kind in ("tables", "figures") for points in ("all", "final", "best", "batch_size 1")),
    *(HALVED.replace("metric: val_loss}}", f"metric: val_loss, statistic: {statistic}}}}}") for statistic in (
        "result", "oscillation", "{oscillation: {first: 2}}", "{oscillation: {first: 10}}", "{mean: {last: 3}}",
        "{mean: {first: 1, last: 9}}",
        "{mean: {first: 11}}", "{mean: {first: 2, last: 1}}", "{reach: 0.5}", "{reach: {}}", "least")),
    HALVED.replace(", eta: 2", ""), HALVED.replace("first: 2", "first: 10"), HALVED.replace("first: 2", "first: 9"),
    HALVED.replace("eta: 2", "eta: 1"), HALVED.replace("eta: 2", "eta: 2.5"),
    f"grid: {{train.max_epochs: [{numbers(1, 61)}], train.batch_size: [{numbers(1, 61)}]}}\nclaims: [{{id: a, say: b, all: ["
    + ", ".join(3 * ['{best_of: "max_epochs 1, batch_size 1", metric: val_loss}']) + "]}]",
    *(f"seeds: [{numbers(1, 31)}]\ngrid: {{train.max_epochs: [{numbers(1, 61)}], train.batch_size: [{numbers(1, last)}]}}"
      for last in (55, 61)),
    f"{SEARCH}final: {{metric: val_loss, seeds: 1, set: {{train.early_stopping.patience: 0, train.max_epochs: x}}}}",
    *(f"{SEARCH}final: {{metric: val_loss, seeds: 1, best_epochs: true, set: {{{path}: 1}}}}" for path in (
        "train", "train.max_epochs", "train.early_stopping.patience", "name", "seed", "data.fold")),
    *(f"points: [{{label: a, set: {{{said}}}}}]" for said in (
        "data.validation: 0", "data.validation: 0, train.early_stopping.monitor: val_loss",
        "train.early_stopping: null, data.validation: 0", "train.optimizer.sgd: 0.1, train.optimizer.sgd.learning_rate: 0.1",
        "train.optimizer: sgd, train.optimizer: adam", "train: {}, train.max_epochs: 1",
        "knobs.dropout: [0.1, 0.2], 'knobs.dropout[0]': 0.3", "'knobs.dropout[0]': 0.3, knobs.dropout: [0.1, 0.2]",
        "train.optimizer: {sgd: null}, train.optimizer.sgd.momentum: 0.5", "'model[1]': null, 'model[1].conv.maps': 3",
        "'model[1]': [], 'model[1].conv.maps': 3", "'model[0].x.maps': 1", "train.optimizer.x.y: 1",
        "train.optimizer: null, train.optimizer.x: 1",
        "knobs.dropout: 1, 'knobs.dropout[0]': 1", "'model[0]': relu, model: []",
        "data.fold: {count: 2, index: 0}", "name: a", "seed: 1", "seeds: 1", "data.folds: 1", "extends: a", "extends.a: 1")),
    *(f"points: [{{label: {label}}}, {{label: a, base: {base}}}]" for label, base in (
        ("a", "base.yaml"), ("b", "fold.yaml"), ("b", "no-validation.yaml"), ("b", "wrong.yaml"), ("b", "nothing.yaml"), ("b", "''"),
        ("b", "."),
        ("b", "/dev/null"), ("b", "base.yaml/x"), ("b", "x" * 300))),
    "runs_from: [cycle.yaml]", "runs_from: [other.yaml, cycle.yaml]", "runs_from: [wrong.yaml]",
    "grid: {train.max_epochs: [1, 2], train.batch_size: [1, 2], train.early_stopping.patience: [1, 2]}\n"
    "exclude: [{train.max_epochs: 1, train.batch_size: 2}]",
    f"points: [{{label: a}}, {{label: b, set: {{train.batch_size: 7}}}}]\n{setting('train.max_epochs', '1, 2')}\n{FINAL}",
    *(f"random: {{count: 4, from: {{knobs.rate: {{{said}}}}}}}" for said in (
        "least: 0.1, most: 0.2", "least: 0.0001, most: 10, scale: logarithmic", "least: 0.1, most: 0.1", "values: [0.1, 0.2, 0.3, 0.4]",
        "values: [0.1]", "values: []", "values: [0.1, 0.1, 0.2, 0.3]", "least: 1, most: 9, integer: true",
        "least: 1, most: 4, integer: true, scale: logarithmic", "least: 1.5, most: 1.9, integer: true",
        "least: 1e-300, most: 1e15, scale: logarithmic",
        "least: 0, most: 1, scale: logarithmic", "least: 0.999, most: 1.001", "least: 9.99, most: 10.01", "least: 0.9996, most: 0.99999",
        "least: 0.99949, most: 0.99951", "least: 1e14, most: 1e15", "least: 123.45, most: 123.4500001", "least: -1, most: 1",
        "least: 1e-320, most: 1e-310", "least: 1, most: 2, values: [1]", "least: 1", "least: 2, most: 1", "")),
    *(f"random: {{count: {count}, from: {{train.batch_size: {{least: 1, most: 4, integer: true}}}}}}" for count in (4, 5)),
    f"grid: {{train.max_epochs: [{numbers(1, 65)}], train.batch_size: [{numbers(1, 65)}]}}",
    f"seeds: [{numbers(1, 26)}]\ngrid: {{train.max_epochs: [{numbers(1, 65)}], train.batch_size: [{numbers(1, 64)}]}}",
    *(f"grid: {{knobs.rate: [{values}]}}" for values in ("1, 1.0", "1, 1e0", '1, "1"', "0.1, 0.10", "-0.0, 0")),
    "grid: {knobs.rate: [1, 2]}\nexclude: [{knobs.rate: 1.0}]", *(f"points: [{{label: {'x' * length}}}]" for length in (64, 65)),
)
WITHOUT_BASE = ("", "seeds: 1\n", "[1]\n", *(f"base: {base}\n" for base in ("[base.yaml]", "experiment.yaml", "other.yaml", "x.yaml")))


def point(settings):
    return f"base: base.yaml\nseeds: 1\npoints: [{{label: a, set: {{{settings}}}}}]\n"


def experiment():
    for said in EXPERIMENTS:
        yield f"base: base.yaml\n{'' if 'seeds' in said.split(':')[0] else 'seeds: 1'}\n{said}\n"
    for path, value in itertools.product(SETTABLE, VALUES):
        yield f"base: base.yaml\nseeds: 1\npoints: [{{label: a}}, {{label: b, set: {{{quoted(path)}: {value}}}}}]\n"
    for path, said in itertools.product(("knobs.activation", "knobs.rate", "knobs.dropout", "'model[0]'", "train.batch_size"), REFERENCES):
        said = said.replace("knobs.a", "knobs.dropout")
        yield point(f"{path}: '{said}'")
        yield f"base: base.yaml\nseeds: 1\ngrid: {{{path}: ['{said}', 1, [['{said}']]]}}\n"
    yield from (f"base: base.yaml\nseeds: 1\n{prefix}" for prefix in PREFIXES)
    yield from (f"base: experiment.yaml\nextends: {name}\nseeds: 1\n" for name in (
        "experiment.yaml", "base.yaml", "cycle.yaml", "wrong.yaml", "nothing.yaml", "[]", "{}", "''", "null", "5", "."))
    # The file is its own base: as a config it is wrong in one place more.
    yield from (f"base: experiment.yaml\nseeds: 1\n{said}\n" for said in (
        "extend: base.yaml", "extends: '${knobs.a}'", *("extends: base.yaml\n" + more for more in (
            "train: {optimizer: {sgd: 0.1}}", "knobs: {activation: {type: max}}", "knobs: {dropout: {a: 1}}", "model: []",
            "data: {fold: {count: 2, index: 5}}", "data: {dataset: digits}", "data: {dataset: mnist}"))))
    yield from (point(f"model: [{model}]") for model in MODELS)
    yield from (point(f"train.optimizer: {value}, train.optimizer.sgd.momentum: 0.5") for value in VALUES)
    yield from (f"base: base.yaml\nseeds: 1\nmethod: {method}\n{FINAL}\n{SEARCH}" for method in (
        "every", "{every: null}", "{every: {}}", "{every: 1}", "halving", "{halving: {first: 2, metric: val_loss}}", "{halving: null}",
        "{halving: {}}", "{halving: 2}", "{halving: null, first: 2}", "{}", "[]", "null", "{x: 1}",
        "{halvin: {first: 1}}", "{" + ", ".join(f"k{k}: 1" for k in range(9)) + "}"))
    chain_of = ", ".join(quoted(f"${{knobs.dropout[{k}]}}") for k in range(1, 45))
    yield point(f"knobs.dropout: [{chain_of}, 1]")
    yield point("knobs.activation: '${knobs.rate}', knobs.rate: '${knobs.dropout[0]}', 'knobs.dropout[0]': '${knobs.activation}'")
    yield point(f"knobs.dropout: [{'1, ' * 200}1], knobs.rate: [{(reference('knobs.dropout') + ', ') * 30}1], "
                f"knobs.activation: [{(reference('knobs.rate') + ', ') * 30}1]")
    yield point(f"knobs.dropout: {'[' * 20}1{']' * 20}, knobs.activation: {'[' * 20}{reference('knobs.dropout')}{']' * 20}")
    for words in bad_words():
        settings = (word.split("=", 1) for word in words)
        yield "".join(("base: base.yaml\nseeds: 1\npoints:\n  - label: a\n    set:\n",
                       *(f"      {quoted(path)}: {value}\n" for path, value in settings)))
    for value in odd_texts.SCALARS:
        yield f"base: base.yaml\nseeds: {value}\n"
        yield from (f"base: base.yaml\nseeds: 1\n{said}\n" for said in (
            f"points: [{{label: {value}}}]", f"points: [{{label: a, reported: {{test_error_pct: {value}}}}}]", f"title: {value}",
            f"exclusive: {value}",
            setting("train.batch_size", value), setting("knobs.activation", value), setting(value, 1), f"folds: {value}",
            *(f"{SEARCH}{claim(f'less: [batch_size 1, batch_size 2], metric: val_loss, {key}: {value}')}" for key
                in ("margin", "tolerance", "paired", "note")),
            f"random: {{count: {value}, from: {{knobs.rate: {{least: 0.1, most: 0.2}}}}}}",
            f"random: {{count: 1, from: {{knobs.rate: {{least: {value}, most: 9}}}}}}",
            f"random: {{count: 2, from: {{train.batch_size: {{values: [{value}, 7]}}}}}}", HALVED.replace("first: 2", f"first: {value}")))
    yield from odd_texts.files()
    yield from (b"base: base.yaml\nseeds: 1\n" + content for content in odd_texts.files())
    yield from (f"{key}\nbase: base.yaml\nseeds: 1\n" for key in STRAY_KEYS)
    yield from WITHOUT_BASE
    for path in sorted([*ROOT.glob("tests/bad-experiments/*.yaml"), *ROOT.glob("experiments/*.yaml")]):
        text = re.sub(r"\bbase: \.\./configs/[^\s,}#]+", "base: base.yaml", path.read_text(encoding="utf-8"))
        text = re.sub(r"\bparts/([\w-]+\.yaml)", r"\1", text).replace("runs-from-itself.yaml", "experiment.yaml")
        yield text.replace("runs_from: [other.yaml]", "runs_from: [cycle.yaml]") if "runs-from-cycle" in path.name else text

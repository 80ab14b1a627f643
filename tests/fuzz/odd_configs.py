"""Odd configs: limits of depth and size, references and bases that lead nowhere, networks that do not fit, keys in the wrong place."""
import itertools
import pathlib
import re

import odd_texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
MINIMAL = "data: {dataset: digits}\nmodel: [linear: 10]\ntrain: {max_epochs: 1, optimizer: {sgd: 0.1}}\n"
OVER = "extends: base.yaml\n"


def reference(path):
    return f'"${{{path}}}"'


def quoted(path):
    return f'"{path}"'


def chain(count):
    return "".join(f"a{i}: {reference(f'knobs.a{i + 1}')}, " for i in range(count))


# What is said before a config that is whole.
PREFIXES = (
    f"knobs: {{a: &a {'[' * 20}1{']' * 20}, b: {'[' * 20}*a{']' * 20}}}\n",
    f"knobs: {{a: &a [{'1, ' * 100}1], b: &b [{'*a, ' * 60}*a], c: [{'*b, ' * 3}*b]}}\n",
    f"knobs: {{a: [{'1, ' * 200}1], b: [{(reference('knobs.a') + ', ') * 30}1], c: [{(reference('knobs.b') + ', ') * 30}1]}}\n",
    f"knobs: {{a: {'[' * 20}1{']' * 20}, b: {'[' * 20}{reference('knobs.a')}{']' * 20}}}\n", f"knobs: {{{chain(40)}a40: 1}}\n",
    'knobs: {a: "${knobs.b}", b: "${knobs.a}"}\n', 'knobs: {a: {b: "${knobs.a}"}}\n', "knobs: {a: &a [*a]}\n", "knobs: {a: *a}\n",
    "knobs: {a: !!int 1, b: !!str 2, c: !<tag:yaml.org,2002:str> x, d: !!seq [1], e: !f 1}\n",
    "knobs: {a: {}, b: [], c: [[], {}], d: null}\n", "x: &x {a: 1}\n<<: [*x, *x]\n", f"{'k' * 300}: 1\n", f'"{chr(0xE9) * 200}": 1\n',
    '"' + "\\u00e9" * 150 + '": 1\n', f"a: {'[' * 40}{']' * 40}\n", f"a: {'{b: ' * 33}{'}' * 33}\n", "[a]: 1\n", "{a: 1}: 1\n",
    "!x a: 1\n", f"extends: {'a' * 300}\n",
    *(f"extends: {name}\n" for name in ("base", "base.yml", "base.json", "./base.yaml", "../base.yaml", "a/base.yaml", "base.yaml/",
        "convnet.yaml", "/base.yaml")),
    f"{{{', '.join(f'k{i}: 1' for i in range(12))}}}\n", "knobs: []\nname: '${knobs[0]}'\n",
    "knobs: {" + ", ".join(f"k{i}: 1" for i in range(12)) + "}\nname: '${knobs.nope}'\n",
    "knobs: {" + "k" * 70 + ": 1}\nname: '${knobs.nope}'\n", "extends: null\n", 'extends: ""\n', "extends: .\n", "extends: bse.yaml\n",
    "extends: [base.yaml]\n", "extends: /dev/null\n", f"{MINIMAL}---\n", "\ufeff",
)
# What extends, and behind a NUL what is extended, where that is not the usual one; and configs of nothing.
PAIRS = (
    "extends: config.yaml\n", "extends: base.yaml\n\0extends: config.yaml\n", f"{OVER}\0[\n", f"{OVER}\0", f"{OVER}\0{MINIMAL}",
    f"{OVER}model: null\ndata: null\ntrain: {{optimizer: null}}\n", "", "# nothing\n", "---\n...\n",
)
# To what is there, to what is not, and no reference at all.
REFERENCES = (
    "${knobs.a}", "${knobs.a[0]}", "${", "${}", "${knobs}", "${knobs.}", "${knobs[0]}", "${knobs.a[9999999999999999999]}", "x${knobs.a}",
    "${knobs.a}x", "$${knobs.a}", "${knobs.a[1}", "${knobs.a[1x]}", "${knobs.a[1234567]}", "${name}", "${knobs.a b}", "${knobs.a[-1]}",
    "${knobs.a[1].b}", "${knobs.a[0].b}", f"${{{'a.' * 40}b}}", "${knobs.nope}", "${data.pad}", f"${{knobs.{'k' * 300}}}",
)
VALUES = (*odd_texts.PLAIN, "x", "~", "y", "&a [*a]", "!x 1", '{"a"}', "{a: &a [1, {}], b: *a}", "[&a 1, *a, *a]", "{? }", "'a: [b'")
PATHS = (
    "", ".", "a", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[99999999999999999999]", "model[0]x", "model[0].conv",
    "model[0].conv.maps.x", "model[9]", "model[0][0]", "knobs.dropout[7]", "knobs", "train.max_epoch", f"{'a.' * 40}b", "x" * 300,
)
SETTABLE = (
    "name", "data", "data.dataset", "data.split_seed", "knobs", "knobs.a", "knobs.dropout", "knobs.dropout[0]", "model", "model[0]",
    "model[0].conv", "model[0].conv.maps", "model[1]", "model[5]", "train", "train.loss", "train.init_from", "train.optimizer",
    "train.optimizer.sgd", "train.optimizer.sgd.learning_rate", "train.early_stopping", "train.early_stopping.patience", "train.penalty",
)
MODELS = (
    "linear: 10", "conv: {maps: 500, kernel: 3}, conv: {maps: 500, kernel: 3}, linear: 10", "linear: {units: 10, name: a}",
    "linear: {units: 9, name: linear2}, linear: 10", "dropout: 0", "dropout: 0.1, linear: 10", "batch-norm, linear: 10",
    "subtractive-norm: 5, linear: 10", "{linear: 10, " + ", ".join(f"k{i}: 1" for i in range(9)) + "}", "{linear: null, units: 10}",
    "conv: {maps: 10, kernel: 28}", "conv: {maps: 10, kernel: 27}", "conv: {maps: 64, kernel: 5, stride: 2, pad: 4}, linear: 10",
    *(f"pool: {{type: {kind}, size: {size}, stride: 1, pad: {pad}}}, linear: 10"
      for kind in ("max", "average", "lp, p: 3") for size, pad in ((2, 0), (3, 2), (3, 3))),
    *(f"conv: {{maps: {maps}, kernel: {kernel}, pad: {pad}}}, tanh, conv: {{maps: {maps + 1}, kernel: {kernel}}}, linear: 10"
      for maps in (8, 63, 256) for kernel, pad in ((3, 1), (5, 0), (7, 2), (11, 0))),
    *(f"conv: {{maps: {maps}, kernel: {kernel}, pad: {kernel // 2}}}, conv: {{maps: 16, kernel: {kernel}, pad: {kernel // 2}}}, linear: 10"
      for maps in (8, 16, 17) for kernel in (3, 4, 5, 7)),
    "conv: {maps: 16, kernel: 5, name: a}, pool: {type: lp, p: 8}, batch-norm: {name: a}, linear: 10",
    "linear: 65536, linear: 65536, linear: 10", "linear: 16384, linear: 16384, linear: 10", "linear: 16384, linear: 10",
    "pool: {type: max, size: 15}, pool: {type: max, size: 15}, linear: 10", "conv: {maps: 3, kernel: 40}, linear: 10", "linear: 9",
    "relu", *(f"{'relu,' * count}linear: 10" for count in (999, 1000)), "linear: 21480, linear: 11706, linear: 10",
    "linear: 21480, linear: 11707, linear: 10",
)
# Settings that take a number, and are said nowhere else here.
NUMERIC = (
    "seed", "data.pad", "data.validation", "data.dataset.digits.train", "train.penalty.lambda", "train.penalty.C",
    "train.early_stopping.patience", "train.early_stopping.min_delta", "train.early_stopping.start_from_epoch",
    "train.early_stopping.stopping_threshold", "train.optimizer.sgd.momentum", "train.optimizer.sgd.schedule.step.every",
    "train.optimizer.sgd.schedule.step.factor",
)
BATCH_SIZES = (1, 100, 60000)
# Two maps, the second laid over the first: other kinds, and other choices in them.
MERGED = (
    ("knobs: {a: {type: max, b: 1}}", "knobs: {a: {type: max, c: 2}}"), ("knobs: {a: {type: max, b: 1}}", "knobs: {a: {type: lp, c: 2}}"),
    ("knobs: {a: {type: max}}", "knobs: {a: {b: 1}}"), ("knobs: {a: {type: [max]}}", "knobs: {a: {type: {}}}"),
    ("knobs: {a: {relu: 1}}", "knobs: {a: {tanh: 1}}"), ("knobs: {a: {relu: 1}}", "knobs: {a: {x: 1}}"),
    ("knobs: {a: 1}", "knobs: {a: {b: {c: 1}}}"), ("knobs: {a: {b: 1}}", "knobs: {a: []}"),
    ("knobs: {a: {sgd: 1}}", "knobs: {a: {nll: 1}}"), ("knobs: {a: {step: 1}}", "knobs: {a: {cosine: 1}}"),
    ("knobs: {a: {b: 1, c: 2}}", "knobs: {a: {c: 1, d: 2}}"), ("data: {dataset: mnist}", "data: {dataset: {mnist: null}}"),
    ("data: {dataset: {digits: {train: 100}}}", "data: {dataset: {digits: 100}}"),
    ("data: {dataset: {digits: {train: 100}}}", "data: {dataset: {digits: {test: 100}}}"), ("model: [relu]", "model: [tanh, linear: 10]"),
    ("model: {relu: 1}", "model: {tanh: 1}"),
    *((f"{knobs}train: {{max_epochs: 1, optimizer: {base}}}", f"train: {{optimizer: {over}}}") for knobs, base, over in (
        ("", "sgd", "sgd: 0.1"), ("", "{sgd: 0.1}", "{sgd: {momentum: 0.5}}"), ("", "{sgd: null}", "{sgd: 0.1}"), ("", "{sgd: {}}", "sgd"),
        ("knobs: {a: {learning_rate: 0.1}}\n", "{sgd: '${knobs.a}'}", "{sgd: {momentum: 0.5}}"),
        ("", "{sgd: 0.1}", "{adam: 0.1, sgd: 0.1}"),
        ("knobs: {a: 0.1}\n", "{sgd: '${knobs.a}'}", "{sgd: {momentum: 0.5}}"), ("", "[sgd]", "sgd"), ("", "{x: 0.1}", "{x: 0.2}"),
        ("", "{sgd: 0.1}", "{}"), ("", "{sgd: {learning_rate: 0.1, schedule: {step: 3}}}", "{sgd: {schedule: constant}}"),
        ("", "{sgd: {learning_rate: 0.1, schedule: {step: 3}}}", "{sgd: {schedule: {step: {factor: 0.5}}}}"),
        ("", "{sgd: {learning_rate: 0.1, schedule: cosine}}", "{sgd: {schedule: {cosine: {}}}}"))),
    *((f"train: {{max_epochs: 1, optimizer: {{sgd: 0.1}}, {base}}}", f"train: {{{over}}}") for base, over in (
        ("early_stopping: null", "early_stopping: {patience: 2}"), ("early_stopping: {patience: 2}", "early_stopping: null"),
        ("loss: nll", "loss: {nll: {}}"), ("loss: nll", "loss: {mse: null}"), ("penalty: null", "penalty: {}"))),
)
# Where their data end, and whether they are as many as are wanted.
DATA = (
    "limit: 100", "limit: 70000", "limit: 1", "limit: null", "validation: 59999", "validation: 60000", "limit: 100, validation: 100",
    *(f"fold: {{count: {count}, index: {index}}}{more}" for count, index, more in (
            (2, 0, ""), (2, 1, ", validation: 29999"), (2, 1, ", validation: 30000"), (3, 3, ""), (3, 5, ""), (1000, 999, ", limit: 999"),
            (7, 6, ", limit: 100"))),
)
# Keys that belong elsewhere, or nowhere.
STRAY_KEYS = (
    "batch_size: 1", "max_epochs: 1", "learning_rate: 1", "maps: 1", "momentum: 1", "kernel: 3", "trian: {}", "Data: {}", "modell: []",
    "x: 1", "a_key_that_is_like_none: 1", f"{'k' * 70}: 1", "train_images: a", "patience: 1", "lambda: 1", "p: 1", "dataset: digits",
)


def bad():
    """Each config of tests/bad, as bytes: most are wrong in one place, and extend a small one."""
    return [path.read_bytes() for path in sorted(ROOT.glob("tests/bad/*.yaml"))]


def words_of(config):
    """What a config of few lines says over its base, as words of a command line."""
    path, items = [], []
    for line in config.splitlines():
        depth = (len(line) - len(line.lstrip(" "))) // 2
        said = re.sub(r"(^|\s+)#.*", "", line).strip()
        if found := re.match(r"- ?(.*)", said):
            items.append([found[1]] if found[1] else [])
        elif items and depth > 1:
            items[-1].append(said)
        elif found := re.match(r"(\w+):(?: +(.*))?$", said):
            path = [*path[:depth], found[1]]
            if found[2] and path != ["extends"]:
                yield f"{'.'.join(path)}={found[2]}"
    if items and path:
        listed = [", ".join(item) or "null" for item in items]
        yield f"{path[0]}=[{', '.join(f'{{{item}}}' if ':' in item else item for item in listed)}]"


def bad_words():
    return [words for config in bad() if (words := list(words_of(config.decode(errors="replace"))))]


def completed(config):
    """With what it leaves out of a small one."""
    lines = [line for line in config.splitlines(keepends=True) if not line.startswith(b"extends: parts/")]
    return b"".join((*lines, b"\n", *(line for line in MINIMAL.encode().splitlines(keepends=True)
                                      if not any(other.startswith(line.split(b":")[0] + b":") for other in lines))))


def whole():
    """Configs of one file."""
    yield from odd_texts.files()
    yield from map(completed, bad())
    for value in odd_texts.SCALARS:
        yield f"name: {value}\n{MINIMAL}"
        yield f"knobs: {{b: {value}}}\n{MINIMAL}"
        yield MINIMAL.replace("linear: 10", f"linear: {{units: 10, name: {value}}}")
        yield MINIMAL.replace("max_epochs: 1", f"max_epochs: 1, shuffle: {value}")
        yield MINIMAL.replace("linear: 10", f"dropout: {value}, linear: 10")
        yield MINIMAL.replace("linear: 10", f"linear: {value}, linear: 10")
        yield MINIMAL.replace("0.1", value)
        yield MINIMAL.replace("max_epochs: 1", f"max_epochs: {value}")
    for said in DATA:
        yield MINIMAL.replace("digits", "digits, " + said)
    for monitor, validation in itertools.product(("val_loss", "val_error_pct", "train_loss", "test_loss"), (0, 100)):
        yield MINIMAL.replace("digits", f"digits, validation: {validation}").replace(
            "max_epochs: 1", f"max_epochs: 1, early_stopping: {{monitor: {monitor}, patience: 2}}")
    for key in STRAY_KEYS:
        yield f"{key}\n{MINIMAL}"
        yield MINIMAL.replace("max_epochs: 1", f"max_epochs: 1, {key}")
        yield MINIMAL.replace("linear: 10", f"linear: {{units: 10, {key}}}")
        yield MINIMAL.replace("linear: 10", f"{{{key}}}")
    yield from (prefix + MINIMAL for prefix in PREFIXES)
    for said in REFERENCES:
        yield f'knobs: {{a: [1, {{b: 2}}]}}\nname: "{said}"\n{MINIMAL}'
        yield 'knobs: {a: [1, {b: 2}]}\n' + MINIMAL.replace("linear: 10", f'linear: "{said}"')
    for model, batch_size in itertools.product(MODELS, BATCH_SIZES):
        yield MINIMAL.replace("linear: 10", model).replace("max_epochs: 1", f"max_epochs: 1, batch_size: {batch_size}")
    for count in (30, 31):
        yield f"knobs: {{a: {'[' * count}1{']' * count}}}\n{MINIMAL}"
    for count in (31, 32, 33):
        yield f"knobs: {{{chain(count)}a{count}: 1}}\n{MINIMAL}"
    for start in ("", "a", "ab"):  # so much is wrong that it has to be cut, in a character or between two
        yield "".join(f"{start if i == 0 else ''}{chr(0x20AC) * 70}{i}: 1\n" for i in range(8)) + MINIMAL
    for key in ("train_images", "train_labels", "test_images"):
        yield MINIMAL.replace("digits", f"{{idx: {{{key}: null}}}}")
    for count in (1000, 1001):
        yield f"knobs: {{a: [{'&a 1, ' * count}1]}}\n{MINIMAL}"
    yield from (MINIMAL.replace("\n", "\r\n"), f"%YAML 1.2\n---\n{MINIMAL}", f"name: |-\n  a\n{MINIMAL}",
        f"knobs: {{a: [&a 1, &a 2, *a]}}\n{MINIMAL}")
    yield from (MINIMAL.encode("utf-16"), MINIMAL.encode("utf-16-be"), b'name: "\xE9"\n' + MINIMAL.encode())


def config():
    """With others beneath it."""
    yield from whole()
    yield from PAIRS
    yield from (f"{OVER}{over}\n\0{completed(base.encode()).decode()}" for base, over in MERGED)
    yield from (wrong.replace(b"extends: parts/tiny.yaml", b"extends: base.yaml") for wrong in bad())
    for path, value in itertools.product(SETTABLE, VALUES):
        if "[" not in path:
            keys = path.split(".")
            yield f"{OVER}{': {'.join(keys)}: {value}{'}' * (len(keys) - 1)}\n"
    for path, value in itertools.product(NUMERIC, odd_texts.NUMBERS):
        keys = path.split(".")
        yield f"{OVER}{': {'.join(keys)}: {value}{'}' * (len(keys) - 1)}\n"

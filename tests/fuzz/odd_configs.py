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
# Two files, the second of which is base.yaml.
PAIRS = (
    "extends: config.yaml\n", "extends: base.yaml\n\0extends: config.yaml\n", f"{OVER}\0[\n", f"{OVER}\0", f"{OVER}\0{MINIMAL}",
    f"{OVER}model: null\ndata: null\ntrain: {{optimizer: null}}\n", "", "# nothing\n", "---\n...\n",
)
REFERENCES = (
    "${", "${}", "${knobs}", "${knobs.}", "${knobs[0]}", "${knobs.a[9999999999999999999]}", "x${knobs.a}", "${knobs.a}x", "$${knobs.a}",
    "${knobs.a[1}", "${knobs.a[1x]}", "${knobs.a[1234567]}", "${name}", "${knobs.a b}", "${knobs.a[-1]}", "${knobs.a[1].b}",
    "${knobs.a[0].b}", f"${{{'a.' * 40}b}}", "${knobs.nope}", "${data.pad}", f"${{knobs.{'k' * 300}}}",
)
PLAIN = (
    "{}", "[]", "null", '"x"', "1", "true", '""', '"null"', "[null]", '{"a": null}', '{"a": 1, "b": [2]}', '[[], {}]', "[1, 1]",
    '"${knobs.activation}"', '"${knobs.nope}"',
)
VALUES = (*PLAIN, "x", "~", "y", "&a [*a]", "!x 1", '{"a"}', "{a: &a [1, {}], b: *a}", "[&a 1, *a, *a]", "{? }", "'a: [b'")
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
    "conv: {maps: 16, kernel: 5, name: a}, pool: {type: lp, p: 8}, batch-norm: {name: a}, linear: 10",
    "linear: 65536, linear: 65536, linear: 10", "linear: 16384, linear: 16384, linear: 10", "linear: 16384, linear: 10",
    "pool: {size: 40}, linear: 10", "conv: {maps: 3, kernel: 40}, linear: 10", "linear: 9", "relu", f"{'relu,' * 1001}linear: 10",
)
BATCH_SIZES = (1, 100, 60000)
# Two maps, the second laid over the first: other kinds, and other choices in them.
MERGED = (
    ("knobs: {a: {type: max, b: 1}}", "knobs: {a: {type: max, c: 2}}"), ("knobs: {a: {type: max, b: 1}}", "knobs: {a: {type: lp, c: 2}}"),
    ("knobs: {a: {type: max}}", "knobs: {a: {b: 1}}"), ("knobs: {a: {type: [max]}}", "knobs: {a: {type: {}}}"),
    ("knobs: {a: {relu: 1}}", "knobs: {a: {tanh: 1}}"), ("knobs: {a: {relu: 1}}", "knobs: {a: {x: 1}}"),
    ("knobs: {a: 1}", "knobs: {a: {b: {c: 1}}}"), ("knobs: {a: {b: 1}}", "knobs: {a: []}"),
    ("knobs: {a: {sgd: 1}}", "knobs: {a: {adam: 1}}"), ("knobs: {a: {step: 1}}", "knobs: {a: {cosine: 1}}"),
    ("knobs: {a: {b: 1, c: 2}}", "knobs: {a: {c: 1, d: 2}}"),
    ("train: {optimizer: adam}", "train: {optimizer: {adam: {learning_rate: 0.1}}}"),
    ("train: {optimizer: {sgd: 0.1}}", "train: {optimizer: {sgd: {momentum: 0.5}}}"),
    ("train: {optimizer: {sgd: null}}", "train: {optimizer: {sgd: 0.1}}"), ("train: {optimizer: {sgd: {}}}", "train: {optimizer: sgd}"),
    ("knobs: {a: {learning_rate: 0.1}}\ntrain: {optimizer: {sgd: '${knobs.a}'}}", "train: {optimizer: {sgd: {momentum: 0.5}}}"),
    ("train: {optimizer: {sgd: 0.1}}", "train: {optimizer: {adam: 0.1, sgd: 0.1}}"),
    ("train: {optimizer: [sgd]}", "train: {optimizer: sgd}"), ("train: {optimizer: {x: 0.1}}", "train: {optimizer: {x: 0.2}}"),
    ("train: {optimizer: {}}", "train: {optimizer: {}}"), ("data: {dataset: mnist}", "data: {dataset: {mnist: null}}"),
    ("data: {dataset: {digits: {train: 100}}}", "data: {dataset: {digits: 100}}"),
    ("train: {early_stopping: null}", "train: {early_stopping: {patience: 2, monitor: val_loss}}"),
    ("model: [relu]", "model: [tanh, linear: 10]"), ("model: {relu: 1}", "model: {tanh: 1}"),
    ("train: {loss: cross-entropy}", "train: {loss: {cross-entropy: {}}}"), ("train: {penalty: null}", "train: {penalty: {}}"),
)
# Where their data end, and whether they are as many as are wanted.
DATA = (
    "limit: 100", "limit: 70000", "limit: 1", "limit: null", "validation: 59999", "validation: 60000", "limit: 100, validation: 100",
    *(f"fold: {{count: {count}, index: {index}}}{more}" for count, index, more in (
            (2, 0, ""), (2, 1, ", validation: 29999"), (2, 1, ", validation: 30000"), (3, 3, ""), (3, 5, ""), (1000, 999, ", limit: 999"),
            (7, 6, ", limit: 100"))),
)
WRONG_KEYS = (
    "batch_size: 1", "max_epochs: 1", "learning_rate: 1", "maps: 1", "momentum: 1", "kernel: 3", "trian: {}", "Data: {}", "modell: []",
    "x: 1", "a_key_that_is_like_none: 1", f"{'k' * 70}: 1", "train_images: a", "patience: 1", "lambda: 1", "p: 1", "dataset: digits",
)


def bad():
    """Each config of tests/bad, as bytes: most are wrong in one place, and extend a small one."""
    return [path.read_bytes() for path in sorted(ROOT.glob("tests/bad/*.yaml"))]


def words_of(config):
    """What a config of few lines says over its base, as words of a command line."""
    key, items = "", []
    for line in config.splitlines():
        if found := re.match(r"(\w+): *([^#]*)", line):
            key = found[1]
            if found[2] and key != "extends":
                yield f"{key}={found[2]}"
        elif found := re.match(r"  - (.+)", line):
            items.append(found[1])
        elif found := re.match(r"  (\w+): (.+)", line):
            yield f"{key}.{found[1]}={found[2]}"
    if items:
        yield f"{key}=[{', '.join(f'{{{item}}}' if ': ' in item else item for item in items)}]"


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
    for value in (*odd_texts.NUMBERS, *odd_texts.WORDS):
        yield f"name: {value}\n{MINIMAL}"
        yield f"knobs: {{b: {value}}}\n{MINIMAL}"
        yield MINIMAL.replace("linear: 10", f"linear: {{units: 10, name: {value}}}")
        yield MINIMAL.replace("max_epochs: 1", f"max_epochs: 1, shuffle: {value}")
        yield MINIMAL.replace("linear: 10", f"dropout: {value}, linear: {value}")
    for said in DATA:
        yield MINIMAL.replace("digits", "digits, " + said)
    for key in WRONG_KEYS:
        yield f"{key}\n{MINIMAL}"
        yield MINIMAL.replace("max_epochs: 1", f"max_epochs: 1, {key}")
        yield MINIMAL.replace("linear: 10", f"linear: {{units: 10, {key}}}")
        yield MINIMAL.replace("linear: 10", f"{{{key}}}")
    yield from (prefix + MINIMAL for prefix in PREFIXES)
    for reference in REFERENCES:
        yield f'knobs: {{a: [1, {{b: 2}}]}}\nname: "{reference}"\n{MINIMAL}'
        yield 'knobs: {a: [1, {b: 2}]}\n' + MINIMAL.replace("linear: 10", f'linear: "{reference}"')
    for number in odd_texts.NUMBERS:
        yield f"knobs: {{a: {number}}}\n{MINIMAL}"
        yield MINIMAL.replace("0.1", number)
        yield MINIMAL.replace("max_epochs: 1", f"max_epochs: {number}")
    for model, batch_size in itertools.product(MODELS, BATCH_SIZES):
        yield MINIMAL.replace("linear: 10", model).replace("max_epochs: 1", f"max_epochs: 1, batch_size: {batch_size}")
    yield from (MINIMAL.encode("utf-16"), MINIMAL.encode("utf-16-be"), b'name: "\xE9"\n' + MINIMAL.encode())


def config():
    """With others beneath it."""
    yield from whole()
    yield from PAIRS
    yield from (f"{OVER}{over}\n\0{completed(base.encode()).decode()}" for base, over in MERGED)
    yield from (config.replace(b"extends: parts/tiny.yaml", b"extends: base.yaml") for config in bad())
    for path, value in itertools.product(SETTABLE, VALUES):
        if "[" not in path:
            keys = path.split(".")
            yield f"{OVER}{': {'.join(keys)}: {value}{'}' * (len(keys) - 1)}\n"
    yield from (f"{OVER}{key}: {value}\n" for key, value in itertools.product(("model", "data", "train", "knobs", "name"), VALUES))

"""Inputs that lie on the edges of what is read, where a mutator of bytes seldom comes: limits of depth, size and number, odd numbers,
references and bases that lead nowhere, and the experiments of the repository over a base that is there. As a program it has them replayed,
by a command to which the least number that is to be accepted and a directory are added.

    odd.py TARGET LEAST COMMAND ..."""
import itertools
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

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
    f"knobs: {{a: {'[' * 20}1{']' * 20}, b: {'[' * 20}{reference('knobs.a')}{']' * 20}}}\n",
    f"knobs: {{{chain(40)}a40: 1}}\n",
    'knobs: {a: "${knobs.b}", b: "${knobs.a}"}\n',
    'knobs: {a: {b: "${knobs.a}"}}\n',
    "knobs: {a: &a [*a]}\n",
    "knobs: {a: *a}\n",
    "knobs: {a: !!int 1, b: !!str 2, c: !<tag:yaml.org,2002:str> x, d: !!seq [1], e: !f 1}\n",
    "knobs: {a: {}, b: [], c: [[], {}], d: null}\n",
    "x: &x {a: 1}\n<<: [*x, *x]\n",
    f"{'k' * 300}: 1\n",
    f'"{chr(0xE9) * 200}": 1\n',
    '"' + "\\u00e9" * 150 + '": 1\n',
    f"a: {'[' * 40}{']' * 40}\n",
    f"a: {'{b: ' * 33}{'}' * 33}\n",
    "[a]: 1\n",
    "{a: 1}: 1\n",
    "!x a: 1\n",
    f"extends: {'a' * 300}\n",
    "extends: null\n",
    'extends: ""\n',
    "extends: .\n",
    "extends: bse.yaml\n",
    "extends: [base.yaml]\n",
    "extends: /dev/null\n",
    f"{MINIMAL}---\n",
    "\ufeff",
)
# Two files, the second of which is base.yaml.
PAIRS = (
    "extends: config.yaml\n", "extends: base.yaml\n\0extends: config.yaml\n", f"{OVER}\0[\n", f"{OVER}\0", f"{OVER}\0{MINIMAL}",
    f"{OVER}model: null\ndata: null\ntrain: {{optimizer: null}}\n", "", "# nothing\n", "---\n...\n",
)
REFERENCES = (
    "${", "${}", "${knobs}", "${knobs.}", "${knobs[0]}", "${knobs.a[9999999999999999999]}", "x${knobs.a}", "${knobs.a}x", "$${knobs.a}",
    "${name}", "${knobs.a b}", "${knobs.a[-1]}", "${knobs.a[1].b}", "${knobs.a[0].b}", f"${{{'a.' * 40}b}}", "${knobs.nope}", "${data.pad}",
    f"${{knobs.{'k' * 300}}}",
)
NUMBERS = (
    "1e400", "-1e400", "1e-400", ".inf", "-.inf", ".nan", "0x1F", "0b1", "0o7", "1_000", "+1", "-0", "01", "1.", ".5", "1e", "1e5", "1e22",
    "9007199254740993", "18446744073709551616", "1" * 400, f"0.{'0' * 350}1", "0.1000000000000000055511151231257827021181583404541015625",
    "5%", "1/3", "99999999999999995", "0.999999999999999999", "9.9999999999999995e22", "2.2250738585072011e-308", "4.9e-324",
    "1.7976931348623159e308", "123456789012345678", "0.30000000000000004",
)
PLAIN = ("{}", "[]", "null", '"x"', "1", "true", '""', '"null"', "[null]", '{"a": null}', '{"a": 1, "b": [2]}', '[[], {}]', "[1, 1]",
         '"${knobs.activation}"', '"${knobs.nope}"')
VALUES = (*PLAIN, "x", "~", "y", "&a [*a]", "!x 1", '{"a"}', "{a: &a [1, {}], b: *a}", "[&a 1, *a, *a]", "{? }", "'a: [b'")
PATHS = ("", ".", "a", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[99999999999999999999]", "model[0]x", "model[0].conv",
         "model[0].conv.maps.x", "model[9]", "model[0][0]", "knobs.dropout[7]", "knobs", "train.max_epoch", f"{'a.' * 40}b", "x" * 300)
SETTABLE = ("name", "data", "data.dataset", "data.split_seed", "knobs", "knobs.a", "knobs.dropout", "knobs.dropout[0]", "model", "model[0]",
            "model[0].conv", "model[0].conv.maps", "model[1]", "model[5]", "train", "train.loss", "train.init_from", "train.optimizer",
            "train.optimizer.sgd", "train.optimizer.sgd.learning_rate", "train.early_stopping", "train.early_stopping.patience",
            "train.penalty")
MODELS = (
    "linear: 10", "conv: {maps: 500, kernel: 3}, conv: {maps: 500, kernel: 3}, linear: 10",
    "linear: 65536, linear: 65536, linear: 10", "linear: 16384, linear: 16384, linear: 10", "linear: 16384, linear: 10",
    "pool: {size: 40}, linear: 10",
    "conv: {maps: 3, kernel: 40}, linear: 10", "linear: 9", "relu", f"{'relu,' * 1001}linear: 10",
)
BATCH_SIZES = (1, 60000)


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
    *(f"random: {{count: {count}, from: {{train.batch_size: {{least: 1, most: 100}}}}}}\n{setting('train.max_epochs', numbers(1, 6))}"
      for count in (800, 1000, 1001)),
    f"grid: {{train.max_epochs: [{numbers(1, 61)}], train.batch_size: [{numbers(1, 61)}]}}\nclaims:\n" + "\n".join(
        f'- {{id: {name}, say: b, best_of: "max_epochs 1, batch_size {k}", metric: val_loss}}' for k, name in enumerate("acd", 1)),
    *(f"runs_from: {files}" for files in ("[experiment.yaml]", "[other.yaml, other.yaml]", "[base.yaml]", "[.]", "[]", "other.yaml")),
    "exclude: [{}]", f"exclude: []\n{setting('train.batch_size', 1)}", "grid: {}", "points: []", "zip: []", "zip: [{}]",
    f"exclude: [{{train.batch_size: 1}}]\n{setting('train.batch_size', 1)}",
    "zip: [{train.batch_size: [1, 2], train.max_epochs: [1]}]", "grid: {train.batch_size: &a [1, 2], data.pad: *a}",
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
WITHOUT_BASE = ("", "seeds: 1\n", "[1]\n", *(f"base: {base}\n" for base in ("[base.yaml]", "experiment.yaml", "other.yaml", "x.yaml")))
# Words of the command line, several of them in a line.
OVERRIDES = """
extends=base.yaml|extends.a=1|knobs=[]|knobs={}|knobs=null|knobs.a=1 knobs.a.b=2|knobs.a={} knobs.a.b=2|knobs.a[0]=1
knobs.a=[] knobs.a[0]=2 knobs.a[1]=3 knobs.a[7]=3|knobs.dropout[2]=1|knobs.dropout[x]=1|knobs.dropout[=1|knobs.dropout[]=1
model[0]=relu|model[0]={}|model[0]=null|model[5]=relu|model[4]=null|model[4].linear=10|model[4].linear.units=10|model[4].relu=1
model=[{"linear":10}]|model=[]|model={}|model|a=|a[0][1]=2|name=a=b|name="|name=[
name={a:b|name=&a|name=*a|name=!x|name=a name=b|train.optimizer=adam|train.optimizer=sgd|train.optimizer={"sgd":1}|NAME=1
train.optimizer.adam={}|train.optimizer.adam.learning_rate=1|train.optimizer.sgd.schedule={}|train.early_stopping=null
train.early_stopping.patience=1|train.early_stopping={}|data.dataset={"idx":{}}|data.dataset.idx.train_images=x|data.dataset=mnist
train.penalty.lambda=1|train.penalty=null|train.penalty={}|knobs.pool.type=max|knobs.pool=max|knobs.pool={"type":"max"}|model[2].pool=max
model[2].pool.size=1|model[2]=pool|knobs.pool.p=${knobs.dropout[0]}|knobs.a=${knobs.a}|n\xE9=1|name=${knobs.activation}|name=\x01|name=\x7F
train.max_epochs=1.5|train.max_epochs=1e3|train.max_epochs=-1|train.max_epochs=99999999999|train.max_epochs=true
train.shuffle=yes|train.shuffle="true"|train.shuffle=1|train.shuffle=null|Train.max_epochs=1
"""


def tensor(name="x", dtype="F32", shape="[2, 2]", offsets="[0, 16]"):
    return f'"{name}": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": {offsets}}}'


# Headers of weights, with the bytes of data behind them.
HEADERS = (
    *((header, 16) for header in (*PLAIN, "", " ", "{", "{} {}", "nul", '{"a"', '{"a": {}}', f"{{{tensor()}, {tensor()}}}")),
    *((f"{{{members}}}", 16) for members in (
        tensor(), tensor()[:-1] + ', "more": 1}', f'"__metadata__": 1, {tensor()}', f'"__metadata__": {{"a": 1}}, {tensor()}',
        *(tensor(dtype=dtype) for dtype in ("F64", "F16", "I8", "BOOL", "", "f32")),
        *(tensor(shape=shape) for shape in (*PLAIN, "[0]", "[-1]", "[4.5]", "[1, 1, 1, 1, 1, 1, 1, 4]", "[1, 1, 1, 1, 1, 1, 1, 1, 4]",
                                            "[4294967296, 4294967296]")),
        *(tensor(offsets=offsets) for offsets in (*PLAIN, "[0]", "[0, 15]", "[16, 0]", "[4, 20]", "[0, 80]", "[0, 16, 16]", "[-16, 0]",
                                                  "[18446744073709551600, 0]")))),
    *((f"{{{tensor()}, {tensor('y', offsets=offsets)}}}", size) for offsets, size in (
        ("[16, 32]", 32), ("[0, 16]", 16), ("[8, 24]", 24), ("[20, 36]", 36), ("[16, 32]", 40))),
    (f"{{{tensor(offsets='[2, 18]')}}}", 18), (f"{{{tensor()}}}", 20),
)
# Of a network of one layer for images of 4 x 4.
WEIGHTS = tensor("linear1.weight", shape="[10, 16]", offsets="[0, 640]") + ", " + tensor("linear1.bias", shape="[10]", offsets="[640, 680]")


def whole():
    """Configs of one file."""
    yield from (prefix + MINIMAL for prefix in PREFIXES)
    for reference in REFERENCES:
        yield f'knobs: {{a: [1, {{b: 2}}]}}\nname: "{reference}"\n{MINIMAL}'
        yield 'knobs: {a: [1, {b: 2}]}\n' + MINIMAL.replace("linear: 10", f'linear: "{reference}"')
    for number in NUMBERS:
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
    yield from (f"{OVER}{key}: {value}\n" for key, value in itertools.product(("model", "data", "train", "knobs", "name"), VALUES))


def experiment():
    for said in EXPERIMENTS:
        yield f"base: base.yaml\n{'' if 'seeds' in said.split(':')[0] else 'seeds: 1'}\n{said}\n"
    for path, value in itertools.product(SETTABLE, VALUES):
        yield f"base: base.yaml\nseeds: 1\npoints: [{{label: a}}, {{label: b, set: {{{quoted(path)}: {value}}}}}]\n"
    yield from WITHOUT_BASE
    for path in sorted([*ROOT.glob("tests/bad-experiments/*.yaml"), *ROOT.glob("experiments/*.yaml")]):
        text = re.sub(r"\bbase: (parts/|\.\./configs/)[^\s,}#]+", "base: base.yaml", path.read_text(encoding="utf-8"))
        yield re.sub(r"runs_from: \[[^]]*\]", "runs_from: [other.yaml]", text)


def override():
    yield from ("\n".join(words.split(" ")) for words in re.split(r"[|\n]", OVERRIDES.strip()))
    yield from (f"{path}=1" for path in PATHS)
    for path, value in itertools.product(SETTABLE, VALUES):
        yield f"{path}={value}"
        yield f"{path}={value}\n{path}.a=1\n{path}[0]=1"
    yield "\n".join(f"{path}.nothing=1" for path in SETTABLE[:8])


def safetensors():
    """Files of tensors whose header is odd, and odd configs with the weights of a network."""
    for header, size in HEADERS:
        yield struct.pack("<Q", len(header)) + header.encode() + bytes(size)
    yield from (struct.pack("<Q", length) + b"{}" for length in (0, 1, 3, 1 << 23, (1 << 64) - 1))
    for text in map(encoded, whole()):
        yield b"\0".join((b"config\n" + text, WEIGHTS.encode(), bytes(680)))


def encoded(text):
    return text if isinstance(text, bytes) else text.encode()


TARGETS = {"yaml": config, "experiment": experiment, "override": override, "safetensors": safetensors}


def inputs(target):
    return [encoded(text) for text in TARGETS[target]()] if target in TARGETS else []


def replay(target, least, *command):
    directory = tempfile.mkdtemp()
    for number, content in enumerate(inputs(target)):
        pathlib.Path(directory, str(number)).write_bytes(content)
    code = subprocess.run([*command, least, directory], check=False).returncode
    if code == 0:
        shutil.rmtree(directory)
    else:
        print(f"the inputs are left in {directory}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(replay(*sys.argv[1:]))

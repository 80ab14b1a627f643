"""Inputs drawn at random that a mutator of bytes would hardly ever put together: configs and experiments that the JSON Schemas allow,
configs that can be planned, words that override them, and the weights of networks that were trained; and all of these with something
odd in them."""
import copy
import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))
import odd_texts  # noqa: E402
from random_config import random_config  # noqa: E402

NAMES = ("a", "b", "c", "base.yaml", "all", "final", "5%", "${knobs.activation}")
MOST_WORDS = 6


class Schema:
    def __init__(self, path, draw, settings=None):
        self.root, self.draw = json.loads(path.read_text(encoding="utf-8")), draw
        self.settings = settings or {"knobs.a": [1, "a"]}  # paths of a config with values that it may have

    def document(self):
        return self.value(self.root)

    def number(self, schema):
        least, most = schema.get("minimum", schema.get("exclusiveMinimum", -9)), schema.get("maximum", schema.get("exclusiveMaximum", 1e6))
        if schema["type"] == "integer":
            return min(most, self.draw.choice([least, least + 1, least + self.draw.randrange(8), least + self.draw.randrange(100), most]))
        return self.draw.choice([least, most, 0.5, 1, least + (most - least) * self.draw.random()])

    def map(self, schema):
        known, extra = schema.get("properties", {}), schema.get("additionalProperties", {})
        if schema.get("maxProperties") == 1 and known:  # the variants of something
            name = self.draw.choice(sorted(known))
            return {name: self.value(known[name])}
        wanted = schema.get("required", [])
        chance = self.draw.choice([0.1, 0.3, 0.9])
        drawn = {name: self.value(known[name]) for name in known if name in wanted or self.draw.random() < chance}
        if extra is False:
            return drawn
        for _ in range(max(schema.get("minProperties", 0), self.draw.randrange(3))):
            name = self.draw.choice(schema.get("propertyNames", {}).get("enum") or sorted(self.settings))
            drawn[name] = self.value(extra, name)
        return drawn

    def value(self, schema, path=None):
        """path: of the config's key that takes it"""
        if "$ref" in schema:
            return self.value(self.root["definitions"][schema["$ref"].rsplit("/", 1)[1]], path)
        if "anyOf" in schema:
            return self.value(self.draw.choice(schema["anyOf"]), path)
        if "enum" in schema:
            return self.draw.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            return self.map(schema)
        if kind == "array":
            most = min(schema.get("maxItems", 4), max(schema.get("minItems", 0), 4))
            return [self.value(schema["items"], path) for _ in range(self.draw.randint(min(schema.get("minItems", 0), most), most))]
        if kind in ("integer", "number"):
            return self.number(schema)
        if kind == "boolean":
            return self.draw.random() < 0.5
        if kind == "null":
            return None
        if kind == "string":
            return self.draw.choice(NAMES)
        return self.draw.choice(self.settings.get(path) or self.draw.choice(list(self.settings.values())))


def settings_of(value, path=""):
    """Each path of a document, with its value."""
    if path:
        yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in below:
        yield from settings_of(child, f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}" if path else key)


def replace(value, path, by):
    """Puts something in the place of what is at a path, as settings_of calls it."""
    *above, last = [int(key) if key.isdigit() else key for key in path.replace("[", ".").replace("]", "").split(".")]
    for key in above:
        value = value[key]
    value[last] = by


RAW = "raw "  # what follows in such a text is written as it is


def write(document):
    """A share, or what is raw, has no quotes."""
    return re.sub(rf'"{RAW}([^"]*)"|"(\d+%)"', lambda found: found[1] or found[2], json.dumps(document))


def places_of(value):
    """Each map or list of a document with each key or position in it."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in below:
        yield value, key
        yield from places_of(child)


def spoil(draw, document):
    """One like it that has an odd value in some place."""
    document = copy.deepcopy(document)
    where, key = draw.choice(list(places_of(document)))
    where[key] = draw.choice([*map(json.loads, odd_texts.PLAIN), *(RAW + said for said in (*odd_texts.NUMBERS, *odd_texts.CHOICES))])
    return document


# Paths of the config that fuzz_experiment.c has for experiments, with values that fit it.
SETTINGS = {"knobs.activation": ["tanh", "relu", "sigmoid"], "knobs.dropout[0]": [0, 0.2], "model[0].conv.maps": [1, 9], "data.pad": [0, 3],
            "train.batch_size": [1, 2, 16], "train.max_epochs": [3, 7], "train.optimizer.sgd.learning_rate": [1, 0.25, 0.5],
            "train.loss": ["nll", "mse"], "train.penalty.lambda": [0, 1], "train.shuffle": [True, False]}
CURVES = ("train_loss", "train_error_pct", "val_loss", "val_error_pct", "learning_rate", "penalty")
STATISTICS = ("result", "oscillation", {"mean": {"first": 2, "last": 3}}, {"mean": {}}, {"reach": 0.5})


class Fitting:
    """An experiment whose parts fit together: each path is set once, and what is shown and claimed is there."""
    def __init__(self, draw):
        self.draw = draw
        self.paths = iter(draw.sample(sorted(SETTINGS), len(SETTINGS)))
        self.document = {"base": "base.yaml", "seeds": self.seeds()}
        labels = draw.sample(("a", "B b", "c 5%", "-d", "\u00e9 e"), draw.randrange(4))
        self.shown = self.cross(labels or [""])
        self.folded = self.chance(0.2)
        if labels:
            path = next(self.paths)
            self.document["points"] = [self.point(label, path) for label in labels]
        if self.folded:
            self.document["folds"] = draw.choice([2, 3])
        if len(self.shown) > max(len(labels), 1) and self.chance(0.5):
            self.choose(labels)
        elif self.shown == [""]:
            self.shown = ["base"]
        self.document |= {key: self.list_of(make) for key, make in
                          (("tables", self.table), ("figures", self.figure), ("claims", self.claim)) if self.chance(0.7)}

    def chance(self, share):
        return self.draw.random() < share

    def seeds(self):
        return self.draw.choice([1, 3, [1], [7, 2**53]])

    def list_of(self, make):
        return [make(f"x{number}") for number in range(self.draw.randint(1, 3))]

    def point(self, label, path):
        point = {"label": label, "set": {path: self.draw.choice(SETTINGS[path])}}
        return point | self.draw.choice([{}, {"base": "base.yaml"}, {"reported": {"test_error_pct": 1.5}}])

    def cross(self, labels):
        """With settings of the dimensions there are, some left out; the labels of all points."""
        for kind in ("grid", "zip", "random"):
            if self.chance(0.6):
                continue
            path = next(self.paths)
            values = SETTINGS[path]
            parts = [f"{path.rsplit('.', 1)[-1]} {value if isinstance(value, str) else json.dumps(value)}" for value in values]
            sample = {"count": 2, "from": {path: {"values": values}}}
            self.document[kind] = {"grid": {path: values}, "zip": [{path: values}], "random": sample}[kind]
            if kind == "random":
                parts = ["sample 1", "sample 2"]
            elif self.chance(0.3):
                self.document.setdefault("exclude", []).append({path: values[0]})
                parts = parts[1:]
            labels = [f"{label}, {part}" if label else part for label in labels for part in parts]
        return labels

    def choose(self, labels):
        """Of the settings of each listed point the best, perhaps by halving."""
        self.shown = labels or ["best"]
        by = self.measure(["held_out_error_pct"] if self.folded else [])
        self.document["final"] = by | {"seeds": self.seeds(), "best_epochs": self.chance(0.5), "set": {"train.evaluate_train": True}}
        if self.chance(0.3):
            self.document["method"] = {"halving": {"first": 2, "eta": 2, "metric": "val_loss"}}
        self.folded = False

    def measure(self, more=()):
        metric = self.draw.choice([*CURVES, "epochs", "best_epoch", "train_ms_per_sample", *more])
        return {"metric": metric} | ({"statistic": self.draw.choice(STATISTICS)} if metric in CURVES and self.chance(0.5) else {})

    def some(self):
        return self.draw.sample(self.shown, self.draw.randint(1, len(self.shown)))

    def table(self, name):
        tested = ["held_out_error_pct"] if self.folded else ["test_loss", "test_error_pct"]
        return {"name": name, "points": self.some(), "columns": self.list_of(lambda title: self.measure(tested) | {"title": title})}

    def figure(self, name):
        return {"name": name, "points": self.some(), "columns": self.draw.sample(CURVES, self.draw.randint(1, 3))}

    def claim(self, name):
        said = {"all": self.list_of(lambda _: self.comparison())} if self.chance(0.3) else self.comparison()
        return {"id": name, "say": "so it is"} | said

    def comparison(self):
        a, *others = self.draw.sample(self.shown, min(len(self.shown), 3))
        if not others:
            return {"less": [a, a], "metric": "train_loss", "against": "val_loss"}
        amount = self.draw.choice([0.5, "10%"])
        return self.measure() | self.draw.choice([
            {"less": [a, others[0]], "paired": True}, {"less": [a, others[0]], "margin": amount},
            {"equivalent": [a, others[0]], "margin": amount}, {"no_better": [a, others[0]], "margin": amount},
            {"best_of": a, "tolerance": amount}, {"best_of": a, "among": others}])


class Drawer:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.config = Schema(ROOT / "docs/config.schema.json", self.draw)
        self.settings = {}
        for _ in range(300):
            for path, value in [*settings_of(self.config.document()), *settings_of(json.loads(random_config(self.draw)))]:
                self.settings.setdefault(path, []).append(value)
        self.of_experiment = Schema(ROOT / "docs/experiment.schema.json", self.draw, self.settings)

    def yaml(self):
        """One of all settings, or one of layers that fit, with none or some of its settings set to others; and odd values in some."""
        config = json.loads(random_config(self.draw))
        if self.draw.random() < 0.3:
            return json.dumps(self.config.document() | self.draw.choice([{}, {"model": config["model"]}]))
        for _ in range(self.draw.choice([0, 1, 3])):
            path = self.draw.choice([path for path, _ in settings_of(config)])
            replace(config, path, self.draw.choice(self.settings.get(path, [None])))
        if self.draw.random() < 0.4:
            config = spoil(self.draw, config)
        return write(config)

    def experiment(self):
        """One of all settings, or one that fits together, with none or one of its keys set to something else, or an odd value in it."""
        document = self.of_experiment.document()
        if self.draw.random() < 0.8:
            key = self.draw.choice(sorted(document))
            document = Fitting(self.draw).document | self.draw.choice([{}, {key: document[key]}])
            if self.draw.random() < 0.4:
                document = spoil(self.draw, document)
        return write(document)

    def override(self):
        """A word for each of some paths; also at the end of a list, where the base has an item there already."""
        others = self.draw.choice([("model", "extends"), ()])  # the base has few of such layers, and extends nothing
        known = [path for path in sorted(self.settings) if not path.startswith(others)]
        paths = self.draw.sample(known, self.draw.randint(1, MOST_WORDS))
        return "\n".join(f"{path}={json.dumps(self.draw.choice(self.settings[path]))}" for path in paths)


def spoil_weights(draw, file, config):
    """With an odd value in the header or in the config, and without the digest that would tell."""
    length = struct.unpack_from("<Q", file)[0] + 8
    header = json.loads(file[8:length])
    header["__metadata__"].pop("sha256", None)
    if draw.random() < 0.5:
        header = spoil(draw, header)
    else:
        header["__metadata__"]["config"] = write(spoil(draw, config))
    text = write(header).encode()
    return struct.pack("<Q", len(text)) + text + file[length:]


def weights(count, limit, draw, assay):
    """Those of small networks for images of 4 x 4, as `assay run` leaves them, and some that are spoilt."""
    idx = {"images": (struct.pack(">4I", 0x803, 20, 4, 4), bytes(draw.randrange(256) for _ in range(20 * 16))),
           "labels": (struct.pack(">2I", 0x801, 20), bytes(k % 10 for k in range(20)))}
    found = []
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        for name, parts in idx.items():
            (place / name).write_bytes(b"".join(parts))
        for number in range(8 * count // (1 + SPOILT)):
            config = json.loads(random_config(draw))
            config["data"] = {"dataset": {"idx": {f"{part}_{kind}": kind for part in ("train", "test") for kind in idx}}, "dir": directory}
            config["model"][0] = {"conv": {"maps": draw.randint(1, 3), "kernel": draw.randint(1, 3), "stride": draw.randint(1, 2)}}
            config["train"] |= {"max_epochs": 1, "early_stopping": None}
            (place / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
            run = place / str(number)
            subprocess.run([assay, "run", place / "config.yaml", "--directory", run, "--threads", "1", "--quiet"], capture_output=True)
            file = run / "last.safetensors"
            if file.exists() and file.stat().st_size <= limit:
                whole = file.read_bytes()
                found += [whole, *(spoil_weights(draw, whole, config) for _ in range(SPOILT))]
            if len(found) >= count:
                break
    return found


COUNTS = {"yaml": 5000, "experiment": 5000, "override": 3000, "safetensors": 2000}
SPOILT = 6  # of each weights that are drawn


def inputs(target, limit, assay):
    """For a target, each of at most so many bytes; none where files and mutations do."""
    if target == "safetensors":
        found = weights(COUNTS[target], limit, random.Random("weights"), assay)
    else:
        draw = getattr(Drawer(target), target, None)
        found = (draw().encode() for _ in range(COUNTS.get(target, 0)))
    return [content for content in found if len(content) <= limit]

"""Inputs drawn at random that a mutator of bytes would hardly ever put together: configs and experiments that the JSON Schemas allow,
configs that can be planned, words that override them, and the weights of networks that were trained."""
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))
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
        """One of all settings, or one of layers that fit, with none or some of its settings set to others."""
        config = json.loads(random_config(self.draw))
        if self.draw.random() < 0.3:
            return json.dumps(self.config.document() | self.draw.choice([{}, {"model": config["model"]}]))
        for _ in range(self.draw.choice([0, 1, 3])):
            path = self.draw.choice([path for path, _ in settings_of(config)])
            replace(config, path, self.draw.choice(self.settings.get(path, [None])))
        return json.dumps(config)

    def experiment(self):
        return json.dumps(self.of_experiment.document())

    def override(self):
        """A word for each of some paths; also at the end of a list, where the base has an item there already."""
        paths = self.draw.sample(sorted(self.settings), self.draw.randint(1, MOST_WORDS))
        return "\n".join(f"{path}={json.dumps(self.draw.choice(self.settings[path]))}" for path in paths)


def weights(count, limit, draw, assay):
    """Those of small networks for images of 4 x 4, as `assay run` leaves them."""
    idx = {"images": (struct.pack(">4I", 0x803, 20, 4, 4), bytes(draw.randrange(256) for _ in range(20 * 16))),
           "labels": (struct.pack(">2I", 0x801, 20), bytes(k % 10 for k in range(20)))}
    found = []
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        for name, parts in idx.items():
            (place / name).write_bytes(b"".join(parts))
        for number in range(8 * count):
            config = json.loads(random_config(draw))
            config["data"] = {"dataset": {"idx": {f"{part}_{kind}": kind for part in ("train", "test") for kind in idx}}, "dir": directory}
            config["model"][0] = {"conv": {"maps": draw.randint(1, 3), "kernel": draw.randint(1, 3), "stride": draw.randint(1, 2)}}
            config["train"] |= {"max_epochs": 1, "early_stopping": None}
            (place / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
            run = place / str(number)
            subprocess.run([assay, "run", place / "config.yaml", "--directory", run, "--threads", "1", "--quiet"], capture_output=True)
            file = run / "last.safetensors"
            if file.exists() and file.stat().st_size <= limit:
                found.append(file.read_bytes())
            if len(found) == count:
                break
    return found


COUNTS = {"yaml": 3000, "experiment": 3000, "override": 3000, "safetensors": 300}


def inputs(target, limit, assay):
    """For a target, each of at most so many bytes; none where files and mutations do."""
    if target == "safetensors":
        return weights(COUNTS[target], limit, random.Random("weights"), assay)
    draw = getattr(Drawer(target), target, None)
    return [text for text in (draw().encode() for _ in range(COUNTS.get(target, 0))) if len(text) <= limit]

"""Rebuilds a trained network from its run directory, by the published formats alone, and predicts its images again.

    rebuild.py RUN_DIR IMAGES.idx [--limit N]

IMAGES.idx is the test set, or the training images where the run held a fold of them out.
Reads config.yaml and best.safetensors, computes in plain Python floats by the formulas of docs/configuration.md, and
compares with predictions.csv. Maps are lists: maps[channel][row][column].
"""
import argparse
import csv
import gzip
import json
import math
import operator
import pathlib
import struct
import sys

SKIPPED = 77
NLL_TOLERANCE = 1e-4
TIE = 1e-4  # of the largest output: closer than that, rounding may decide which of two classes it is

try:
    import yaml
except ImportError:
    print("skipped: python3 has no module yaml (Debian: apt install python3-yaml)")
    sys.exit(SKIPPED)


# Formats.


def read_safetensors(path):
    """{name: (shape, values)} and the metadata."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, tensor in header.items():
        assert tensor["dtype"] == "F32", f"{name} is {tensor['dtype']}"
        begin, end = tensor["data_offsets"]
        values = struct.unpack_from(f"<{(end - begin) // 4}f", content, 8 + length + begin)
        tensors[name] = tensor["shape"], values
    return tensors, metadata


def read_images(path):
    """Yields images as maps of bytes; the file is count x height x width, or count x channels x height x width."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    assert content[:3] == b"\0\0\x08", f"{path} is no IDX file of bytes"
    rank = content[3]
    count, *shape = struct.unpack_from(f">{rank}I", content, 4)
    channels, height, width = shape if rank == 4 else [1, *shape]
    at = 4 + 4 * rank
    assert len(content) == at + count * channels * height * width, f"{path} is cut short"
    for _ in range(count):
        image = []
        for _ in range(channels):
            image.append([content[at + y * width : at + (y + 1) * width] for y in range(height)])
            at += height * width
        yield image


def read_predictions(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return [(int(row["index"]), int(row["label"]), int(row["predicted"]), float(row["nll"])) for row in rows]


# Layers.


def border(maps, pad, value):
    """The maps with `pad` more rows and columns of a value on each side."""
    if pad == 0:
        return maps
    width = len(maps[0][0]) + 2 * pad
    beside, beyond = [value] * pad, [[value] * width] * pad
    return [beyond + [beside + list(row) + beside for row in rows] + beyond for rows in maps]


def windows(maps, size, stride):
    """Rows of columns of windows, each window flat in the order channel, row, column."""
    height, width = len(maps[0]), len(maps[0][0])
    return [
        [
            [value for rows in maps for row in rows[y : y + size] for value in row[x : x + size]]
            for x in range(0, width - size + 1, stride)
        ]
        for y in range(0, height - size + 1, stride)
    ]


def elementwise(function):
    return lambda maps: [[[function(value) for value in row] for row in rows] for rows in maps]


def split_rows(shape, values):
    """A tensor as one flat list for each of its first dimension."""
    size = len(values) // shape[0]
    return [values[i * size : (i + 1) * size] for i in range(shape[0])]


def conv(options, weight, bias):
    kernels, offsets = split_rows(*weight), bias[1]

    def apply(maps):
        cut = windows(border(maps, options["pad"], 0.0), options["kernel"], options["stride"])
        return [
            [[offset + sum(map(operator.mul, kernel, window)) for window in row] for row in cut]
            for kernel, offset in zip(kernels, offsets)
        ]

    return apply


def linear(options, weight, bias):
    kernels, offsets = split_rows(*weight), bias[1]

    def apply(maps):
        flat = [value for rows in maps for row in rows for value in row]
        assert len(flat) == len(kernels[0]), f"linear has {len(kernels[0])} weights for {len(flat)} inputs"
        return [[[offset + sum(map(operator.mul, kernel, flat))]] for kernel, offset in zip(kernels, offsets)]

    return apply


def pool(options):
    size, p = options["size"], options["p"]

    def norm(window):
        largest = max(map(abs, window))
        return largest and largest * sum((abs(x) / largest) ** p for x in window) ** (1 / p)

    reduce, outside = {
        "max": (max, -math.inf),
        "lp": (norm, 0.0),
        "average": (lambda window: sum(window) / size**2, 0.0),
    }[options["type"]]

    def apply(maps):
        cuts = [windows(border([rows], options["pad"], outside), size, options["stride"]) for rows in maps]
        return [[[reduce(window) for window in row] for row in cut] for cut in cuts]

    return apply


def softmax(options):
    def apply_pixel(values):
        scaled = [-options["beta"] * value for value in values]
        powers = [math.exp(value - max(scaled)) for value in scaled]
        return [power / sum(powers) for power in powers]

    def apply(maps):
        pixels = [[apply_pixel(values) for values in zip(*rows)] for rows in zip(*maps)]
        return [[[values[c] for values in row] for row in pixels] for c in range(len(maps))]

    return apply


def subtractive_norm(options):
    """Minus the mean over all maps under a gaussian of sigma kernel / 4, weighted by what of it is inside."""
    kernel, radius = options["kernel"], options["kernel"] // 2
    line = [math.exp(-0.5 * (i / (0.25 * kernel)) ** 2) for i in range(-radius, radius + 1)]
    gaussian = [a * b for a in line for b in line]

    def blur(rows):
        cut = windows(border([rows], radius, 0.0), kernel, 1)
        return [[sum(map(operator.mul, gaussian, window)) for window in row] for row in cut]

    def apply(maps):
        sums = [[sum(values) for values in zip(*rows)] for rows in zip(*maps)]
        inside = [[1.0] * len(row) for row in sums]
        means = [[s / (m * len(maps)) for s, m in zip(*rows)] for rows in zip(blur(sums), blur(inside))]
        return [[[x - mean for x, mean in zip(*pair)] for pair in zip(rows, means)] for rows in maps]

    return apply


def batch_norm(options, weight, bias, running_mean, running_var):
    def apply(maps):
        normalised = []
        for rows, w, b, mean, variance in zip(maps, weight[1], bias[1], running_mean[1], running_var[1]):
            sd = math.sqrt(variance + options["epsilon"])
            normalised.append([[w * (x - mean) / sd + b for x in row] for row in rows])
        return normalised

    return apply


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


# type: (what makes its function, its tensors in the order of the arguments)
LAYERS = {
    "conv": (conv, ["weight", "bias"]),
    "linear": (linear, ["weight", "bias"]),
    "batch-norm": (batch_norm, ["weight", "bias", "running_mean", "running_var"]),
    "pool": (pool, []),
    "softmax": (softmax, []),
    "subtractive-norm": (subtractive_norm, []),
    "tanh": (lambda options: elementwise(math.tanh), []),
    "relu": (lambda options: elementwise(lambda x: max(x, 0.0)), []),
    "sigmoid": (lambda options: elementwise(sigmoid), []),
    "dropout": (lambda options: lambda maps: maps, []),
}


def build(model, tensors):
    """The layers' functions in order. A layer without a name is called by its type and its count among that type."""
    functions, counts, unused = [], {}, set(tensors)
    for item in model:
        ((kind, options),) = item.items()
        if kind == "dropout" and options["rate"] == 0:
            continue  # no layer at all
        counts[kind] = counts.get(kind, 0) + 1
        make, parts = LAYERS[kind]
        names = [f"{options['name'] or kind + str(counts[kind])}.{part}" for part in parts]
        functions.append(make(options, *(tensors[name] for name in names)))
        unused -= set(names)
    assert not unused, f"no layer has {', '.join(sorted(unused))}"
    return functions


def outputs_of(functions, image, pad, mean, sd):
    maps = elementwise(lambda byte: (byte / 255 - mean) / sd)(border(image, pad, 0))
    for function in functions:
        maps = function(maps)
    return [value for rows in maps for row in rows for value in row]


def compare(outputs, label, predicted, nll):
    """What is wrong with a line of predictions.csv, None for nothing."""
    largest = max(outputs)
    normaliser = largest + math.log(sum(math.exp(value - largest) for value in outputs))
    rebuilt, (second, first) = outputs.index(largest), sorted(outputs)[-2:]
    if rebuilt != predicted and first - second > TIE * abs(first):
        return f"predicted {predicted}, rebuilt {rebuilt}"
    if not abs(normaliser - outputs[label] - nll) <= NLL_TOLERANCE:
        return f"nll {nll}, rebuilt {normaliser - outputs[label]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("run", type=pathlib.Path, metavar="RUN_DIR")
    parser.add_argument("images", type=pathlib.Path, metavar="IMAGES.idx")
    parser.add_argument("--limit", type=int, help="only the first N predictions", metavar="N")
    arguments = parser.parse_args()

    text = (arguments.run / "config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    tensors, metadata = read_safetensors(arguments.run / "best.safetensors")
    assert metadata["config"] == text, "best.safetensors is of another config"
    mean, sd = float(metadata["input_mean"]), float(metadata["input_sd"])
    functions = build(config["model"], tensors)
    images = list(read_images(arguments.images))
    predictions = read_predictions(arguments.run / "predictions.csv")[: arguments.limit]
    failures = 0
    for index, label, predicted, nll in predictions:
        outputs = outputs_of(functions, images[index], config["data"]["pad"], mean, sd)
        wrong = compare(outputs, label, predicted, nll)
        if wrong:
            failures += 1
            print(f"image {index}: {wrong}")
    print(f"{len(predictions)} predictions rebuilt, {failures} differ")
    return 1 if failures or not predictions else 0


if __name__ == "__main__":
    sys.exit(main())

"""Hostile inputs, through the program: each ends in a clean stop, one line that says where, exit code 2 and nothing written, within a second
of CPU time and 64 MiB. inputs.py ASSAY SOURCE"""
import gzip
import json
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

assay = str(pathlib.Path(sys.argv[1]).resolve())
LONG = os.environ.get("ASSAY_LONG") == "1"
# Sanitizers need more of everything than what they watch.
LIMITED = not re.search(rb"__(asan|tsan|msan)_init", pathlib.Path(assay).read_bytes())
MOST_SECONDS, MOST_KIB = 1.0, 64 << 10
TINY = """\
data: {dataset: {digits: {train: 150, test: 40}}, validation: 30}
model: [linear: 10]
train: {max_epochs: 2, batch_size: 8, optimizer: {sgd: {learning_rate: 0.1}}}
"""
EXPERIMENT = "base: tiny.yaml\nseeds: [1]\n"
counts = {"cases": 0, "seconds": 0.0, "kib": 0}
failures = []


def fail(what, why):
    failures.append(what)
    print(f"FAILED {what}: {why}")


def run(*words):
    """Exit code (negative: a signal), stderr with stdout before it, seconds of CPU, KiB at most."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([assay, *map(str, words)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        signal.alarm(60)
        _, status, used = os.wait4(process.pid, 0)
        signal.alarm(0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return process.returncode, out.read(), used.ru_utime + used.ru_stime, used.ru_maxrss


def listing():
    return sorted(str(path) for path in pathlib.Path(".").rglob("*"))


def refused(what, words, message, wanted=(2,)):
    """`message`: a piece of what it must say."""
    before = listing()
    code, output, seconds, kib = run(*words)
    text = output.decode("utf-8", "replace")
    counts["cases"] += 1
    counts["seconds"], counts["kib"] = max(counts["seconds"], seconds), max(counts["kib"], kib)
    if code not in wanted:
        fail(what, f"exit {code}, not {wanted}: {text[:300]}")
    elif message not in text:
        fail(what, f"does not say \"{message}\": {text[:300]}")
    elif re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", output):
        fail(what, f"control characters in {output[:300]}")
    elif listing() != before:
        fail(what, f"left {sorted(set(listing()) - set(before))}")
    elif LIMITED and (seconds > MOST_SECONDS or kib > MOST_KIB):
        fail(what, f"took {seconds:.2f} s and {kib} KiB")


def write(path, content):
    pathlib.Path(path).write_bytes(content.encode() if isinstance(content, str) else content)


# YAML: as deep, long, wide or endless as a file of a MiB can be made.

def hostile_yaml():
    """What it is, the text, and what is said of it; one at a time, for what this process takes counts as the program's."""
    letters = "bcdefghi"
    model = "data: {dataset: digits}\nmodel: [%s, linear: 10]\ntrain: {max_epochs: 1, optimizer: {sgd: 0.1}}\n"
    yield "lists in lists", "[" * 10**6, "nested more than 32 deep"
    yield "items in items", "- " * (1 << 19), "nested more than 32 deep"
    yield "maps in maps", "".join(" " * i + "a:\n" for i in range(1400)), "nested more than 32 deep"
    yield "a byte too many", "#" * ((1 << 20) + 1), "more than 1048576 bytes"
    yield "aliases of aliases", "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{c}: &{c} [{','.join(['*' + chr(ord(c) - 1)] * 10)}]\n" for c in letters), "aliases repeat more than 10000 nodes"
    yield "references to references", "knobs:\n  a: [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
            "  %s: [%s]\n" % (c, ", ".join(['"${knobs.%s}"' % chr(ord(c) - 1)] * 10)) for c in letters), "more than 100000 values"
    yield "an alias in itself", "a: &a [*a]\n", "inside the node that it names"
    yield "no anchor", "a: *b\n", "no anchor &b"
    yield "anchors", "".join(f"a{i}: &a{i} x\n" for i in range(50000)), "more than 1000 anchors"
    yield "keys", "".join(f"k{i}: 1\n" for i in range(95000)), "more than 100000 nodes"
    yield "one key again and again", "a: 1\n" * 40000, "duplicate key"
    yield "a long text", 'a: "' + "x" * 1000000 + '"\n', "a text of 1000000 bytes"
    yield "a long key", "a" * 300 + ": 1\n", "a key of 300 bytes"
    yield "an open quote", 'a: "' + "x\n" * 500000, "this quote is never closed"
    yield "keys without values", "{" + ",".join("a" for _ in range(500000)) + "}", "more than 100000 nodes"
    yield "comments", "#\n" * 500000, "required key is missing"
    yield "question marks", "? " * 500000, "a key is one word"
    yield "words", "a\n" * 500000, "a text of 999999 bytes"
    yield "colons", "a: " * 300000, "a ':' cannot stand here"
    yield "tags", "a: !!python/object:os.system x\n", "tags are not read"
    yield "documents", "---\n" * 250000, "a second document"
    yield "directives", "%TAG ! a\n" * 100000, "duplicate %TAG directive"
    yield "blanks", " " * 1000000 + "a", "wants a map of keys"
    yield "line ends", "\n" * 1000000, "required key is missing"
    yield "a block", "a: |\n" + (" " + "x" * 60 + "\n") * 15000, "a text of 915000 bytes"
    yield "escapes", 'a: "' + "\\x41" * 250000 + '"', "a text of 250000 bytes"
    yield "a wide list", "a: [" + "1," * 90000 + "]", "unknown key"
    yield "a merge key", "<<: {a: 1}\n", "merge keys (<<) are not read"
    yield "NUL", "a: \0\n", "control character U+0000"
    yield "NUL, escaped", 'name: "x\\0y"\n', "control character U+0000"
    yield "an escape sequence, escaped", 'name: "\\e[31m"\n', "control character U+001B"
    yield "right to left", "a: \u202e\n", "control character U+202E"
    yield "no UTF-8", b"a: \xff\n", "not UTF-8"
    yield "UTF-16", "a: 1\n".encode("utf-16"), "not UTF-8"
    yield "layers", model % ", ".join(["linear: 9"] * 20000), "wants at most 1000 layers, found 20001"
    yield "unknown layers", model % ", ".join(["linaer: 9"] * 900), "unknown layer"


def check_yaml():
    for what, text, message in hostile_yaml():
        write("hostile.yaml", text)
        refused(what, ("check", "hostile.yaml"), message)
        if what in ("lists in lists", "no UTF-8", "layers"):
            refused(what + ", run", ("run", "hostile.yaml"), message)
    # as large as it may be, and good
    write("hostile.yaml", (TINY + "#" * (1 << 20))[:1 << 20])
    code, output, _, _ = run("check", "hostile.yaml")
    if code != 0:
        fail("a MiB of config", output)
    write("hostile.yaml", (TINY.replace("[linear: 10]", "[%s, linear: 10]" % ", ".join(["linear: 9"] * 999))))
    code, output, seconds, kib = run("check", "hostile.yaml")
    if code != 0 or (LIMITED and (seconds > MOST_SECONDS or kib > MOST_KIB)):
        fail("1000 layers", f"{seconds:.2f} s, {kib} KiB, {output[-300:]}")
    os.remove("hostile.yaml")


def check_experiments():
    keys = ("train.batch_size", "train.max_epochs", "train.penalty.lambda", "train.penalty.C", "train.optimizer.sgd.learning_rate",
            "data.pad", "data.limit", "data.validation", "data.split_seed", "data.dataset.digits.train", "data.dataset.digits.test",
            "data.dataset.digits.seed")
    sides = ",".join(map(str, range(1, 101)))
    cases = {
        "a grid of 10^12": ("grid: {%s}\n" % ", ".join(f"{key}: [1,2,3,4,5,6,7,8,9,10]" for key in keys), "makes more than 4096 points"),
        "a grid too large": ("grid: {train.batch_size: [%s], data.split_seed: [%s]}\n" % (sides, sides), "makes more than 4096 points"),
        "seeds": ("seeds: 1000000000\n", "wants a whole number from 1 to 10000"),
        "a range of seeds": ("seeds: 1..1000000000\n", "wants a whole number, found"),
        "folds": ("folds: 1000000000\n", "wants a whole number from 0 to 1000"),
        "runs": ("seeds: 10000\nfolds: 1000\n", "make 10000000 runs with 1 points"),
        "samples": ("random: {count: 1000000000, from: {train.batch_size: {values: [1, 2]}}}\n", "wants a whole number from 1 to 1000"),
        "samples of two values": ("random: {count: 1000, from: {train.batch_size: {values: [1, 2]}}}\n", "only 2 could be drawn"),
        "points": ("points: [%s]\n" % ", ".join("{label: a%d}" % i for i in range(30000)), "wants at most 4096 items"),
    }
    for what, (text, message) in cases.items():
        write("hostile.yaml", EXPERIMENT.replace("seeds: [1]\n", "") + ("" if "seeds" in text else "seeds: [1]\n") + text)
        refused(what, ("check", "hostile.yaml"), message)
        refused(what + ", sweep", ("sweep", "hostile.yaml"), message)
    os.remove("hostile.yaml")


# What is not a file.

def check_places():
    os.mkfifo("fifo")
    os.mkdir("folder")
    os.symlink("fifo", "linked")
    regular = "not a regular file"
    for path, message in (("fifo", regular), ("linked", regular), ("/dev/zero", regular), ("/dev/null", regular), ("folder", "directory"),
                          ("nowhere", "No such file"), ("x" * 300, "too long"), ("tiny.yaml/x", "Not a directory"), ("", "No such file")):
        for command in ("check", "run", "sweep", "bench", "table", "status", "claims"):
            if (command, path) != ("claims", "folder"):  # which may be one of experiments
                refused(f"{command} {path[:20]}", (command, path), message)
        quoted = json.dumps(path)
        refused(f"init_from {path[:20]}", ("run", "tiny.yaml", f"train.init_from={quoted}"),
                message if os.path.exists(path) else "train.init_from: there is no file")
        write("over.yaml", f"extends: {quoted}\n")
        refused(f"extends {path[:20]}", ("check", "over.yaml"), message if path else "wants the name of a file")
        write("experiment.yaml", f"base: {quoted}\nseeds: [1]\n")
        refused(f"base {path[:20]}", ("check", "experiment.yaml"), message)
        for key in ("train_images", "test_labels"):
            files = {name: "good-" + name for name in ("train_images", "train_labels", "test_images", "test_labels")} | {key: path}
            refused(f"{key} {path[:20]}", ("run", "tiny.yaml", "data=" + json.dumps({"dataset": {"idx": files}})),
                    "regular" if path == "folder" else message)
        if path != "folder":
            refused(f"predict {path[:20]}", ("predict", path, "good-test_images"), message)
        refused(f"predict on {path[:20]}", ("predict", "weights", path), "regular" if path == "folder" else message)
    for name in ("fifo", "linked", "over.yaml", "experiment.yaml"):
        os.remove(name)
    os.rmdir("folder")


# IDX, plain and in gzip.

def zipped_zeros(beginning, count):
    """In gzip; what it is of never is in memory."""
    compress = zlib.compressobj(9, wbits=31)
    pieces = [compress.compress(beginning)] + [compress.compress(bytes(1 << 16)) for _ in range(count >> 16)]
    return b"".join(pieces) + compress.flush()


def idx(dimensions, data):
    return bytes([0, 0, 8, len(dimensions)]) + b"".join(struct.pack(">I", size) for size in dimensions) + data


def write_good_idx():
    write("good-train_images", idx([60, 4, 4], bytes(range(240)) * 4))
    write("good-test_images", idx([20, 4, 4], bytes(320)))
    write("good-train_labels", idx([60], bytes(i % 10 for i in range(60))))
    write("good-test_labels", idx([20], bytes(i % 10 for i in range(20))))


def with_file(key, path):
    files = {name: "good-" + name for name in ("train_images", "train_labels", "test_images", "test_labels")} | {key: path}
    return "data=" + json.dumps({"dataset": {"idx": files}, "validation": 0})


def check_idx():
    good = idx([60, 4, 4], bytes(960))
    bomb = zipped_zeros(b"", 100 << 20)
    cases = {
        "dimensions that wrap to 0": idx([65536, 65536, 65536, 65536], b""),
        "dimensions that wrap 32 bits": idx([65536, 65536, 4], bytes(64)),
        "the largest dimensions": idx([0xFFFFFFFF] * 4, b""),
        "just above 2^31": idx([1 << 31, 1, 1], bytes(64)),
        "just above 2^63": idx([1 << 31, 1 << 31, 2], b""),
        "no image": idx([0, 4, 4], b""),
        "images without pixels": idx([60, 0, 4], b""),
        "more than there is": idx([60, 1000, 1000], bytes(1000)),
        "less than there is": idx([60, 4, 4], bytes(961)),
        "five dimensions": idx([60, 1, 1, 4, 4], bytes(960)),
        "another type": b"\0\0\x0d\x03" + good[4:],
        "another magic": b"\x01" + good[1:],
        "nothing": b"",
        "a header cut": good[:10],
        "gzip cut": gzip.compress(good)[:-4],
        "gzip with a wrong checksum": gzip.compress(good)[:-8] + b"\0\0\0\0" + gzip.compress(good)[-4:],
        "gzip with a wrong length": gzip.compress(good)[:-1] + b"\1",
        "gzip and something behind it": gzip.compress(good) + b"behind",
        "gzip of too much": zipped_zeros(good, 10 << 20),
        "gzip 1000:1 behind a small header": zipped_zeros(good[:16], 100 << 20),
        "gzip 1000:1 without a header": bomb,
        "gzip of gzip": gzip.compress(gzip.compress(good)),
        "many members": gzip.compress(good[:5]) * 20000,
        "empty members": gzip.compress(b"") * 100000,
        "gzip's magic": b"\x1f\x8b",
    }
    for what, content in cases.items():
        write("hostile", content)
        refused(what, ("run", "tiny.yaml", with_file("train_images", "hostile")), "hostile")
        refused(what + ", predict", ("predict", "weights", "hostile"), "hostile")
    write("hostile", idx([60], bytes([1] * 30 + [10] + [1] * 29)))
    refused("a label too large", ("run", "tiny.yaml", with_file("train_labels", "hostile")), "label 10 at index 30")
    write("hostile", idx([59], bytes(59)))
    refused("a label missing", ("run", "tiny.yaml", with_file("train_labels", "hostile")), "59 labels for the 60 images")
    os.mkdir("bombs")
    write("bombs/train-images-idx3-ubyte.gz", bomb)
    refused("verifying a bomb", ("data", "verify", "bombs"), "bytes allowed")
    os.remove("bombs/train-images-idx3-ubyte.gz")
    os.rmdir("bombs")
    code, output, _, _ = run("check", "tiny.yaml", with_file("train_images", "good-train_images"))
    if code != 0:
        fail("good IDX files", output)
    os.remove("hostile")


# Weights.

def safetensors(header, data=b""):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header)) + header + data


def tensor(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def weights(config, **changes):
    shapes = {"linear1.weight": (10, 16), "linear1.bias": (10,)}
    header = {"__metadata__": {"config": config, "input_mean": "0.5", "input_sd": "0.25"} | changes}
    at = 0
    for name, shape in shapes.items():
        size = 4
        for dimension in shape:
            size *= dimension
        header[name] = tensor(shape, at, at + size)
        at += size
    return safetensors(header, bytes(at))


def sparse(path, size):
    with open(path, "wb") as file:
        file.truncate(size)


def check_weights():
    config = TINY
    wide = "conv: {maps: 4096, kernel: 3, pad: 1}, "
    cases = {
        "a header longer than the file": struct.pack("<Q", 1 << 20) + b"{}",
        "a header of 2^64 - 1": struct.pack("<Q", (1 << 64) - 1) + b"{}" * 100,
        "a header of 2^63": struct.pack("<Q", 1 << 63) + b"{}" * 100,
        "no header": bytes(8),
        "seven bytes": bytes(7),
        "lists in lists": safetensors(b'{"a":' + b"[" * 100000),
        "a million values": safetensors(b'{"a":[' + b"1," * 1200000 + b"1]}"),
        "100000 tensors": safetensors({f"t{i}": tensor([1], 0, 4) for i in range(30000)}, bytes(4)),
        "one tensor again and again": safetensors(b"{" + b",".join([b'"a":1'] * 100000) + b"}"),
        "dimensions that wrap": safetensors({"a": tensor([4194305, 4194305, 211106198978564], 0, 4)}, bytes(4)),
        "a hole": safetensors({"a": tensor([1], 4, 8)}, bytes(8)),
        "an overlap": safetensors({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, bytes(12)),
        "outside": safetensors({"a": tensor([2], 0, 8)}, bytes(4)),
        "backwards": safetensors({"a": tensor([1], 4, 0)}, bytes(4)),
        "not a number": safetensors({"a": tensor([1], 0, 4)}, struct.pack("<f", float("nan"))),
        "infinite": safetensors({"a": tensor([1], 0, 4)}, struct.pack("<f", float("inf"))),
        "another type": safetensors({"a": tensor([1], 0, 2, "F16")}, bytes(2)),
        "a config that is a list": weights("[a, b]"),
        "a config that is a word": weights("a"),
        "a config of another network": weights(config.replace("linear: 10", "linear: 11")),
        "no config": safetensors({"a": tensor([1], 0, 4)}, bytes(4)),
        "a mean that is no number": weights(config, input_mean="nan"),
        "a digest of something else": weights(config, sha256="0" * 64),
    }
    for what, content in cases.items():
        write("hostile", content)
        refused(what, ("predict", "hostile", "good-test_images"), "hostile")
    write("hostile", weights(config.replace("linear", wide * 2 + "linear")))
    refused("a config of a huge network", ("predict", "hostile", "good-test_images"), "has no conv1.weight")
    write("hostile", weights(config.replace("linear", wide * 3 + "linear")))
    refused("a config of too many weights", ("predict", "hostile", "good-test_images"), "holds at most 268435456")
    write("hostile", weights(config.replace("[linear: 10]", "[linear: 65536, linear: 65536, linear: 10]")))
    refused("a config of too large a weight", ("predict", "hostile", "good-test_images"), "more than 2^31 elements")
    sparse("hostile", 1 << 30)
    refused("a GiB of nothing", ("predict", "hostile", "good-test_images"), "hostile")
    refused("a GiB of nothing to start from", ("run", "tiny.yaml", "train.init_from=hostile"), "hostile")
    sparse("hostile", 1 << 40)
    refused("a TiB of nothing", ("predict", "hostile", "good-test_images"), "hostile")
    refused("a TiB of nothing to start from", ("run", "tiny.yaml", "train.init_from=hostile"), "hostile")
    os.remove("hostile")
    code, output, _, _ = run("predict", "weights", "good-test_images")
    if code != 0:
        fail("good weights", output)


# Names and texts.

NAMES = ["../x", "../../etc/x", "/tmp/x", ".", "..", ".hidden", "-rf", "--out", "a/b", "a\\b", "x" * 65, "x" * 300, "\x1b[31mred", "a\nb", "a\tb", "a\rb",
         "\u00e9", "A", "a b", "", "\u202e", "=cmd()", "$(id)", "`id`", "a;b", "\x7f", "\x9b31m", "~", "*", "con:", "a\u2028b", "\ufeff"]


def check_names():
    for name in NAMES:
        quoted = json.dumps(name)
        refused(f"name {quoted[:20]}", ("run", "tiny.yaml", "name=" + quoted), "command line:1:")
        refused(f"layer {quoted[:20]}", ("run", "tiny.yaml", f"model=[linear: {{units: 10, name: {quoted}}}]"), "command line:1:")
        write("experiment.yaml", EXPERIMENT + f"name: {quoted}\n")
        refused(f"experiment {quoted[:20]}", ("sweep", "experiment.yaml"), "name")
        write("experiment.yaml", EXPERIMENT + f"claims: [{{id: {quoted}, say: x, less: [a, b], metric: test_error_pct}}]\n")
        refused(f"claim {quoted[:20]}", ("check", "experiment.yaml"), "claims")
    labels = {"only dots": ["...", "a"], "only signs": ["!!!", "a"], "twins in lower case": ["A b", "a B"], "twins with dashes": ["a b", "a-b"],
              "nothing": ["", "a"], "300 characters": ["x" * 300, "a"], "an escape sequence": ["\x1b[31m", "a"], "twins": ["a", "a"]}
    for what, pair in labels.items():
        write("experiment.yaml", EXPERIMENT + f"points: {json.dumps([{'label': label} for label in pair])}\n")
        refused("labels: " + what, ("sweep", "experiment.yaml"), "points")
    # what may be a label stays inside the results all the same
    for label in ("../../x", "/tmp/x", "-rf x", "$(touch pwned)", "a/../../b", "=cmd()"):
        write("experiment.yaml", EXPERIMENT + f"points: {json.dumps([{'label': label}])}\n")
        code, output, _, _ = run("sweep", "experiment.yaml", "--dry-run", "--format", "json")
        directories = [found["directory"] for found in json.loads(output)["runs"]] if code == 0 else []
        inside = all(path.startswith("results/experiment/") and path == os.path.normpath(path) for path in directories)
        if not directories or not inside or os.path.exists("pwned"):
            fail(f"label {label}", output)
    os.remove("experiment.yaml")
    words = [  # and what is said of it as the first one, and as the second
        ("\x1b[31m", "cannot open", "wants key=value"), ("--\x1b]0;title\x07", "no option", "no option"),
        ("--format=\x1b", "no format", "no format"), ("a\x1b=1", "cannot open", "is no path"), ("\x1b.a=1", "cannot open", "is no path"),
        ("\xff\xfe", "cannot open", "wants key=value"), ("-\x1b", "no option", "no option"),
        ("--threads=\x1b", "something is missing", "wants a whole number"), ("x" * 100000, "cannot open", "wants key=value")]
    for word, first, second in words:
        refused(f"word {word[:8]!r}", ("check", word), first)
        refused(f"second word {word[:8]!r}", ("check", "tiny.yaml", word), second)
        refused(f"command {word[:8]!r}", (word,), "no command")
    for name in ("\x1b[31m.yaml", "a\nb.yaml", "\u202e.yaml"):
        write(name, "a: [\n")
        refused(f"file {name!r}", ("check", name), "\\")
        os.remove(name)


# What somebody planted in the results of a run that was begun.

def check_planted():
    run("run", "tiny.yaml", "--stop-after", 1, "--quiet")
    directory = pathlib.Path("results/tiny/seed-1")
    begun = {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}
    if "checkpoint" not in begun:
        return fail("a run begun", str(begun.keys()))
    good = None
    ways = {"link": lambda path: os.symlink(os.path.abspath("victim"), path), "fifo": os.mkfifo, "directory": os.mkdir,
            "dangling": lambda path: os.symlink(os.path.abspath("new"), path), "gigabyte": lambda path: sparse(path, 1 << 30),
            "depth": lambda path: write(path, '{"a":' + "[" * 63 + "]" * 63 + "}")}
    places = [("", None)] + [(name, way) for name in (*sorted(begun), ".lock", "summary.json", "checkpoint.previous") for way in ways]
    for name, way in places:
        subprocess.run(["rm", "-rf", directory])
        directory.mkdir(parents=True)
        for path, content in begun.items():
            write(directory / path, content)
        write("victim", "untouched")
        if way is not None:
            if name in begun:
                os.remove(directory / name)
            ways[way](directory / name)
        code, output, seconds, kib = run("run", "tiny.yaml", "--quiet")
        counts["cases"] += 1
        what = f"{way} for {name}"
        if pathlib.Path("victim").read_text() != "untouched" or os.path.lexists("new"):
            fail(what, f"followed: exit {code}, {output[:200]}")
        elif code not in (0, 2, 4) or re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", output):
            fail(what, f"exit {code}, {output[:300]}")
        elif LIMITED and (seconds > MOST_SECONDS or kib > MOST_KIB):
            fail(what, f"took {seconds:.2f} s and {kib} KiB")
        elif code == 0:
            found = {path: (directory / path).read_bytes() for path in ("curves.csv", "best.safetensors", "predictions.csv")}
            good = good or found
            if found != good:
                fail(what, "other results")
        elif not output.strip():
            fail(what, f"exit {code} without a word")
        if os.path.lexists("new"):
            os.remove("new")
    subprocess.run(["rm", "-rf", "results", "victim"])


# Bytes at random over good files: more of them, and all seeds apart, in the long form.

def check_random():
    made = {"weights": pathlib.Path("weights").read_bytes(), "tiny.yaml": TINY.encode(), "good-test_images": gzip.compress(idx([20, 4, 4], bytes(320)))}
    commands = {"weights": ("predict", "hostile", "good-test_images"), "tiny.yaml": ("check", "hostile"), "good-test_images": ("predict", "weights", "hostile")}
    for seed in range(2000 if LONG else 60):
        draw = random.Random(seed)
        name = draw.choice(sorted(made))
        content = bytearray(made[name])
        for _ in range(draw.randint(1, 8)):
            at = draw.randrange(len(content))
            piece = bytes(draw.randrange(256) for _ in range(draw.randint(0, 4)))
            content[at:at + draw.randint(0, 4)] = piece
        write("hostile", bytes(content))
        code, output, seconds, kib = run(*commands[name])
        counts["cases"] += 1
        if code not in (0, 2) or (LIMITED and (seconds > MOST_SECONDS or kib > MOST_KIB)):
            fail(f"{name}, seed {seed}", f"exit {code}, {seconds:.2f} s, {kib} KiB, {output[:300]}")
    os.remove("hostile")


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        os.environ.pop("ASSAY_DATA", None)
        os.environ["HOME"] = directory
        write("tiny.yaml", TINY)
        write_good_idx()
        write("weights", weights(TINY))
        for check in (check_yaml, check_experiments, check_places, check_idx, check_weights, check_names, check_planted, check_random):
            before = counts["cases"]
            check()
            print(f"{check.__name__}: {counts['cases'] - before} cases", flush=True)
        os.chdir("/")
    print(f"{counts['cases']} cases, {len(failures)} failures; at most {counts['seconds']:.2f} s of CPU and {counts['kib']} KiB")
    sys.exit(1 if failures else 0)


main()

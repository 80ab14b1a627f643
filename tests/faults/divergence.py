"""A learning rate that diverges, and NaN planted in a weight, in weights to begin with or in the mean of the images: the run ends with 3
at that step, or is refused, the curve so far is kept, and the sweep goes on. divergence.py ASSAY SOURCE HELPERS [POINT ...]"""
import hashlib
import json
import math
import pathlib
import random
import re
import shutil
import struct

import faults
from faults import Proof, check, run, tree, write

RATES, PLANTS = 100, 100
SHORT = 8
TRAIN, VALIDATION, BATCH, EPOCHS = 40, 8, 4, 6
STEPS = (TRAIN - VALIDATION) // BATCH
MODELS = (
    "[conv: {maps: 3, kernel: 5, stride: 3}, relu, pool: {type: max}, linear: 10]",
    "[conv: {maps: 3, kernel: 5, stride: 3}, tanh, pool: {type: lp, p: 2}, linear: 10]",
    "[conv: {maps: 3, kernel: 5, stride: 3}, batch-norm, sigmoid, linear: 12, softmax, linear: 10]",
    "[linear: 20, relu, subtractive-norm: 3, linear: 10]",
    "[conv: {maps: 4, kernel: 3}, relu, pool: {type: average, size: 3, stride: 2}, dropout: 0.2, linear: 10]",
)


def config(model, rate, epochs=EPOCHS, loss="nll"):
    """The rate grows tenfold with every epoch, so that there is a curve before the end; mse grows with the weights, nll is content."""
    return f"""\
data: {{dataset: {{digits: {{train: {TRAIN}, test: 8}}}}, validation: {VALIDATION}}}
model: {model}
train:
  loss: {loss}
  max_epochs: {epochs}
  batch_size: {BATCH}
  loss_reduction: sum
  optimizer: {{sgd: {{learning_rate: {rate}, momentum: 0.5, schedule: {{step: {{every: 1, factor: 10}}}}}}}}
"""


def place_of(done):
    """The epoch and the step that a run says it diverged at; step 0: when testing after the epoch."""
    found = re.search(r"the loss became (?:nan|inf|-inf) (?:in epoch (\d+) at step (\d+)|when testing after epoch (\d+))", done.err)
    check(found, done, "\n    it does not say where")
    return (int(found[1]), int(found[2])) if found[1] else (int(found[3]), 0)


def rows(directory):
    path = pathlib.Path(directory, "curves.csv")
    return path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []


def stop_reason(directory):
    return json.loads((directory / "summary.json").read_text(encoding="utf-8"))["stop_reason"]


def check_sound(directory, done, epochs):
    """Every cell of all epochs is a number, or empty where there is nothing to say."""
    check(stop_reason(directory) == "max_epochs", done, "\n    exit 0, and ended by", stop_reason(directory))
    check(len(rows(directory)) == epochs, done, "\n    exit 0 after", len(rows(directory)), "epochs")
    cells = ",".join(rows(directory)).split(",")
    check(all(math.isfinite(float(cell)) for cell in cells if cell), done, "\n    exit 0, and numbers that are none in its curve")


def check_diverged(directory, done, wanted=None):
    check(done.code == 3, done, "\n    not exit 3")
    place = place_of(done)
    check(wanted is None or place == wanted, done, f"\n    not at {wanted}")
    check(len(rows(directory)) == place[0] - 1, directory, "has", len(rows(directory)), "epochs, and diverged in", place)
    summary = json.loads(pathlib.Path(directory, "summary.json").read_text(encoding="utf-8"))
    check(summary["stop_reason"] == "non_finite" and summary["divergence"] in done.err, summary)
    check(not pathlib.Path(directory, "predictions.csv").exists(), "there are predictions of weights that are no numbers")
    faults.check_nothing_half_written(directory, done)
    return place


def in_directory(test):
    def inside(point):
        directory = pathlib.Path(faults.scratch, point.replace(" ", "-"))
        directory.mkdir()
        try:
            return test(point, random.Random(point), directory)
        finally:
            shutil.rmtree(directory)

    return inside


def train(directory, name, *words, program=(faults.assay,)):
    return run([*program, "run", f"{name}.yaml", "--directory", name, *words], directory)


def rate(_, draw, directory, program=(faults.assay,)):
    """The same step whatever the threads, the curve so far, and the other runs of the sweep are done."""
    model = draw.choice(MODELS)
    write(directory, {
        "wild.yaml": config(model, 10 ** draw.uniform(-6, 2), loss="mse"),
        "tame.yaml": config(model, 1e-7, 2),
        "mixed.yaml": "name: mixed\nseeds: [1]\npoints: [{label: wild, base: wild.yaml}, {label: tame, base: tame.yaml}]\n",
    })
    done = train(directory, "wild", "--threads", "1", program=program)
    if done.code == 0:  # a saturated network may take any rate
        check_sound(directory / "wild", done, EPOCHS)
        return "did not diverge"
    place = check_diverged(directory / "wild", done)
    again = train(directory, "wild", "--threads", "3", "--again")
    check(check_diverged(directory / "wild", again) == place, again, "\n    another step with other threads than", place)
    check(train(directory, "wild").code == 3, "found diverged, and not said so again")
    if place[0] > 1:
        wild = (directory / "wild.yaml").read_text(encoding="utf-8")
        write(directory, {"short.yaml": wild.replace(f"max_epochs: {EPOCHS}", f"max_epochs: {place[0] - 1}")})
        check(train(directory, "short").code == 0, "the epochs before were not sound")
        check(rows(directory / "short") == rows(directory / "wild"), "the curve so far is another one")
    check(train(directory, "tame").code == 0, "the tame one")
    done = run([faults.assay, "sweep", "mixed.yaml", "-j", "1"], directory, wanted=1)
    check("1 finished, 1 diverged" in done.out, done)
    alone, swept = tree(directory / "tame"), tree(directory / "results/mixed/tame/seed-1")
    for name in ("curves.csv", "predictions.csv", "best.safetensors"):
        check(alone[name] == swept[name], name, "of the run beside it is another one")
    return "diverged"


def plant_in_checkpoint(path, draw, value):
    """In one weight that is in use: trained floats lie behind the rows, and what is 0 may be padding."""
    content = bytearray(path.read_bytes())
    trained, all_floats = struct.unpack_from("<QQ", content, 64 + 512)
    start = len(content) - 4 * (2 * all_floats + trained)
    used = [at for at in range(start, start + 4 * trained, 4) if any(content[at : at + 4])]
    struct.pack_into("<f", content, draw.choice(used), value)
    content[32:64] = hashlib.sha256(content[64:]).digest()
    path.write_bytes(content)


def plant(point, draw, directory, value=math.nan):
    """After a step of the first epoch: the very next one shows it."""
    write(directory, {"sound.yaml": config(draw.choice(MODELS[:4]), 1e-7)})
    step = draw.randrange(1, STEPS)
    done = run([pathlib.Path(faults.helpers, "cut"), "sound.yaml", "sound", "1", step], directory)
    check(done.code == 75, done)
    plant_in_checkpoint(directory / "sound/checkpoint", draw, value)
    check_diverged(directory / "sound", train(directory, "sound", "--threads", draw.choice([1, 2])), (1, step + 1))
    return "at the next step"


def replace_in_safetensors(path, change):
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header, values = json.loads(content[8 : 8 + length]), bytearray(content[8 + length :])
    del header["__metadata__"]["sha256"]  # as in a file that another program wrote
    change(header, values)
    text = json.dumps(header, separators=(",", ":")).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + values)


def refused(point, draw, directory):
    """Files that say NaN themselves are no input."""
    write(directory, {"sound.yaml": config(MODELS[1], 1e-7, 1)})
    check(train(directory, "sound").code == 0, "the sound one")
    weights = directory / "weights.safetensors"
    if "weight" in point:
        shutil.copy(directory / "sound/best.safetensors", weights)
        replace_in_safetensors(weights, lambda _, values: struct.pack_into("<f", values, 4 * draw.randrange(16), math.nan))
        done = run([faults.assay, "run", "sound.yaml", "train.init_from=weights.safetensors", "name=other"], directory)
        check(done.code == 2 and "weights.safetensors" in done.err, done)
        return "refused"
    images = faults.idx((8, 28, 28), bytes(8 * 784))
    write(directory, {"images.idx": images})
    shutil.copy(directory / "sound/best.safetensors", weights)
    replace_in_safetensors(weights, lambda header, _: header["__metadata__"].update({"input_mean": "nan"}))
    done = run([faults.assay, "predict", "weights.safetensors", "images.idx"], directory)
    check(done.code == 2 and "input_mean" in done.err, done)
    # And images that have no spread at all: their mean is a number, and so is what is divided by.
    own = ", ".join(f"{part}_images: images.idx, {part}_labels: labels.idx" for part in ("train", "test"))
    flat = config(MODELS[1], 1e-7, 1).replace(f"{{digits: {{train: {TRAIN}, test: 8}}}}", f"{{idx: {{{own}}}}}")
    write(directory, {"labels.idx": faults.idx((8,), bytes(8)), "flat.yaml": flat.replace("validation: 8", "validation: 2")})
    check(train(directory, "flat").code == 0, "images without any spread")
    return "refused"


proof = Proof("divergence")
proof.must_catch(["plant 1"], in_directory(lambda point, draw, directory: plant(point, draw, directory, value=0.5)), "not exit 3")
rates = [f"rate {number}" for number in range(RATES)]
smiling = ("sh", "-c", '"$0" "$@"; code=$?; [ $code = 3 ] && exit 0; exit $code', faults.assay)
proof.must_catch(rates[:SHORT], in_directory(lambda *point: rate(*point, program=smiling)), "exit 0, and ended by non_finite")
proof.each(proof.sample(rates, SHORT), in_directory(rate))
check(faults.chosen or proof.failures or proof.verdicts.get("diverged", 0) > 0, "no rate has diverged")
proof.each(proof.sample([f"plant {number}" for number in range(PLANTS)], SHORT), in_directory(plant))
proof.each(["refused weight", "refused mean"], in_directory(refused))
proof.end()

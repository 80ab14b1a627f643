"""A run that is cut at random steps and epochs and goes on each time, with other numbers of threads, ends in the bytes of one that was
left alone: random configs of all layers, schedules, penalties and ways to stop. resume.py ASSAY SOURCE HELPERS [POINT ...]"""
import hashlib
import json
import pathlib
import random
import shutil

import faults
from faults import Proof, check, check_same, run, tree, write

CONFIGS, SHORT, CUTS, CHECKPOINTED = 300, 24, 4, 75
LAYERS = "conv pool dropout batch-norm subtractive-norm relu tanh sigmoid softmax linear".split()


def pick(draw, model):
    """A random layer, by its name and options."""
    kind = draw.choice(LAYERS)
    options = {
        "conv": lambda: {
            "maps": draw.randint(1, 5),
            "kernel": draw.choice([1, 2, 3, 5]),
            "stride": draw.choice([1, 1, 2, 3]),
            "pad": draw.choice([0, 0, 1]),
        },
        "pool": lambda: draw.choice(
            [{"type": "max"}, {"type": "average", "size": 3, "stride": 2}, {"type": "lp", "p": draw.choice([1, 2, 3.5, 4])}]
        ),
        "dropout": lambda: {"rate": draw.choice([0, 0.2, 0.5])},
        "batch-norm": lambda: {"momentum": draw.choice([0.1, 0.3])},
        "subtractive-norm": lambda: {"kernel": draw.choice([3, 5, 7])},
        "softmax": lambda: {"beta": draw.choice([-1, 0.7])},
        "linear": lambda: {"units": draw.randint(2, 12), "init": draw.choice(["torch", "glorot", "he", "lecun"])},
    }.get(kind, dict)()
    model.append({kind: options} if options else kind)


def random_config(draw):
    model = [{"conv": {"maps": draw.randint(1, 5), "kernel": 5, "stride": draw.choice([2, 3, 4])}}]
    for _ in range(draw.randint(1, 5)):
        pick(draw, model)
    model.append({"linear": 10})
    schedule = draw.choice(["constant", {"step": {"every": draw.randint(1, 2), "factor": 0.5}}, {"cosine": {"final": 0.001}}])
    momentum = draw.choice([0, 0.5, 0.9])
    sgd = {"learning_rate": draw.choice([0.01, 0.05, 0.2]), "momentum": momentum, "schedule": schedule}
    sgd["dampening"] = draw.choice([0, momentum])
    validation = draw.choice([0, 7, 16])
    stopping = None
    if draw.random() < 0.6:
        monitor = draw.choice(["train_loss", "train_error_pct"] + (["val_loss", "val_error_pct"] if validation else []))
        stopping = {
            "monitor": monitor,
            "patience": draw.randint(1, 3),
            "min_delta": draw.choice([0, 0.05]),
            "start_from_epoch": draw.randint(1, 2),
            "restore_best": draw.random() < 0.7,
        }
    data = {
        "dataset": {"digits": {"train": draw.randint(40, 90), "test": draw.randint(5, 30)}},
        "validation": validation,
        "pad": draw.choice([0, 0, 2]),
        "normalize": draw.choice(["none", "unit", "standard"]),
    }
    if draw.random() < 0.2:
        data["fold"] = {"count": 3, "index": draw.randint(0, 2)}
    if data["normalize"] == "none":
        sgd["learning_rate"] /= 1e4
    train = {
        "loss": draw.choice(["nll", "nll", "mse"]),
        "loss_reduction": draw.choice(["mean", "sum"]),
        "max_epochs": draw.randint(2, 6),
        "batch_size": draw.choice([1, 3, 8, 16]),
        "shuffle": draw.random() < 0.8,
        "evaluate_train": draw.random() < 0.3,
        "evaluate_test": draw.random() < 0.8,
        "convolution": draw.choice(["fast", "direct"]),
        "optimizer": {"sgd": sgd},
        "penalty": {"lambda": draw.choice([0, 0.001, 0.01]), "C": draw.choice([0, 0.5, 1])},
        "early_stopping": stopping,
    }
    return json.dumps({"name": "random", "seed": draw.randint(0, 1000), "data": data, "model": model, "train": train})


def sound_config(draw, directory):
    """JSON is YAML; one whose layers do not fit is drawn again, and one that diverges at once tells little."""
    while True:
        write(directory, {"config.yaml": random_config(draw)})
        if run([faults.assay, "check", "config.yaml"], directory).code != 0:
            continue
        done = run([faults.assay, "run", "config.yaml", "--directory", "whole", "--threads", "1", "--quiet"], directory)
        if done.code == 0:
            return
        check(done.code == 3, done)
        shutil.rmtree(directory / "whole")


def cut_somewhere(point, spoil=None):
    number = int(point.split()[1])
    draw = random.Random(f"resume {number}")
    directory = pathlib.Path(faults.scratch, f"resume-{number}-{spoil is not None}")
    directory.mkdir()
    try:
        sound_config(draw, directory)
        config = json.loads((directory / "config.yaml").read_text(encoding="utf-8"))
        images, train = config["data"]["dataset"]["digits"]["train"], config["train"]
        steps = train["max_epochs"] * images // train["batch_size"]
        cuts = 0
        while cuts < CUTS:
            call = draw.choice([1, 2, draw.randint(1, 1 + steps // 2), draw.randint(1, 1 + steps // 4)])
            done = run([pathlib.Path(faults.helpers, "cut"), "config.yaml", "cut", draw.choice([1, 2, 3]), call], directory)
            if done.code == 0:
                break
            check(done.code == CHECKPOINTED, done)
            cuts += 1
            if spoil is not None:
                spoil(directory / "cut" / "checkpoint")
        done = run([faults.assay, "run", "config.yaml", "--directory", "cut", "--threads", draw.choice([1, 2, 4]), "--quiet"], directory)
        check(done.code == 0, done)
        check_same(directory / "cut", tree(directory / "whole"), (directory / "config.yaml").read_text(encoding="utf-8"))
        return f"same after {cuts} cuts"
    finally:
        shutil.rmtree(directory)


def change_weights(path):
    """A bit of every float behind the head: which of them are in use depends on the network."""
    content = bytearray(path.read_bytes())
    for at in range(64 + 1024, len(content), 4):
        content[at + 2] ^= 0x40
    content[32:64] = hashlib.sha256(content[64:]).digest()
    path.write_bytes(content)


proof = Proof("resume")
proof.must_catch([f"config {number}" for number in range(1, 4)], lambda point: cut_somewhere(point, change_weights))
proof.each(proof.sample([f"config {number}" for number in range(1, CONFIGS + 1)], SHORT), cut_somewhere)
proof.end()

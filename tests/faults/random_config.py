"""Random configs of all layers, schedules, penalties, losses, splits and ways to stop, which train in an instant: those that a plan can be
made of, and some that none can."""
import json

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

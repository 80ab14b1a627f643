"""The same bits whatever the machine does around a sweep: threads, processes, OPENBLAS_NUM_THREADS, locale, time zone, working
directory, address-space randomisation, priority, load. same_bits.py ASSAY SOURCE HELPERS [POINT ...]"""
import itertools
import os
import pathlib
import random
import shutil
import subprocess

import faults
from faults import LONG, MOST_SECONDS, OTHER_BYTES, SEED, Proof, Scenario, check, environment, flip, run

# Every layer, every kind of pooling, every phase that is cut into items.
NET = """\
data: {dataset: {digits: {train: 96, test: 40}}, validation: 24, pad: 2}
model:
  - conv: {maps: 6, kernel: 5}
  - tanh
  - pool: {type: lp, p: 2, size: 2}
  - subtractive-norm: {kernel: 5}
  - conv: {maps: 5, kernel: 3}
  - batch-norm
  - relu
  - pool: {type: average, size: 3, stride: 1}
  - pool: {type: max, size: 3, stride: 2}
  - dropout: 0.3
  - linear: 20
  - sigmoid
  - linear: 12
  - softmax
  - linear: 10
train:
  max_epochs: 2
  batch_size: 7
  evaluate_train: true
  penalty: {lambda: 0.001, C: 0.5}
  optimizer: {sgd: {learning_rate: 0.05, momentum: 0.7, schedule: {cosine: {final: 0.001}}}}
"""
NETS = """\
name: nets
base: net.yaml
seeds: [1, 2]
points: [{label: whole}, {label: plain, set: {"model[9].dropout.rate": 0}}]
tables: [{name: errors, columns: [{metric: test_error_pct}, {metric: train_loss}]}]
"""


def comma_locale():
    """A locale with a decimal comma, built here: no machine need have it."""
    path = pathlib.Path(faults.scratch, "locales")
    path.mkdir()
    try:
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", path / "de_DE.UTF-8"], capture_output=True, check=False)
    except FileNotFoundError:
        pass
    return {"LOCPATH": str(path), "LC_ALL": "de_DE.UTF-8"} if (path / "de_DE.UTF-8").exists() else None


def cells():
    """A dictionary by name of what surrounds the sweep: one thing changed at a time, then all of them drawn together."""
    values = {
        "threads": range(1, 17),
        "workers": range(1, 9),
        "blas": (None, "1", "2", "8"),
        "locale": (False, True) if comma else (False,),
        "zone": ("UTC", "Asia/Kathmandu", "America/St_Johns", ":nowhere"),
        "place": (".", "a directory/of another – name"),
        "fixed": (False, True),
        "nice": (0, 19),
        "load": (0, 3),
    }
    plain = {key: of_key[0] for key, of_key in values.items()}
    chosen = [{**plain, key: value} for key, of_key in values.items() for value in of_key]
    draw = random.Random(SEED)
    chosen += [{key: draw.choice(list(of_key)) for key, of_key in values.items()} for _ in range(440 if LONG else 8)]
    return {" ".join(f"{key}={value}" for key, value in cell.items()): cell for cell in chosen}


def words_around(cell):
    prefix = ["setarch", os.uname().machine, "-R"] if cell["fixed"] and shutil.which("setarch") else []
    return prefix + (["nice", "-n", str(cell["nice"])] if cell["nice"] else [])


def try_in(scenario, around, spoil=lambda directory: None):
    def test(point):
        cell = around[point]
        more = {"TZ": cell["zone"]}
        more |= {"OPENBLAS_NUM_THREADS": cell["blas"]} if cell["blas"] else {}
        more |= comma if cell["locale"] else {}
        with scenario.copy("cell") as parent:
            directory = parent / cell["place"]
            directory.mkdir(parents=True, exist_ok=True)
            for name in scenario.files:
                if directory != parent:
                    (parent / name).rename(directory / name)
            burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(cell["load"])]
            try:
                # The least of all priorities beside what burns: a seventieth of a core.
                patience = 10 if cell["nice"] and cell["load"] else 1
                options = {"env": environment(**more), "seconds": patience * MOST_SECONDS}
                words = ["sweep", "nets.yaml", "-j", cell["workers"], "--threads", cell["threads"], "--quiet"]
                run([*words_around(cell), faults.assay, *words], directory, wanted=0, **options)
                table = run([faults.assay, "table", "nets.yaml"], directory, wanted=0, **options)
            finally:
                for burner in burners:
                    burner.kill()
                    burner.wait()
            spoil(directory)
            faults.check_same(directory, scenario.golden, point)
            check(table.out == tables, point, "\n    another table:", table)
            return "same"

    return test


proof = Proof("same_bits")
comma = comma_locale()
scenario = Scenario("nets", ["sweep", "nets.yaml", "-j", "1", "--threads", "1", "--quiet"], {"net.yaml": NET, "nets.yaml": NETS})
with scenario.copy("table") as directory:
    run(scenario.words(), directory, wanted=0)
    tables = run([faults.assay, "table", "nets.yaml"], directory, wanted=0).out
around = cells()
plain = list(itertools.islice(around, 1))
for name in ("best.safetensors", "predictions.csv"):
    proof.must_catch(plain, try_in(scenario, around, lambda at, name=name: flip(at / "results/nets/whole/seed-2" / name)), OTHER_BYTES)
proof.each(proof.sample(list(around), 24), try_in(scenario, around))
proof.end("" if comma else "; skipped: a locale with a decimal comma, which cannot be built here (localedef)")

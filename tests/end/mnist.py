"""Real MNIST, where $ASSAY_DATA has it: verified, trained on a part of it, and rebuilt by an independent reader. mnist.py ASSAY SOURCE"""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

assay, source = sys.argv[1], pathlib.Path(sys.argv[2])
data = os.environ.get("ASSAY_DATA")
if not data or not (pathlib.Path(data) / "mnist").is_dir():
    print("skipped: ASSAY_DATA is not set to a directory that holds mnist/")
    sys.exit(77)
mnist = pathlib.Path(data).resolve() / "mnist"
images = next(p for p in (mnist / "t10k-images-idx3-ubyte", mnist / "t10k-images-idx3-ubyte.gz") if p.exists())


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    print("$", *command[1:], "\n" + done.stdout)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}\n{done.stderr}")


def test_error(directory):
    with open(directory / "curves.csv", newline="", encoding="utf-8") as file:
        return float(list(csv.DictReader(file))[-1]["test_error_pct"])


run(assay, "data", "verify", mnist)
with tempfile.TemporaryDirectory() as out:
    # Of 10,000 images, and after an epoch or two: far from what these models reach, far below what a broken one would.
    for config, epochs, limit, most in (("mlp", 2, 12000, 12.0), ("overlapping-max-tanh-dropout", 1, 12000, 4.0)):
        run(assay, "run", source / "configs" / (config + ".yaml"), f"train.max_epochs={epochs}", f"data.limit={limit}", "data.validation=2000", "--out", out)
        error = test_error(pathlib.Path(out) / config / "seed-1")
        print(f"{config}: {error} % test error, at most {most} wanted")
        if error > most:
            sys.exit(1)
    rebuild = [sys.executable, source / "tests/end/rebuild.py", pathlib.Path(out) / "overlapping-max-tanh-dropout/seed-1", images, "--limit", "5"]
    done = subprocess.run(list(map(str, rebuild)), capture_output=True, text=True)
    print(done.stdout + done.stderr)
    sys.exit(0 if done.returncode in (0, 77) else 1)

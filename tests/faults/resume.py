"""A run that is cut at random steps and epochs and goes on each time, with other numbers of threads, ends in the bytes of one that was
left alone: random configs of all layers, schedules, penalties and ways to stop. resume.py ASSAY SOURCE HELPERS [POINT ...]"""
import hashlib
import json
import pathlib
import random
import shutil

import faults
from faults import OTHER_BYTES, Proof, check, check_same, run, tree, write
from random_config import random_config

CONFIGS, SHORT, CUTS, CHECKPOINTED = 300, 24, 4, 75


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
proof.must_catch([f"config {number}" for number in range(1, 4)], lambda point: cut_somewhere(point, change_weights), OTHER_BYTES)
proof.each(proof.sample([f"config {number}" for number in range(1, CONFIGS + 1)], SHORT), cut_somewhere)
proof.end()

"""Inputs that lie on the edges of what is read, where a mutator of bytes seldom comes. As a program it has them replayed, by a command to
which the least number that is to be accepted and a directory are added.

    odd.py TARGET LEAST COMMAND ..."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from odd_configs import config
from odd_experiments import experiment
from odd_overrides import override
from odd_weights import json_texts, safetensors

TARGETS = {"yaml": config, "experiment": experiment, "override": override, "json": json_texts, "safetensors": safetensors}


def inputs(target):
    return [text if isinstance(text, bytes) else text.encode() for text in TARGETS[target]()] if target in TARGETS else []


def replay(target, least, *command):
    directory = tempfile.mkdtemp()
    for number, content in enumerate(inputs(target)):
        pathlib.Path(directory, str(number)).write_bytes(content)
    code = subprocess.run([*command, least, directory], check=False).returncode
    if code == 0:
        shutil.rmtree(directory)
    else:
        print(f"the inputs are left in {directory}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(replay(*sys.argv[1:]))

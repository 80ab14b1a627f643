"""A file system of every size from that of what is to be run up in steps of 4 KiB, until everything fits, then grown: the same bytes or
a clean stop, then the same. full_disk.py ASSAY SOURCE HELPERS [POINT ...]"""
import os
import pathlib
import subprocess
import sys

INSIDE = "ASSAY_FULL_DISK_INSIDE"
if INSIDE not in os.environ:  # once more, where file systems may be mounted and are gone at the end
    own = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    try:
        allowed = subprocess.run([*own, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        print("skipped: no file system may be mounted here, not even in a namespace of its own")
        sys.exit(77)
    sys.exit(subprocess.run([*own, sys.executable, *sys.argv], env={**os.environ, INSIDE: "1"}, check=False).returncode)

import shutil

from faults import OTHER_BYTES, Proof, Scenario, careless, check, run, unsteady

STEP, GROWN, ENOUGH = 4, "64m", 2048  # KiB


def mount(directory, size, *options):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "none", directory], check=False)
    check(done.returncode == 0, "cannot mount")


def fill_at(scenario):
    def test(point):
        kibibytes = int(point.split()[1])
        with scenario.copy(str(kibibytes)) as master:
            directory = pathlib.Path(f"{master}.small")
            directory.mkdir()
            mount(directory, f"{kibibytes}k")
            try:
                shutil.copytree(master, directory, dirs_exist_ok=True)
                done = run(scenario.words(), directory)
                return scenario.judge(directory, done, between=lambda: mount(directory, GROWN, "remount"))
            finally:
                subprocess.run(["umount", "-l", directory], check=True)  # once nobody looks at it any more
                directory.rmdir()

    return test


def size_of(directory):
    """In pages, each of which belongs to one file."""
    return sum(-(-path.stat().st_size // (STEP << 10)) * STEP for path in directory.rglob("*") if path.is_file())


proof = Proof("full_disk")
bad = careless(4096)
proof.must_catch([f"careless {size}" for size in range(4, 24, STEP)], fill_at(bad), "not the same bytes")
bad = unsteady()
proof.must_catch([f"unsteady {size}" for size in range(4, 24, STEP)], fill_at(bad), OTHER_BYTES)
begun = [["run", "base.yaml", "--threads", "1", "--stop-after", "1"]]
for scenario, most in (
    (Scenario("sweep", ["sweep", "two.yaml", "-j", "1"]), 30),
    (Scenario("resume", ["run", "base.yaml", "--threads", "1"], before=begun), 30),
    (Scenario("table", ["table", "two.yaml", "--write"], before=[["sweep", "two.yaml", "--quiet"]]), 10),
):
    test = fill_at(scenario)
    proof.each(proof.sample(proof.sizes(scenario, test, range(size_of(scenario.master), ENOUGH, STEP)), most), test)
proof.end()

#!/usr/bin/env python3
"""Times assay beside PyTorch and oneDNN on this machine, in turns, and prints how many times as fast it is.

    bench/peers.py [--blocks 9] [--seconds 0.5] [--without torch|onednn] [--only NETWORK] [key=value …]

What is compared takes turns: assay, PyTorch as it is, PyTorch tuned, and again, so that a noisy machine hurts all alike; the first
turn warms up and is not counted. Figures are medians over the blocks, ratios the medians of each block's ratios. PyTorch is timed
as installed, and tuned: see torch_peer.py, and malloc told to keep its memory (GLIBC_TUNABLES). oneDNN does the second
convolution of the report's network alone, see onednn.c. key=value goes to assay, as in `assay bench`.

Needs a built assay (build/assay, or --assay PATH), python3-torch and libdnnl-dev with a C compiler. All of it takes a quarter of an
hour; leave the machine alone meanwhile.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
NETWORKS = ["l2-tanh", "max-tanh", "overlapping-max-tanh-dropout", "mlp", "convnet-3x3-32-128", "convnet-3x3-16-48"]
# Batch size, threads; more of them for the first network.
USUAL, MORE = [(16, 1), (16, 2)], [(1, 2), (128, 2)]
CONVOLUTION = {"config": "l2-tanh", "layer": "conv2", "shape": ["64", "64", "14", "5"], "batch": 16}
# Above 32 MiB, glibc ignores the threshold.
MALLOC = "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=67108864"


def fail(text):
    sys.exit(f"peers.py: {text}")


class Assay:
    def __init__(self, program, overrides):
        self.program, self.overrides, self.environment = program, overrides, dict(os.environ)
        if not shutil.which(program):
            fail(f"there is no {program}; `meson setup build --buildtype=release && ninja -C build` makes it, --assay PATH says where it is")
        look = self.run("mlp", 128, 1, 0.02, "--layers")
        self.machine = look["machine"]
        # OpenBLAS takes a CPU that is newer than itself for a very old one; PyTorch uses it too.
        if self.machine["blas_core"] == "Prescott" and self.machine["kernels"] != "plain":
            self.environment["OPENBLAS_CORETYPE"] = "SkylakeX" if self.machine["kernels"] == "avx512" else "Haswell"
            self.machine = self.run("mlp", 128, 1, 0.02, "--layers")["machine"]

    def run(self, config, batch, threads, seconds, *more):
        command = [self.program, "bench", HERE.parent / "configs" / f"{config}.yaml", "--batch-sizes", batch, "--threads", threads,
                   "--seconds", seconds, "--format", "json", "--quiet", *more, *self.overrides]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=self.environment)
        if "data set mnist is in none of the places" in done.stderr:
            print("MNIST is not here: assay runs on the built-in digits, which takes as long (ASSAY_DATA or data.dir=… says where it is)")
            self.overrides += ["data.dataset=digits", "data.validation=2000"]
            return self.run(config, batch, threads, seconds, *more)
        if done.returncode != 0:
            fail(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)

    def time(self, network, batch, threads, seconds):
        return self.run(network, batch, threads, seconds)["rows"][0]

    def parameters(self, network):
        done = subprocess.run([self.program, "check", HERE.parent / "configs" / f"{network}.yaml", "--format", "json", *self.overrides],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["parameters"]


class Torch:
    """A process that stays; it sleeps while the others have their turn."""

    def __init__(self, python, environment, tuned):
        environment = {**environment, **({"GLIBC_TUNABLES": MALLOC} if tuned else {})}
        self.process = subprocess.Popen([python, HERE / "torch_peer.py", *(["--tuned"] if tuned else [])], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment)

    def time(self, network, batch, threads, seconds):
        print(json.dumps({"network": network, "batch": batch, "threads": threads, "seconds": seconds}), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            fail("torch_peer.py gave up")
        time.sleep(0.1)  # its threads spin for a while before they sleep
        return json.loads(answer)


def find_torch():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
            return python
    fail("no PyTorch here; `apt-get install python3-torch` gets it, --without torch does without")


def build_onednn(directory):
    compiler = os.environ.get("CC", "cc")
    command = [compiler, "-std=gnu11", "-O2", "-o", f"{directory}/onednn", HERE / "onednn.c", "-ldnnl"]
    if shutil.which(compiler) is None:
        fail("no C compiler for oneDNN's part; --without onednn does without")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"onednn.c does not build; `apt-get install libdnnl-dev` (oneDNN 2) gets what it needs, --without onednn does without\n{done.stderr}")
    return f"{directory}/onednn"


def time_onednn(program, environment, threads, seconds):
    layer = CONVOLUTION
    done = subprocess.run([program, str(layer["batch"]), *layer["shape"], str(seconds)], capture_output=True, text=True, check=True,
                          env={**environment, "OMP_NUM_THREADS": str(threads)})
    return {part["pass"]: part for part in json.loads(done.stdout)["passes"]}


def middle(values):
    return statistics.median(values)


def ratio(others, ours):
    return middle([other / our for other, our in zip(others, ours)])


def spread(values):
    if len(values) < 2:
        return 0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return 100 * (high - low) / middle(values)


def steal():
    """Share of the CPUs' time that others on the same host took, since the machine was started: (stolen, all)."""
    ticks = list(map(int, open("/proc/stat", encoding="ascii").readline().split()[1:9]))
    return ticks[7], sum(ticks)


def print_networks(cases, times, peers):
    print(f"\n{'network':30} {'batch':>5} {'threads':>7} {'':5} {'assay ms':>9} {'spread':>7}" +
          "".join(f" {name + ' ms':>16} {'ratio':>6}" for name in peers))
    for case in cases:
        for which in ("train", "test"):
            values = {side: [row[f"{which}_ms_per_sample"] for row in rows] for side, rows in times[case].items()}
            network, batch, threads = case
            print(f"{network:30} {batch:5} {threads:7} {which:5} {middle(values['assay']):9.4f} {spread(values['assay']):6.1f}%" +
                  "".join(f" {middle(values[name]):16.4f} {ratio(values[name], values['assay']):6.2f}" for name in peers))


def passes_of(bench):
    """Pass → its figures, of the layer that is compared; what both gradients need is counted with the data gradient."""
    layer = next(layer for layer in bench["layers"] if layer["name"] == CONVOLUTION["layer"])
    passes = {part["pass"]: dict(part) for part in layer["passes"]}
    if "backward" in passes:
        passes["data gradient"]["ms_per_sample"] += passes["backward"]["ms_per_sample"]
    return passes, layer.get("algorithm")


def print_convolution(measured, with_onednn):
    print(f"\nThe second convolution, 14x14x64 → 10x10x64, 5x5, batch {CONVOLUTION['batch']}; ms per sample")
    heads = [f"{'oneDNN ms':>10} {'ratio':>6} {'reordered ms':>12} {'ratio':>6}  implementation"] if with_onednn else []
    print(" ".join([f"{'threads':>7} {'pass':16} {'assay ms':>9} {'GFLOP/s':>8} {'of sgemm':>8}", *heads]))
    for threads, blocks in measured.items():
        for name in ("forward", "data gradient", "weight gradient"):
            ours = [passes_of(bench)[0][name] for bench, _ in blocks]
            own = [part["ms_per_sample"] for part in ours]
            rates = [part["flops_per_sample"] / part["ms_per_sample"] / 1e6 for part in ours]
            share = middle([100 * rate / bench["sgemm_gflops"] for rate, (bench, _) in zip(rates, blocks)])
            line = f"{threads:7} {name:16} {middle(own):9.4f} {middle(rates):8.1f} {share:7.1f}%"
            if with_onednn:
                bare = [theirs[name]["ms_per_sample"] for _, theirs in blocks]
                full = [theirs[name]["ms_per_sample_with_reorders"] for _, theirs in blocks]
                line += (f" {middle(bare):10.4f} {ratio(bare, own):6.2f} {middle(full):12.4f} {ratio(full, own):6.2f}"
                         f"  {blocks[0][1][name]['implementation']}")
            print(line)
    for threads, blocks in measured.items():
        bench = blocks[0][0]
        rate = middle([bench["sgemm_gflops"] for bench, _ in blocks])
        prepare = middle([passes_of(bench)[0].get("prepare", {"ms_per_sample": 0})["ms_per_sample"] for bench, _ in blocks])
        print(f"  {threads} thread{'s' if threads > 1 else ''}: sgemm {bench['sgemm_size']}³ {rate:.1f} GFLOP/s; assay's algorithm: "
              f"{passes_of(bench)[1]}, whose weights take {prepare:.4f} ms more to prepare after each update")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(HERE.parent / "build" / "assay"))
    parser.add_argument("--blocks", type=int, default=9, help="that are counted")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each figure in each block")
    parser.add_argument("--without", action="append", default=[], choices=["torch", "onednn"])
    parser.add_argument("--only", action="append", default=[], choices=NETWORKS)
    parser.add_argument("overrides", nargs="*", metavar="key=value")
    options = parser.parse_args()

    networks = options.only or NETWORKS
    most_threads = len(os.sched_getaffinity(0))
    cases = [(network, batch, threads) for network in networks
             for batch, threads in USUAL + (MORE if network == networks[0] else []) if threads <= most_threads]
    with_torch, with_onednn = "torch" not in options.without, "onednn" not in options.without
    python = find_torch() if with_torch else None
    with tempfile.TemporaryDirectory() as directory:
        onednn = build_onednn(directory) if with_onednn else None
        assay = Assay(options.assay, options.overrides)
        load, stolen = os.getloadavg()[0], steal()
        if load > 0.5 * os.cpu_count():
            print(f"peers.py: warning: this machine is busy (load average {load:.2f}): no figure is worth much", file=sys.stderr)
        sides = {"assay": assay}
        if with_torch:
            sides["PyTorch"] = Torch(python, assay.environment, False)
            sides["tuned"] = Torch(python, assay.environment, True)
        times = {case: {side: [] for side in sides} for case in cases}
        convolutions = {threads: [] for threads in (1, 2) if threads <= most_threads}
        for block in range(options.blocks + 1):
            print(f"\rblock {block} of {options.blocks}", end="", file=sys.stderr, flush=True)
            for case in cases:
                for side, timer in sides.items():
                    times[case][side].append(timer.time(*case, options.seconds))
            for threads, blocks in convolutions.items():
                blocks.append((assay.run(CONVOLUTION["config"], CONVOLUTION["batch"], threads, max(1, options.seconds), "--layers"),
                               time_onednn(onednn, assay.environment, threads, options.seconds / 2) if with_onednn else None))
            if block == 0:
                for network in networks if with_torch else []:
                    theirs, ours = times[network, *USUAL[0]]["PyTorch"][0]["parameters"], assay.parameters(network)
                    if theirs != ours:
                        fail(f"{network} has {ours} parameters in assay and {theirs} in PyTorch: these are not the same networks")
                times = {case: {side: [] for side in sides} for case in cases}
                convolutions = {threads: [] for threads in convolutions}
        print(file=sys.stderr)
        machine, taken = assay.machine, steal()
        print(f"{machine['cpu']}, {machine['cpus']} CPUs, load average {load:.2f}, steal {100 * (taken[0] - stolen[0]) / (taken[1] - stolen[1]):.1f} %")
        print(f"assay {machine['version']} ({machine['commit']}), {machine['kernels']} kernels; OpenBLAS for {machine['blas_core']}; " +
              f"{options.blocks} blocks of {options.seconds:g} s; ms per sample; a ratio is how many times as fast assay is")
        print_networks(cases, times, [side for side in sides if side != "assay"])
        print_convolution(convolutions, with_onednn)


if __name__ == "__main__":
    main()

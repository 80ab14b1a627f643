"""`assay check` takes every config, prints its plan, and does so at once. check_configs.py ASSAY SOURCE"""
import os
import pathlib
import subprocess
import sys
import time

assay, source = sys.argv[1], pathlib.Path(sys.argv[2])
# Sanitizers and valgrind are slow; the promise is for the program as it is built for users.
limit_ms = float(os.environ.get("ASSAY_CHECK_LIMIT_MS", "200"))
bases = {"base.yaml", "quickstart-base.yaml"}
failures = 0
for config in sorted((source / "configs").glob("*.yaml")):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        done = subprocess.run([assay, "check", str(config)], capture_output=True, text=True)
        times.append(1000 * (time.perf_counter() - start))
    wanted = 2 if config.name in bases else 0
    print(f"{config.name}: exit {done.returncode}, {min(times):.1f} ms")
    if done.returncode != wanted or (wanted == 0 and "parameters" not in done.stdout) or min(times) > limit_ms:
        failures += 1
        print(f"  wanted exit {wanted} and a plan within {limit_ms:.0f} ms\n{done.stderr}")
sys.exit(failures > 0)

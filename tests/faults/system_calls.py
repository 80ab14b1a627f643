"""What the program asks of the system while it trains: no other program, no network, no file outside the config, the data and the
results but what the loader, the C library and BLAS read of the system. system_calls.py ASSAY SOURCE HELPERS [POINT ...]"""
import os
import pathlib
import re
import shutil

import faults
from faults import BASE, TWO, Proof, Scenario, check, has_sanitizer, idx, run, skip, traced_environment

FORBIDDEN = set(
    "socket socketpair connect bind listen accept accept4 sendto recvfrom sendmsg recvmsg getsockname setsockopt "
    "ptrace execveat chmod chown fchmodat fchownat link linkat symlink symlinkat mknod mknodat mount chroot".split()
)
LOOKS = set("newfstatat stat lstat access readlink faccessat2 statx".split())
# Of the system, for reading alone: the loader and its libraries, the C library's time zone, BLAS counting the CPUs, the CPU's name.
SYSTEM = tuple(
    "/lib/ /lib64/ /usr/lib/ /usr/lib64/ /usr/local/lib/ /etc/ld.so. /etc/localtime /usr/share/zoneinfo/ "
    "/sys/devices/system/cpu /sys/devices/system/node /proc/cpuinfo /proc/self/ /proc/stat /proc/meminfo".split()
)
DEVICES = ("/dev/null", "/dev/stdin")
CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")


def complaints(trace, directory, program):
    """What of a trace is not allowed; and, so that an empty trace does not pass, how many files it names."""
    wrong, named = [], 0
    for line in trace.splitlines():
        match = CALL.match(line)
        if not match:
            continue
        name, arguments = match.groups()
        if name in FORBIDDEN:
            wrong.append(line)
        if name == "execve":
            executed = PATH.search(arguments).group(1)
            if executed not in (str(program), "/proc/self/exe"):
                wrong.append(line)
            continue
        for path in PATH.findall(arguments)[: 1 if name.startswith("readlink") else 2]:
            if "tmp." in path and "/" not in path or path in ("", "config.yaml", "summary.json", "."):
                continue  # relative to the open directory of a run
            named += 1
            absolute = os.path.normpath(os.path.join(directory, path))
            is_own = absolute == str(directory) or absolute.startswith(f"{directory}/")
            is_system = absolute.startswith(SYSTEM) and not WRITES.search(arguments) or absolute in DEVICES
            looks = name in LOOKS and absolute.startswith(("/usr", "/lib", "/etc"))
            if not (is_own or is_system or looks or "/" not in path):
                wrong.append(line)
    return wrong, named


def traced(scenario):
    def test(point):
        with scenario.copy("traced") as directory:
            output = f"{directory}.trace"
            words = ["strace", "-f", "-qq", "-s", "400", "-o", output, "-e", "trace=%file,%network,%process,ptrace"]
            done = run([*words, *scenario.words()], directory, wanted=0, env=traced_environment())
            trace = pathlib.Path(output).read_text(encoding="utf-8", errors="replace")
            os.unlink(output)
            wrong, named = complaints(trace, directory, pathlib.Path(scenario.program[0]))
            check(not wrong, done, "".join(f"\n    {line}" for line in wrong[:10]))
            check(named > 10, "the trace names", named, "files: it has not been read")
            return "own files only"

    return test


if shutil.which("strace") is None:
    skip("there is no strace")
if run(["strace", "-qq", "-o", "/dev/null", "true"], "/").code != 0:
    skip("tracing is not permitted here")
if has_sanitizer("tsan"):
    skip("the thread sanitizer needs files of its own")
proof = Proof("system_calls")
for name, line, words in (
    ("program", f"{shutil.which('cat')} base.yaml >/dev/null", r'execve\(".*/cat"'),
    ("file", ": </etc/passwd", r'open\w*\(.*"/etc/passwd"'),
):
    files = {"base.yaml": BASE, "careless.sh": f"{line}\nexit 0\n"}
    proof.must_catch([name], traced(Scenario(name, ["careless.sh"], files, program=(shutil.which("sh"),))), words)
files = {"base.yaml": BASE, "two.yaml": TWO}
images = {"train": (24, "a", "b"), "test": (8, "c", "d")}
named = ", ".join(f"{part}_images: d/{one}, {part}_labels: d/{two}" for part, (_, one, two) in images.items())
written = {"idx.yaml": BASE.replace("{digits: {train: 24, test: 8}}", f"{{idx: {{{named}}}}}")}
for count, one, two in images.values():
    written[f"d/{one}"] = idx((count, 12, 12), (i * 7 % 256 for i in range(count * 144)))
    written[f"d/{two}"] = idx((count,), (i % 10 for i in range(count)))
own = Scenario("idx", ["run", "idx.yaml", "--threads", "2", "--quiet"], written)
for scenario in (
    Scenario("run", ["run", "base.yaml", "--threads", "2"], files),
    Scenario("resume", ["run", "base.yaml"], files, before=[["run", "base.yaml", "--stop-after", "1"]]),
    own,
    Scenario("sweep", ["sweep", "two.yaml", "-j", "2"], files),
    Scenario("table", ["table", "two.yaml"], files, before=[["sweep", "two.yaml", "--quiet"]]),
):
    proof.each([scenario.name], traced(scenario))
proof.end()

"""What the proofs about faults of the machine share: tiny experiments, the program under a fault, and the judge of what came of it.

A fault ends in one of two ways: in the same bytes as if nothing had happened, or in a clean stop - a line that says what and
where, an exit code, nothing half-written - and in the same bytes after running it again.

Every proof has a short form and, with ASSAY_LONG=1, a long one, which notes the points it has done in a journal beside the
program's tests and goes on from there. ASSAY_SEED chooses other points for the short form.

PROOF.py ASSAY SOURCE HELPERS [POINT ...]
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

SKIPPED = 77
LONG = os.environ.get("ASSAY_LONG", "") not in ("", "0")
SEED = int(os.environ.get("ASSAY_SEED", "1"))
MOST_SECONDS = 30 * float(os.environ.get("ASSAY_PATIENCE", "1"))  # more under valgrind
JOBS = min(2, os.cpu_count() or 1)
# Every write is followed by a sync, which a disk takes its time for; nothing here pulls a plug.
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

assay, source, helpers = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:4])
chosen = sys.argv[4:]

# How a program ends that could not do its work and knows it: some runs failed, the machine would not. Nothing here diverges (3).
CLEAN = (1, 4)
# How one ends that could not be loaded, in the loader's words.
NOT_LOADED = 127
# How a line begins that says what is wrong: with who says it, with a place in a file, or, of a whole file, without either; or of a run.
COMPLAINT = re.compile(r"(assay|cut): .|(command )?\S+:\d+: .|cannot .|out of memory|\[\d+/\d+\] .*: failed: .")

# What a sanitizer says that cannot work itself, without memory or without its options, and which is no report.
SANITIZERS_OWN = re.compile(
    r"==\d+==ERROR: AddressSanitizer:? (failed to allocate|out.of.memory|allocator is out of memory)|"
    r"==\d+==LeakSanitizer has encountered a fatal error|ERROR: Failed to mmap"
)


def has_sanitizer(name, program=assay):
    """name: asan or tsan"""
    return f"__{name}_init".encode() in pathlib.Path(program).read_bytes()


def check(condition, *said):
    if not condition:
        raise AssertionError(" ".join(map(str, said)))


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


# Tiny experiments.

BASE = """\
data: {dataset: {digits: {train: 24, test: 8}}, validation: 8}
model: [conv: {maps: 2, kernel: 5, stride: 4}, tanh, dropout: 0.2, linear: 10]
train:
  max_epochs: 2
  batch_size: 8
  optimizer: {sgd: {learning_rate: 0.05, momentum: 0.5}}
"""
TWO = """\
name: two
base: base.yaml
seeds: [1]
points:
  - {label: plain}
  - {label: bare, set: {"model[2].dropout.rate": 0}}
tables: [{name: errors, columns: [{metric: test_error_pct}]}]
claims: [{id: differ, say: They differ, less: [plain, bare], metric: test_error_pct}]
"""
# Which of the two goes on, and is trained anew, is for the curves to say.
SEARCH = """\
name: search
base: base.yaml
seeds: [1]
grid: {"model[2].dropout.rate": [0, 0.2]}
method: {halving: {first: 1, eta: 2, metric: val_loss}}
final: {metric: val_error_pct, seeds: [1]}
"""


def idx(dimensions, content):
    """The bytes of an IDX file."""
    return bytes([0, 0, 8, len(dimensions)]) + b"".join(size.to_bytes(4, "big") for size in dimensions) + bytes(content)


def write(directory, files):
    for name, text in files.items():
        path = pathlib.Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


# The program.


class Done:
    """How a command ended: its exit code (128 + n for signal n), what it said, how long it took."""

    def __init__(self, code, out, err, seconds, calls=()):
        self.code, self.out, self.err, self.seconds, self.calls = code, out, err, seconds, calls

    def __str__(self):
        said = "".join(f"\n    | {line}" for line in (self.out + self.err).splitlines()[-12:])
        met = "".join(f"\n    at {call}" for call in self.calls if call.endswith(" *"))[:600]
        return f"exit {self.code} after {self.seconds:.2f} s{met}{said}"


def environment(**changes):
    taken = ("ASSAY_", "OPENBLAS_", "OMP_")  # but which kernels there are: the helpers are not under valgrind, which has fewer
    clean = {name: value for name, value in os.environ.items() if name == "ASSAY_ISA" or not name.startswith(taken)}
    return {**clean, **changes}


def traced_environment(**changes):
    """The leak sanitizer, where there is one, cannot work in a process that is traced."""
    return environment(ASAN_OPTIONS="detect_leaks=0", **changes)


def start(words, directory, **options):
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(), "start_new_session": True}
    return subprocess.Popen([str(word) for word in words], cwd=directory, **{**settings, **options})


def code_of(process):
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def finish(process, begun, seconds=MOST_SECONDS):
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        show = ["ps", "-o", "pid,stat,wchan:20,args", "--sid", str(process.pid)]
        left = subprocess.run(show, capture_output=True, text=True, check=False)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise AssertionError(f"{process.args} hangs: no end after {seconds} s\n{left.stdout}") from None
    decode = lambda text: (text or b"").decode("utf-8", "replace")
    return Done(code_of(process), decode(out), decode(err), time.monotonic() - begun)


def run(words, directory, wanted=None, seconds=MOST_SECONDS, **options):
    begun = time.monotonic()
    done = finish(start(words, directory, **options), begun, seconds)
    check(wanted is None or done.code == wanted, f"{' '.join(map(str, words))}: not exit {wanted} but", done)
    return done


def inject(words, directory, groups, first, last, action, **changes):
    """The program with the system calls number `first` to `last` of the groups met by the action; see inject.c."""
    report = f"{directory}.report"
    program = pathlib.Path(helpers, "inject")
    done = run([program, report, groups, first, last, action, *words], directory, env=traced_environment(**changes))
    check(done.code == 0, "inject:", done)
    *calls, end = pathlib.Path(report).read_text(encoding="utf-8", errors="replace").splitlines()
    os.unlink(report)
    return Done(int(end.split()[1]), done.out, done.err, done.seconds, calls)


FOREVER = 1 << 30


def need_injection():
    program = pathlib.Path(helpers, "inject")
    if not program.exists():
        skip("system calls can be met on Linux on x86-64 only")
    with tempfile.TemporaryDirectory() as directory:
        done = run([program, f"{directory}/report", "open", 0, 0, "kill", "true"], directory)
    if done.code != 0:
        skip(f"tracing is not permitted here ({done.err.strip()})")


# The judge.

WITH_A_CLOCK = ("log.txt", "timing.csv", "provenance.json", "checkpoint")
IGNORED = (".lock", ".report")
# What a run has more of, or another of, with each of its epochs.
GROWING = ("curves.csv", "best.safetensors")


def is_temporary(name):
    return name.startswith(".") and ".tmp." in name


def digest(path):
    """Of what is a function of the config and the data alone; of files with a clock in them, that they are there."""
    if path.name in WITH_A_CLOCK:
        return "there"
    content = path.read_bytes()
    if path.name == "summary.json":
        summary = json.loads(content)
        summary.pop("machine")
        summary["timing"] = {key: value is not None for key, value in summary["timing"].items()}
        content = json.dumps(summary, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def files_below(directory):
    return sorted(path for path in pathlib.Path(directory).rglob("*") if path.is_file() and path.name not in IGNORED)


def tree(directory):
    return {str(path.relative_to(directory)): digest(path) for path in files_below(directory)}


def check_same(directory, golden, *said):
    found = tree(directory)
    differ = [name for name in golden if name in found and found[name] != golden[name]]
    missing, more = sorted(golden.keys() - found.keys()), sorted(found.keys() - golden.keys())
    check(not (differ or missing or more), *said, f"\n    not the same bytes: differ {differ}, missing {missing}, too many {more}")


def is_whole(path):
    content = path.read_bytes()
    if path.suffix == ".json":
        json.loads(content)
    if path.suffix == ".csv":
        lines = content.decode().split("\n")
        return lines[-1] == "" and len({line.count(",") for line in lines[:-1]}) == 1
    if path.suffix == ".safetensors":
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])
        ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
        return len(content) == 8 + length + max(ends)
    if path.name.startswith("checkpoint"):
        return hashlib.sha256(content[64:]).digest() == content[32:64]
    return len(content) > 0 or path.name == "log.txt"


def is_checkpoint(path):
    return path.name in ("checkpoint", "checkpoint.previous") and is_whole(path)


def is_unfinished(directory):
    return not (directory / "summary.json").exists()


def check_nothing_half_written(directory, *said):
    for path in files_below(directory):
        if is_temporary(path.name):
            continue
        try:
            sound = is_whole(path)
        except (ValueError, KeyError):
            sound = False
        check(sound, *said, f"\n    half-written: {path.relative_to(directory)}")


# "17 write /a/b/.curves.csv.tmp.123" -> "write .curves.csv.tmp"
KIND = re.compile(r"^\d+ (\w+) (?:.*/)?([^/]*?)(?:\.\d+)?$")


class Scenario:
    """A command in a directory as it was prepared, and what is there when nothing goes wrong."""

    def __init__(self, name, command, files=(), before=(), program=(assay,)):
        self.name, self.command, self.program = name, command, program
        self.master = pathlib.Path(scratch, "masters", name)
        self.master.mkdir(parents=True)
        self.files = dict(files or {"base.yaml": BASE, "two.yaml": TWO})
        write(self.master, self.files)
        for words in before:
            run([*self.program, *words], self.master, wanted=0)
        self.before = tree(self.master)
        with self.copy("golden") as directory:
            done = run(self.words(), directory, wanted=0)
            self.out, self.seconds, self.said = done.out, done.seconds, set((done.out + done.err).splitlines())
            self.golden = tree(directory)
            self.curves = {name: pathlib.Path(directory, name).read_bytes() for name in self.golden if name.endswith("curves.csv")}
            check(not any(is_temporary(pathlib.Path(name).name) for name in self.golden), "a temporary file was left")

    def words(self):
        return [*self.program, *self.command]

    def copy(self, name):
        return Copy(self.master, f"{self.name}-{name}")

    def calls(self, groups):
        """What is called when nothing goes wrong, in order: the name and the file's last name, without process ids."""
        with self.copy("count") as directory:
            done = inject(self.words(), directory, groups, 0, 0, "kill")
            check(done.code == 0, "without a fault:", done)
            return [KIND.sub(r"\1 \2", call) for call in done.calls]

    def check_stopped(self, directory, *said):
        """Every result is there as it was before or as it is in the end, or not at all; a curve may be the beginning of one."""
        check_nothing_half_written(directory, *said)
        for name, found in tree(directory).items():
            path = pathlib.Path(directory, name)
            if path.name in GROWING and is_unfinished(path.parent):
                sound = name not in self.curves or self.curves[name].startswith(path.read_bytes())
            else:
                sound = name not in self.golden or found in (self.golden[name], self.before.get(name))
            check(sound, *said, f"\n    neither as before nor as in the end: {name}")

    def complains(self, done):
        """Whether it says what was wrong, and does not say it when nothing is."""
        new = [line for line in (done.err + done.out).splitlines() if line not in self.said]
        is_sanitizers = has_sanitizer("asan") and any(map(SANITIZERS_OWN.match, new))
        return any(map(COMPLAINT.match, new)) or is_sanitizers or (done.code == NOT_LOADED and len(new) > 0)

    def judge(self, directory, done, may_be_killed=False, is_silent=False, between=lambda: None):
        """The verdict: "same", "clean" or "killed"; an AssertionError where it was none of them, or a further run, after what is
        done in `between`, is not the same."""
        killed = may_be_killed and done.code == 128 + signal.SIGKILL
        if done.code == 0:
            check_same(directory, self.golden, done)
            check(done.out == self.out or self.name in SPEAK_OF_WORK, done, "\n    exit 0, but other output")
        elif not killed:
            check(done.code in (*CLEAN, NOT_LOADED), done, "\n    neither the same nor a clean stop")
            check(is_silent or self.complains(done), done, "\n    it does not say what was wrong")
        self.check_stopped(directory, done)
        between()
        again = run(self.words(), directory)
        check(again.code == 0, done, "\n    and then, without a fault,", again)
        check_same(directory, self.golden, done, "\n    and then, without a fault,", again)
        check(again.out == self.out or self.name in SPEAK_OF_WORK, done, "\n    and then other output:", again)
        return "killed" if killed else "same" if done.code == 0 else "clean"


# What these print depends on how much was left to do, or how long it took.
SPEAK_OF_WORK = ("sweep", "halving", "run", "heavy", "resume", "careless", "bench")


class Copy:
    lock, count = threading.Lock(), 0

    def __init__(self, master, name):
        with Copy.lock:
            Copy.count += 1
            self.path = pathlib.Path(scratch, f"{name}-{Copy.count}")
        self.master = master

    def __enter__(self):
        shutil.copytree(self.master, self.path)
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


scratch = tempfile.mkdtemp(dir=PLACE, prefix="assay-faults-")


def careless(size=10):
    """A program that every proof must catch: it writes in pieces under the final name, and never looks at what failed."""
    script = f"""\
[ -e results/file ] && exit 0
mkdir -p results
printf '%{size}s, ' first  >results/file
printf '%{size}s\\n' second >>results/file
exit 0
"""
    return Scenario("careless", ["careless.sh"], {"careless.sh": script}, program=("sh",))


def unsteady():
    """Another one: stopped after it has begun, it comes the next time to an end that is whole, and not the same."""
    script = """\
[ -e results/file ] && exit 0
mkdir -p results
text=first; [ -e results/begun ] && text=other
echo begun >results/begun && echo $text >results/.file.tmp.1 || { echo 'assay: cannot write' >&2; exit 1; }
mv results/.file.tmp.1 results/file && rm results/begun || { echo 'assay: cannot rename' >&2; exit 1; }
"""
    return Scenario("unsteady", ["unsteady.sh"], {"unsteady.sh": script}, program=("sh",))


HALF_WRITTEN = r"neither as before nor as in the end: results/file|half-written: results/file"
OTHER_BYTES = r"not the same bytes: differ \['[^]]+'\], missing \[\], too many \[\]"


def flip(path):
    """One bit in the middle of a result, which must be seen."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# Proofs.


class Journal:
    """The points that the long form has done with this very program and these very tests; {} in the short form."""

    def __init__(self, name):
        self.path = pathlib.Path(helpers, f"{name}.journal") if LONG and not chosen else None
        self.done, self.lock = {}, threading.Lock()
        if self.path is None:
            return
        tests = pathlib.Path(__file__).parents[1]
        programs = [path for path in (pathlib.Path(helpers, name) for name in ("inject", "cut", "assay_failing")) if path.exists()]
        files = [assay, *programs, *sorted(tests.glob("faults/*.py")), *sorted(tests.glob("end/sweep*.py"))]
        code = b"".join(pathlib.Path(path).read_bytes() for path in files)
        head = f"of {hashlib.sha256(code).hexdigest()}"
        lines = self.path.read_text(encoding="utf-8").split("\n")[:-1] if self.path.exists() else []
        if lines[:1] == [head]:
            self.done = dict(line.split("\t", 1) for line in lines[1:])
        else:
            self.path.write_text(head + "\n", encoding="utf-8")

    def add(self, point, verdict):
        with self.lock:
            self.done[point] = verdict
            if self.path is not None:
                with open(self.path, "a", encoding="utf-8") as file:
                    file.write(f"{point}\t{verdict}\n")


class Proof:
    """Points that are tried, and the verdicts on them."""

    def __init__(self, name):
        self.name, self.failures, self.verdicts = name, [], {}
        self.journal = Journal(name)
        self.begun = time.monotonic()

    def attempt(self, point, test):
        known = self.journal.done.get(point)
        if known is not None:
            return known, None
        try:
            verdict = test(point)
        except Exception as error:  # the other points are tried all the same
            said = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            return None, said
        self.journal.add(point, verdict)
        return verdict, None

    def sample(self, points, most):
        """All of them in the long form, else at most so many: where `points` says of which kind each is, of as many kinds as can be."""
        kinds = points if isinstance(points, dict) else {}
        points = list(points)
        if chosen:
            return [point for point in points if point in chosen]
        if LONG or len(points) <= most:
            return points
        drawn, seen = random.Random(SEED).sample(points, len(points)), {}
        for point in drawn:
            seen.setdefault(kinds.get(point), []).append(point)
        in_turn = sorted(drawn, key=lambda point: seen[kinds.get(point)].index(point))
        return sorted(in_turn[:most], key=points.index)

    def each(self, points, test, jobs=JOBS):
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for point, (verdict, said) in zip(points, pool.map(lambda point: self.attempt(point, test), points)):
                self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1
                self.note(point, said)

    def note(self, point, said):
        if said is not None:
            self.failures.append(point)
            print(f"FAILED {point}: {said}", flush=True)

    def sizes(self, scenario, test, sizes):
        """Points of all the sizes up to the first of every 16th at which nothing is wrong. What fails on the way there has failed."""
        for end in range(0, len(sizes), 16):
            point = f"{scenario.name} {sizes[end]}"
            verdict, said = self.attempt(point, test)
            self.note(point, said)
            if verdict == "same":
                return [f"{scenario.name} {size}" for size in sizes[: end + 1]]
        raise AssertionError(f"{scenario.name}: no size is enough")

    def must_catch(self, points, test, words):
        """The judge must find something wrong where something is, and say so in these words, a regular expression: what is wrong in
        another way, or ends the test itself, would show nothing of this."""
        caught, otherwise = 0, ""
        for point in points:
            try:
                test(point)
            except AssertionError as error:
                found = re.search(words, str(error))
                caught += found is not None
                otherwise = otherwise if found else f"; but {point}: {error}"
        check(caught > 0, f"{self.name}: none of the {len(points)} planted faults was found to be {words!r}{otherwise}")
        print(f"{self.name}: {caught} of {len(points)} points of a careless program were found out")

    def end(self, note=""):
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items(), key=str) if verdict)
        total = sum(self.verdicts.values())
        print(f"{self.name}: {total} points: {verdicts}; {len(self.failures)} failed; {time.monotonic() - self.begun:.1f} s{note}")
        shutil.rmtree(scratch, ignore_errors=True)
        sys.exit(1 if self.failures or total == 0 else 0)

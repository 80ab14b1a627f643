"""An address space that is limited (ulimit -v) to every size from 4 MiB up in steps of 512 KiB, then not: the same bytes or a clean
stop, then the same; above all, no hang. address_space.py ASSAY SOURCE HELPERS [POINT ...]"""
import resource

from faults import OTHER_BYTES, Proof, Scenario, has_sanitizer, run, skip

STEP, ENOUGH = 512, 1 << 20  # KiB


def limit_at(scenario):
    def test(point):
        kibibytes = int(point.split()[1])
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (kibibytes << 10, kibibytes << 10))
        with scenario.copy(str(kibibytes)) as directory:
            return scenario.judge(directory, run(scenario.words(), directory, preexec_fn=limit))

    return test


def sizes(scenario, start=4096):
    """Up to the first that does."""
    enough = next(size for size in range(start, ENOUGH, 16 * STEP) if is_enough(scenario, size))
    return [f"{scenario.name} {size}" for size in range(start, enough + STEP, STEP)]


def is_enough(scenario, size):
    try:
        return limit_at(scenario)(f"{scenario.name} {size}") == "same"
    except AssertionError:
        return False


if has_sanitizer("asan") or has_sanitizer("tsan"):
    skip("a sanitizer needs more address space than there is")
proof = Proof("address_space")
# It goes on without the memory that it wanted, and leaves less.
greedy = """\
try:
    size = len(bytearray(1 << 30))
except MemoryError:
    size = 0
open("file", "w").write(str(size) + "\\n")
"""
bad = Scenario("greedy", ["greedy.py"], {"greedy.py": greedy}, program=("python3",))
proof.must_catch([f"greedy {1 << 19}"], limit_at(bad), OTHER_BYTES)
begun = [["run", "base.yaml", "--threads", "2", "--stop-after", "1"]]
for scenario, most in (
    (Scenario("sweep", ["sweep", "two.yaml", "-j", "2"]), 8),
    (Scenario("resume", ["run", "base.yaml", "--threads", "2"], before=begun), 8),
    (Scenario("table", ["table", "two.yaml", "--write"], before=[["sweep", "two.yaml", "--quiet"]]), 4),
):
    proof.each(proof.sample(sizes(scenario), most), limit_at(scenario))
proof.end()

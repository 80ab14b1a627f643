"""An address space that is limited (ulimit -v) to every size from 4 MiB up in steps of 512 KiB, then not: the same bytes or a clean
stop, then the same; above all, no hang. address_space.py ASSAY SOURCE HELPERS [POINT ...]"""
import resource

from faults import OTHER_BYTES, Proof, Scenario, has_sanitizer, run, skip

LEAST, STEP, ENOUGH = 4096, 512, 1 << 20  # KiB


def limit_at(scenario):
    def test(point):
        kibibytes = int(point.split()[1])
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (kibibytes << 10, kibibytes << 10))
        with scenario.copy(str(kibibytes)) as directory:
            return scenario.judge(directory, run(scenario.words(), directory, preexec_fn=limit))

    return test


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
    test = limit_at(scenario)
    proof.each(proof.sample(proof.sizes(scenario, test, range(LEAST, ENOUGH, STEP)), most), test)
proof.end()

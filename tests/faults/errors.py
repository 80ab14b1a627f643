"""Every system call failing, once and from then on, over a small sweep, a search, a run that goes on, what reads their results and what
asks their networks: the same bytes, or a clean stop and then the same bytes. errors.py ASSAY SOURCE HELPERS [POINT ...]"""
import errno

from faults import BASE, FOREVER, OTHER_BYTES, SEARCH, TWO, Proof, Scenario
from faults import careless, has_sanitizer, idx, inject, need_injection, unsteady

# What fails in which way; standard output and standard error have a group of their own. Looking is never interrupted, and a library
# that is loaded with ours would look for ever.
FILES = "write,rename,sync,open,lock,read,close"
FAULTS = [(FILES + ",look", name) for name in ("ENOSPC", "EIO", "EDQUOT", "EMFILE", "EROFS", "ENOMEM")]
if not has_sanitizer("asan") and not has_sanitizer("tsan"):  # they, reading for themselves, try for ever when they are interrupted
    FAULTS += [(FILES, "EINTR")]
if not has_sanitizer("tsan"):
    FAULTS += [("memory", "ENOMEM")]
FAULTS += [("process", "EAGAIN"), ("process", "ENOMEM"), ("write,speech", "EIO"), ("write,speech", "ENOSPC")]


def fail_at(scenario):
    def test(point):
        _, groups, name, how, number = point.split()
        with scenario.copy(f"{name}-{how}-{number}") as directory:
            last = number if how == "once" else FOREVER
            done = inject(scenario.words(), directory, groups, number, last, f"error {getattr(errno, name)}")
            return scenario.judge(directory, done, is_silent="speech" in groups)

    return test


def points_of(scenario, wanted=None):
    points = {}
    for groups, name in wanted or FAULTS:
        for number, call in enumerate(scenario.calls(groups), 1):
            if groups in ("memory", "process") and number == 1:
                continue  # the loader's own, without which it falls; the program's own start
            points.update({f"{scenario.name} {groups} {name} {how} {number}": call for how in ("once", "on")})
    return points


if __name__ == "__main__":
    need_injection()
    proof = Proof("errors")
    bad = careless()
    proof.must_catch(points_of(bad, FAULTS[:1]), fail_at(bad), "not the same bytes")
    bad = unsteady()
    proof.must_catch([point for point, call in points_of(bad, FAULTS[:1]).items() if call.startswith("rename")], fail_at(bad), OTHER_BYTES)
    swept = [["sweep", "two.yaml", "--quiet"]]
    begun = [["run", "base.yaml", "--threads", "1", "--stop-after", "1"]]
    runs = [f"results/two/{point}/seed-1" for point in ("plain", "bare")]
    images = {"base.yaml": BASE, "two.yaml": TWO, "images.idx": idx([2, 28, 28], bytes(2 * 28 * 28))}
    for scenario, most in (
        (Scenario("sweep", ["sweep", "two.yaml", "-j", "1"]), 30),
        (Scenario("halving", ["sweep", "search.yaml", "-j", "1"], {"base.yaml": BASE, "search.yaml": SEARCH}), 24),
        (Scenario("resume", ["run", "base.yaml", "--threads", "2"], before=begun), 24),
        (Scenario("table", ["table", "two.yaml"], before=swept), 8),
        (Scenario("claims", ["claims", "two.yaml"], before=swept), 8),
        (Scenario("status", ["status", "two.yaml"], before=swept), 8),
        (Scenario("report", ["report", "two.yaml"], before=swept), 8),
        (Scenario("book", ["claims", ".", "--write"], before=swept), 8),
        (Scenario("compare", ["compare", *runs], before=swept), 8),
        (Scenario("predict", ["predict", runs[0], "images.idx"], images, swept), 8),
        (Scenario("check", ["check", "base.yaml"]), 6),
    ):
        proof.each(proof.sample(points_of(scenario), most), fail_at(scenario))
    proof.end()

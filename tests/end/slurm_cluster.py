"""A Slurm cluster of one node for a test: munged, slurmctld and slurmd as children of it, without systemd, with all they write in one directory
and on ports of their own. They end with the test, however it ends."""
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "scancel", "sinfo", "squeue")
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={place}/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
SlurmctldLogFile={place}/slurmctld.log
SlurmdLogFile={place}/slurmd.log
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=10
MinJobAge=3600
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
MaxArraySize={array_size}
JobRequeue=1
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class CannotStart(Exception):
    """There is no Slurm here, or not for this user."""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def end_with_parent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


class Cluster:
    def __init__(self, array_size):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="assay-slurm-"))
        self.daemons = []
        missing = [program for program in PROGRAMS if find(program) is None]
        try:
            if missing:
                raise CannotStart("not installed: " + ", ".join(missing))
            self.start(array_size)
        except BaseException:
            self.stop()
            raise

    def start(self, array_size):
        host = socket.gethostname().partition(".")[0]
        configuration = self.place / "slurm.conf"
        configuration.write_text(CONFIGURATION.format(host=host, user=pwd.getpwuid(os.getuid()).pw_name, place=self.place,
                                                      ports=free_ports(2), array_size=array_size))
        (self.place / "cgroup.conf").write_text("IgnoreSystemd=yes\n")
        (self.place / "state").mkdir()
        (self.place / "spool").mkdir()
        self.place.chmod(0o711)
        key = self.place / "munge.key"
        key.touch(0o600)
        key.write_bytes(os.urandom(128))
        os.environ["SLURM_CONF"] = str(configuration)
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.place}/munge.socket",
                    f"--pid-file={self.place}/munged.pid", f"--log-file={self.place}/munged.log", f"--seed-file={self.place}/munged.seed")
        self.await_("munged", lambda: (self.place / "munge.socket").exists())
        self.daemon("slurmctld", "-D", "-f", configuration)
        self.daemon("slurmd", "-D", "-f", configuration, "-N", host)
        self.await_("slurmd", lambda: "idle" in self.ask("sinfo", "-h", "-o", "%t", check=False))

    def daemon(self, *words):
        with open(self.place / f"{words[0]}.said", "wb") as said:
            self.daemons.append(subprocess.Popen([find(words[0]), *map(str, words[1:])], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                                 preexec_fn=end_with_parent))

    def await_(self, name, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or any(daemon.poll() is not None for daemon in self.daemons):
                raise CannotStart(f"{name} does not start\n{self.logs()}")
            time.sleep(0.05)

    def logs(self):
        """The last lines of each."""
        return "".join(f"-- {path.name}\n" + "".join(path.read_text(errors="replace").splitlines(True)[-8:])
                       for suffix in ("log", "said") for path in sorted(self.place.glob(f"*.{suffix}")) if path.stat().st_size > 0)

    def ask(self, program, *words, check=True):
        """What one of Slurm's programs answers."""
        done = subprocess.run([find(program), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{program} {' '.join(map(str, words))}: {done.stdout}")
        return done.stdout

    def jobs(self):
        """Every job, and every task of an array that has begun: what scontrol says of it, by "12" or "12_3"."""
        found = {}
        for line in self.ask("scontrol", "-o", "show", "job").splitlines():
            job = dict(word.partition("=")[::2] for word in line.split())
            if "JobId" in job:
                found[f"{job['ArrayJobId']}_{job['ArrayTaskId']}" if "ArrayTaskId" in job else job["JobId"]] = job
        return found

    def stop(self):
        """All of it, and the directory."""
        if len(self.daemons) == 3 and all(daemon.poll() is None for daemon in self.daemons):
            self.ask("scancel", "--signal=KILL", "--full", "--me", check=False)
            self.ask("scancel", "--me", check=False)
            end = time.monotonic() + 10
            while self.ask("squeue", "-h", check=False).strip() and time.monotonic() < end:
                time.sleep(0.1)
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.place, ignore_errors=True)

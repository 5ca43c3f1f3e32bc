# SPDX-License-Identifier: Apache-2.0
"""A real Slurm of one controller and a few node daemons on this machine, for tests.

Everything lives in a folder of its own and listens on the loopback address only. Every process is
a child of this one, even the daemons' own (subreaper), and is killed when the cluster is left.
"""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ("munged", "mungekey", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None)


def why_not():
    """Why this machine cannot run the cluster; empty when it can."""
    missing = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
    if missing:
        return f"not installed: {' '.join(missing)} (scripts/setup.sh --tests)"
    if os.geteuid() != 0:
        return "Slurm's node daemons need root"
    return ""


def children(pid):
    """Processes whose parent is `pid`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it has ended
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def environment_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:
        return []  # it has ended


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class SlurmCluster:
    """`with SlurmCluster(folder) as cluster`: nodes n1, n2, ... of one CPU each are idle."""

    def __init__(self, folder, nodes=2):
        self.folder = pathlib.Path(folder)
        self.nodes = [f"n{i + 1}" for i in range(nodes)]
        self.daemons = {}
        self.environment = {**os.environ, "PATH": PATH,
                            "SLURM_CONF": str(self.folder / "slurm.conf")}

    def __enter__(self):
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        try:
            self._configure()
            self._start("munged", "munged", "--foreground", f"--socket={self.folder}/munge.socket",
                        f"--key-file={self.folder}/munge.key",
                        f"--log-file={self.folder}/munged.log",
                        f"--pid-file={self.folder}/munged.pid",
                        f"--seed-file={self.folder}/munge.seed", "--force")
            self._wait(lambda: (self.folder / "munge.socket").exists(), "munged")
            self._start("slurmctld", "slurmctld", "-D")
            for node in self.nodes:
                self._start(node, "slurmd", "-D", "-N", node)
            self._wait(lambda: self.run("sinfo", "-h", "-N", "-o", "%N %T").split() ==
                       [word for node in self.nodes for word in (node, "idle")], "the nodes")
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        # Daemons first: they would see the end of their jobs and start the next ones.
        for process in self.daemons.values():
            process.kill()
            process.wait()
        deadline = time.monotonic() + 10
        while (left := children(os.getpid())) and time.monotonic() < deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass  # it was waited for meanwhile

    def run(self, *command, check=False):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              timeout=60, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def kill_node(self, node):
        """The node is gone at once, with what runs on it, as if its power had failed."""
        self.kill_daemon(node)
        # A step has a daemon of its own, which outlives the node's.
        for step in children(os.getpid()):
            family = [step]
            for pid in family:
                family += children(pid)
            if any(f"SLURMD_NODENAME={node}" in environment_of(pid) for pid in family):
                for pid in family:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass  # it ended with its parent

    def kill_daemon(self, node):
        """Only the daemon of the node: what runs there runs on."""
        self.daemons[node].kill()
        self.daemons[node].wait()

    def logs(self):
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
                         for path in sorted(self.folder.glob("*.log")))

    def _configure(self):
        host = socket.gethostname().split(".")[0]
        controller, *ports = free_ports(1 + len(self.nodes))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        (self.folder / "state").mkdir()
        lines = [
            "ClusterName=bitloom", f"SlurmctldHost={host}(127.0.0.1)",
            f"SlurmctldPort={controller}", "AuthType=auth/munge",
            f"AuthInfo=socket={self.folder}/munge.socket", "CredType=cred/munge",
            "SlurmUser=root", "SlurmdUser=root", "ProctrackType=proctrack/linuxproc",
            "TaskPlugin=task/none", "SelectType=select/cons_tres", "SelectTypeParameters=CR_CPU",
            "MpiDefault=none", "ReturnToService=2", "SlurmdTimeout=3", "SlurmctldTimeout=5",
            "MessageTimeout=5", "KillWait=2",
            "SchedulerParameters=batch_sched_delay=0,sched_interval=1",
            "JobAcctGatherType=jobacct_gather/none", "AccountingStorageType=accounting_storage/none",
            f"StateSaveLocation={self.folder}/state", f"SlurmctldPidFile={self.folder}/slurmctld.pid",
            f"SlurmdPidFile={self.folder}/%n.pid", f"SlurmdSpoolDir={self.folder}/spool_%n",
            f"SlurmctldLogFile={self.folder}/slurmctld.log", f"SlurmdLogFile={self.folder}/%n.log",
        ]
        for node, port in zip(self.nodes, ports):
            (self.folder / f"spool_{node}").mkdir()
            lines.append(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} "
                         "CPUs=1 State=UNKNOWN")
        lines.append("PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP")
        (self.folder / "slurm.conf").write_text("\n".join(lines) + "\n")
        subprocess.run(["mungekey", "--create", f"--keyfile={self.folder}/munge.key"], check=True,
                       env=self.environment)

    def _start(self, name, *command):
        out = (self.folder / f"{name}.out.log").open("ab")
        self.daemons[name] = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        out.close()

    def _wait(self, ready, what):
        deadline = time.monotonic() + 30
        while not ready():
            for name, process in self.daemons.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended with {process.returncode}\n{self.logs()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what} did not come up\n{self.logs()}")
            time.sleep(0.1)

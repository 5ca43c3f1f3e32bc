# SPDX-License-Identifier: Apache-2.0
"""Points per second of a sweep whose points only sleep: here, and on a Slurm of two nodes.

    sweep_rate.py SLURM_POINTS [--points 100] [--seconds 0.1] [--runs 3]

What is lost against points / (jobs * seconds) is the cost of starting, storing and scheduling.
Slurm runs as in tests/sim/sweep/slurm_test.py and is left out where it cannot.
"""

import argparse
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/sim/sweep"))
import slurm_cluster  # noqa: E402


def measure(arguments, name, verb, width, jobs, environment):
    rates = []
    for _ in range(arguments.runs):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [arguments.program, verb, f"{folder}/r.db", str(arguments.points),
                 str(arguments.seconds), str(width)],
                env=environment, capture_output=True, text=True, check=True)
        found = re.search(r"([0-9]+) points in ([0-9.e+-]+) s", done.stdout)
        assert int(found[1]) == arguments.points, done.stdout
        rates.append(arguments.points / float(found[2]))
    median = statistics.median(rates)
    ideal = jobs / arguments.seconds
    over = jobs * (1 / median - 1 / ideal) * 1e3
    print(f"{name:34} {median:7.2f} points/s  (min {min(rates):.2f}, max {max(rates):.2f})  "
          f"{median / ideal:5.0%} of {ideal:.0f}; {over:.1f} ms a point and job beyond the sleep")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{arguments.points} points of {arguments.seconds} s, {arguments.runs} runs; "
          f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for jobs in (1, 2):
        measure(arguments, f"here, {jobs} at a time", "here", jobs, jobs, None)
    if reason := slurm_cluster.why_not():
        print(f"without Slurm: {reason}")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with slurm_cluster.SlurmCluster(pathlib.Path(folder) / "cluster") as cluster:
            for tasks in (2, 8):
                measure(arguments, f"Slurm, 2 nodes, {tasks} tasks", "slurm", tasks, 2,
                        cluster.environment)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Points through a real Slurm of two nodes, one of which dies in the middle.

    slurm_test.py SLURM_POINTS

Exit code 77 says that this machine cannot run Slurm, and why.
"""

import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import slurm_cluster


def rows(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(
            "SELECT CAST(parameter.value AS INTEGER), metric.value FROM point "
            "JOIN parameter ON parameter.point = point.id JOIN metric ON metric.point = point.id "
            "WHERE status = 'done' AND parameter.key = 'a' AND metric.name = 'a'").fetchall()


class SlurmTest(unittest.TestCase):
    program = ""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bitloom_slurm_", ignore_cleanup_errors=True)
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.cluster = slurm_cluster.SlurmCluster(self.folder / "cluster")
        self.addCleanup(self.cluster.__exit__)
        self.cluster.__enter__()
        self.database = self.folder / "r.db"

    def launch(self, points, seconds):
        return subprocess.Popen(
            [self.program, "launch", self.database, self.folder / "r.db.slurm", str(points),
             str(seconds)],
            env=self.cluster.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)

    def wait_for(self, true, what):
        deadline = time.monotonic() + 30
        while not true():
            self.assertLess(time.monotonic(), deadline, f"{what}\n{self.cluster.logs()}")
            time.sleep(0.05)

    def count(self):
        try:
            return len(rows(self.database))
        except sqlite3.OperationalError:
            return 0  # it is not there yet

    def assert_all_once(self, points):
        self.assertEqual(sorted(rows(self.database)), [(a, a) for a in range(1, points + 1)])

    def test_points_come_back_from_both_nodes(self):
        launcher = self.launch(40, 0.1)
        output = launcher.communicate(timeout=60)[0]
        self.assertEqual(launcher.returncode, 0, output + self.cluster.logs())
        self.assert_all_once(40)
        print(output.strip())
        self.assertEqual([path.name for path in (self.folder / "r.db.slurm").iterdir()], ["lock"])

    def test_a_node_that_dies_loses_nothing(self):
        launcher = self.launch(24, 0.5)
        self.wait_for(lambda: self.count() >= 4, "no points arrive")
        self.cluster.kill_node("n1")
        output = launcher.communicate(timeout=80)[0]
        print(output.strip())
        self.assertEqual(launcher.returncode, 0, output + self.cluster.logs())
        self.assertRegex(output, r"ended, [0-9]+ points are missing")
        self.assertEqual(len(re.findall("tasks, ", output)), 2, output)
        self.assert_all_once(24)

    # Its daemon is gone, but what it started runs on: points are done twice and counted once.
    def test_a_node_whose_daemon_dies_counts_no_point_twice(self):
        launcher = self.launch(16, 0.5)
        self.wait_for(lambda: self.count() >= 2, "no points arrive")
        self.cluster.kill_daemon("n1")
        output = launcher.communicate(timeout=80)[0]
        self.assertEqual(launcher.returncode, 0, output + self.cluster.logs())
        self.assert_all_once(16)

    def test_an_interrupted_launch_cancels_its_job_and_can_be_resumed(self):
        launcher = self.launch(20, 0.3)
        self.wait_for(lambda: self.count() >= 3, "no points arrive")
        launcher.send_signal(signal.SIGINT)
        output = launcher.communicate(timeout=20)[0]
        self.assertEqual(launcher.returncode, 130, output)
        self.wait_for(lambda: self.cluster.run("squeue", "-h") == "", "the job goes on")
        self.assertLess(self.count(), 20)
        launcher = self.launch(20, 0.3)
        output = launcher.communicate(timeout=60)[0]
        self.assertEqual(launcher.returncode, 0, output + self.cluster.logs())
        self.assert_all_once(20)

    # Nobody cancels the job of a launcher that is killed; the next one does, and takes its results.
    def test_a_killed_launch_can_be_resumed(self):
        launcher = self.launch(20, 0.3)
        self.wait_for(lambda: self.count() >= 3, "no points arrive")
        launcher.kill()
        launcher.communicate()
        stored = self.count()
        time.sleep(1.0)  # the tasks go on
        launcher = self.launch(20, 0.3)
        output = launcher.communicate(timeout=60)[0]
        self.assertEqual(launcher.returncode, 0, output + self.cluster.logs())
        self.assert_all_once(20)
        again = int(re.search(r"tasks, ([0-9]+) points", output)[1])
        self.assertLess(again, 20 - stored, "what the tasks did meanwhile was taken")


if __name__ == "__main__":
    SlurmTest.program = sys.argv.pop(1)
    if reason := slurm_cluster.why_not():
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2)

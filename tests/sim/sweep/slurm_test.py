# SPDX-License-Identifier: Apache-2.0
"""Points through a real Slurm of two nodes, one of which dies in the middle.

    slurm_test.py SLURM_POINTS [BITLOOM]

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


POINTS = 16
SWEEP = """chip = ant
network = zoo/digits
scheme = int8, int4
inputs = 20
[array]
rows = 8, 16, 32, 64
columns = 8, 16
"""


def metrics_of(database):
    """[(keys, metrics)] of the points that are done, sorted: a row for each row of the database."""
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            found = connection.execute(
                "SELECT (SELECT group_concat(key || '=' || value) FROM "
                "(SELECT * FROM parameter WHERE point = point.id ORDER BY key)), "
                "(SELECT group_concat(name || '=' || value) FROM "
                "(SELECT * FROM metric WHERE point = point.id ORDER BY name)) "
                "FROM point WHERE status = 'done'").fetchall()
    except sqlite3.OperationalError:
        return []  # it is not there yet
    return sorted(found)


class SlurmTest(unittest.TestCase):
    points_program = ""  # slurm_points
    program = ""         # bitloom

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
            [self.points_program, "slurm", self.database, str(points), str(seconds), "8"],
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
        self.assertGreaterEqual(len(re.findall("tasks, ", output)), 2, output)
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


    # The verb, with simulations: what it stores is what it would have stored without Slurm.
    def test_a_sweep_of_the_program_survives_a_node(self):
        if not self.program:
            self.skipTest("the program is not built")
        (self.folder / "s.ini").write_text(SWEEP)

        def sweep(database, *options):
            return [self.program, "sweep", self.folder / "s.ini", "--database", database, *options]

        launcher = subprocess.Popen(
            sweep(self.database, "--launcher", "slurm"), env=self.cluster.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.wait_for(lambda: len(metrics_of(self.database)) >= 3, "no points arrive")
        self.wait_for(lambda: self.cluster.run("squeue", "-h", "-t", "R", "-w", "n2"), "n2 is idle")
        self.cluster.kill_node("n2")
        output = launcher.communicate(timeout=120)[0]
        self.assertEqual(launcher.returncode, 0, output + self.cluster.logs())
        subprocess.run(sweep(self.folder / "here.db"), check=True, capture_output=True)
        there, here = metrics_of(self.database), metrics_of(self.folder / "here.db")
        self.assertEqual(len(there), POINTS)
        self.assertEqual(there, here)


if __name__ == "__main__":
    SlurmTest.points_program = sys.argv.pop(1)
    if len(sys.argv) > 1:
        SlurmTest.program = sys.argv.pop(1)
    if reason := slurm_cluster.why_not():
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2)

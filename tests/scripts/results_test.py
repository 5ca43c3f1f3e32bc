# SPDX-License-Identifier: Apache-2.0
"""scripts/bitloom_results and scripts/frontier.py.

    results_test.py ROOT [PROGRAM]

The database is made here from the program's own schema; the trace by the program. What needs numpy,
pandas or matplotlib is skipped where they are not installed.
"""

import csv
import importlib.util
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()
PROGRAM = sys.argv[2] if len(sys.argv) > 2 else None
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True
import bitloom_results  # noqa: E402
from bitloom_results import database as database_module  # noqa: E402
from bitloom_results import trace as trace_module  # noqa: E402


def needs(module):
    return unittest.skipIf(importlib.util.find_spec(module) is None, f"{module} is not installed")


def constant(text, name):
    return int(re.search(rf"{name} = (\w+)", text)[1], 0)


class InFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)


def make_database(path, points, version="1", sweep="runs/s.ini", result=""):
    """`points`: (parameters as text, metrics); without metrics it failed, None is still to do."""
    header = (ROOT / "sim/sweep/result_schema.h").read_text()
    store = (ROOT / "sim/sweep/result_store.h").read_text()
    fresh = not path.exists()
    with sqlite3.connect(path) as connection:
        if fresh:
            connection.execute("PRAGMA journal_mode = WAL")
            for tables in re.findall(r'R"\((.*?)\)"', header, re.S):
                connection.executescript(tables)
            connection.execute(
                f"PRAGMA application_id = {constant(header, 'result_application_id')}")
            connection.execute(f"PRAGMA user_version = {constant(store, 'schema_version')}")
        known = connection.execute("SELECT id FROM sweep WHERE name = ?", (sweep,)).fetchone()
        identity = known[0] if known else connection.execute(
            "INSERT INTO sweep (hash, name, text) VALUES (?, ?, 'a = 1')", (sweep, sweep)).lastrowid
        for number, (parameters, metrics) in enumerate(points):
            point_hash = json.dumps(parameters)
            connection.execute("INSERT OR IGNORE INTO sweep_point VALUES (?, ?, ?)",
                               (identity, number, point_hash))
            if metrics is None:
                continue
            point = connection.execute(
                "INSERT INTO point (hash, program_version, status, message, configuration, "
                "provenance, result, seconds, peak_bytes, finished_unix) "
                "VALUES (?, ?, ?, ?, ?, '{}', ?, 0.5, 1, ?)",
                (point_hash, version, "done" if metrics else "failed",
                 "" if metrics else "it broke", json.dumps(parameters), result,
                 1000 + number)).lastrowid
            connection.executemany("INSERT INTO parameter VALUES (?, ?, ?)",
                                   [(point, *pair) for pair in parameters.items()])
            connection.executemany("INSERT INTO metric VALUES (?, ?, ?)",
                                   [(point, *pair) for pair in metrics.items()])
    connection.close()


POINTS = [
    ({"chip": "ant", "array.rows": "16", "clock": "0.5"},
     {"cycles": 2**63 - 1, "latency_s": 3e-3, "energy_pj": 10.0}),
    ({"chip": "ant", "array.rows": "32", "buffer": "64KiB"},
     {"cycles": 2**53 + 1, "latency_s": 1e-3, "energy_pj": 30.0}),
    ({"chip": "cim", "array.rows": "16"}, {}),
    ({"chip": "cim", "array.rows": "32"}, None),
    ({"chip": "cim", "array.rows": "64"}, {"cycles": 7, "latency_s": 3e-3, "energy_pj": 11.0}),
]


class DatabaseTest(InFolder):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "r.db"
        make_database(self.path, POINTS, result='{"layers": [1]}')

    def test_points_have_parameters_and_exact_metrics(self):
        with bitloom_results.Database(self.path) as database:
            points = database.points()
        self.assertEqual(points[0], {
            "number": 0, "status": "done", "message": "", "seconds": 0.5, "chip": "ant",
            "array.rows": 16, "clock": 0.5, "cycles": 2**63 - 1, "latency_s": 3e-3,
            "energy_pj": 10.0})
        self.assertEqual(points[1]["cycles"], 2**53 + 1)
        self.assertEqual(points[1]["buffer"], "64KiB")
        self.assertEqual([point["number"] for point in points], [0, 1, 2, 4])
        self.assertEqual((points[2]["status"], points[2]["message"]), ("failed", "it broke"))

    def test_names_are_those_of_the_sweep(self):
        with bitloom_results.Database(self.path) as database:
            self.assertEqual(database.names(), (["array.rows", "buffer", "chip", "clock"],
                                                ["cycles", "energy_pj", "latency_s"]))

    def test_the_last_program_is_meant_unless_another_is_named(self):
        make_database(self.path, POINTS[1:2], version="2")
        with bitloom_results.Database(self.path) as database:
            self.assertEqual(database.versions(), ["2", "1"])  # "1" finished point 4 last
            self.assertEqual(len(database.points()), 4)
            self.assertEqual(len(database.points(version="2")), 1)
            self.assertEqual(database.points(version="3"), [])

    def test_sweeps_are_named_or_the_last_one(self):
        make_database(self.path, [({"a": "1"}, {"x": 1})], sweep="other.ini")
        with bitloom_results.Database(self.path) as database:
            self.assertEqual([each["name"] for each in database.sweeps()],
                             ["runs/s.ini", "other.ini"])
            self.assertEqual(len(database.points()), 1)
            self.assertEqual(len(database.points("runs/s.ini")), 4)
            self.assertEqual(len(database.points(1)), 4)
            with self.assertRaisesRegex(KeyError, "no sweep 'x'; there are: runs/s.ini, other.ini"):
                database.points("x")

    def test_details_are_the_stored_json(self):
        with bitloom_results.Database(self.path) as database:
            details = database.details(1)
            self.assertEqual(details["result"], {"layers": [1]})
            self.assertEqual(details["configuration"]["buffer"], "64KiB")
            with self.assertRaisesRegex(KeyError, "no result of point 3"):
                database.details(3)

    def store_frontier(self, numbers, done, maximize="cycles"):
        with sqlite3.connect(self.path) as connection:
            connection.execute("INSERT INTO frontier_rule VALUES (1, '1', 'latency_s, energy_pj', ?, "
                               "'energy_pj <= 20', ?)", (maximize, done))
            connection.executemany("INSERT INTO frontier VALUES (1, '1', ?, ?)", numbers)

    def test_the_frontier_is_the_stored_one(self):
        self.store_frontier([("zoo/b", 0), ("zoo/a", 4), ("zoo/a", 1)], 3)
        with bitloom_results.Database(self.path) as database:
            front = database.frontier()
            self.assertEqual([(point["workload"], point["number"]) for point in front],
                             [("zoo/a", 1), ("zoo/a", 4), ("zoo/b", 0)])
            self.assertEqual(front[0]["cycles"], 2**53 + 1)
            self.assertEqual(database.objectives(), {
                "minimize": ["latency_s", "energy_pj"], "maximize": ["cycles"],
                "limits": "energy_pj <= 20"})

    def test_an_old_frontier_is_refused(self):
        with bitloom_results.Database(self.path) as database:
            with self.assertRaisesRegex(ValueError, "no frontier is stored: .* --resume"):
                database.frontier()
            self.store_frontier([("zoo/a", 0)], 2)
            with self.assertRaisesRegex(ValueError, "stored is of 2 points, but 3 are done: "):
                database.frontier()
        with sqlite3.connect(self.path) as connection:
            connection.executescript("DROP TABLE frontier; DROP TABLE frontier_rule; "
                                     "PRAGMA user_version = 1")
        with bitloom_results.Database(self.path) as database:
            self.assertEqual(len(database.points()), 4)
            with self.assertRaisesRegex(ValueError, "no frontier is stored"):
                database.frontier()

    def test_a_sweep_without_results_has_no_points(self):
        make_database(self.path, [({"a": "1"}, None)], sweep="other.ini")
        with bitloom_results.Database(self.path) as database:
            self.assertEqual(database.points(), [])

    def test_a_database_can_be_read_while_another_writes(self):
        writer = sqlite3.connect(self.path)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM point")
        with bitloom_results.Database(self.path) as database:
            self.assertEqual(len(database.points()), 4)
        writer.close()

    def test_files_that_are_none_are_refused(self):
        with self.assertRaisesRegex(FileNotFoundError, "there is no such results database"):
            bitloom_results.Database(self.folder / "none.db")
        (self.folder / "text").write_text("no database at all, but longer than a header is " * 9)
        with self.assertRaisesRegex(ValueError, "is no results database"):
            bitloom_results.Database(self.folder / "text")
        sqlite3.connect(self.folder / "other.db").executescript("CREATE TABLE a (b)")
        with self.assertRaisesRegex(ValueError, "is no results database"):
            bitloom_results.Database(self.folder / "other.db")
        with sqlite3.connect(self.path) as connection:
            connection.execute("PRAGMA user_version = 99")
        with self.assertRaisesRegex(ValueError, "has schema 99: this reads 1, 2"):
            bitloom_results.Database(self.path)

    def test_the_schema_of_the_program_is_read(self):
        store = (ROOT / "sim/sweep/result_store.h").read_text()
        self.assertIn(constant(store, "schema_version"), database_module.SCHEMA_VERSIONS)

    @needs("pandas")
    def test_a_frame_has_a_row_a_point(self):
        with bitloom_results.Database(self.path) as database:
            table = bitloom_results.frame(database.points())
        self.assertEqual(list(table.index), [0, 1, 2, 4])
        self.assertEqual(table.loc[4, "energy_pj"], 11.0)
        self.assertEqual(len(bitloom_results.frame([])), 0)


class ParetoTest(unittest.TestCase):
    def test_the_front_is_that_of_the_definition(self):
        draw = random.Random(7)
        for _ in range(200):
            points = [{"number": i, "a": draw.randrange(6), "b": draw.randrange(6),
                       "c": draw.randrange(6)} for i in range(draw.randrange(40))]

            def better(p, q):
                return (p["a"] <= q["a"] and p["b"] <= q["b"] and p["c"] >= q["c"] and
                        (p["a"], p["b"], p["c"]) != (q["a"], q["b"], q["c"]))

            self.assertEqual(
                bitloom_results.pareto_front(points, minimize=["a", "b"], maximize=["c"]),
                [q for q in points if not any(better(p, q) for p in points)])

    def test_points_without_a_metric_are_left_out(self):
        points = [{"a": 1, "b": 2}, {"a": 0}, {"a": 0, "b": None}]
        self.assertEqual(bitloom_results.pareto_front(points, ["a", "b"]), points[:1])
        with self.assertRaises(ValueError):
            bitloom_results.pareto_front(points)


class TraceTest(InFolder):
    def test_files_that_are_none_are_refused(self):
        path = self.folder / "x.safetensors"
        for content in (b"", b"abc", b"\xff" * 40, (2).to_bytes(8, "little") + b"{}",
                        (2).to_bytes(8, "little") + b"[]"):
            path.write_bytes(content)
            with self.assertRaisesRegex(ValueError, "is no trace"):
                bitloom_results.Trace(path)

    @needs("numpy")
    def test_codes_are_unpacked_at_every_width(self):
        import numpy
        draw = random.Random(3)
        for bits in range(1, 9):
            for count in (1, 2, 7, 8, 9, 100):
                codes = [draw.randrange(2**bits) for _ in range(count)]
                stream = sum(code << (i * bits) for i, code in enumerate(codes))
                packed = stream.to_bytes((count * bits + 7) // 8, "little")
                self.assertEqual(
                    trace_module.unpack_codes(numpy.frombuffer(packed, "u1"), bits, count).tolist(),
                    codes)
                self.assertEqual(trace_module.code_bits(f"flint{bits}", count, len(packed)), bits)

    @needs("numpy")
    @unittest.skipIf(PROGRAM is None, "the program is not built")
    def test_a_trace_of_the_program_is_read(self):
        path = self.folder / "digits.safetensors"
        subprocess.run([PROGRAM, "quantize", "zoo/digits", "--no-accuracy", "--output", path],
                       check=True, capture_output=True, cwd=ROOT)
        trace = bitloom_results.Trace(path)
        self.assertEqual(trace.manifest["network"], "digits")
        self.assertEqual(trace.tensor("dataset/labels").dtype, "int64")
        convolutions = 0
        for name in trace.layers():
            weights = trace.layer(name).get("weights")
            if not weights or not weights["tensor"]:
                continue
            codes = trace.weight_codes(name)
            self.assertEqual(list(codes.shape), weights["shape"])
            bits = int(re.search(r"\d", weights["format"])[0])
            self.assertLess(codes.max(), 2**bits)
            self.assertGreater(len(set(codes.flat)), 2)
            convolutions += 1
        self.assertGreater(convolutions, 5)
        with self.assertRaisesRegex(KeyError, "no layer 'x'; there are: "):
            trace.layer("x")
        with self.assertRaisesRegex(KeyError, "no tensor 'x'; there are: "):
            trace.tensor("x")


class FrontierTest(InFolder):
    def run_script(self, *arguments):
        return subprocess.run(
            [sys.executable, ROOT / "scripts/frontier.py", *arguments,
             "--output", self.folder / "f.png"],
            capture_output=True, text=True, check=False)

    def test_a_front_of_two_metrics_is_printed_and_drawn_where_possible(self):
        make_database(self.folder / "r.db", POINTS)
        done = self.run_script(self.folder / "r.db", "--x", "latency_s")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "latency_s=0.003 energy_pj=10  point 0: array.rows=16 chip=ant "
                                   "clock=0.5")
        self.assertEqual(lines[1], "latency_s=0.001 energy_pj=30  point 1: array.rows=32 "
                                   "buffer=64KiB chip=ant")
        self.assertTrue(lines[2].startswith("2 of 3 points are on the frontier"), lines[2])
        drawn = importlib.util.find_spec("matplotlib") is not None
        self.assertEqual((self.folder / "f.png").exists(), drawn)

    # Two networks, ties, a limit, failed and unmeasured points: what the program stores, writes as CSV
    # and says is what the definition gives.
    @unittest.skipIf(PROGRAM is None, "the program is not built")
    def test_the_program_csv_and_python_have_the_same_frontier(self):
        (self.folder / "s.ini").write_text(
            "chip = ant\ngemm = 64x64x64, 48x32x80\nseed = 1, 2\n[array]\nrows = 8, 16, 32\n"
            "columns = 8, 16, 32\n[activation_buffer]\nbytes = 1KiB, 64KiB\n[search]\n"
            "minimize = cycles, area_mm2\nmaximize = utilization\nlimits = utilization >= 0.05\n")
        database, table = self.folder / "r.db", self.folder / "r.csv"
        command = [PROGRAM, "sweep", self.folder / "s.ini", "--database", database]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        self.assertIn(ran.returncode, (0, 1), ran.stderr)
        subprocess.run([PROGRAM, "sweep", "--export", table, "--database", database], check=True,
                       capture_output=True)
        with bitloom_results.Database(database) as opened:
            points, front = opened.points(), opened.frontier()
            self.assertEqual(opened.objectives(), {"minimize": ["cycles", "area_mm2"],
                                                   "maximize": ["utilization"],
                                                   "limits": "utilization >= 0.05"})
        expected = []
        for product in ("48x32x80", "64x64x64"):
            taking_part = [point for point in points if point["gemm"] == product and
                           point["status"] == "done" and point["utilization"] >= 0.05]
            expected += [(f"gemm {product}", point["number"]) for point in
                         bitloom_results.pareto_front(taking_part, ["cycles", "area_mm2"],
                                                      ["utilization"])]
        found = [(point["workload"], point["number"]) for point in front]
        self.assertEqual(found, expected)
        ties = {(p["gemm"], p["cycles"], p["area_mm2"], p["utilization"]) for p in front}
        self.assertLess(len(ties), len(front))
        with open(table, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({int(row["number"]) for row in rows if row["frontier"] == "1"},
                         {number for _, number in found})
        for row, point in zip(rows, points):
            self.assertEqual(int(row["number"]), point["number"])
            if point["status"] == "done":
                self.assertAlmostEqual(float(row["utilization_percent"]),
                                       100 * point["utilization"], places=10)
        self.assertIn(f"large utilization): {len(front)} points", ran.stdout)
        for product in ("48x32x80", "64x64x64"):
            count = sum(workload == f"gemm {product}" for workload, _ in found)
            self.assertRegex(ran.stdout, rf"gemm {product} +\d+ +{count} ")
        printed = self.run_script(database)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertEqual([int(number) for number in re.findall(r"  point (\d+):", printed.stdout)],
                         [number for _, number in found])

    def test_mistakes_are_one_line_and_exit_code_2(self):
        make_database(self.folder / "r.db", POINTS)
        for arguments, message in (
                (["none.db"], "none.db: there is no such results database"),
                ([self.folder / "r.db"], "no frontier is stored"),
                ([self.folder / "r.db", "--x", "edp"], "no point has both edp and energy_pj"),
                ([self.folder / "r.db", "--sweep", "x"], "no sweep 'x'; there are: runs/s.ini")):
            done = self.run_script(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)
            self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)

# SPDX-License-Identifier: Apache-2.0
"""scripts/bitloom_results and scripts/frontier.py.

    results_test.py ROOT [PROGRAM]

The database is made here from the program's own schema; the trace by the program. What needs numpy,
pandas or matplotlib is skipped where they are not installed.
"""

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
            connection.executescript(re.search(r'R"\((.*?)\)"', header, re.S)[1])
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
        with self.assertRaisesRegex(ValueError, "has schema 99: this reads 1"):
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

    def test_the_frontier_is_printed_and_drawn_where_possible(self):
        make_database(self.folder / "r.db", POINTS)
        done = self.run_script(self.folder / "r.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "latency_s=0.001 energy_pj=30  point 1: array.rows=32 "
                                   "buffer=64KiB chip=ant")
        self.assertEqual(lines[1], "latency_s=0.003 energy_pj=10  point 0: array.rows=16 chip=ant "
                                   "clock=0.5")
        self.assertTrue(lines[2].startswith("2 of 3 points are on the frontier"))
        drawn = importlib.util.find_spec("matplotlib") is not None
        self.assertEqual((self.folder / "f.png").exists(), drawn)

    def test_mistakes_are_one_line_and_exit_code_2(self):
        make_database(self.folder / "r.db", POINTS)
        for arguments, message in (
                (["none.db"], "none.db: there is no such results database"),
                ([self.folder / "r.db", "--x", "edp"], "no point has both edp and energy_pj"),
                ([self.folder / "r.db", "--sweep", "x"], "no sweep 'x'; there are: runs/s.ini")):
            done = self.run_script(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)
            self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)

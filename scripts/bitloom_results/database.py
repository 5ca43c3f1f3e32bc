# SPDX-License-Identifier: Apache-2.0
"""The results database of sweeps (its tables: sim/sweep/result_schema.h), read only."""

import json
import pathlib
import re
import sqlite3

APPLICATION_ID = 0x424C6F6D  # "BLom"
SCHEMA_VERSIONS = (1, 2)  # 1 has no frontier

INTEGER = re.compile(r"[+-]?\d+")
REAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?")


def value_of(text):
    """A parameter's value as a number where it is one; "64KiB" and "ant" stay text."""
    if INTEGER.fullmatch(text):
        return int(text)
    if REAL.fullmatch(text):
        return float(text)
    return text


class Database:
    """Sweeps and their points. May be open while a sweep writes to the file.

    Raises FileNotFoundError where there is no file, ValueError for one that is no results database
    or has another schema.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f"{path}: there is no such results database")
        self._connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            application = self._one("PRAGMA application_id")
            version = self._one("PRAGMA user_version")
        except sqlite3.DatabaseError as error:
            self.close()
            raise ValueError(f"{path}: is no results database: {error}") from None
        if application != APPLICATION_ID:
            self.close()
            raise ValueError(f"{path}: is no results database")
        if version not in SCHEMA_VERSIONS:
            self.close()
            raise ValueError(f"{path}: has schema {version}: this reads "
                             f"{', '.join(map(str, SCHEMA_VERSIONS))}")

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def sweeps(self):
        """[{"id", "name", "text"}] in the order in which they were entered."""
        rows = self._connection.execute("SELECT id, name, text FROM sweep ORDER BY id")
        return [dict(zip(("id", "name", "text"), row)) for row in rows]

    def versions(self, sweep=None):
        """Programs that ran points of a sweep; the one that finished a point last is last."""
        rows = self._connection.execute(
            "SELECT program_version FROM sweep_point JOIN point ON point.hash = sweep_point.hash "
            "WHERE sweep = ? GROUP BY program_version "
            "ORDER BY max(finished_unix), max(point.id)", (self._sweep(sweep),))
        return [version for (version,) in rows]

    def points(self, sweep=None, version=None):
        """What is known of a sweep's points, in their order, a dict each.

        `sweep` is an id or a name, by default the last one; `version` by default the last program.
        A dict has the point's "number", "status" ("done" or "failed"), "message" and "seconds",
        each parameter and each metric by its name. Integers are exact.
        """
        sweep = self._sweep(sweep)
        version = self._version(sweep, version)
        columns = ("number", "status", "message", "seconds")
        points = {}
        for row in self._connection.execute(
                "SELECT point.id, number, status, message, seconds FROM sweep_point "
                "JOIN point ON point.hash = sweep_point.hash "
                "WHERE sweep = ? AND program_version = ? ORDER BY number", (sweep, version)):
            points[row[0]] = dict(zip(columns, row[1:]))
        for table, name, read in (("parameter", "key", value_of), ("metric", "name", None)):
            for point, key, value in self._connection.execute(
                    f"SELECT point, {name}, value FROM {table} WHERE point IN "
                    "(SELECT point.id FROM sweep_point JOIN point ON point.hash = sweep_point.hash "
                    f"WHERE sweep = ? AND program_version = ?) ORDER BY point, {name}",
                    (sweep, version)):
                points[point][key] = read(value) if read else value
        return list(points.values())

    def frontier(self, sweep=None, version=None):
        """The points of the sweep's frontier, by network and number, as of points().

        It is the one that the program stored, by the sweep's objectives and limits (see
        objectives()): of each network the points of which no other is better. Each has its network
        as "workload". For other metrics there is pareto_front(). Raises ValueError where none is
        stored, or points were done since: then `bitloom sweep ... --resume` stores it.
        """
        sweep = self._sweep(sweep)
        version = self._version(sweep, version)
        self._rule(sweep, version)
        on_it = dict(self._connection.execute(
            "SELECT number, workload FROM frontier WHERE sweep = ? AND program_version = ?",
            (sweep, version)))
        points = [dict(point, workload=on_it[point["number"]])
                  for point in self.points(sweep, version) if point["number"] in on_it]
        return sorted(points, key=lambda point: (point["workload"], point["number"]))

    def objectives(self, sweep=None, version=None):
        """What the frontier is over, {"minimize": [...], "maximize": [...], "limits": text}."""
        sweep = self._sweep(sweep)
        minimize, maximize, limits, _ = self._rule(sweep, self._version(sweep, version))
        return {"minimize": minimize.split(", ") if minimize else [],
                "maximize": maximize.split(", ") if maximize else [], "limits": limits}

    def names(self, sweep=None):
        """(parameters, metrics): what the points of a sweep have, sorted."""
        sweep = self._sweep(sweep)
        found = []
        for table, name in (("parameter", "key"), ("metric", "name")):
            rows = self._connection.execute(
                f"SELECT DISTINCT {name} FROM {table} JOIN point ON point.id = {table}.point "
                "JOIN sweep_point ON sweep_point.hash = point.hash WHERE sweep = ? "
                f"ORDER BY {name}", (sweep,))
            found.append([value for (value,) in rows])
        return tuple(found)

    def details(self, number, sweep=None, version=None):
        """"configuration", "provenance" and "result" of one point, as the JSON that is stored."""
        sweep = self._sweep(sweep)
        row = self._connection.execute(
            "SELECT configuration, provenance, result FROM sweep_point "
            "JOIN point ON point.hash = sweep_point.hash "
            "WHERE sweep = ? AND number = ? AND program_version = ?",
            (sweep, number, self._version(sweep, version))).fetchone()
        if row is None:
            raise KeyError(f"{self.path}: no result of point {number}")
        return {name: json.loads(text) if text else None
                for name, text in zip(("configuration", "provenance", "result"), row)}

    def _one(self, sql, *values):
        return self._connection.execute(sql, values).fetchone()[0]

    def _rule(self, sweep, version):
        """The stored rule of a frontier that has all points which are done."""
        rule = None
        if self._one("SELECT count(*) FROM sqlite_master WHERE name = 'frontier_rule'"):
            rule = self._connection.execute(
                "SELECT minimize, maximize, limits, done FROM frontier_rule "
                "WHERE sweep = ? AND program_version = ?", (sweep, version)).fetchone()
        done = self._one("SELECT count(*) FROM sweep_point JOIN point ON "
                         "point.hash = sweep_point.hash WHERE sweep = ? AND program_version = ? "
                         "AND status = 'done'", sweep, version)
        if rule is None or rule[3] != done:
            found = "no frontier is stored" if rule is None else (
                f"the frontier that is stored is of {rule[3]} points, but {done} are done")
            raise ValueError(f"{self.path}: {found}: it is written when the sweep ends, or by "
                             "bitloom sweep SWEEP.ini --database RESULTS.db --resume")
        return rule

    def _sweep(self, sweep):
        sweeps = self.sweeps()
        found = [each["id"] for each in sweeps if sweep in (None, each["id"], each["name"])]
        if not found:
            names = ", ".join(each["name"] for each in sweeps) or "none"
            raise KeyError(f"{self.path}: no sweep {sweep!r}; there are: {names}")
        return found[-1]

    def _version(self, sweep, version):
        return version if version is not None else next(reversed(self.versions(sweep)), "")


def frame(points):
    """The points as a pandas DataFrame, a row each, numbered as in the sweep."""
    import pandas  # pylint: disable=import-outside-toplevel
    return pandas.DataFrame(points).set_index("number") if points else pandas.DataFrame()

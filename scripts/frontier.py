# SPDX-License-Identifier: Apache-2.0
"""Prints the frontier of a sweep, and draws it where matplotlib is installed.

    frontier.py RESULTS.db [--sweep NAME] [--x latency_s] [--y energy_pj] [--color chip]
                [--output frontier.png]

Both metrics are minimized, or maximized with a + before the name (--y +accuracy). A worked example
for notebooks of the package beside it.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bitloom_results  # noqa: E402


def front_of(points, *metrics):
    return bitloom_results.pareto_front(
        points, minimize=[name for name in metrics if not name.startswith("+")],
        maximize=[name[1:] for name in metrics if name.startswith("+")])


def draw(points, front, x, y, color, output, where):
    from matplotlib import pyplot  # pylint: disable=import-outside-toplevel
    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    kinds = sorted({str(point.get(color, "")) for point in points})
    for index, kind in enumerate(kinds):
        chosen = [point for point in points if str(point.get(color, "")) == kind]
        axes.scatter([point[x] for point in chosen], [point[y] for point in chosen], s=14,
                     alpha=0.5, color=f"C{index}", label=kind or None)
    steps = sorted((point[x], point[y]) for point in front)
    axes.step(*zip(*steps), where=where, color="black", linewidth=1, label="frontier")
    for name, scale, values in ((x, axes.set_xscale, [point[x] for point in points]),
                                (y, axes.set_yscale, [point[y] for point in points])):
        if min(values) > 0 and max(values) > 10 * min(values):
            scale("log")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(frameon=False)
    figure.savefig(output, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--sweep", help="name of its file; default: the last of the database")
    parser.add_argument("--x", default="latency_s", help="default: %(default)s")
    parser.add_argument("--y", default="energy_pj", help="default: %(default)s")
    parser.add_argument("--color", default="chip", help="a parameter; default: %(default)s")
    parser.add_argument("--output", default="frontier.png", help="default: %(default)s")
    arguments = parser.parse_args()
    try:
        with bitloom_results.Database(arguments.database) as database:
            points = database.points(arguments.sweep)
            parameters, _ = database.names(arguments.sweep)
    except (OSError, ValueError, KeyError) as error:
        parser.error(error.args[0] if isinstance(error, KeyError) else str(error))
    x, y = arguments.x.lstrip("+"), arguments.y.lstrip("+")
    points = [point for point in points if point.get(x) is not None and point.get(y) is not None]
    if not points:
        parser.error(f"{arguments.database}: no point has both {x} and {y}")
    front = front_of(points, arguments.x, arguments.y)
    for point in sorted(front, key=lambda each: each[x]):
        keys = " ".join(f"{key}={point[key]}" for key in parameters if key in point)
        print(f"{x}={point[x]:.6g} {y}={point[y]:.6g}  point {point['number']}: {keys}")
    try:
        draw(points, front, x, y, arguments.color, arguments.output,
             "pre" if arguments.x.startswith("+") else "post")
        print(f"{len(front)} of {len(points)} points are on the frontier: {arguments.output}")
    except ModuleNotFoundError as missing:
        print(f"{len(front)} of {len(points)} points are on the frontier; not drawn: "
              f"{missing.name} is not installed")


if __name__ == "__main__":
    main()

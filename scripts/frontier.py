# SPDX-License-Identifier: Apache-2.0
"""Prints the frontier of a sweep, and draws it where matplotlib is installed.

    frontier.py RESULTS.db [--sweep NAME] [--network NAME] [--x latency_s] [--y energy_pj]
                [--color chip] [--output frontier.png]

The frontier is the sweep's own, of each network, as the program stored it. With --x or --y it is that
of these two metrics alone, within each network; a + before a name (--y +accuracy) maximizes it. A
worked example for notebooks of the package beside it.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bitloom_results  # noqa: E402


def workload_of(point):
    """As the program names it: the network, or the product."""
    product = f"gemm {point['gemm']}" if "gemm" in point else ""
    return f"{point.get('network', '')} {product}".strip()


def with_both(points, x, y):
    return [point for point in points if point.get(x) is not None and point.get(y) is not None]


def front_of(points, *metrics):
    """By workload and number."""
    front = []
    for workload in sorted({workload_of(point) for point in points}):
        front += bitloom_results.pareto_front(
            [point for point in points if workload_of(point) == workload],
            minimize=[name for name in metrics if not name.startswith("+")],
            maximize=[name[1:] for name in metrics if name.startswith("+")])
    return front


def draw(points, front, x, y, color, output):
    from matplotlib import pyplot  # pylint: disable=import-outside-toplevel
    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    kinds = sorted({str(point.get(color, "")) for point in points})
    for index, kind in enumerate(kinds):
        chosen = [point for point in points if str(point.get(color, "")) == kind]
        axes.scatter([point[x] for point in chosen], [point[y] for point in chosen], s=14,
                     alpha=0.5, color=f"C{index}", label=kind or None)
    axes.scatter([point[x] for point in front], [point[y] for point in front], s=36,
                 facecolors="none", edgecolors="black", label="frontier")
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
    parser.add_argument("--network", help="only this one")
    parser.add_argument("--x", help="a front of this metric and y; across; default: latency_s")
    parser.add_argument("--y", help="a front of this metric and x; up; default: energy_pj")
    parser.add_argument("--color", default="chip", help="a parameter; default: %(default)s")
    parser.add_argument("--output", default="frontier.png", help="default: %(default)s")
    arguments = parser.parse_args()
    own = arguments.x is None and arguments.y is None
    metrics = (arguments.x or "latency_s", arguments.y or "energy_pj")
    x, y = (name.lstrip("+") for name in metrics)
    try:
        with bitloom_results.Database(arguments.database) as database:
            points = database.points(arguments.sweep)
            parameters, _ = database.names(arguments.sweep)
            if own:
                front = database.frontier(arguments.sweep)
                rule = database.objectives(arguments.sweep)
                shown = rule["minimize"] + rule["maximize"]
    except (OSError, ValueError, KeyError) as error:
        parser.error(error.args[0] if isinstance(error, KeyError) else str(error))
    if own:
        points = [point for point in points if point["status"] == "done"]
    else:
        points = with_both(points, x, y)
        if not points:
            parser.error(f"{arguments.database}: no point has both {x} and {y}")
        front = front_of(points, *metrics)
        shown = [x, y]
    if arguments.network is not None:
        points = [point for point in points if workload_of(point) == arguments.network]
        front = [point for point in front if workload_of(point) == arguments.network]
        if not points:
            parser.error(f"{arguments.database}: no point has the network {arguments.network}")
    for point in front:
        values = " ".join(f"{name}={point[name]:.6g}" for name in shown if name in point)
        keys = " ".join(f"{key}={point[key]}" for key in parameters if key in point)
        print(f"{values}  point {point['number']}: {keys}")
    summary = f"{len(front)} of {len(points)} points are on the frontier"
    try:
        drawn = with_both(points, x, y)
        if not drawn:
            print(f"{summary}; not drawn: no point has both {x} and {y}")
            return
        draw(drawn, with_both(front, x, y), x, y, arguments.color, arguments.output)
        print(f"{summary}: {arguments.output}")
    except ModuleNotFoundError as missing:
        print(f"{summary}; not drawn: {missing.name} is not installed")


if __name__ == "__main__":
    main()

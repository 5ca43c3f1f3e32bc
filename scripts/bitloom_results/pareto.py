# SPDX-License-Identifier: Apache-2.0
"""The points of which no other is better."""


def pareto_front(points, minimize=(), maximize=()):
    """Those of `points` (dicts) that no other one dominates, in their order.

    One dominates another when it is no worse in any of the metrics and better in one. Equal points
    are all in or all out; points that lack a metric are out.
    """
    if not minimize and not maximize:
        raise ValueError("pareto_front: name a metric to minimize or maximize")
    candidates = []
    for place, point in enumerate(points):
        if all(point.get(name) is not None for name in (*minimize, *maximize)):
            costs = tuple([point[name] for name in minimize] +
                          [-point[name] for name in maximize])
            candidates.append((costs, place))
    front = []
    # In this order a point can be dominated only by one before it.
    for costs, place in sorted(candidates):
        if not any(other != costs and all(a <= b for a, b in zip(other, costs))
                   for other, _ in front):
            front.append((costs, place))
    return [points[place] for _, place in sorted(front, key=lambda entry: entry[1])]

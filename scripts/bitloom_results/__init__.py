# SPDX-License-Identifier: Apache-2.0
"""Reads what Bitloom writes: results databases of sweeps, and layer traces. For notebooks.

    import sys; sys.path.append("scripts")
    import bitloom_results

    database = bitloom_results.Database("results.db")
    points = database.points()                       # a list of dicts
    front = database.frontier()                      # of each network, by the sweep's objectives
    other = bitloom_results.pareto_front(points, minimize=["area_mm2"], maximize=["accuracy"])
    bitloom_results.frame(front)                     # with pandas installed

    trace = bitloom_results.Trace("digits.safetensors")
    trace.manifest["network"], trace.weight_codes("conv1")    # with numpy installed

Needs Python 3.9 or later and its standard library; numpy and pandas only where said.
"""

from bitloom_results.database import Database, frame
from bitloom_results.pareto import pareto_front
from bitloom_results.trace import Trace

__all__ = ["Database", "Trace", "frame", "pareto_front"]

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the results of analognets.py depend on: energy by component, devices, wires, another chip.

All with the 8-bit networks and the keys of the chips' .ini files, but for those that a table names.
Needs the built program and Python's standard library. Options and exit status: analognets.py.
"""
import sys

import analognets
from analognets import plus_minus, table

DEVICES = ["pcm", "hermes2", "hermes1", "reram_wan", "reram_cmo", "gaussian5", "ideal"]
WIRES = ["0", "0.005", "0.02", "0.15", "0.35"]  # ohm between neighbouring cells
PRICES = ["aon", "cco_silicon", "walden", "schreier", "isaac", "survey_regression",
          "neurosim_sar"]
AGES = ["25s", "10y"]


def measure(options, paper):
    """{(task, study, value): result}."""
    accuracy = ["--time", "1d", "--seeds", str(options.seeds), "--inputs", str(options.inputs)]
    studies = [("age", age, "aon_cim", ["--no-accuracy", "--time", age]) for age in AGES]
    studies += [("price", price, "aon_cim", ["--no-accuracy", "--adc.energy", price])
                for price in PRICES]
    studies += [("device", device, "aon_cim", [*accuracy, "--array.device", device])
                for device in DEVICES]
    studies += [("wire", ohm, "aon_cim", [*accuracy, "--array.wire_ohm", ohm])
                for ohm in WIRES if ohm != "0.005"]
    studies += [("isaac", "isaac", "isaac", accuracy)]
    results = {}
    for task, facts in paper["tasks"].items():
        for study, value, chip, more in studies:
            print(f"{task}, {study} {value}", file=sys.stderr)
            results[task, study, value] = analognets.run(options, f"{facts['network']}_cim8", 8,
                                                         more, chip)
        # The chip's own wires are those of the comparison of devices.
        results[task, "wire", "0.005"] = results[task, "device", "pcm"]
    return results


def energy_rows(paper, results):
    for task, facts in paper["tasks"].items():
        young, old = (results[task, "age", age] for age in AGES)
        for part, picojoules in young["energy_by_component_pj"].items():
            late = old["energy_by_component_pj"][part]
            yield [facts["name"], part, f"{picojoules * 1e-3:,.3f}",
                   f"{100 * picojoules / young['energy_pj']:.2f}", f"{late * 1e-3:,.3f}",
                   f"{100 * (late / picojoules - 1):+.2f}"]
        yield [facts["name"], "all", f"{young['energy_pj'] * 1e-3:,.3f}", "100.00",
               f"{old['energy_pj'] * 1e-3:,.3f}",
               f"{100 * (old['energy_pj'] / young['energy_pj'] - 1):+.2f}"]


def price_rows(paper, results):
    for task, facts in paper["tasks"].items():
        for price in PRICES:
            result = results[task, "price", price]
            yield [facts["name"], price, f"{result['analog']['adc_conversion_pj']:.3g}",
                   f"{result['tops_per_watt']:.3g}"]


def accuracy_rows(paper, results, study, values):
    for value in values:
        cells = []
        for task in paper["tasks"]:
            moment = results[task, study, value]["analog"]["moments"][0]
            cells += [plus_minus(moment), f"{moment['weight_effective_bits']:.2f}"]
        yield [value, *cells]


def chip_rows(paper, results):
    for task, facts in paper["tasks"].items():
        for chip, result in (("aon_cim", results[task, "device", "pcm"]),
                             ("isaac", results[task, "isaac", "isaac"])):
            analog = result["analog"]
            yield [facts["name"], chip, str(analog["arrays"]), f"{result['latency_s'] * 1e6:,.1f}",
                   f"{result['energy_pj'] * 1e-6:.2f}", f"{result['tops_per_watt']:.2f}",
                   plus_minus(analog["moments"][0])]


def report(options, paper, results):
    accuracies = [f"{facts['name']}, {what}" for facts in paper["tasks"].values()
                  for what in ("top-1 in %", "effective bits")]
    return f"""# What the results depend on

Written by `scripts/papers/analognets_studies.py --seeds {options.seeds} --inputs {options.inputs}`, \
program version {next(iter(results.values()))["provenance"]["version"]}; what the tables say is in README.md.
Networks of 8 bits. Accuracy: mean ± standard deviation over
{analognets.sample(options)}. Drift is compensated by the current of all devices of a layer.

## Energy of an inference by component

{table(["task", "component", "25 s after the first read, nJ", "share, %", "10 years, nJ", "change, %"],
       energy_rows(paper, results))}
## Prices of a conversion

{table(["task", "`adc.energy`", "pJ a conversion", "TOPS/W"], price_rows(paper, results))}
## Devices, 1 day after the first read

{table(["`array.device`", *accuracies], accuracy_rows(paper, results, "device", DEVICES))}
## Wires, 1 day after the first read, PCM

{table(["`array.wire_ohm`", *accuracies], accuracy_rows(paper, results, "wire", WIRES))}
## Another chip, 1 day after the first read

{table(["task", "chip", "arrays", "latency, us", "uJ an inference", "TOPS/W", "top-1 in %"],
       chip_rows(paper, results))}"""


if __name__ == "__main__":
    sys.exit(analognets.main(__doc__, measure, report))

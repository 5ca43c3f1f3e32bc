#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Repeats the experiments of AnalogNets (arXiv 2111.06503, IEEE Micro 2022) on aon_cim.

Keyword spotting and visual wake words at 8, 6 and 4 bits: efficiency beside both published
versions, accuracy over times and chips beside the published loss after 24 h, with and without training for
analog arrays. The networks and their data are this project's: the paper's are not public. Needs the
built program and Python's standard library.

    scripts/papers/analognets.py [--program FILE] [--output FILE] [--seeds N] [--inputs N]
                                 [--data-dir FOLDER]

The tables are Markdown. Exit status: 0 good, 2 a mistake in the input or a run that failed.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENT = ROOT / "workloads" / "papers" / "analognets"
TIMES = ["25s", "1h", "1d", "30d", "1y"]


class RunFailed(Exception):
    pass


def run(options, network, bits, more=(), chip="aon_cim"):
    """The result of one run as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        command = [options.program, "run", chip, network, "--dac.bits", str(bits),
                   "--adc.bits", str(bits), "--compensation.read_out", "total_current",
                   "--json", str(file), *more]
        if options.data_dir:
            command += ["--data-dir", options.data_dir]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RunFailed(f"{' '.join(command)}: {done.stderr.strip()}")
        return json.loads(file.read_text())


def with_accuracy(options):
    return ["--time", ",".join(TIMES), "--seeds", str(options.seeds),
            "--inputs", str(options.inputs)]


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def plus_minus(moment):
    mean, std = moment["accuracy_mean"], moment["accuracy_std"]
    return f"{100 * mean:.2f}" + (f" ± {100 * std:.2f}" if std is not None else "")


def efficiency_rows(paper, results):
    for task, facts in paper["tasks"].items():
        for bits in (8, 6, 4):
            result = results[task, bits]
            published = [facts["tops_per_watt"][version].get(str(bits), "not public")
                         for version in ("arxiv_v1", "ieee_micro")]
            seconds = result["latency_s"]
            yield [facts["name"], str(bits), *map(str, published),
                   f"{result['tops_per_watt']:.2f}",
                   f"{result['analog']['peak_tops_per_watt']:.1f}",
                   f"{1 / seconds:,.0f}", f"{result['energy_pj'] * 1e-6:.2f}",
                   f"{100 * result['analog']['mapped_share']:.1f}"]


def accuracy_rows(options, paper, results):
    for task, facts in paper["tasks"].items():
        for bits in (8, 6, 4):
            result = results[task, bits]
            moments = result["analog"]["moments"]
            day = moments[TIMES.index("1d")]
            # The float network was measured on all inputs: fewer cannot be set against it.
            loss = 100 * (result["accuracy_float"] - day["accuracy_mean"])
            drift = 100 * (moments[0]["accuracy_mean"] - day["accuracy_mean"])
            published = facts["accuracy_loss_24h_percent"] if bits == 8 else "not public"
            yield [facts["name"], str(bits), f"{100 * result['accuracy_float']:.2f}",
                   *map(plus_minus, moments), "n/a" if options.inputs else f"{loss:.2f}", f"{drift:.2f}",
                   str(published),
                   f"{day['weight_effective_bits']:.2f}", f"{100 * day['saturated_share']:.3f}"]


def plain_rows(paper, results):
    for task, facts in paper["tasks"].items():
        trained, plain = results[task, 8], results[task, "plain"]
        for name, result in (("trained for it", trained), ("as in float", plain)):
            yield [facts["name"], name, f"{100 * result['accuracy_float']:.2f}",
                   *map(plus_minus, result["analog"]["moments"])]


def recalled_rows(paper, results):
    for task, facts in paper["tasks"].items():
        result, recalled = results[task, 8], facts["recalled"]
        for what, theirs, ours in (
                ("inferences/s", recalled["inferences_per_s"], 1 / result["latency_s"]),
                ("uJ an inference", recalled["energy_uj"], result["energy_pj"] * 1e-6),
                ("pairs mapped, %", recalled["mapped_percent"],
                 100 * result["analog"]["mapped_share"])):
            yield [f"{facts['name']}, 8 bits: {what}", f"{theirs:,}", f"{ours:,.1f}"]
    peaks = paper["recalled_peaks"]
    for bits in ("8", "6", "4"):
        analog = results["kws", int(bits)]["analog"]
        yield [f"peak at {bits} bits, TOPS", str(peaks["tops"][bits]), f"{analog['peak_tops']:.3f}"]
        yield [f"peak at {bits} bits, TOPS/W", str(peaks["tops_per_watt"][bits]),
               f"{analog['peak_tops_per_watt']:.2f}"]


def measure(options, paper):
    results = {}
    for task, facts in paper["tasks"].items():
        for bits in (8, 6, 4):
            print(f"{task} at {bits} bits", file=sys.stderr)
            results[task, bits] = run(options, f"{facts['network']}_cim{bits}", bits,
                                      with_accuracy(options))
        print(f"{task}, float network", file=sys.stderr)
        results[task, "plain"] = run(options, facts["network"], 8,
                                     ["--scheme", "int8", *with_accuracy(options)])
    return results


def sample(options):
    inputs = f"the first {options.inputs} test inputs" if options.inputs else "all test inputs"
    return f"{options.seeds} chips, {inputs}"


def report(options, paper, results):
    any_result = results["kws", 8]
    times = ["first read + " + time for time in TIMES]
    return f"""# AnalogNets on aon_cim

`scripts/papers/analognets.py --seeds {options.seeds} --inputs {options.inputs}`, program version \
{any_result["provenance"]["version"]}.

{paper["paper"]}.

Networks and data are this project's (`workloads/zoo`): the paper's layers and weights are not public.
What can be compared is therefore the order of magnitude and how it changes with the bits.

## Efficiency of a whole inference, TOPS/W

{table(["task", "bits", "arXiv v1", "IEEE Micro", "aon_cim", "peak of the array", "inferences/s",
        "uJ an inference", "pairs mapped, %"], efficiency_rows(paper, results))}
Energy of a conversion by the rows `adc_aon`, which follow the paper's peak efficiencies as remembered,
not as read: the peak column is no result of this project.

## Figures from memory, unverified

{table(["figure", "recalled", "aon_cim"], recalled_rows(paper, results))}
## Accuracy, top-1 in %: mean ± standard deviation over {sample(options)}

{table(["task", "bits", "float", *times, "loss after 1 d", "of that since 25 s", "published loss", "effective bits after 1 d",
        "saturated, %"], accuracy_rows(options, paper, results))}
Drift is compensated by the current of all devices of a layer. Float: all test inputs, also where the
chip ran fewer; a loss against it would then say nothing.
Published losses are of other data and another network: {paper["accuracy_loss_is"]}. Accuracy at other
times and widths is not public.

## What training for the arrays buys, 8 bits

{table(["task", "network", "float", *times], plain_rows(paper, results))}
Trained for it: weight clipping, injected noise and learned ranges under one gain of the converters
(`scripts/train/analognet.py`). As in float: quantized to int8 afterwards, full scale calibrated.
"""


def main(doc, measure_all, write):
    """The command line, also of analognets_studies.py: measures, then writes the tables."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--program", default="bitloom")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--inputs", type=int, default=0, help="test inputs; 0: all")
    parser.add_argument("--data-dir", help="where the program finds chips and networks")
    options = parser.parse_args()
    try:
        paper = json.loads((EXPERIMENT / "paper.json").read_text())
        text = write(options, paper, measure_all(options, paper))
    except (OSError, RunFailed) as error:
        print(f"{Path(sys.argv[0]).name}: error: {error}", file=sys.stderr)
        return 2
    if options.output:
        options.output.write_text(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(__doc__, measure, report))

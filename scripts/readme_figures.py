#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of README.md beside what the program prints.

  scripts/readme_figures.py             compare; exit code 1 and a line a difference
  scripts/readme_figures.py --update    write the program's figures into README.md
  scripts/readme_figures.py --slow      the commands of more than half a minute too

Each figure is found in README.md by the words around it, so a text that moves is still found and
one that is lost is an error. The program is build/release/bitloom unless --program names another.
"""
import argparse
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


@functools.cache
def run(program, *arguments):
    """What `bitloom run` prints, and its JSON."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "result.json")
        done = subprocess.run([program, "run", *arguments, "--json", file], cwd=ROOT, check=True,
                              capture_output=True, text=True)
        return done.stdout, json.loads(file.read_text())


def percent(share):
    return f"{100 * share:.2f} %"


def fixed(value, unit):
    return f"{value:.1f} {unit}"


def total_lines(text):
    """'latency' -> the values of its line in the tables Totals and Accuracy, two spaces apart."""
    lines = {}
    for line in text.splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if line.startswith("  ") and len(cells) >= 2:
            lines.setdefault(cells[0], cells[1:])
    return lines


def intro(program):
    text, result = run(program, "ant", "zoo/keywords")
    yield (r"LPDDR4-3200: ([\d.]+ \S+) and ([\d.]+ \S+) an inference, ([\d.]+ %) top-1 on the chip's arithmetic\s+"
           r"against ([\d.]+ %) in float",
           [fixed(1e6 * result["latency_s"], "µs"), fixed(1e-6 * result["energy_pj"], "µJ"),
            percent(result["accuracy"]), percent(result["accuracy_float"])])
    lines = total_lines(text)
    for name in ("latency", "throughput", "energy"):
        value, more = lines[name][:2]
        yield rf"(?m)^  {name} +(\S+ \S+)   (.+)$", [value, more]
    for name in ("float", "quantized", "chip"):
        yield rf"(?m)^  {name} +([\d.]+ %)   (.+)$", lines[name][:2]


def schemes(program):
    for network, inputs in (("digits", r" \(899 inputs\)"), ("keywords", r" \(1,200\)"),
                            ("keywords_transformer", r" \(1,200\)")):
        _, result = run(program, "ant", f"zoo/{network}")
        yield (rf"(?m)^\| {network}{inputs} \| (.*?) \| (.*?) \| (.*?) \|$",
               [percent(result["accuracy_float"]), percent(result["accuracy_quantized"]),
                percent(result["accuracy"])])


def trained(program):
    for network, scheme in (("digits", "w1a2"), ("keywords", "w1a2"), ("keywords", "w2a2"),
                            ("keywords", "w4a4")):
        _, untrained = run(program, "ant", f"zoo/{network}")
        _, result = run(program, "apnn_tc", f"zoo/{network}_{scheme}")
        yield (rf"(?m)^\| {network}_{scheme} \| {scheme} \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$",
               [percent(untrained["accuracy_float"]), percent(result["accuracy_float"]),
                percent(result["accuracy_quantized"]), percent(result["accuracy"]),
                fixed(1e6 * result["latency_s"], "us"), fixed(1e-6 * result["energy_pj"], "uJ")])


def mean(moment):
    return f"{100 * moment['accuracy_mean']:.2f} ± {100 * moment['accuracy_std']:.2f} %"


def analog(program):
    for network in ("analognet_kws", "analognet_vww"):
        _, plain = run(program, "aon_cim", f"zoo/{network}", "--scheme", "cim8", "--inputs", "1")
        _, result = run(program, "aon_cim", f"zoo/{network}_cim8", "--time", "25s,1d", "--seeds", "10")
        moments = result["analog"]["moments"]
        yield (rf"(?m)^\| {network}_cim8 \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| ([\d.]+), [\d.]+ \|$",
               [percent(plain["accuracy_float"]), percent(result["accuracy_float"]),
                mean(moments[0]), mean(moments[1]), fixed(1e6 * result["latency_s"], "us"),
                fixed(1e-6 * moments[0]["energy_pj"], "uJ"), f"{moments[0]['tops_per_watt']:.2f}"])


def sweep(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "sweep", "workloads/sweeps/three_chips.ini", "--database",
                        f"{folder}/three_chips.db"], cwd=ROOT, check=True, capture_output=True)
        subprocess.run([program, "sweep", "--export", f"{folder}/a.json", "--database",
                        f"{folder}/three_chips.db"], cwd=ROOT, check=True, capture_output=True)
        points = json.loads(pathlib.Path(folder, "a.json").read_text())["points"]
    yield r"asks for ([\d,]+) points", [f"{len(points):,}"]
    good = [point for point in points if point["parameters"].get("network") == "zoo/keywords"
            and point["metrics"].get("accuracy", 0) >= 0.92]
    for chip in ("aon_cim", "apnn_tc", "bismo", "ant"):
        of_chip = [point["metrics"] for point in good if point["parameters"]["chip"] == chip]
        if not of_chip:
            continue
        thrifty = min(of_chip, key=lambda metrics: metrics["energy_pj"])
        fast = min(of_chip, key=lambda metrics: metrics["latency_s"])
        yield (rf"(?m)^\| `{chip}`[^|]*\| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$",
               [fixed(1e-6 * thrifty["energy_pj"], "uJ"), fixed(1e6 * thrifty["latency_s"], "us"),
                fixed(1e6 * fast["latency_s"], "us"), fixed(1e-6 * fast["energy_pj"], "uJ")])


QUICK = (intro, schemes, trained)
SLOW = (analog, sweep)


def settle(text, pattern, values, problems):
    """The text with the values at the groups of the pattern; differences go to `problems`."""
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        problems.append(f"README.md: {len(found)} places match {pattern}: must be one")
        return text
    match = found[0]
    for group in range(len(values), 0, -1):
        if match.group(group) != values[group - 1]:
            line = text.count("\n", 0, match.start(group)) + 1
            problems.append(f"README.md:{line}: says '{match.group(group)}', the program "
                            f"'{values[group - 1]}'")
            begin, end = match.span(group)
            text = text[:begin] + values[group - 1] + text[end:]
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/bitloom", type=pathlib.Path)
    parser.add_argument("--readme", default=ROOT / "README.md", type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--slow", action="store_true")
    options = parser.parse_args()
    before = options.readme.read_text(encoding="utf-8")
    after, problems = before, []
    for part in QUICK + (SLOW if options.slow else ()):
        for pattern, values in part(options.program.resolve()):
            after = settle(after, pattern, values, problems)
    if options.update:
        if after != before:
            options.readme.write_text(after, encoding="utf-8")
        lost = [problem for problem in problems if "places match" in problem]
        print("\n".join(problems) or "README.md: nothing to change")
        return 1 if lost else 0
    print("\n".join(problems) or "README.md: every figure is the program's")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

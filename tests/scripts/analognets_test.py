# SPDX-License-Identifier: Apache-2.0
"""scripts/papers/analognets*.py with a program that answers from what it is asked: every number
stands where it belongs, and a run that fails ends the script.

analognets_test.py ROOT
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

# Accuracy falls by a point a moment; the efficiency tells the task, the bits and the price apart.
STUB = """#!{python}
import json, sys
arguments = sys.argv[1:]
value = lambda name, default: arguments[arguments.index(name) + 1] if name in arguments else default
network, bits = arguments[2], int(value("--dac.bits", "0"))
chip = arguments[1]
assert arguments[0] == "run" and value("--adc.bits", "") == str(bits)
assert network.endswith(f"_cim{{bits}}") or value("--scheme", "") == "int8"
assert "--no-accuracy" in arguments or value("--seeds", "") == "4"
times = value("--time", "0s").split(",")
tens = 10 if "vww" in network else 0
moment = lambda i: {{"accuracy_mean": 0.90 - 0.01 * i, "accuracy_std": 0.005,
                    "weight_effective_bits": len(weights), "saturated_share": 0.0005}}
weights = value("--array.device", "") + value("--array.wire_ohm", "")
array = 1e6 if times == ["25s"] else 2.5e5
json.dump({{"latency_s": 1e-4 if chip == "aon_cim" else 2e-4, "energy_pj": 2e6,
           "tops_per_watt": tens + bits + 0.25,
           "energy_by_component_pj": {{"adc": 1e6, "cim_array": array}},
           "accuracy_float": 0.95, "provenance": {{"version": "9.9"}},
           "analog": {{"arrays": 1 if chip == "aon_cim" else 80, "peak_tops": 2.016,
                      "peak_tops_per_watt": 13.5, "mapped_share": 0.575,
                      "adc_conversion_pj": len(value("--adc.energy", "")),
                      "moments": [moment(i) for i in range(len(times))]}}}},
          open(value("--json", ""), "w"))
"""


def cells(text, start):
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines() if line.startswith(start)]


def studies(root, program):
    """Devices, wires, prices, ages and the other chip stand in the rows of their names."""
    script = root / "scripts" / "papers" / "analognets_studies.py"
    done = subprocess.run([sys.executable, script, "--program", program, "--seeds", "4"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    words = cells(done.stdout, "| keyword spotting |")
    assert words[0][1:] == ["adc", "1,000.000", "50.00", "1,000.000", "+0.00"], words[0]
    assert words[1][1:] == ["cim_array", "1,000.000", "50.00", "250.000", "-75.00"], words[1]
    assert words[3][1:3] == ["aon", "3"], words[3]
    assert words[3 + 6][1:3] == ["neurosim_sar", str(len("neurosim_sar"))], words[3 + 6]
    assert words[-2][1:4] == ["aon_cim", "1", "100.0"], words[-2]
    assert words[-1][1:4] == ["isaac", "80", "200.0"], words[-1]
    device = cells(done.stdout, "| reram_cmo |")[0]
    assert device[1:] == ["90.00 ± 0.50", "9.00"] * 2, device
    assert cells(done.stdout, "| 0.35 |")[0][2] == "4.00"
    # The chip's own wires: the row is the one of its own device.
    assert cells(done.stdout, "| 0.005 |")[0][2] == "3.00"


def main():
    root = Path(sys.argv[1])
    script = root / "scripts" / "papers" / "analognets.py"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program"
        program.write_text(STUB.format(python=sys.executable))
        program.chmod(0o755)
        done = subprocess.run([sys.executable, script, "--program", program, "--seeds", "4"],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        studies(root, program)
        failing = subprocess.run([sys.executable, script, "--program", "/bin/false"],
                                 capture_output=True, text=True, check=False)
    text = done.stdout
    paper = json.loads((root / "workloads" / "papers" / "analognets" / "paper.json").read_text())
    words = cells(text, "| keyword spotting |")
    # Efficiency: both versions of the paper, and ours.
    assert words[0][1:6] == ["8", "8.58", "8.55", "8.25", "13.5"], words[0]
    assert words[1][1:5] == ["6", "not public", "26.55", "6.25"], words[1]
    assert words[2][1:5] == ["4", "57.39", "56.67", "4.25"], words[2]
    assert words[0][6:] == ["10,000", "2.00", "57.5"], words[0]
    pictures = cells(text, "| visual wake words |")
    assert pictures[0][1:5] == ["8", "4.37", "4.34", "18.25"], pictures[0]
    # What is only recalled stands apart, beside ours.
    recalled = cells(text, "| keyword spotting, 8 bits")
    assert recalled[0][1:] == ["7,800", "10,000.0"], recalled
    assert recalled[2][1:] == ["57.3", "57.5"], recalled
    assert cells(text, "| peak at 4 bits, TOPS/W")[0][1:] == ["112.44", "13.50"]
    # Accuracy: 0.95 less 0.88 a day later, of that 0.90 less 0.88 since the first moment.
    accuracy = words[3]
    assert accuracy[1:4] == ["8", "95.00", "90.00 ± 0.50"], accuracy
    assert accuracy[5] == "88.00 ± 0.50" and accuracy[8:11] == ["7.00", "2.00", "0.8"], accuracy
    assert words[3 + 1][10] == "not public"
    assert pictures[3][10] == str(paper["tasks"]["vww"]["accuracy_loss_24h_percent"])
    assert failing.returncode == 2, failing
    assert failing.stderr.splitlines()[-1].startswith("analognets.py: error: /bin/false run"), failing


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Repeats the experiments of APNN-TC (Feng et al., SC'21) on the bit-serial chip.

GEMMs of M = 64 and N = K, 3x3 convolutions on 16x16 pixels, and three networks, at several widths;
beside them 4-bit and 8-bit integers on a systolic array with as many one-bit products a cycle. The
published values stand in the same tables. Needs the built program and Python's standard library.

    scripts/papers/apnn_tc.py [--program FILE] [--output FILE] [--quick] [--data-dir FOLDER]

The tables are Markdown. Exit status: 0 good, 2 a mistake in the input or a run that failed.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cycle_model
import tables

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENT = ROOT / "workloads" / "papers" / "apnn_tc_sc21"
NETWORKS = ["alexnet", "vgg_variant", "resnet18"]
AT_ONCE = 2  # runs at the same time


class Variant:
    """A chip with the formats of its operands."""

    def __init__(self, name, chip, weights, activations, keys=()):
        self.name, self.chip, self.weights, self.activations = name, chip, weights, activations
        self.keys = list(keys)

    @property
    def bits(self):
        """(P, Q): bits of a weight and of an activation."""
        return tuple(int("".join(c for c in f if c.isdigit())) for f in
                     (self.weights, self.activations))

    def array_cycles(self, m, n, k):
        """Cycles of the array alone when one command computes the whole layer."""
        if self.chip == "apnn_tc":
            return cycle_model.apnn(m, n, k, *self.bits)
        rows, columns = self.pes
        return cycle_model.systolic(m, n, k, self.bits[0], rows, columns)

    @property
    def pes(self):
        keys = dict(zip(self.keys[::2], self.keys[1::2]))
        return int(keys["--array.rows"]), int(keys["--array.columns"])


def systolic(name, bits, rows, columns):
    # Buffers that hold two tiles as large as the array: 128 x 256 psums are 128 KiB.
    keys = ["--array.rows", str(rows), "--array.columns", str(columns)]
    for buffer in ("weight", "activation", "output", "vector"):
        keys += [f"--{buffer}_buffer.bytes", "524288"]
    return Variant(name, "ant", f"int{bits}", f"int{bits}", keys)


# One weight bit is -1 or +1; activations follow a ReLU.
SERIAL = [Variant("w1a2", "apnn_tc", "bipolar1", "uint2"),
          Variant("w1a3", "apnn_tc", "bipolar1", "uint3"),
          Variant("w1a4", "apnn_tc", "bipolar1", "uint4"),
          Variant("w2a2", "apnn_tc", "int2", "uint2"),
          Variant("w1a8", "apnn_tc", "bipolar1", "uint8"),
          Variant("w2a8", "apnn_tc", "int2", "uint8"),
          Variant("w4a4", "apnn_tc", "int4", "uint4"),
          Variant("w8a8", "apnn_tc", "int8", "uint8")]
# 64 x 64 units of 128 bits are 524,288 one-bit products a cycle; a 4-bit PE stands for 16.
INT4 = systolic("int4", 4, 128, 256)
INT8 = systolic("int8", 8, 128, 256)
INT4_FLAT = systolic("int4_64x512", 4, 64, 512)


# What the systolic chip takes from the bit-serial one, so that they differ in the array only.
SHARED = ("clock.", "global_buffer.", "vector.", "dma.", "weight_buffer.port_bits",
          "activation_buffer.port_bits")


def share(configuration):
    """Gives the systolic variants the keys of the bit-serial chip's configuration."""
    for variant in (INT4, INT8, INT4_FLAT):
        for key, value in configuration.items():
            if key.startswith(SHARED):
                variant.keys += [f"--{key}", value]


class Runner:
    """Runs the program, two runs at a time, and shows how far it is on a terminal."""

    def __init__(self, program, folder, data):
        self.program, self.folder, self.data = program, Path(folder), data
        self.lock, self.done, self.total = threading.Lock(), 0, 0

    def run(self, job):
        """The result of one job (variant, memory, workload arguments) as in --json."""
        index, (variant, memory, workload) = job
        result = self.folder / f"result{index}.json"
        command = [str(self.program), "run", variant.chip, *workload, "--weights", variant.weights,
                   "--activations", variant.activations, *variant.keys, "--memory.dram", memory,
                   "--json", str(result), "--data-dir", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        with self.lock:
            self.done += 1
            if sys.stderr.isatty():
                print(f"\r{self.done} of {self.total} runs", end="", file=sys.stderr, flush=True)
        return json.loads(result.read_text())

    def run_all(self, jobs):
        """{job name: result} of {job name: job}."""
        self.done, self.total = 0, len(jobs)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(self.run, enumerate(jobs.values())))
        if sys.stderr.isatty():
            print(file=sys.stderr)
        return dict(zip(jobs, results))


def convolution_file(folder, channels):
    path = Path(folder) / f"conv{channels}.net"
    path.write_text(f"network conv{channels}\ninput image 16x16x{channels}\n"
                    f"conv conv k=3x3 p=1 oc={channels}\n")
    return path


def sweep_jobs(paper, quick, folder):
    """{(experiment, size, variant, memory): job} of both sweeps."""
    jobs = {}
    sizes = paper["gemm"]["n_equals_k"][:1 if quick else None]
    for experiment, extra in (("gemm", [INT4_FLAT]), ("convolution", [])):
        variants = SERIAL + [INT4, INT8] + extra
        if quick:
            variants = [v for v in variants if v.name in ("w1a2", "w8a8", "int4", "int8")]
        for size in sizes:
            if experiment == "gemm":
                workload = ["--gemm", f"64x{size}x{size}"]
            else:
                workload = [str(convolution_file(folder, size)), "--random"]
            for variant in variants:
                for memory in tables.MEMORIES:
                    jobs[experiment, size, variant.name, memory] = (variant, memory, workload)
    return jobs


def network_jobs():
    jobs = {}
    for network in NETWORKS:
        workload = [str(EXPERIMENT / f"{network}.net"), "--random", "--no-accuracy"]
        for variant in [v for v in SERIAL if v.name in ("w1a2", "w2a2")] + [INT4, INT8]:
            for memory in tables.MEMORIES:
                jobs[network, variant.name, memory] = (variant, memory, workload)
    return jobs


def main():
    parser = argparse.ArgumentParser(description="Repeats the experiments of APNN-TC (SC'21).")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bitloom",
                        help="the built program; default build/release/bitloom")
    parser.add_argument("--output", type=Path,
                        help="write the tables here instead of printing them")
    parser.add_argument("--quick", action="store_true",
                        help="only the smallest GEMM and convolution, no networks")
    parser.add_argument("--data-dir", type=Path, default=ROOT,
                        help="where the program finds its chips; default this repository")
    options = parser.parse_args()
    if not options.program.is_file():
        parser.error(f"--program {options.program}: no such file: build it first (scripts/test.sh)")
    paper = json.loads((EXPERIMENT / "paper.json").read_text())
    variants = {v.name: v for v in SERIAL + [INT4, INT8, INT4_FLAT]}
    with tempfile.TemporaryDirectory() as folder:
        jobs = sweep_jobs(paper, options.quick, folder)
        if not options.quick:
            jobs |= network_jobs()
        runner = Runner(options.program, folder, options.data_dir)
        try:
            smallest = (SERIAL[0], tables.SLOW, ["--gemm", "8x8x8"])
            share(runner.run_all({"first": smallest})["first"]["configuration"])
            results = runner.run_all(jobs)
        except RuntimeError as error:
            print(f"apnn_tc.py: {error}", file=sys.stderr)
            return 2
    parts = [tables.introduction(results)]
    for experiment in ("gemm", "convolution"):
        parts.append(tables.sweep(experiment, results, variants, paper))
    if not options.quick:
        parts.append(tables.networks(NETWORKS, results, variants, paper))
    text = "\n\n".join(parts) + "\n"
    if options.output:
        options.output.write_text(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

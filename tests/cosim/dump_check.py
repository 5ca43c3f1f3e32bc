# SPDX-License-Identifier: Apache-2.0
"""Reads a folder of `bitloom run --dump` without Bitloom and without numpy.

dump_check.py FOLDER [exact]: every .npy file has a header of format 1.0 that fits its size, and the
elements of the .hex file beside it. exact: psums are the integer products of operands and weights,
by the values of their codes.
"""
import ast
import json
import struct
import sys
from pathlib import Path

TYPES = {"|u1": "B", "|i1": "b", "<i2": "h", "<i4": "i"}


def read_npy(path):
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00", path
    length = struct.unpack("<H", data[8:10])[0]
    assert (10 + length) % 64 == 0 and data[9 + length] == 10, path
    header = ast.literal_eval(data[10:10 + length].decode())
    assert set(header) == {"descr", "fortran_order", "shape"} and not header["fortran_order"], path
    count = 1
    for axis in header["shape"]:
        count *= axis
    return header["shape"], list(struct.unpack(f"<{count}{TYPES[header['descr']]}",
                                               data[10 + length:]))


def main():
    folder = Path(sys.argv[1])
    index = json.loads((folder / "dump.json").read_text())
    assert index["files"][-1] == "dump.json"
    tensors = {}
    for tensor in index["tensors"]:
        name = tensor["name"]
        shape, values = read_npy(folder / f"{name}.npy")
        assert list(shape) == tensor["shape"], name
        rows = [int(line, 16) for line in (folder / f"{name}.hex").read_text().splitlines()
                if not line.startswith("//")]
        mask = (1 << tensor["bits"]) - 1
        assert rows == [value & mask for value in values], name
        tensors[name] = (tensor, shape, values)
    if sys.argv[2:] != ["exact"]:
        return
    weight_info, (problems, n, k), weights = tensors["weights"]
    operand_info, (_, m, _), operands = tensors["operands"]
    _, _, psums = tensors["psums"]
    values = operand_info["values"]
    padding = 1 << (operand_info["bits"] - 1)
    x = [0 if code & padding else values[code] for code in operands]
    w = [weight_info["values"][code] for code in weights]
    for p in range(problems):
        for i in range(m):
            row = x[(p * m + i) * k:(p * m + i + 1) * k]
            for j in range(n):
                column = w[(p * n + j) * k:(p * n + j + 1) * k]
                assert psums[(p * m + i) * n + j] == sum(a * b for a, b in zip(row, column)), (p, i, j)


main()

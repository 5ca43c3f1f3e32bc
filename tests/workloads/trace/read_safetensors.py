# SPDX-License-Identifier: Apache-2.0
"""Prints a trace file. Written from the documented layout alone, without Bitloom's code."""
import json
import struct
import sys

CODES = {"U8": "B", "I8": "b", "I16": "h", "I32": "i", "I64": "q", "F32": "f", "F64": "d"}


def unpack_codes(packed, bits, count):
    """Element i occupies bits [i*bits, (i+1)*bits) of the little-endian bit stream."""
    stream = int.from_bytes(packed, "little")
    codes = [stream >> (i * bits) & ((1 << bits) - 1) for i in range(count)]
    assert stream >> (count * bits) == 0, "unused bits must be zero"
    return codes


def main(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + length].decode("utf-8"))
    data = content[8 + length:]
    manifest = json.loads(header.pop("__metadata__")["bitloom"])
    print("manifest network", manifest["network"])
    packed = {}
    for layer in manifest["layers"]:
        weights = layer["weights"]
        print("manifest layer", layer["name"], layer["op"], *layer["inputs"], "->", *layer["outputs"],
              weights["format"], weights["shape"], "scales", weights["scales"])
        packed[weights["tensor"]] = weights
    covered = 0
    for name in sorted(header):
        tensor = header[name]
        begin, end = tensor["data_offsets"]
        code = CODES[tensor["dtype"]]
        assert (8 + length + begin) % struct.calcsize(code) == 0, name + " must be aligned"
        values = [value for (value,) in struct.iter_unpack("<" + code, data[begin:end])]
        count = 1
        for size in tensor["shape"]:
            count *= size
        assert len(values) == count, name + " must have as many values as its shape"
        covered += end - begin
        print(name, tensor["dtype"], tensor["shape"], *values)
        if name in packed:
            shape = packed[name]["shape"]
            bits = int(packed[name]["format"][-1])  # flint4: 4
            print(name, "codes", *unpack_codes(data[begin:end], bits, shape[0] * shape[1]))
    assert covered == len(data), "data must have no holes"


main(sys.argv[1])

# SPDX-License-Identifier: Apache-2.0
"""Writes the test set of zoo/digits as numpy and others would have it, without numpy.

own_data.py test.safetensors FOLDER: digits.npz (inputs [899,1,8,8], labels; deflated), nolabels.npz,
inputs.npy, labels.csv, and png/CLASS/NUMBER.png, whose pixels 0..16 are 16 times the inputs.
"""
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path


def npy(descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * ((64 - (11 + len(header)) % 64) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def png(width, height, pixels):
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    rows = b"".join(b"\x00" + pixels[y * width:(y + 1) * width] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    data = Path(sys.argv[1]).read_bytes()
    folder = Path(sys.argv[2])
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])

    def tensor(name):
        begin, end = header[name]["data_offsets"]
        return header[name]["dtype"], header[name]["shape"], data[8 + length + begin:8 + length + end]

    kind, shape, raw = tensor("inputs")
    descr = {"I8": "|i1", "F32": "<f4"}[kind]
    _, count, labels = tensor("labels")
    inputs = npy(descr, shape, raw)
    for name, arrays in (("digits", {"inputs": inputs, "labels": npy("<i8", count, labels)}),
                         ("nolabels", {"inputs": inputs})):
        with zipfile.ZipFile(folder / f"{name}.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            for key, value in arrays.items():
                archive.writestr(f"{key}.npy", value)
    (folder / "inputs.npy").write_bytes(inputs)
    numbers = struct.unpack(f"<{count[0]}q", labels)
    (folder / "labels.csv").write_text("label\n" + "".join(f"{label}\n" for label in numbers))
    size = shape[-1] * shape[-2]
    values = struct.unpack(f"<{len(raw)}b", raw) if kind == "I8" else \
        struct.unpack(f"<{len(raw) // 4}f", raw)
    for i, label in enumerate(numbers):
        (folder / "png" / str(label)).mkdir(parents=True, exist_ok=True)
        pixels = bytes(round(16 * value) for value in values[i * size:(i + 1) * size])
        (folder / "png" / str(label) / f"{i:04}.png").write_bytes(
            png(shape[-1], shape[-2], pixels))


main()

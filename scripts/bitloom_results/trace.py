# SPDX-License-Identifier: Apache-2.0
"""Layer traces: a .safetensors file whose metadata has the manifest (workloads/trace/trace.h)."""

import json
import pathlib
import re
import struct

TYPES = {"U8": "u1", "I8": "i1", "I16": "<i2", "I32": "<i4", "I64": "<i8", "F32": "<f4",
         "F64": "<f8"}


class Trace:
    """The manifest as a dict; tensors as numpy arrays, read when asked for.

    Raises ValueError for a file that is no trace.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            head = file.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else size
            if 8 + length > size:
                raise ValueError(f"{path}: is no trace: ends before its header does")
            try:
                header = json.loads(file.read(length))
                self.manifest = json.loads(header.pop("__metadata__")["bitloom"])
            except (ValueError, KeyError, AttributeError, TypeError):
                raise ValueError(f"{path}: is no trace: has no manifest of Bitloom") from None
        self._tensors = header
        self._start = 8 + length

    def layers(self):
        """Names, in the order of execution."""
        return [layer["name"] for layer in self.manifest["layers"]]

    def layer(self, name):
        """The manifest's entry."""
        for layer in self.manifest["layers"]:
            if layer["name"] == name:
                return layer
        raise KeyError(f"{self.path}: no layer {name!r}; there are: {', '.join(self.layers())}")

    def tensors(self):
        """Names, sorted."""
        return sorted(self._tensors)

    def tensor(self, name):
        """As it is stored: codes are packed bytes."""
        import numpy  # pylint: disable=import-outside-toplevel
        if name not in self._tensors:
            raise KeyError(f"{self.path}: no tensor {name!r}; there are: "
                           f"{', '.join(self.tensors())}")
        entry = self._tensors[name]
        begin, end = entry["data_offsets"]
        with self.path.open("rb") as file:
            file.seek(self._start + begin)
            data = file.read(end - begin)
        return numpy.frombuffer(data, TYPES[entry["dtype"]]).reshape(entry["shape"])

    def weight_codes(self, layer):
        """The codes of a layer's weights, unsigned, one a number, in the weights' shape.

        What value a code has depends on the format: `bitloom show NAME-OF-FORMAT`.
        """
        weights = self.layer(layer).get("weights")
        if not weights or not weights.get("tensor"):
            raise KeyError(f"{self.path}: layer {layer!r} has no weights, or only their shape")
        packed = self.tensor(weights["tensor"])
        count = 1
        for size in weights["shape"]:
            count *= size
        bits = code_bits(weights["format"], count, packed.size)
        return unpack_codes(packed, bits, count).reshape(weights["shape"])


def code_bits(name, count, size):
    """Bits a code of the format, which fill `size` bytes with `count` codes."""
    fitting = [bits for bits in range(1, 9) if (count * bits + 7) // 8 == size]
    named = [int(digits) for digits in re.findall(r"\d+", name)]
    for bits in named + fitting:  # few codes fit in the same bytes with several widths
        if bits in fitting:
            return bits
    raise ValueError(f"{count} codes of format {name} do not fill {size} bytes")


def unpack_codes(packed, bits, count):
    """Code i has the bits i * bits and up of the stream, whose bytes have their low bit first."""
    import numpy  # pylint: disable=import-outside-toplevel
    stream = numpy.unpackbits(packed, bitorder="little")[:count * bits].reshape(count, bits)
    return (stream << numpy.arange(bits, dtype="u1")).sum(axis=1, dtype="u1")

# SPDX-License-Identifier: Apache-2.0
"""Reads and writes a zoo folder: network.onnx, test.safetensors, zoo.json."""
import collections
import json
import pathlib
import re
import struct
import warnings

import numpy as np
import onnx
import onnxruntime
import torch

ZOO = pathlib.Path(__file__).resolve().parents[2] / "workloads" / "zoo"
DTYPES = {"F32": "<f4", "I8": "<i1", "I64": "<i8"}
OPSET = 17


def save_tensors(path, tensors, metadata):
    """The public safetensors layout: header length (8 bytes, little-endian), JSON header, data."""
    header, offset = {"__metadata__": {k: str(v) for k, v in metadata.items()}}, 0
    names = {np.dtype(v): k for k, v in DTYPES.items()}
    for name, array in tensors.items():
        header[name] = {"dtype": names[array.dtype], "shape": list(array.shape),
                        "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the data starts at a multiple of 8
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            file.write(np.ascontiguousarray(array).tobytes())


def load_tensors(path):
    raw = pathlib.Path(path).read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header, data = json.loads(raw[8:8 + size]), raw[8 + size:]
    metadata = header.pop("__metadata__", {})
    tensors = {name: np.frombuffer(data[slice(*e["data_offsets"])], DTYPES[e["dtype"]]).reshape(e["shape"])
               for name, e in header.items()}
    return tensors, metadata


def export_onnx(model, input_shape, path):
    """Writes the float network; batch normalization is folded into the convolutions by the exporter."""
    model = model.cpu().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own notice that it is the older of two
        torch.onnx.export(model, torch.zeros(1, *input_shape), str(path), opset_version=OPSET, dynamo=False,
                          input_names=["input"], output_names=["logits"],
                          dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}})
    network = onnx.load(str(path))
    constants = [n for n in network.graph.node if n.op_type == "Constant"]
    for node in constants:  # a reader then finds every constant in one place
        tensor = onnx.helper.get_attribute_value(node.attribute[0])
        tensor.name = node.output[0]
        network.graph.initializer.append(tensor)
        network.graph.node.remove(node)
    network = onnx.shape_inference.infer_shapes(network, strict_mode=True)
    onnx.checker.check_model(network, full_check=True)
    onnx.save(network, str(path))


def operators(path):
    return dict(sorted(collections.Counter(n.op_type for n in onnx.load(str(path)).graph.node).items()))


def onnx_accuracy(path, inputs, labels, batch=64):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    logits = [session.run(None, {"input": inputs[i:i + batch]})[0] for i in range(0, len(inputs), batch)]
    return float((np.concatenate(logits).argmax(1) == labels).mean())


def layer_inputs(path, operators=("Conv", "Gemm")):
    """[(node, activation it reads)] in execution order."""
    return [(n.name, n.input[0]) for n in onnx.load(str(path)).graph.node if n.op_type in operators]


def pretty(record):
    """JSON with each list of numbers on one line."""
    text = json.dumps(record, indent=2)
    return re.sub(r"\[\s+([-+.0-9eE,\s]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text) + "\n"


def finish(folder, record, model, quantization=None):
    """Exports the network, measures it on the committed test set, and writes zoo.json with the result.

    `quantization` makes the record's member of that name from the path of the network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors, metadata = load_tensors(folder / record["data"])
    scale = float(metadata["input_scale"])
    inputs = (tensors["inputs"].astype(np.float32) * np.float32(scale)).astype(np.float32)
    export_onnx(model, inputs.shape[1:], folder / record["network"])
    record["float_accuracy"] = round(onnx_accuracy(folder / record["network"], inputs, tensors["labels"]), 6)
    record["test_inputs"] = len(inputs)
    record["input_shape"] = list(inputs.shape[1:])
    record["input_scale"] = scale
    record["origin"] = metadata["origin"]
    record["licence"] = metadata["licence"]
    if quantization:
        record["quantization"] = quantization(folder / record["network"])
    (folder / "zoo.json").write_text(pretty(record) if quantization else json.dumps(record, indent=2) + "\n")
    print(f"{record['name']}: float accuracy {record['float_accuracy']:.4f} of {len(inputs)} (onnxruntime)")
    print(f"{record['name']}: {sum(p.numel() for p in model.parameters())} parameters, operators {operators(folder / record['network'])}")

# SPDX-License-Identifier: Apache-2.0
"""Trains a zoo network for schemes wPaQ (learned_quant.py) and writes it beside the float one: digits_w1a2.

The data, their split and their augmentation are those of the float network; the test set is the one in its folder.
A float network is trained first (not exported); each scheme starts from it and learns from its predictions too.
"""
import argparse
import copy
import json
import re

import numpy as np
import torch

import digits
import keywords
import keywords_audio
import learned_quant
import training
import zoo_files
from networks import DigitsCnn, KeywordsCnn

SEED = 20241122
OPTIONS = {
    "digits": {"epochs": 120, "rate": 4e-3, "learned_epochs": 300, "learned_rate": 2e-3, "batch": 64,
               "weight_decay": 0.02, "smoothing": 0.1, "report": 50},
    "keywords": {"epochs": 40, "rate": 3e-3, "learned_epochs": 50, "learned_rate": 2e-3, "batch": 256,
                 "weight_decay": 0.02, "smoothing": 0.1, "report": 20},
}


def load(network, data, device):
    """Training inputs and labels, test inputs and labels, augmentation; inputs in real values but for augment."""
    folder = zoo_files.ZOO / network
    committed, metadata = zoo_files.load_tensors(folder / "test.safetensors")
    scale = float(metadata["input_scale"])
    if network == "digits":
        x_train, y_train, x_test, y_test = digits.load()
        augment = digits.augment
    else:
        stored = np.load(data)
        x_train, y_train = stored["x_train"][:, None], stored["y_train"]
        x_test, y_test = stored["x_test"][:, None], stored["y_test"]
        augment = None
    if not (np.array_equal(x_test, committed["inputs"]) and np.array_equal(y_test, committed["labels"])):
        raise SystemExit(f"the test set made here is not that of {folder}: training might see committed test inputs")
    x_train, y_train = torch.from_numpy(x_train).to(device), torch.from_numpy(y_train).to(device)
    if augment is None:
        augment = keywords.make_augment(x_train[y_train == keywords_audio.CLASSES.index("silence")])
    x_test = torch.from_numpy(x_test.astype(np.float32) * np.float32(scale)).to(device)
    return x_train, y_train, x_test, torch.from_numpy(y_test).to(device), scale, augment


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, choices=list(OPTIONS))
    parser.add_argument("--schemes", nargs="+", default=["w1a2", "w2a2", "w4a4"])
    parser.add_argument("--data", help="for keywords: keywords.npz as keywords_audio.py wrote it")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--quick", action="store_true", help="two epochs of each part: a trial of the script")
    parser.add_argument("--suffix", default="", help="after the folder's name")
    arguments = parser.parse_args()
    name, options = arguments.network, dict(OPTIONS[arguments.network])
    if arguments.quick:
        options |= {"epochs": 2, "learned_epochs": 2, "report": 1}
    training.seed_everything(SEED)
    device = torch.device(arguments.device)
    x_train, y_train, x_test, y_test, scale, augment = load(name, arguments.data, device)
    record = json.loads((zoo_files.ZOO / name / "zoo.json").read_text())
    classes = len(record["classes"])

    build = {"digits": DigitsCnn, "keywords": KeywordsCnn}[name]
    teacher = build(classes).to(device)
    training.train_float(teacher, (x_train, y_train), augment, options)
    print(f"{name}: float teacher {training.accuracy(teacher, x_test, y_test):.4f}", flush=True)

    for scheme in arguments.schemes:
        weight_bits, activation_bits = map(int, re.fullmatch(r"w(\d)a(\d)", scheme).groups())
        training.seed_everything(SEED)
        model = copy.deepcopy(teacher)
        # A copy's sources must be its own modules.
        learned_quant.quantize(model, model.sources(), x_train[:512].float() * scale, weight_bits, activation_bits)
        learned_quant.keep_factors_positive(model)
        training.train_learned(model, teacher, (x_train, y_train), augment, options)
        accuracy = training.accuracy(model, x_test, y_test)
        print(f"{name}_{scheme}: trained accuracy {accuracy:.4f}", flush=True)
        steps = learned_quant.prepare_export(model)

        def quantization(path, steps=steps, scheme=scheme, accuracy=accuracy):
            inner = zoo_files.layer_inputs(path)[1:-1]
            if len(inner) != len(steps):
                raise SystemExit(f"{path}: {len(inner)} inner layers in the file, {len(steps)} in the model")
            short = lambda x: float(f"{x:.9g}")
            activations = {}
            for (_, read), (step, _) in zip(inner, steps):
                if activations.setdefault(read, short(step)) != short(step):
                    raise SystemExit(f"{path}: activation {read} has two steps")
            return {"scheme": scheme, "accuracy": round(accuracy, 6), "activations": activations,
                    "weights": {node: list(map(short, held)) for (node, _), (_, held) in zip(inner, steps)}}

        zoo_files.finish(zoo_files.ZOO / f"{name}_{scheme}{arguments.suffix}", {
            "name": f"{name}_{scheme}", "task": record["task"], "classes": record["classes"],
            "network": "network.onnx", "data": f"../{name}/test.safetensors"}, model, quantization)


if __name__ == "__main__":
    main()

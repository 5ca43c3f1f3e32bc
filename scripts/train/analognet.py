# SPDX-License-Identifier: Apache-2.0
"""Trains an AnalogNet-style network: regular convolutions only, for one analog array of 1024 x 512 pairs of conductances.

First a float network (zoo folder analognet_kws or analognet_vww). Then for 8, 6 and 4 bits of DACs and ADCs a copy of it
learns with noise on its weights, converters and one common ADC gain (analog.py; folders ..._cim8, ..._cim6, ..._cim4): half of
the loss is the cross entropy with the float network's prediction. Prints, and writes to OUT/NAME.json, the accuracy of both
kinds on phase-change memory (pcm.py) at some times after programming, mean and standard deviation over devices.
"""
import argparse
import copy
import json
import os
import pathlib
import shutil

import numpy as np
import onnx
import torch

import analog
import pcm
import training
import zoo_files
from analognet_data import Keywords, Pictures

SEED = 20241202
LAYERS = {  # (inputs, outputs, (height, width) of the kernel, stride)
    "analognet_kws": [  # 1x49x10; 25x5 positions in every layer; 301 792 weights
        (1, 96, (9, 5), 2), (96, 96, (3, 3), 1), (96, 96, (1, 1), 1), (96, 96, (3, 3), 1), (96, 96, (1, 1), 1),
        (96, 96, (3, 3), 1), (96, 128, (1, 1), 1), (128, 128, (1, 1), 1)],
    "analognet_vww": [  # 1x48x48; 354 752 weights
        (1, 32, (7, 7), 2), (32, 32, (3, 3), 1),                             # 24x24
        (32, 64, (3, 3), 2), (64, 64, (3, 3), 1),                            # 12x12
        (64, 96, (3, 3), 2), (96, 112, (3, 3), 1), (112, 112, (3, 3), 1), (112, 208, (1, 1), 1)],  # 6x6
}
OPTIONS = {"epochs": 60, "rate": 3e-3, "learned_epochs": 60, "learned_rate": 1e-3, "batch": 256, "weight_decay": 0.02,
           "smoothing": 0.1, "report": 20}
BITS = [8, 6, 4]


def measure_on_devices(model, x, y, seeds, row):
    """Adds to `row`: top-1 with exact sums, with ADCs, and on devices."""
    measure = lambda m: training.accuracy(m, x, y, batch=1200)
    analog.use_adc(model, False)
    row["exact_sums"] = measure(model)
    analog.use_adc(model, True)
    row["converters"] = measure(model)
    row["full_scale"] = float(model.log_full_scale.detach().exp())
    row["devices"] = {time: [float(np.mean(found)), float(np.std(found, ddof=1))]
                      for time, found in pcm.accuracies(model, measure, seeds).items()}
    print(json.dumps(row), flush=True)
    return row


def sources(path):
    """[(node, activation it reads)]; of a reshaped activation, the one before the reshape."""
    before = {n.output[0]: n.input[0] for n in onnx.load(str(path)).graph.node if n.op_type in ("Flatten", "Reshape")}
    return [(node, before.get(read, read)) for node, read in zoo_files.layer_inputs(path)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, choices=list(LAYERS))
    parser.add_argument("--data", help="for analognet_kws: keywords.npz as keywords_audio.py wrote it")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--out", default=str(zoo_files.ZOO), help="the zoo folder to write into")
    parser.add_argument("--seeds", type=int, default=25, help="devices to measure on")
    parser.add_argument("--quick", action="store_true", help="one epoch of each part on few inputs: a trial of the script")
    arguments = parser.parse_args()
    name, options, out = arguments.network, dict(OPTIONS), pathlib.Path(arguments.out)
    training.seed_everything(SEED)
    device = torch.device(arguments.device)
    jobs = os.cpu_count() or 1
    data = Keywords(arguments.data) if name == "analognet_kws" else Pictures(jobs, 1024 if arguments.quick else 24000)

    committed, metadata = zoo_files.load_tensors(zoo_files.ZOO / name / "test.safetensors")
    (out / name).mkdir(parents=True, exist_ok=True)
    if out.resolve() != zoo_files.ZOO:
        shutil.copy(zoo_files.ZOO / name / "test.safetensors", out / name)
    real = lambda codes: torch.from_numpy(codes.astype(np.float32) * np.float32(data.scale)).to(device)
    x_test, y_test = real(committed["inputs"]), torch.from_numpy(committed["labels"].copy()).to(device)
    calibration = real(committed["calibration"])
    x, y, augment = data.training(device)
    if arguments.quick:
        options |= {"epochs": 1, "learned_epochs": 1, "report": 1, "batch": 64}
        x, y, x_test, y_test = x[:1024], y[:1024], x_test[:200], y_test[:200]

    model = analog.AnalogNet(LAYERS[name], len(data.classes)).to(device)
    training.train_float(model, (x, y), augment, options)
    teacher = analog.Folded(model).to(device).eval()
    print(f"{name}: float {training.accuracy(teacher, x_test, y_test):.4f}, "
          f"cells {sum(layer.weight.numel() for layer in teacher.layers())}", flush=True)
    rows = []
    for bits in BITS:
        untrained = copy.deepcopy(teacher)
        analog.quantize(untrained, calibration, bits)
        analog.round_weights(untrained)
        rows.append(measure_on_devices(untrained, x_test, y_test, arguments.seeds, {"bits": bits, "trained": False}))

    record = {"name": name, "task": data.task, "classes": data.classes, "network": "network.onnx",
              "data": "test.safetensors"}
    for bits in BITS:
        training.seed_everything(SEED + bits)
        learner = copy.deepcopy(teacher)
        analog.quantize(learner, calibration, bits, analog.CLIP)
        training.run_epochs(learner, (x, y), options["learned_epochs"], options["learned_rate"], augment, options, False,
                            options["report"], teacher, analog.clip_weights)
        analog.round_weights(learner)
        row = measure_on_devices(learner, x_test, y_test, arguments.seeds, {"bits": bits, "trained": True})
        rows.append(row)
        steps, full_scale = analog.prepare_export(learner)
        short = lambda value: float(f"{value:.9g}")

        def quantization(path, bits=bits, steps=steps, full_scale=full_scale, row=row):
            layers = sources(path)
            if len(layers) != len(steps):
                raise SystemExit(f"{path}: {len(layers)} layers in the file, {len(steps)} in the model")
            return {"scheme": f"cim{bits}", "accuracy": round(row["exact_sums"], 6),
                    "activations": {read: short(step) for (_, read), (step, _) in zip(layers, steps)},
                    "weights": {node: [short(step)] for (node, _), (_, step) in zip(layers, steps)},
                    "adc_full_scale": short(full_scale)}

        zoo_files.finish(out / f"{name}_cim{bits}", record | {
            "name": f"{name}_cim{bits}", "data": f"../{name}/test.safetensors"}, learner, quantization)
    zoo_files.finish(out / name, record, teacher)
    (out / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()

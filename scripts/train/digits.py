# SPDX-License-Identifier: Apache-2.0
"""Trains the zoo's 'digits' network on the UCI optical digits that scikit-learn ships (8x8 pixels, 1797 images)."""
import argparse
import pathlib

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn import functional as F

import training
import zoo_files
from networks import DigitsCnn

SEED = 20240131
OPTIONS = {"epochs": 120, "rate": 4e-3, "quantized_epochs": 80, "quantized_rate": 1e-3, "batch": 64,
           "weight_decay": 0.02, "smoothing": 0.1, "search_interval": 20, "report": 20}


def augment(x):
    """Turns, scales and moves each image a little, then adds noise of one grey level in sixteen."""
    n = len(x)
    turn = (torch.rand(n) * 2 - 1) * 0.25
    size = 1 + (torch.rand(n, 2) * 2 - 1) * 0.12
    move = (torch.rand(n, 2) * 2 - 1) * 0.25
    cos, sin = torch.cos(turn), torch.sin(turn)
    theta = torch.stack([torch.stack([cos * size[:, 0], -sin, move[:, 0]], 1),
                         torch.stack([sin, cos * size[:, 1], move[:, 1]], 1)], 1).to(x.device)
    moved = F.grid_sample(x, F.affine_grid(theta, x.shape, align_corners=False), align_corners=False)
    return (moved + torch.randn(x.shape).to(x.device) / 16).clamp(0, 1)


def load():
    """Training images and labels, then those of the test set."""
    digits = load_digits()
    images = (digits.images[:, None] / 16).astype(np.float32)  # 17 grey levels, 0..1
    labels = digits.target.astype(np.int64)
    x_train, x_test, y_train, y_test = train_test_split(
        images, labels, test_size=0.5, stratify=labels, random_state=SEED)
    return x_train, y_train, x_test, y_test


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--out", default=str(zoo_files.ZOO), help="the zoo folder to write into")
    arguments = parser.parse_args()
    training.seed_everything(SEED)
    device = torch.device(arguments.device)

    x_train, y_train, x_test, y_test = load()
    model = DigitsCnn(classes=10).to(device)
    tensor = lambda a: torch.from_numpy(a).to(device)
    training.train(model, (tensor(x_train), tensor(y_train)), augment, OPTIONS)
    estimate = training.estimate_quantized(model, tensor(x_train[:128]), tensor(x_test), tensor(y_test))

    folder = pathlib.Path(arguments.out) / "digits"
    folder.mkdir(parents=True, exist_ok=True)
    zoo_files.save_tensors(folder / "test.safetensors", {"inputs": x_test, "labels": y_test, "calibration": x_train[:128]}, {
        "input_scale": 1.0,
        "origin": "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning "
                  "Repository, 1998, doi:10.24432/C50P49; the 1797 images that scikit-learn ships as load_digits",
        "licence": "CC-BY-4.0",
    })
    zoo_files.finish(folder, {
        "name": "digits", "task": "handwritten digit recognition", "classes": [str(d) for d in range(10)],
        "network": "network.onnx", "data": "test.safetensors"}, model)
    print("digits: estimated 4-bit accuracy", {k: round(v, 4) for k, v in estimate.items()})


if __name__ == "__main__":
    main()

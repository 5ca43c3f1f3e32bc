# SPDX-License-Identifier: Apache-2.0
"""Trains the zoo's 'keywords' (residual CNN) or 'keywords_transformer' network on the data of keywords_audio.py."""
import argparse
import pathlib

import numpy as np
import torch

import keywords_audio
import training
import zoo_files
from networks import KeywordsCnn, KeywordsTransformer

SEED = 20240214
MODELS = {
    "keywords": (KeywordsCnn, {
        "epochs": 60, "rate": 3e-3, "quantized_epochs": 30, "quantized_rate": 1e-3, "batch": 256,
        "weight_decay": 0.05, "smoothing": 0.1, "search_interval": 20}),
    "keywords_transformer": (KeywordsTransformer, {
        "epochs": 80, "rate": 2e-3, "quantized_epochs": 40, "quantized_rate": 1e-3, "batch": 256,
        "weight_decay": 0.05, "smoothing": 0.1, "search_interval": 20}),
}


def random_span(n, length, widest, device):
    """A mask [n, length] with one span of up to `widest` set in each row."""
    width = torch.randint(0, widest + 1, (n, 1)).to(device)
    start = (torch.rand(n, 1).to(device) * (length - width + 1)).long()
    place = torch.arange(length, device=device)
    return (place >= start) & (place < start + width)


def make_augment(silence):
    """More noise (from the training set's own silences), level, shift in time, and masks in time and frequency."""

    def augment(stored):
        x = stored.float() * keywords_audio.SCALE
        n, device = len(x), x.device
        other = silence[torch.randint(0, len(silence), (n,)).to(device)].float() * keywords_audio.SCALE
        faint = torch.where(torch.rand(n, 1, 1, 1) < 0.5, torch.rand(n, 1, 1, 1) * -4, torch.tensor(-20.0)).to(device)
        x = torch.logaddexp(x, other + faint) + (torch.rand(n, 1, 1, 1).to(device) - 0.5)
        x = torch.roll(x, int(torch.randint(-4, 5, ())), dims=2)
        mean = x.mean(dim=(2, 3), keepdim=True)
        hidden = random_span(n, x.shape[2], 6, device)[:, None, :, None] | random_span(n, x.shape[3], 5, device)[:, None, None, :]
        return torch.where(hidden, mean, x)

    return augment


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, choices=list(MODELS))
    parser.add_argument("--data", required=True, help="keywords.npz as keywords_audio.py wrote it")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--out", default=str(zoo_files.ZOO), help="the zoo folder to write into")
    arguments = parser.parse_args()
    training.seed_everything(SEED)
    device = torch.device(arguments.device)
    out = pathlib.Path(arguments.out)

    data = np.load(arguments.data)
    stored = {k: data[k][:, None] if data[k].ndim == 3 else data[k] for k in data.files}  # one channel
    calibration = stored["x_train"][:128]
    (out / "keywords").mkdir(parents=True, exist_ok=True)
    zoo_files.save_tensors(out / "keywords" / "test.safetensors", {
        "inputs": stored["x_test"], "labels": stored["y_test"], "calibration": calibration}, {
        "input_scale": keywords_audio.SCALE,
        "origin": "synthetic: words spoken by eSpeak NG 1.51 with generated noise, made by scripts/train/keywords_audio.py",
        "licence": "Apache-2.0",
    })

    tensors = {k: torch.from_numpy(v).to(device) for k, v in stored.items()}
    silence = tensors["x_train"][tensors["y_train"] == keywords_audio.CLASSES.index("silence")]
    build, options = MODELS[arguments.model]
    model = build(len(keywords_audio.CLASSES)).to(device)
    training.train(model, (tensors["x_train"], tensors["y_train"]), make_augment(silence), options)

    real = lambda name: tensors[name].float() * keywords_audio.SCALE
    x_test, y_test = real("x_test"), tensors["y_test"]
    estimate = training.estimate_quantized(model, real("x_train")[:128], x_test, y_test)
    half = torch.arange(len(y_test), device=device) // len(keywords_audio.CLASSES) % 2 == 1
    report = {"training set": training.accuracy(model, real("x_train"), tensors["y_train"]),
              "voices heard": training.accuracy(model, x_test[~half], y_test[~half]),
              "voices unheard": training.accuracy(model, x_test[half], y_test[half])}
    own = arguments.model == "keywords"
    zoo_files.finish(out / arguments.model, {
        "name": arguments.model, "task": "keyword spotting", "classes": keywords_audio.CLASSES, "network": "network.onnx",
        "data": "test.safetensors" if own else "../keywords/test.safetensors"}, model)
    print(f"{arguments.model}: float accuracy by part", {k: round(v, 4) for k, v in report.items()})
    print(f"{arguments.model}: estimated 4-bit accuracy", {k: round(v, 4) for k, v in estimate.items()})


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The training loop that all networks of the zoo share.

First float epochs, then epochs in which each layer is fake-quantized in half of the steps. The second part
makes the float network one that survives 4-bit post-training quantization; it stays a float network.
"""
import math
import os
import random

import numpy as np
import torch
from torch.nn import functional as F

import fake_quant
import learned_quant


def seed_everything(seed):
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


@torch.no_grad()
def accuracy(model, inputs, labels, batch=512):
    model.eval()
    right = sum(int((model(x).argmax(1) == y).sum()) for x, y in zip(inputs.split(batch), labels.split(batch)))
    return right / len(labels)


def rate_at(step, steps, peak):
    """Linear warm-up over 5 % of the steps, then a cosine to zero."""
    warm = max(1, steps // 20)
    return peak * (step + 1) / warm if step < warm else peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


def run_epochs(model, data, epochs, peak_rate, augment, options, quantized, report, teacher=None, after_step=None):
    inputs, labels = data
    decay = [p for p in model.parameters() if p.dim() > 1]
    plain = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": options["weight_decay"]}, {"params": plain, "weight_decay": 0.0}], lr=peak_rate)
    per_epoch = len(labels) // options["batch"]
    steps, step = epochs * per_epoch, 0
    for epoch in range(epochs):
        model.train()
        total = torch.zeros((), device=inputs.device)
        order = torch.randperm(len(labels)).to(inputs.device)
        for part in order[: per_epoch * options["batch"]].split(options["batch"]):
            for group in optimizer.param_groups:
                group["lr"] = rate_at(step, steps, peak_rate)
            x, y = augment(inputs[part]), labels[part]
            if quantized:
                if step % options["search_interval"] == 0:
                    fake_quant.calibrate(model, x, "ant4" if step // options["search_interval"] % 2 else "int4")
                for layer in fake_quant.layers(model):
                    layer.mode = "on" if random.random() < 0.5 else "off"
            logits = model(x)
            loss = F.cross_entropy(logits, y, label_smoothing=options["smoothing"])
            if teacher:
                with torch.no_grad():
                    wanted = teacher(x).softmax(1)
                loss = 0.5 * loss + 0.5 * F.cross_entropy(logits, wanted)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if after_step:
                after_step(model)
            total += loss.detach()
            step += 1
        fake_quant.set_mode(model, "off")
        if epoch % report == report - 1 or epoch == epochs - 1:
            print(f"  {'quantized' if quantized else 'float'} epoch {epoch + 1}: loss {total.item() / per_epoch:.4f}", flush=True)


def train(model, data, augment, options):
    """The test set has no part in this: no early stop, no choice among epochs."""
    report = options.get("report", 10)
    run_epochs(model, data, options["epochs"], options["rate"], augment, options, False, report)
    run_epochs(model, data, options["quantized_epochs"], options["quantized_rate"], augment, options, True, report)
    model.eval()


def train_float(model, data, augment, options):
    run_epochs(model, data, options["epochs"], options["rate"], augment, options, False, options.get("report", 10))
    model.eval()


def train_learned(model, teacher, data, augment, options):
    """After learned_quant.quantize: half of the loss is the cross entropy with the float teacher's prediction."""
    run_epochs(model, data, options["learned_epochs"], options["learned_rate"], augment, options, False,
               options.get("report", 10), teacher, learned_quant.keep_factors_positive)
    model.eval()


def estimate_quantized(model, calibration, inputs, labels):
    """Top-1 after 4-bit post-training quantization as a first guess; the program's own numbers are the truth."""
    result = {}
    for scheme in fake_quant.SCHEMES:
        fake_quant.calibrate(model, calibration, scheme)
        fake_quant.set_mode(model, "on")
        result[scheme] = accuracy(model, inputs, labels)
        fake_quant.set_mode(model, "off")
    return result

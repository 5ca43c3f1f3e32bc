# SPDX-License-Identifier: Apache-2.0
"""Four-bit fake quantization: to harden a network in training, and to estimate what quantizing it will cost.

Only the float network is exported. Nothing here reaches the ONNX file; the program quantizes it by itself.

Weights have one scale per output channel, activations one per tensor. A tensor's type is int4, flint4 or pot4,
whichever has the least squared error ("ant4"), or always int4 ("int4"). First and last layers use int8.
"""
import torch
from torch import nn
from torch.nn import functional as F

FLINT4_UNSIGNED = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 64]
UNSIGNED = {
    "int4": list(range(16)),
    "flint4": FLINT4_UNSIGNED,
    "pot4": [0] + [2**k for k in range(15)],
    "int8": list(range(256)),
}
MAGNITUDES = {
    "int4": list(range(8)),
    "flint4": [0, 1, 2, 3, 4, 6, 8, 16],
    "pot4": [0] + [2**k for k in range(7)],
    "int8": list(range(128)),
}
SCHEMES = {"int4": ["int4"], "ant4": ["int4", "flint4", "pot4"]}
RATIOS = [0.20 + 0.05 * k for k in range(25)]  # candidates for (largest grid value * scale) / max|x|


def grid(kind, signed, device):
    """The format's values in rising order."""
    if not signed:
        return torch.tensor(UNSIGNED[kind], dtype=torch.float32, device=device)
    up = MAGNITUDES[kind]
    return torch.tensor([-v for v in reversed(up[1:])] + up, dtype=torch.float32, device=device)


def nearest(x, values, scale):
    middles = (values[1:] + values[:-1]) / 2
    return values[torch.bucketize((x / scale).contiguous(), middles)] * scale


@torch.no_grad()
def choose(x, kinds, signed):
    """The kind with the least squared error, and its ratio for each row of x. Rows are channels."""
    top = x.abs().amax(dim=1, keepdim=True).clamp_min(1e-8)
    best = None
    for kind in kinds:
        values = grid(kind, signed, x.device)
        ratios = RATIOS if kind != "int8" else [0.9, 1.0]
        errors = torch.stack(
            [(nearest(x, values, top * r / values[-1]) - x).square().mean(dim=1) for r in ratios])
        least, index = errors.min(dim=0)
        ratio = torch.tensor(ratios, device=x.device)[index][:, None]
        if best is None or least.sum() < best[0]:
            best = (least.sum(), kind, ratio)
    return best[1], best[2]


class Operand(nn.Module):
    """One operand of a layer: its type and scale, found from data, and the rounding to them.

    A weight's scale follows the weight's maximum; an activation's stays as it was found.
    """

    def __init__(self, per_channel):
        super().__init__()
        self.per_channel = per_channel
        self.kind = None

    @torch.no_grad()
    def find(self, x, kinds):
        rows = x.reshape(x.shape[0], -1) if self.per_channel else x.reshape(1, -1)
        if not self.per_channel and rows.shape[1] > 200_000:
            rows = rows[:, :: rows.shape[1] // 100_000]  # a sample is enough for a scale
        self.signed = bool(self.per_channel or rows.min() < 0)
        self.kind, self.ratio = choose(rows, kinds, self.signed)
        self.top = rows.abs().amax(dim=1, keepdim=True).clamp_min(1e-8)

    def forward(self, x):
        values = grid(self.kind, self.signed, x.device)
        rows = x.reshape(x.shape[0], -1) if self.per_channel else x.reshape(1, -1)
        top = rows.detach().abs().amax(dim=1, keepdim=True).clamp_min(1e-8) if self.per_channel else self.top
        scale = top * self.ratio / values[-1]
        held = torch.minimum(torch.maximum(rows, values[0] * scale), values[-1] * scale)
        rounded = nearest(held.detach(), values, scale)
        return (held + (rounded - held).detach()).reshape(x.shape)  # straight-through estimator


class Layer:
    """What the quantizable layers share. `mode` is 'off', 'find' or 'on'."""

    def set_up(self, weight_is_activation=False):
        self.bits = 4
        self.mode = "off"
        self.kinds = SCHEMES["ant4"]
        self.left = Operand(per_channel=False)
        self.right = Operand(per_channel=not weight_is_activation)

    def operands(self, x, w):
        if self.mode == "off":
            return x, w
        if self.mode == "find":
            kinds = self.kinds if self.bits == 4 else ["int8"]
            self.left.find(x.detach(), kinds)
            self.right.find(w.detach(), kinds)
            return x, w
        return self.left(x), self.right(w)


class Conv2d(nn.Conv2d, Layer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.set_up()

    def forward(self, x):
        x, w = self.operands(x, self.weight)
        return F.conv2d(x, w, self.bias, self.stride, self.padding)


class Linear(nn.Linear, Layer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.set_up()

    def forward(self, x):
        x, w = self.operands(x, self.weight)
        return F.linear(x, w, self.bias)


class MatMul(nn.Module, Layer):
    """A product of two activations."""

    def __init__(self):
        super().__init__()
        self.set_up(weight_is_activation=True)

    def forward(self, a, b):
        a, b = self.operands(a, b)
        return torch.matmul(a, b)


def layers(model):
    return [m for m in model.modules() if isinstance(m, Layer)]


def set_mode(model, mode, scheme=None):
    for layer in layers(model):
        layer.mode = mode
        if scheme:
            layer.kinds = SCHEMES[scheme]


@torch.no_grad()
def calibrate(model, inputs, scheme):
    """Finds every layer's types and scales from the float activations of `inputs`."""
    training = model.training
    model.eval()
    set_mode(model, "find", scheme)
    model(inputs)
    set_mode(model, "off")
    model.train(training)

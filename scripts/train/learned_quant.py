# SPDX-License-Identifier: Apache-2.0
"""Quantization-aware training for the schemes wPaQ: rounding with learned steps, and what the exported network needs.

Weights (one step per output channel):
  P = 1   sign(w) times mean |w| of the channel: XNOR-Net (Rastegari et al., ECCV'16)
  P >= 2  step * round(w / step), codes -2^(P-1) .. 2^(P-1)-1, the step learned: LSQ (Esser et al., ICLR'20)
Activations (one step per tensor): each ReLU gets a learned upper end (PACT, Choi et al., 2018); the next layer reads
the value rounded to 2^Q-1 steps. A shortcut without a convolution takes it unrounded, as the chip's 16-bit words do.
Steps are learned as logarithms, which keeps them positive and makes one learning rate fit all.
Rounding passes the gradient on unchanged (straight-through estimator). First and last layer: 8 bits, steps from the
largest magnitude.

Batch normalization follows each convolution and is folded into it on export. Its factor is kept positive, so that the
folded weights stay on a grid of the same codes with the step times that factor.
"""
import torch
from torch import nn

from fake_quant import layers

LEAST_FACTOR = 1e-3  # of batch normalization


def round_through(x):
    return x + (x.round() - x).detach()


def round_up_half(x):
    """floor(x + 0.5), the program's rule for integers; torch.round takes ties to even."""
    return x + (torch.floor(x + 0.5) - x).detach()


class Rectifier(nn.Module):
    """ReLU until `learn` gives it an upper end, a multiple 2^bits-1 of the next layers' step."""

    bits = None
    exporting = False

    def learn(self, bits, reach):
        self.bits = bits
        self.log_reach = nn.Parameter(torch.as_tensor(float(reach)).log())

    def reach(self):
        return self.log_reach.exp()

    def step(self):
        return self.reach() / (2**self.bits - 1)

    def forward(self, x):
        if self.bits is None:
            return torch.relu(x)
        if self.exporting:
            return torch.clamp(x, 0.0, float(self.reach()))
        return torch.minimum(torch.relu(x), self.reach())

    def rounded(self, x):
        step = self.step()
        return step * round_up_half(x / step)


class Weights(nn.Module):
    """The rounding of one layer's weights; `held()` is the real value of the codes."""

    def __init__(self, weight, bits):
        super().__init__()
        self.bits = bits
        self.low, self.high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        if bits > 1:
            mean = weight.detach().abs().flatten(1).mean(1)
            self.log_step = nn.Parameter((2 * mean / self.high**0.5).clamp_min(1e-6).log())

    def steps(self, weight):
        if self.bits == 1:
            return weight.detach().abs().flatten(1).mean(1)
        return self.log_step.exp()

    def forward(self, weight):
        step = self.steps(weight).reshape(-1, *[1] * (weight.dim() - 1))
        if self.bits == 1:
            sign = torch.where(weight < 0, -1.0, 1.0)
            return weight + (sign * step - weight).detach()
        return step * round_up_half(torch.clamp(weight / step, self.low, self.high))


def eight_bits(x, signed):
    """Rounded to 8 bits between zero (or minus the largest magnitude) and the largest magnitude."""
    step = x.detach().abs().max().clamp_min(1e-8) / (127 if signed else 255)
    return step * round_through(x / step)


def eight_bit_weights(w):
    step = w.detach().abs().flatten(1).amax(1).clamp_min(1e-8).reshape(-1, *[1] * (w.dim() - 1)) / 127
    return step * round_through(w / step)


class Operands:
    """Replaces a layer's 'operands': the first and the last layer have no `weights` and take 8 bits."""

    def __init__(self, source, weights):
        self.source, self.weights = source, weights

    def __call__(self, x, w):
        if self.weights is None:
            # The first layer's inputs are bytes already: nothing to round.
            return (x if self.source is None else eight_bits(x, False)), eight_bit_weights(w)
        return self.source.rounded(x), self.weights(w)


@torch.no_grad()
def best_reach(values, bits):
    """The upper end with the least squared error among 5 % .. 100 % of the largest value."""
    top, steps = values.max(), 2**bits - 1
    tried = [top * k / 100 for k in range(5, 101)]
    held = lambda reach: torch.floor(values.clamp_max(reach) * steps / reach + 0.5) * reach / steps
    return min(tried, key=lambda reach: float((held(reach) - values).square().mean()))


def quantize(model, sources, sample, weight_bits, activation_bits):
    """Makes a float model learn its steps. `sources`: for each layer but the first, the Rectifier it reads."""
    seen, handles = {}, []
    for rectifier in {id(s): s for s in sources}.values():
        handles.append(rectifier.register_forward_hook(
            lambda module, _, output: seen.__setitem__(module, output.detach().flatten()[:500_000])))
    model.eval()
    with torch.no_grad():
        model(sample)
    for handle in handles:
        handle.remove()
    for rectifier, values in seen.items():
        rectifier.learn(activation_bits, best_reach(values, activation_bits))
        rectifier.to(sample.device)
    found = layers(model)
    for layer, source in zip(found, [None] + sources):
        ends = layer in (found[0], found[-1])
        if not ends:
            layer.rounding = Weights(layer.weight, weight_bits).to(sample.device)
        layer.operands = Operands(source, None if ends else layer.rounding)


def keep_factors_positive(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.clamp_(min=LEAST_FACTOR)


@torch.no_grad()
def prepare_export(model):
    """Puts the real values of the codes into the float weights and turns rounding off.

    Returns, for each layer but the first and the last, the step of what it reads and those of its folded weights.
    """
    found = layers(model)
    factors = {}
    for pair in (m for m in model.modules() if isinstance(m, nn.Sequential)):
        if len(pair) == 2 and isinstance(pair[1], nn.BatchNorm2d):
            factors[id(pair[0])] = pair[1].weight / torch.sqrt(pair[1].running_var + pair[1].eps)
    steps = []
    for layer in found:
        rounding = getattr(layer, "rounding", None)
        if rounding is not None:
            steps.append((float(layer.operands.source.step()),
                          (rounding.steps(layer.weight) * factors[id(layer)]).tolist()))
            layer.weight.data = rounding(layer.weight)
        layer.operands = lambda x, w: (x, w)
    for module in model.modules():
        if isinstance(module, Rectifier):
            module.exporting = True
    return steps

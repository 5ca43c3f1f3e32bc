# SPDX-License-Identifier: Apache-2.0
"""Training for analog compute-in-memory: weights on pairs of conductances, inputs through DACs, sums through ADCs.

A layer computes, with L = 2^(bits-1) - 1 and its largest weight Wmax:
  inputs   codes floor(x / step + 1/2), limited to -L..L; step = r_DAC / L, the range r_DAC learned for each layer
  weights  W + N(0, (ETA Wmax)^2), drawn anew in each training step; W is kept within +-Wmax
  sums     codes floor(y / lsb + 1/2), limited to -L..L; lsb = r_ADC / L, r_ADC = full_scale r_DAC Wmax
  bias, ReLU and pooling are digital, in float
`full_scale` is one learned number for the whole network, the common ADC gain: the number of cells with the largest weight and
the largest input that fill the ADC. (In AnalogNets, Zhou et al., arXiv 2111.06503, r_ADC = r_DAC Wmax / S; full_scale is 1/S.)
Rounding passes the gradient on unchanged; ranges learn from what they limit and from the step (LSQ, Esser et al., ICLR'20).
Every layer has at most ROWS inputs, so that its sum is one conversion.
"""
import torch
from torch import nn
from torch.nn import functional as F

from learned_quant import round_up_half

ROWS, COLUMNS = 1024, 512
ETA = 0.08         # of Wmax
CLIP = 2.5         # Wmax in standard deviations of a layer's weights
WEIGHT_STEPS = 127


def limited(x, reach, largest):
    """x on the grid of 2 largest + 1 steps between -reach and reach."""
    step = reach / largest
    return step * round_up_half(torch.minimum(torch.maximum(x, -reach), reach) / step)


class AnalogNet(nn.Module):
    """Convolutions with batch normalization and ReLU, one after another, then the mean over positions and a linear layer."""

    def __init__(self, layers, classes):
        """`layers`: (inputs, outputs, kernel, stride) each; kernel is (height, width)."""
        super().__init__()
        self.body = nn.Sequential(*(nn.Sequential(
            nn.Conv2d(i, o, kernel, stride, padding=(kernel[0] // 2, kernel[1] // 2), bias=False),
            nn.BatchNorm2d(o), nn.ReLU()) for i, o, kernel, stride in layers))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(layers[-1][1], classes)

    def forward(self, x):
        return self.head(self.dropout(self.pool(self.body(x)).flatten(1)))


class Layer(nn.Module):
    """A convolution or linear layer with batch normalization folded in. Float until `learn` gives it a DAC range."""

    def __init__(self, layer, normalization=None):
        super().__init__()
        weight, bias = layer.weight.detach(), None if layer.bias is None else layer.bias.detach()
        if normalization is not None:
            factor = (normalization.weight / torch.sqrt(normalization.running_var + normalization.eps)).detach()
            weight = weight * factor.reshape(-1, 1, 1, 1)
            bias = (normalization.bias - normalization.running_mean * factor).detach()
        self.weight, self.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        self.place = {"stride": layer.stride, "padding": layer.padding} if weight.dim() == 4 else None
        self.bits, self.adc, self.full_scale = None, True, None
        self.held, self.compensation = None, None  # weights as devices hold them (pcm.py), and a factor of the sums
        if weight[0].numel() > ROWS:
            raise ValueError(f"{weight[0].numel()} inputs: at most {ROWS}")

    def learn(self, bits, largest_weight, dac_range, log_full_scale):
        self.bits, self.full_scale = bits, log_full_scale
        self.largest = 2 ** (bits - 1) - 1
        self.register_buffer("largest_weight", torch.tensor(float(largest_weight), device=self.weight.device))
        self.log_range = nn.Parameter(torch.tensor(float(dac_range), device=self.weight.device).log())

    def product(self, x, weight, bias=None):
        return F.linear(x, weight, bias) if self.place is None else F.conv2d(x, weight, bias, **self.place)

    def add_bias(self, y):
        return y + (self.bias if self.place is None else self.bias.reshape(-1, 1, 1))

    def current_weight(self):
        if self.held is not None:
            return self.held
        if self.training:
            return self.weight + ETA * self.largest_weight * torch.randn_like(self.weight)
        return self.weight

    def forward(self, x):
        if self.bits is None:
            return self.product(x, self.weight, self.bias)
        reach = self.log_range.exp()
        y = self.product(limited(x, reach, self.largest), self.current_weight())
        if self.adc:
            y = limited(y, self.full_scale.exp() * reach * self.largest_weight, self.largest)
        if self.compensation is not None:
            y = y * self.compensation
        return self.add_bias(y)


class Folded(nn.Module):
    """The same network in Layers."""

    def __init__(self, model):
        super().__init__()
        self.limits = [None] * len(model.body)  # where activations end, for the export
        self.body = nn.ModuleList(Layer(block[0], block[1]) for block in model.body)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.1)
        self.head = Layer(model.head)

    def layers(self):
        return [*self.body, self.head]

    def forward(self, x):
        for layer, limit in zip(self.body, self.limits):
            x = torch.relu(layer(x)) if limit is None else torch.clamp(layer(x), 0.0, limit)
        return self.head(self.dropout(self.pool(x).flatten(1)))


@torch.no_grad()
def layer_inputs(model, inputs):
    """What each layer of a float Folded reads."""
    seen, model_layers = [], model.layers()
    handles = [layer.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0])) for layer in model_layers]
    model.eval()
    model(inputs)
    for handle in handles:
        handle.remove()
    return seen


@torch.no_grad()
def best_range(values, largest):
    """The range with the least squared error among 20 % .. 100 % of the largest magnitude."""
    values = values.flatten()[:500_000]
    top = values.abs().max()
    tried = [top * k / 100 for k in range(20, 101, 2)]
    return min(tried, key=lambda reach: float((limited(values, reach, largest) - values).square().mean()))


@torch.no_grad()
def quantize(model, inputs, bits, clip=None):
    """Gives a float Folded its ranges from `inputs`. Wmax: `clip` standard deviations, or the largest magnitude.

    The full scale holds the largest sum of any layer; before training (`clip`), 99.9 % of those of the layer that needs most.
    """
    seen = layer_inputs(model, inputs)
    log_full_scale = nn.Parameter(torch.zeros((), device=inputs.device))
    model.log_full_scale = log_full_scale
    cells = []
    for layer, x in zip(model.layers(), seen):
        largest_weight = layer.weight.abs().max()
        if clip is not None:
            largest_weight = torch.minimum(largest_weight, clip * layer.weight.std())
        reach = best_range(x, 2 ** (bits - 1) - 1)
        sums = layer.product(x.clamp(-reach, reach), layer.weight.clamp(-largest_weight, largest_weight))
        sums = sums.abs().flatten() / (reach * largest_weight)
        top = sums.max() if clip is None else sums.sort().values[int(0.999 * (len(sums) - 1))]
        cells.append(float(top))
        layer.learn(bits, largest_weight, reach, log_full_scale)
    log_full_scale.fill_(torch.tensor(max(cells)).log())
    clip_weights(model)


@torch.no_grad()
def clip_weights(model):
    for layer in model.layers():
        layer.weight.clamp_(-layer.largest_weight, layer.largest_weight)


@torch.no_grad()
def round_weights(model):
    """To the codes that the program will store: -127..127 times Wmax / 127."""
    for layer in model.layers():
        layer.weight.copy_(limited(layer.weight, layer.largest_weight, WEIGHT_STEPS))


def use_adc(model, on):
    for layer in model.layers():
        layer.adc = on


@torch.no_grad()
def prepare_export(model):
    """Turns rounding and converters off; activations end where the next layer's DAC does.

    Returns for each layer the real value of an input code and of a weight code, and the full scale in cells.
    """
    steps = [(float(layer.log_range.exp()) / layer.largest, float(layer.largest_weight) / WEIGHT_STEPS)
             for layer in model.layers()]
    model.limits = [float(layer.log_range.exp()) for layer in model.body[1:]] + [None]
    for layer in model.layers():
        layer.bits = None
    return steps, float(model.log_full_scale.exp())

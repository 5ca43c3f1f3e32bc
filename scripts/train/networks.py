# SPDX-License-Identifier: Apache-2.0
"""The zoo's networks. Sizes are small on purpose: a cycle-accurate simulator runs every layer of them."""
import torch
from torch import nn

from fake_quant import Conv2d, Linear, MatMul, layers
from learned_quant import Rectifier


def end_layers_int8(model):
    ends = layers(model)
    ends[0].bits = ends[-1].bits = 8
    return model


def conv_bn(inputs, outputs, kernel, stride):
    return nn.Sequential(
        Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False), nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut, which is a 1x1 convolution where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = conv_bn(inputs, outputs, 3, stride)
        self.second = conv_bn(outputs, outputs, 3, 1)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else conv_bn(inputs, outputs, 1, stride)
        self.middle, self.end = Rectifier(), Rectifier()

    def sources(self, before):
        """What each convolution reads, in the order of fake_quant.layers()."""
        return [before, self.middle] + ([] if isinstance(self.shortcut, nn.Identity) else [before])

    def forward(self, x):
        y = self.middle(self.first(x))
        return self.end(self.second(y) + self.shortcut(x))


def residual_sources(start, blocks):
    """For each layer after the first: the Rectifier whose result it reads; the last one reads a mean of it."""
    sources = []
    for block in blocks:
        sources += block.sources(start)
        start = block.end
    return sources + [start]


class DigitsCnn(nn.Module):
    """1x8x8 -> 10 classes; eleven convolutions."""

    def __init__(self, classes):
        super().__init__()
        self.stem = conv_bn(1, 16, 3, 1)
        self.blocks = nn.Sequential(
            Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 32, 1), Residual(32, 64, 2))
        self.start = Rectifier()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = Linear(64, classes)
        end_layers_int8(self)

    def sources(self):
        return residual_sources(self.start, self.blocks)

    def forward(self, x):
        x = self.blocks(self.start(self.stem(x)))
        return self.head(self.pool(x).flatten(1))


class KeywordsCnn(nn.Module):
    """1x49x40 (frames x mel bands) -> 12 classes; eleven convolutions and one max pooling."""

    def __init__(self, classes):
        super().__init__()
        self.stem = conv_bn(1, 32, 5, 2)                      # 25x20
        self.reduce = nn.MaxPool2d(3, stride=2, padding=1)    # 13x10
        self.blocks = nn.Sequential(
            Residual(32, 32, 1), Residual(32, 64, 2),         # 7x5
            Residual(64, 64, 1), Residual(64, 64, 2))         # 4x3
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.start = Rectifier()
        self.dropout = nn.Dropout(0.2)
        self.head = Linear(64, classes)
        end_layers_int8(self)

    def sources(self):
        return residual_sources(self.start, self.blocks)

    def forward(self, x):
        x = self.blocks(self.reduce(self.start(self.stem(x))))
        return self.head(self.dropout(self.pool(x).flatten(1)))


class Attention(nn.Module):
    def __init__(self, tokens, width, heads):
        super().__init__()
        self.tokens, self.heads, self.size = tokens, heads, width // heads
        self.query, self.key, self.value = (Linear(width, width) for _ in range(3))
        self.scores, self.mix = MatMul(), MatMul()
        self.out = Linear(width, width)

    def forward(self, x):
        # Constants, with -1 for the batch: the exported Reshape then needs no shape arithmetic in the graph.
        q, k, v = (f(x).reshape(-1, self.tokens, self.heads, self.size) for f in (self.query, self.key, self.value))
        scores = self.scores(q.permute(0, 2, 1, 3), k.permute(0, 2, 3, 1)) * self.size**-0.5
        mixed = self.mix(torch.softmax(scores, dim=-1), v.permute(0, 2, 1, 3))
        return self.out(mixed.permute(0, 2, 1, 3).reshape(-1, self.tokens, self.heads * self.size))


class Block(nn.Module):
    """Pre-norm: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, tokens, width, heads, hidden, dropout):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(tokens, width, heads)
        self.up, self.down = Linear(width, hidden), Linear(hidden, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        return x + self.dropout(self.down(nn.functional.gelu(self.up(self.norm2(x)))))


class KeywordsTransformer(nn.Module):
    """1x49x40 -> 12 classes; one token for every second frame, from three frames with all bands."""

    def __init__(self, classes, width=64, heads=4, hidden=128, depth=4, dropout=0.1):
        super().__init__()
        self.width, self.tokens = width, 25
        self.embed = Conv2d(1, width, (3, 40), (2, 1), padding=(1, 0))
        self.position = nn.Parameter(torch.randn(1, self.tokens, width) * 0.02)
        self.blocks = nn.Sequential(*(Block(self.tokens, width, heads, hidden, dropout) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = Linear(width, classes)
        end_layers_int8(self)

    def forward(self, x):
        x = self.embed(x).reshape(-1, self.width, self.tokens).permute(0, 2, 1)
        x = self.norm(self.blocks(x + self.position))
        return self.head(x.mean(dim=1))

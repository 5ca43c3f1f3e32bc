# SPDX-License-Identifier: Apache-2.0
"""Phase-change memory as aihwkit models it (src/aihwkit/inference/noise/pcm.py, commit 4545f11; Joshi et al., Nature
Communications 2020), on the weights of analog.py: what models/cim/device/pcm_device.h does in the program.

A weight is a pair (G+, G-) of devices with targets G_MAX |W| / Wmax and 0. Conductances in uS, times in seconds since the
first read, which is T_0 after programming. Global drift compensation: each layer's sums are multiplied by
mean |W read at time 0| / mean |W read now|, the read-out of one-hot inputs through an ideal converter.
"""
import math

import torch

import analog

G_MAX, T_0, T_READ = 25.0, 20.0, 250e-9
TIMES = {"25 s": 25.0, "1 h": 3600.0, "1 d": 86400.0, "1 y": 365 * 86400.0}


class Devices:
    """The devices of one layer: programmed once, read at any time."""

    def __init__(self, target, generator):
        normal = lambda: torch.randn(target.shape, generator=generator, device=target.device)
        x = target / G_MAX
        self.programmed = (target + (0.26348 + 1.9650 * x - 1.1731 * x * x) * normal()).clamp_min(0)
        log = x.clamp_min(1e-7).log()
        mean = (-0.0155 * log + 0.0244).clamp(0.049, 0.1)
        spread = (-0.0125 * log - 0.0059).clamp(0.008, 0.045)
        self.drift = (mean + spread * normal()).abs()
        self.noise = (0.0088 / (self.programmed / G_MAX).pow(0.65).clamp_min(1e-3)).clamp_max(0.2)
        self.normal = normal

    def read(self, time):
        since = time + T_0
        now = self.programmed * torch.pow(torch.tensor(since / T_0, device=self.drift.device), -self.drift)
        factor = math.sqrt(math.log((since + T_READ) / (2 * T_READ)))
        return (now + now * self.noise * factor * self.normal()).clamp_min(0)


@torch.no_grad()
def accuracies(model, measure, seeds, times=TIMES):
    """{time: [measure(model) for each seed]} with the weights as devices hold them."""
    result = {name: [] for name in times}
    for seed in range(seeds):
        generator = torch.Generator(device=model.head.weight.device).manual_seed(seed)
        pairs, first = [], []
        for layer in model.layers():
            target = G_MAX * layer.weight / layer.largest_weight
            pair = Devices(target.clamp_min(0), generator), Devices((-target).clamp_min(0), generator)
            pairs.append(pair)
            first.append((pair[0].read(0.0) - pair[1].read(0.0)).abs().mean())
        for name, time in times.items():
            for layer, pair, before in zip(model.layers(), pairs, first):
                weight = pair[0].read(time) - pair[1].read(time)
                # The compensation follows the ADC; the ADC's range does not follow it.
                layer.held = weight * (layer.largest_weight / G_MAX)
                layer.compensation = before / weight.abs().mean()
            result[name].append(measure(model))
    for layer in model.layers():
        layer.held = layer.compensation = None
    return result

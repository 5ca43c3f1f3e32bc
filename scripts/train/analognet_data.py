# SPDX-License-Identifier: Apache-2.0
"""The data of the zoo's AnalogNet-style networks, and the test sets in their folders.

analognet_kws  The utterances of keywords_audio.py. Cepstral coefficients come from its stored log-mel bands b (SCALE * q):
                   c_k = a_k sum_n b_n cos(pi k (2n + 1) / 80),  k = 0..9,  a_0 = sqrt(1/40), else sqrt(2/40)
               (orthonormal DCT-II), then q_k = round(32 (c_k - MEAN_k) / DEVIATION_k), limited to -127..127. The networks
               see q / 32. MEAN and DEVIATION are those of the training set. Training adds noise and masks to the log-mel
               bands and takes the coefficients afterwards, unrounded.
analognet_vww  The pictures of scenes.py; the networks see q / 128.

    python analognet_data.py --keywords build/keywords/keywords.npz     # writes both test.safetensors
"""
import argparse
import pathlib

import numpy as np
import torch
from torch.nn import functional as F

import keywords
import keywords_audio
import scenes
import zoo_files

COEFFICIENTS, MFCC_SCALE, MFCC_LIMIT = 10, 1 / 32, 127
MEAN = np.array([-7.438, 2.926, 1.240, 0.685, 0.105, 0.109, 0.160, 0.072, 0.144, 0.126], np.float32)
DEVIATION = np.array([9.928, 4.335, 1.335, 1.496, 1.471, 1.211, 1.113, 0.997, 0.899, 0.853], np.float32)
CALIBRATION = 128
PICTURES, TEST_PICTURES = 24000, 1000


def cosines():
    """[COEFFICIENTS, BANDS]"""
    k, n = np.arange(COEFFICIENTS)[:, None], np.arange(keywords_audio.BANDS)
    rows = np.cos(np.pi * k * (2 * n + 1) / (2 * keywords_audio.BANDS)) * np.sqrt(2 / keywords_audio.BANDS)
    rows[0] *= np.sqrt(0.5)
    return rows


def mfcc(stored):
    """int8 log-mel [..., BANDS] -> int8 coefficients."""
    values = (stored.astype(np.float64) * keywords_audio.SCALE) @ cosines().T
    codes = np.round((values - MEAN) / DEVIATION / MFCC_SCALE)
    return np.clip(codes, -MFCC_LIMIT, MFCC_LIMIT).astype(np.int8)


class Keywords:
    name, task, classes = "analognet_kws", "keyword spotting", keywords_audio.CLASSES
    scale = MFCC_SCALE
    origin = ("synthetic: words spoken by eSpeak NG 1.51 with generated noise, made by scripts/train/keywords_audio.py; "
              "mel-frequency cepstral coefficients of them, made by scripts/train/analognet_data.py")

    def __init__(self, path):
        self.stored = np.load(path)

    def test(self):
        return mfcc(self.stored["x_test"])[:, None], self.stored["y_test"]

    def calibration(self):
        return mfcc(self.stored["x_train"][:CALIBRATION])[:, None]

    def training(self, device):
        """Inputs as they are stored, labels, and what makes real inputs of the network from a batch of them."""
        x = torch.from_numpy(self.stored["x_train"][:, None]).to(device)
        y = torch.from_numpy(self.stored["y_train"]).to(device)
        bands = keywords.make_augment(x[y == self.classes.index("silence")])
        rows = torch.from_numpy(cosines().T.astype(np.float32)).to(device)
        mean, deviation = torch.from_numpy(MEAN).to(device), torch.from_numpy(DEVIATION).to(device)
        reach = MFCC_LIMIT * MFCC_SCALE
        return x, y, lambda batch: ((bands(batch) @ rows - mean) / deviation).clamp(-reach, reach)


class Pictures:
    name, task, classes = "analognet_vww", "is a person in the picture", scenes.CLASSES
    scale = scenes.SCALE
    origin = "synthetic: scenes with and without a human figure, rendered by scripts/train/scenes.py"

    def __init__(self, jobs=2, count=PICTURES):
        self.jobs, self.count = jobs, count

    def test(self):
        return scenes.render(scenes.TEST, TEST_PICTURES, self.jobs)

    def calibration(self):
        return scenes.render(scenes.TRAIN, CALIBRATION, self.jobs)[0]

    def training(self, device):
        x, y = (torch.from_numpy(a).to(device) for a in scenes.render(scenes.TRAIN, self.count, self.jobs))

        def augment(batch):
            """Mirrors and moves each picture, changes contrast and brightness, adds noise."""
            x = batch.float() * self.scale
            n, device = len(x), x.device
            theta = torch.zeros(n, 2, 3)
            size = 1 + (torch.rand(n) * 2 - 1) * 0.12
            theta[:, 0, 0] = size * torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
            theta[:, 1, 1] = size
            theta[:, :, 2] = (torch.rand(n, 2) * 2 - 1) * 0.12
            grid = F.affine_grid(theta.to(device), x.shape, align_corners=False)
            x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
            gain, level = 1 + (torch.rand(n, 1, 1, 1) * 2 - 1) * 0.25, (torch.rand(n, 1, 1, 1) * 2 - 1) * 0.2
            x = x * gain.to(device) + level.to(device)
            return (x + 0.03 * torch.randn(x.shape, device=device)).clamp(-1, 127 / 128)

        return x, y, augment


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keywords", required=True, help="keywords.npz as keywords_audio.py wrote it")
    parser.add_argument("--out", default=str(zoo_files.ZOO), help="the zoo folder to write into")
    arguments = parser.parse_args()
    for data in (Keywords(arguments.keywords), Pictures()):
        inputs, labels = data.test()
        folder = pathlib.Path(arguments.out) / data.name
        folder.mkdir(parents=True, exist_ok=True)
        zoo_files.save_tensors(folder / "test.safetensors", {
            "inputs": inputs, "labels": labels, "calibration": data.calibration()}, {
            "input_scale": data.scale, "origin": data.origin, "licence": "Apache-2.0"})


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Cycles of an array alone, when one command computes a whole M x K by K x N product.

Without pipeline fill, memories and the vector unit: what the arithmetic takes at least.
"""
import re

ROWS, COLUMNS, WORD_BITS = 64, 64, 128  # chip apnn_tc
LANES = ROWS * COLUMNS * WORD_BITS      # one-bit products a cycle


def divide_up(a, b):
    return -(-a // b)


def apnn(m, n, k, weight_bits, activation_bits, words=None):
    """The bit-serial core: the best of its four stackings (models/array/bit_serial/README.md).

    words: words of K, where it is not packed densely.
    """
    p, q = weight_bits, activation_bits
    words = words or divide_up(k, WORD_BITS)
    folds = [divide_up(rows, ROWS) * divide_up(columns, COLUMNS) * serial
             for rows, columns, serial in ((m, n, p * q), (q * m, n, p), (m, p * n, q),
                                           (q * m, p * n, 1))]
    return min(folds) * words


def systolic(m, n, k, bits, rows, columns):
    """An output-stationary array of rows x columns 4-bit PEs; 8-bit products take 2 x 2 of them."""
    side = 1 if bits <= 4 else 2
    return divide_up(m, rows // side) * divide_up(n, columns // side) * k


def gemm_of(layer):
    """(m, n, k, taps, channels) of a layer of the result, None for one without products.

    taps, channels: k is taps x channels; a GEMM has one tap.
    """
    found = re.fullmatch(r"(\d+)x(\d+)x(\d+) -> (\d+)x(\d+)x(\d+), (\d+)x(\d+)(/\d+)?",
                         layer["shape"])
    if layer["op"] == "conv2d" and found:
        channels = int(found[3])
        taps = int(found[7]) * int(found[8])
        return int(found[4]) * int(found[5]), int(found[6]), taps * channels, taps, channels
    found = re.fullmatch(r"(\d+)x(\d+)x(\d+)", layer["shape"])
    if layer["op"] == "gemm" and found:
        m, n, k = (int(part) for part in found.groups())
        return m, n, k, 1, k
    if layer["macs"]:
        raise RuntimeError(f"layer {layer['name']}: no rule for the shape {layer['shape']}")
    return None


def channel_words(taps, channels):
    """Words of K when each tap starts a new word, as in the kernels of APNN-TC."""
    return taps * divide_up(channels, WORD_BITS)

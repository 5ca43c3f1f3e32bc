# SPDX-License-Identifier: Apache-2.0
"""Renders the zoo's visual-wake-words-style pictures: rooms and streets with or without a human figure.

Every draw comes from a generator keyed by (SEED, split, index), so a picture does not depend on the order of work or on
how many others there are. Odd indices show a person (class 1), even ones do not (class 0); both have the same backgrounds,
furniture and decoys: animals, coat stands, lamps, trees, poles, stacked boxes. A figure has a head, hair, a torso, two
arms and two legs of two parts each, in a random pose, size, place and clothing, and furniture often stands before it.

A scene is drawn in colour at 96x96, lit from a random side, reduced to 48x48 by averaging 2x2, blurred a little and given
sensor noise. What is stored is its luma, 0.299 R + 0.587 G + 0.114 B of 0..1, as q = round(255 luma) - 128.
"""
import multiprocessing

import numpy as np

SEED = 20241201
SIZE, FINE = 48, 96
SCALE = 1 / 128
CLASSES = ["no person", "person"]
TRAIN, TEST = 0, 1  # splits
LUMA = np.array([0.299, 0.587, 0.114])
ROW, COLUMN = np.mgrid[0:FINE, 0:FINE].astype(np.float32) / FINE + 0.5 / FINE


class Canvas:
    """Pixels [FINE, FINE, 3]; places are (x, y) in 0..1, y downwards; shapes have soft edges one pixel wide."""

    def __init__(self):
        self.pixels = np.zeros((FINE, FINE, 3), np.float32)

    def paint(self, low, high, distance, colour, shade=0.0):
        """Paints where distance(x, y) < 0 within the box; `shade` darkens towards its right side."""
        x0, y0 = (max(0, int(np.floor(v * FINE)) - 1) for v in low)
        x1, y1 = (min(FINE, int(np.ceil(v * FINE)) + 2) for v in high)
        if x0 >= x1 or y0 >= y1:
            return
        x, y = COLUMN[y0:y1, x0:x1], ROW[y0:y1, x0:x1]
        mask = np.clip(0.5 - distance(x, y) * FINE, 0, 1)[..., None]
        light = 1 - shade * (x - low[0]) / max(high[0] - low[0], 1e-6)
        part = self.pixels[y0:y1, x0:x1]
        part += mask * (light[..., None] * colour - part)

    def limb(self, a, b, ra, rb, colour, shade=0.25):
        """A rod from a to b with the radii ra and rb at its ends."""
        a, b = np.asarray(a), np.asarray(b)
        along = b - a
        square = max(float(along @ along), 1e-9)

        def distance(x, y):
            t = np.clip(((x - a[0]) * along[0] + (y - a[1]) * along[1]) / square, 0, 1)
            return np.hypot(x - a[0] - t * along[0], y - a[1] - t * along[1]) - (ra + (rb - ra) * t)

        r = max(ra, rb)
        self.paint(np.minimum(a, b) - r, np.maximum(a, b) + r, distance, colour, shade)

    def ellipse(self, centre, rx, ry, colour, shade=0.25):
        def distance(x, y):
            return (np.hypot((x - centre[0]) / rx, (y - centre[1]) / ry) - 1) * min(rx, ry)

        self.paint((centre[0] - rx, centre[1] - ry), (centre[0] + rx, centre[1] + ry), distance, colour, shade)

    def box(self, x0, y0, x1, y1, colour, shade=0.2):
        def distance(x, y):
            return np.maximum(np.maximum(x0 - x, x - x1), np.maximum(y0 - y, y - y1))

        self.paint((x0, y0), (x1, y1), distance, colour, shade)


def any_colour(rng):
    """Bright and dark, mostly of low saturation."""
    grey = rng.uniform(0.05, 0.95)
    return np.clip(grey + rng.normal(0, 0.12, 3), 0.02, 0.98).astype(np.float32)


def smooth_noise(rng, cells):
    """Bilinear noise over the picture, cells x cells random values in -1..1."""
    grid = rng.uniform(-1, 1, (cells + 1, cells + 1))
    at = np.arange(FINE) / FINE * cells
    i = at.astype(int)
    t = at - i
    rows = grid[i] * (1 - t)[:, None] + grid[i + 1] * t[:, None]
    return rows[:, i] * (1 - t) + rows[:, i + 1] * t


def background(canvas, rng):
    """A wall above a floor, both textured; sometimes stripes, panels or a window. Returns the height of the floor."""
    horizon = rng.uniform(0.45, 0.85)
    wall, floor = any_colour(rng), any_colour(rng)
    below = np.clip((ROW - horizon) * FINE + 0.5, 0, 1)[..., None]
    canvas.pixels[:] = wall + below * (floor - wall)
    texture = sum(rng.uniform(0.01, 0.08) * smooth_noise(rng, cells) for cells in (3, 8, 24))
    if rng.random() < 0.4:
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(8, 30)
        texture += rng.uniform(0.02, 0.08) * np.sign(np.sin(2 * np.pi * pitch * (COLUMN * np.cos(angle) + ROW * np.sin(angle))))
    canvas.pixels += texture[..., None]
    if rng.random() < 0.5:
        x, y, w, h = rng.uniform(0, 0.8), rng.uniform(0, 0.3), rng.uniform(0.12, 0.4), rng.uniform(0.15, 0.4)
        frame = any_colour(rng)
        canvas.box(x - 0.015, y - 0.015, x + w + 0.015, y + h + 0.015, frame)
        canvas.box(x, y, x + w, y + h, any_colour(rng))
        canvas.box(x + w / 2 - 0.008, y, x + w / 2 + 0.008, y + h, frame)
    return horizon


def furniture(canvas, rng, horizon, front=False):
    """A table, cabinet, chair, ball, pole or pile of boxes that stands on the floor."""
    x = rng.uniform(0.0, 1.0)
    ground = rng.uniform(0.85, 1.1) if front else rng.uniform(horizon, min(1.0, horizon + 0.3))
    size = rng.uniform(0.15, 0.45)
    colour, dark = any_colour(rng), any_colour(rng)
    kind = rng.integers(6)
    if kind == 0:  # table
        top = ground - size * rng.uniform(0.5, 0.9)
        for leg in (-0.45, 0.45):
            canvas.limb((x + leg * size, top), (x + leg * size, ground), 0.012, 0.012, dark)
        canvas.box(x - size / 2, top, x + size / 2, top + 0.03, colour)
    elif kind == 1:  # cabinet with shelves
        w, h = size * 0.6, size * rng.uniform(0.8, 1.8)
        canvas.box(x - w / 2, ground - h, x + w / 2, ground, colour)
        for shelf in range(1, int(rng.integers(2, 5))):
            y = ground - h * shelf / 4
            canvas.box(x - w / 2 + 0.01, y, x + w / 2 - 0.01, y + 0.012, dark)
    elif kind == 2:  # chair
        seat = ground - size * 0.45
        canvas.box(x - size * 0.2, seat - size * 0.5, x - size * 0.13, ground, colour)
        canvas.box(x + size * 0.13, seat, x + size * 0.2, ground, colour)
        canvas.box(x - size * 0.2, seat, x + size * 0.2, seat + 0.03, dark)
    elif kind == 3:
        canvas.ellipse((x, ground - size * 0.25), size * 0.25, size * 0.25 * rng.uniform(0.7, 1), colour)
    elif kind == 4:
        canvas.limb((x, ground - size * rng.uniform(1, 2.5)), (x, ground), 0.015, 0.02, colour)
    else:  # pile of boxes
        y = ground
        for _ in range(int(rng.integers(1, 4))):
            w, h = size * rng.uniform(0.3, 0.7), size * rng.uniform(0.2, 0.4)
            canvas.box(x - w / 2, y - h, x + w / 2, y, any_colour(rng))
            y -= h


def decoy(canvas, rng, horizon):
    """Something with parts like a person's: an animal, a lamp, a coat stand, a tree, a bin with a ball."""
    x, ground, h = rng.uniform(0.1, 0.9), rng.uniform(max(horizon, 0.6), 1.0), rng.uniform(0.3, 0.8)
    colour, other = any_colour(rng), any_colour(rng)
    kind = rng.integers(5)
    if kind == 0:  # animal, seen from the side
        side = rng.choice([-1, 1])
        length, up = h * 0.5, h * rng.uniform(0.25, 0.4)
        for at in (-0.45, -0.3, 0.3, 0.45):
            foot = x + (at + rng.uniform(-0.08, 0.08)) * length
            canvas.limb((x + at * length, ground - up), (foot, ground), 0.04 * h, 0.025 * h, colour)
        canvas.limb((x - length / 2, ground - up), (x + length / 2, ground - up), 0.1 * h, 0.09 * h, colour)
        head = (x + side * length * 0.75, ground - up - h * rng.uniform(0.1, 0.25))
        canvas.limb((x + side * length / 2, ground - up), head, 0.06 * h, 0.05 * h, colour)
        canvas.ellipse(head, 0.09 * h, 0.065 * h, colour)
        canvas.limb((x - side * length / 2, ground - up), (x - side * length * 0.75, ground - up * rng.uniform(0.6, 1.6)),
                    0.02 * h, 0.012 * h, colour)
    elif kind == 1:  # floor lamp
        canvas.limb((x, ground - h), (x, ground), 0.015, 0.015, colour)
        canvas.ellipse((x, ground), 0.1 * h, 0.02, colour)
        canvas.ellipse((x, ground - h), 0.12 * h, rng.uniform(0.06, 0.12) * h, other)
    elif kind == 2:  # coat stand: a torso and hanging sleeves, no head, no legs
        canvas.limb((x, ground - h), (x, ground), 0.015, 0.02, other)
        top = ground - h * rng.uniform(0.8, 0.95)
        canvas.limb((x, top), (x, top + h * 0.35), 0.09 * h, 0.12 * h, colour)
        for side in (-1, 1):
            canvas.limb((x + side * 0.09 * h, top), (x + side * rng.uniform(0.1, 0.2) * h, top + 0.3 * h), 0.035 * h, 0.03 * h, colour)
    elif kind == 3:  # tree
        canvas.limb((x, ground - h * 0.6), (x, ground), 0.03 * h, 0.045 * h, colour)
        for _ in range(3):
            canvas.ellipse((x + rng.normal(0, 0.1) * h, ground - h * rng.uniform(0.6, 0.95)), rng.uniform(0.1, 0.22) * h,
                           rng.uniform(0.1, 0.2) * h, other)
    else:  # bin with a ball on it
        canvas.limb((x, ground - h * 0.5), (x, ground - 0.1 * h), 0.13 * h, 0.1 * h, colour)
        canvas.ellipse((x, ground - h * 0.72), 0.09 * h, 0.09 * h, other)


def step(start, angle, length):
    """From `start` by `length`; angle 0 points down, positive to the right."""
    return np.asarray(start) + length * np.array([np.sin(angle), np.cos(angle)])


def figure(canvas, rng, horizon):
    """A person `h` tall, standing, walking or sitting."""
    h = rng.uniform(0.45, 1.05)
    ground = rng.uniform(max(horizon, 0.7), 1.0) + rng.uniform(0, 0.25) * h
    skin = np.clip(rng.uniform(0.25, 0.85) * np.array([1.0, 0.8, 0.68]) + rng.normal(0, 0.03, 3), 0, 1).astype(np.float32)
    shirt, trousers, hair = any_colour(rng), any_colour(rng), any_colour(rng) * 0.6
    sitting = rng.random() < 0.2
    lean = rng.normal(0, 0.1)
    width = rng.uniform(0.85, 1.2)
    hip = np.array([rng.uniform(0.12, 0.88), ground - h * (0.3 if sitting else 0.48)])
    neck = step(hip, np.pi + lean, 0.33 * h)
    head = step(neck, np.pi + lean + rng.normal(0, 0.15), 0.1 * h)

    def leg(side):
        start = hip + np.array([side * 0.05 * h * width, 0])
        thigh = side * rng.uniform(1.0, 1.5) if sitting else rng.normal(side * 0.08, 0.22)
        knee = step(start, thigh, 0.24 * h)
        foot = step(knee, rng.normal(0, 0.1) if sitting else thigh - abs(rng.normal(0, 0.2)) * np.sign(thigh), 0.24 * h)
        canvas.limb(start, knee, 0.05 * h * width, 0.04 * h, trousers)
        canvas.limb(knee, foot, 0.04 * h, 0.027 * h, trousers)
        canvas.limb(foot, foot + np.array([0.04 * h * rng.choice([-1, 1]), 0.0]), 0.022 * h, 0.02 * h, hair)

    def arm(side):
        shoulder = neck + np.array([side * 0.085 * h * width, 0.03 * h])
        upper = side * (rng.uniform(1.6, 2.8) if rng.random() < 0.2 else abs(rng.normal(0.15, 0.25)))
        elbow = step(shoulder, upper, 0.17 * h)
        hand = step(elbow, upper + side * rng.uniform(-0.2, 1.2), 0.16 * h)
        sleeve = skin if rng.random() < 0.3 else shirt
        canvas.limb(elbow, hand, 0.026 * h, 0.02 * h, sleeve)
        canvas.limb(shoulder, elbow, 0.034 * h, 0.028 * h, shirt)
        canvas.ellipse(hand, 0.024 * h, 0.024 * h, skin)

    behind = rng.choice([-1, 1])
    leg(-1), leg(1), arm(behind)
    canvas.limb(neck + np.array([0, 0.045 * h]), hip, 0.085 * h * width, 0.07 * h * width, shirt)
    arm(-behind)
    canvas.limb(neck + np.array([0, 0.02 * h]), head, 0.03 * h, 0.03 * h, skin)
    canvas.ellipse(head + np.array([0, -0.018 * h]), 0.066 * h, 0.072 * h, hair)
    canvas.ellipse(head + np.array([rng.normal(0, 0.012) * h, 0.008 * h]), 0.055 * h, 0.066 * h, skin)


def picture(job):
    """int8 [SIZE, SIZE] of (split, index)."""
    split, index = job
    rng = np.random.default_rng([SEED, split, index])
    canvas = Canvas()
    horizon = background(canvas, rng)
    for _ in range(int(rng.integers(1, 4))):
        furniture(canvas, rng, horizon)
    things = ["decoy"] * int(rng.integers(0, 3)) + (["person"] if index % 2 else ["decoy"] * int(rng.integers(0, 2)))
    for thing in rng.permutation(things):
        (figure if thing == "person" else decoy)(canvas, rng, horizon)
    for _ in range(int(rng.integers(0, 3))):
        furniture(canvas, rng, horizon, front=True)
    angle, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.6)
    light = 1 + slope * ((COLUMN - 0.5) * np.cos(angle) + (ROW - 0.5) * np.sin(angle)) + 0.15 * smooth_noise(rng, 2)
    luma = (canvas.pixels * light[..., None]) @ LUMA
    luma = luma.reshape(SIZE, 2, SIZE, 2).mean(axis=(1, 3))
    blur = rng.uniform(0, 0.25)  # weight of the four neighbours together
    edge = np.pad(luma, 1, mode="edge")
    luma = (1 - blur) * luma + blur / 4 * (edge[:-2, 1:-1] + edge[2:, 1:-1] + edge[1:-1, :-2] + edge[1:-1, 2:])
    contrast, level = rng.uniform(0.5, 1.1), rng.uniform(-0.1, 0.1)
    luma = 0.5 + contrast * (luma - 0.5) + level + rng.normal(0, rng.uniform(0.01, 0.06), luma.shape)
    return (np.round(255 * np.clip(luma, 0, 1)) - 128).astype(np.int8)


def render(split, count, jobs=2):
    """Pictures int8 [count, 1, SIZE, SIZE] and labels int64."""
    with multiprocessing.Pool(jobs) as pool:
        pictures = np.stack(pool.map(picture, [(split, i) for i in range(count)], chunksize=32))
    return pictures[:, None], np.arange(count, dtype=np.int64) % 2

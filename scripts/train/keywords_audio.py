# SPDX-License-Identifier: Apache-2.0
"""Synthesizes the zoo's keyword-spotting data with espeak-ng and turns it into int8 log-mel features.

Every draw comes from a generator keyed by (seed, split, index): the result does not depend on the order of work.
Training uses even speaking rates and testing odd ones, so no test utterance was trained on. Half of the test
utterances are spoken by voices that training never hears.

Features, from one second of sound at 16 kHz, samples in -1..1 (not clipped):
  49 frames of 640 samples, 320 apart; Hann window 0.5 - 0.5 cos(2 pi n / 640);
  squared magnitude of the 1024-point FFT, divided by 640;
  40 triangular bands between 60 Hz and 7600 Hz, equally spaced on the mel scale 2595 log10(1 + f/700), peak 1;
  q = round((ln(band + 1e-6) - OFFSET) / SCALE), limited to -128..127. The networks see SCALE * q.
"""
import argparse
import multiprocessing
import pathlib
import subprocess

import numpy as np

SEED = 20240207
RATE, ESPEAK_RATE = 16000, 22050
FRAME, HOP, FRAMES, FFT, BANDS = 640, 320, 49, 1024, 40
OFFSET, SCALE = -4.0, 1 / 16
KEYWORDS = "yes no up down left right on off stop go".split()
OTHERS = "zero one two three four five six seven eight nine bed bird cat dog happy house tree wow".split()
CLASSES = KEYWORDS + ["unknown", "silence"]
TRAIN, TEST = 24000, 1200
SNR_DB = (-6.0, 14.0)    # of the spoken part against the noise
LEVEL_DB = (-12.0, 6.0)  # of everything
ACCENTS = "en-us en-us-nyc en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd en-029".split()
HEARD = """m1 m2 m3 m4 m6 m8 f1 f2 f3 f5 klatt klatt2 klatt4 klatt6 Alex Alicia Andrea Andy Denis Diogo Gene Henrique
    Hugo Jacky Marco Mario Michael Mike adam anika antonio aunty benjamin boris caleb ed edward grandma gustave iven
    john linda marcelo michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph victor zac""".split()
UNHEARD = "m5 m7 f4 klatt3 Annie Gene2 Lee Nguyen belinda croak david grandpa iven3 max steph3 travis".split()


def draw(split, index):
    return np.random.default_rng([SEED, split, index])


def speak(job):
    """One spoken word at RATE as int16, silence cut off at both ends."""
    split, index = job
    rng = draw(split, index)
    name = CLASSES[index % len(CLASSES)]
    if name == "silence":
        return np.zeros(0, np.int16)
    word = rng.choice(OTHERS) if name == "unknown" else name
    variants = UNHEARD if split == 1 and index // len(CLASSES) % 2 else HEARD
    voice = f"{rng.choice(ACCENTS)}+{rng.choice(variants)}"
    speed = 2 * int(rng.integers(60, 116)) + split
    pitch = int(rng.integers(10, 91))
    wave = subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", str(word)],
                          check=True, capture_output=True).stdout
    sound = np.frombuffer(wave[44:len(wave) // 2 * 2], "<i2").astype(np.float64)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    sound = sound[loud[0]:loud[-1] + 1]
    length = round(len(sound) * RATE / ESPEAK_RATE)
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]  # band-limited resampling
    sound = np.fft.irfft(spectrum, length)
    return np.round(sound * (20000 / np.abs(sound).max())).astype(np.int16)


def noise(rng):
    """One second with spectrum 1/f^a, unit power: a = 0 is white, 1 pink, 2 brown."""
    slope = rng.uniform(0.0, 2.0)
    frequency = np.maximum(np.fft.rfftfreq(RATE, 1 / RATE), 50.0)
    shaped = np.fft.rfft(rng.standard_normal(RATE)) * frequency ** (-slope / 2)
    sound = np.fft.irfft(shaped, RATE)
    return sound / np.sqrt(np.mean(sound**2))


def mel_bands():
    mel = lambda f: 2595 * np.log10(1 + f / 700)
    edges = 700 * (10 ** (np.linspace(mel(60.0), mel(7600.0), BANDS + 2) / 2595) - 1)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.maximum(0.0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))


BAND_WEIGHTS = mel_bands()
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)


def features(sound):
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP][:FRAMES] * WINDOW
    power = np.abs(np.fft.rfft(frames, FFT)) ** 2 / FRAME
    value = np.log(power @ BAND_WEIGHTS.T + 1e-6)
    return np.clip(np.round((value - OFFSET) / SCALE), -128, 127).astype(np.int8)


def listen(job):
    """Places the word somewhere in the second, adds noise and level, and returns int8 [FRAMES, BANDS]."""
    split, index, word = job
    rng = draw(split + 2, index)
    sound = np.zeros(RATE)
    background = noise(rng)
    if len(word):
        word = word[: RATE] / 32768.0
        start = int(rng.integers(0, RATE - len(word) + 1))
        sound[start:start + len(word)] = word / np.sqrt(np.mean(word**2))
        background *= 10 ** (-rng.uniform(*SNR_DB) / 20)
    mixed = sound + background
    level = 0.1 * 10 ** (rng.uniform(*LEVEL_DB) / 20)
    return features(mixed / np.sqrt(np.mean(mixed**2)) * level)


def make(split, count, cache, pool):
    """The spoken words are kept in `cache`: they take the time, and do not change with the noise."""
    path = cache / f"words_{'test' if split else 'train'}_{count}.npz"
    if path.exists():
        stored = np.load(path)
        words = np.split(stored["samples"], np.cumsum(stored["lengths"])[:-1])
    else:
        words = pool.map(speak, [(split, i) for i in range(count)], chunksize=64)
        np.savez(path, samples=np.concatenate(words), lengths=[len(w) for w in words])
    inputs = np.stack(pool.map(listen, [(split, i, w) for i, w in enumerate(words)], chunksize=64))
    labels = (np.arange(count) % len(CLASSES)).astype(np.int64)
    longer = sum(len(w) > RATE for w in words)
    print(f"{'test' if split else 'train'}: {count} inputs, {longer} words cut to one second, values "
          f"mean {inputs.mean():.1f} deviation {inputs.std():.1f}, "
          f"at the limits {np.mean((inputs == -128) | (inputs == 127)):.4f}", flush=True)
    return inputs, labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder for keywords.npz and the cached words")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    with multiprocessing.Pool(arguments.jobs) as pool:
        x_test, y_test = make(1, TEST, out, pool)
        x_train, y_train = make(0, TRAIN, out, pool)
    np.savez(out / "keywords.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


if __name__ == "__main__":
    main()

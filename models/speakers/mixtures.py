"""Mixtures of real voices with known turns, to measure with.

    pip install numpy soundfile
    python mixtures.py ../../tests/recordings OUT

Writes NAME.wav and NAME.rttm for each mixture. The pieces are stretches in which one person speaks
without a long pause; each is used once in a mixture, so that no sound is heard twice.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

RATE = 16000
CALL = "30s_two_callers.flac"
ROAD = "10s_back_down_the_road.flac"
FILM = "60s_i_dont_want_anyones_life_on_my_hands.flac"
HOUSE = "45s_dont_be_afraid_of_me.flac"

# Who, and where they speak alone. Units: seconds.
VOICES = {
    "diane": (CALL, [(8.36, 9.84), (10.79, 12.54), (12.56, 14.22), (18.62, 20.11), (20.17, 21.47), (27.86, 29.95)]),
    "sheila": (CALL, [(7.58, 8.20), (9.93, 10.77), (14.50, 16.10), (16.10, 17.85), (21.80, 23.98), (24.06, 26.20), (26.20, 28.40)]),
    "kennedy": ("jfk.wav", [(0.32, 2.20), (3.27, 4.37), (5.38, 7.55), (8.15, 10.44)]),
    "ben": (ROAD, [(2.06, 4.13), (4.72, 5.58)]),
    "newsman": (FILM, [(26.62, 29.20), (29.20, 32.00), (32.00, 34.55), (35.35, 38.60), (38.60, 42.05), (42.88, 44.50), (44.85, 48.60), (49.30, 51.15), (51.60, 54.10), (54.38, 56.25)]),
    "helen": (HOUSE, [(19.00, 20.00), (21.40, 22.42), (23.02, 23.80)]),
}

# Name, voices, share of turns that begin before the other ends, what happens to the sound, and the
# most pieces of each voice.
MIXTURES = [
    ("two", ["diane", "newsman"], 0.0, None, {}),
    ("two-women", ["diane", "sheila"], 0.2, None, {}),
    ("three-overlap", ["diane", "sheila", "kennedy"], 0.4, None, {}),
    ("four-overlap", ["diane", "sheila", "kennedy", "newsman"], 0.6, None, {}),
    ("five", ["diane", "sheila", "kennedy", "newsman", "ben"], 0.1, None, {}),
    ("six", list(VOICES), 0.1, None, {}),
    ("telephone", ["kennedy", "newsman", "sheila"], 0.2, "telephone", {}),
    ("noise", ["diane", "kennedy", "newsman"], 0.2, "noise", {}),
    ("unequal", ["newsman", "diane", "helen"], 0.1, None, {"diane": 2, "helen": 2}),
    ("noisy-telephone", ["diane", "kennedy"], 0.1, "noisy telephone", {}),
]


def pieces(folder, name, most):
    recording, spans = VOICES[name]
    samples, rate = soundfile.read(folder / recording)
    assert rate == RATE and samples.ndim == 1
    loud = np.concatenate([samples[int(a * RATE) : int(b * RATE)] for a, b in spans])
    gain = 0.06 / np.sqrt(np.mean(loud**2))
    return [gain * samples[int(a * RATE) : int(b * RATE)] for a, b in spans[:most]]


def faded(samples):
    n = RATE // 100
    ramp = np.linspace(0, 1, n)
    samples = samples.copy()
    samples[:n] *= ramp
    samples[-n:] *= ramp[::-1]
    return samples


def mixture(folder, voices, overlap, most, rng):
    """The sound, and start, end and speaker of each turn in samples."""
    left = {name: pieces(folder, name, most.get(name)) for name in voices}
    turns, at, last = [], RATE // 2, None
    while any(left.values()):
        others = [it for it in voices if left[it] and it != last] or [it for it in voices if left[it]]
        weights = np.array([len(left[it]) for it in others], float)
        name = others[rng.choice(len(others), p=weights / weights.sum())]
        piece = faded(left[name].pop(0))
        if turns and name != last and rng.random() < overlap:
            at -= int(rng.uniform(0.2, 0.8) * min(len(piece), len(turns[-1][2]), 1.6 * RATE))
            # Nobody speaks over himself, and only two speak at once.
            same = [begin + len(it) for begin, who, it in turns if who == name]
            ends = sorted(begin + len(it) for begin, _, it in turns[:-1])
            at = max([at, *same, *ends[-1:]])
        else:
            at += int(rng.uniform(0.1, 0.9) * RATE)
        turns.append((at, name, piece))
        at = max(begin + len(it) for begin, _, it in turns)
        last = name
    sound = np.zeros(at + RATE // 2)
    for begin, _, piece in turns:
        sound[begin : begin + len(piece)] += piece
    return sound, [(begin, begin + len(piece), name) for begin, name, piece in turns]


def changed(sound, how, rng):
    if how and "telephone" in how:
        spectrum = np.fft.rfft(sound)
        hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
        spectrum[(hertz < 300) | (hertz > 3400)] = 0
        sound = np.fft.irfft(spectrum, len(sound))
    if how and "nois" in how:
        noise = rng.standard_normal(len(sound))
        if "telephone" not in how:
            noise = np.convolve(noise, [0.25, 0.5, 0.25], "same")
        speech = np.sqrt(np.mean(sound[np.abs(sound) > 1e-3] ** 2))
        noise *= speech * 10 ** (-15 / 20) / np.sqrt(np.mean(noise**2))
        sound = sound + noise
    sound = sound + 1e-4 * rng.standard_normal(len(sound))
    return 0.9 * sound / np.abs(sound).max()


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    for seed, (name, voices, overlap, how, most) in enumerate(MIXTURES):
        rng = np.random.default_rng(seed)
        sound, turns = mixture(folder, voices, overlap, most, rng)
        soundfile.write(out / f"{name}.wav", changed(sound, how, rng), RATE, subtype="PCM_16")
        with open(out / f"{name}.rttm", "w") as file:
            for begin, end, speaker in turns:
                times = f"{begin / RATE:.3f} {(end - begin) / RATE:.3f}"
                file.write(f"SPEAKER {name} 1 {times} <NA> <NA> {speaker} <NA> <NA>\n")


if __name__ == "__main__":
    main()

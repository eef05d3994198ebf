"""Test recordings from one formula, in whole numbers only.

A clip is a list of signed 16-bit samples at 16 kHz.  Every operation is on 32-bit integers (sums of
the generator and the phases wrap, shifts to the right keep the sign), so any language gets the same
bits; divide by 32768 for floats.  `README.md` has the same formula in Rust.

The signal is a row of pieces.  Each piece starts with draws from a linear congruential generator:

    state = state * 1664525 + 1013904223  (mod 2^32),   draw = state >> 16   (0 ... 65535)

1. kind = draw % 7, length = 1200 + draw % 4800 samples.
2. kind 0: that many zeros.
3. kind 1: that many samples of room tone, (draw - 32768) >> 13, one draw each (-4 ... 3).
4. kind 2 to 6: a syllable.  In this order:
   low   = (90 + draw % 210) * 268435        phase step of the voice, 90 ... 299 Hz
   low_glide  = (draw - 32768) >> 3          change of that step with every sample
   high  = (400 + draw % 3000) * 268435      phase step of the overtone, 400 ... 3399 Hz
   high_glide = draw - 32768
   loud   = 20 + draw % 200
   breath = draw % 64
   Then for i = 0 ... length - 1, with both phases running on from the syllable before (0 at first):
   low_phase  += low;   low  += low_glide
   high_phase += high;  high += high_glide
   tone  = tri(low_phase) + (tri(high_phase) >> 1)
   noise = draw - 32768
   mix   = (tone * (64 - breath) + noise * breath) >> 6
   sample = ((mix * loud >> 9) * min(i, length - 1 - i, 1024)) >> 10
   where tri(p) = 2 * |(p >> 16) - 32768| - 32768.

The last piece is cut where the clip ends.  The generator's first state is the clip's seed.
"""

import hashlib
from functools import cache

RATE = 16_000
MASK = 0xFFFF_FFFF
HERTZ = 268_435  # phase step of 1 Hz: 2^32 / 16000, rounded down

# name: (seed, samples).  All but 12s end on a whole second or tenth; 12s ends inside a frame, a
# convolution chunk and an attention window.
CLIPS = {
    "300ms": (10, 4_800),
    "700ms": (6, 11_200),
    "5s": (5, 80_000),
    "12s": (12, 197_531),
    "31s": (31, 496_000),
    "180s": (180, 2_880_000),
}


def triangle(phase):
    """Triangle wave: 32-bit phase to -32768 ... 32768."""
    return 2 * abs((phase >> 16) - 32768) - 32768


def synthesise(seed, n_samples):
    """The first `n_samples` samples of the signal with this seed."""
    state = seed

    def draw():
        nonlocal state
        state = (state * 1664525 + 1013904223) & MASK
        return state >> 16

    out = []
    low_phase = high_phase = 0
    while len(out) < n_samples:
        kind = draw() % 7
        length = 1200 + draw() % 4800
        if kind == 0:
            out.extend([0] * length)
            continue
        if kind == 1:
            out.extend((draw() - 32768) >> 13 for _ in range(length))
            continue
        low = (90 + draw() % 210) * HERTZ
        low_glide = (draw() - 32768) >> 3
        high = (400 + draw() % 3000) * HERTZ
        high_glide = draw() - 32768
        loud = 20 + draw() % 200
        breath = draw() % 64
        for i in range(length):
            low_phase = (low_phase + low) & MASK
            low = (low + low_glide) & MASK
            high_phase = (high_phase + high) & MASK
            high = (high + high_glide) & MASK
            tone = triangle(low_phase) + (triangle(high_phase) >> 1)
            noise = draw() - 32768
            mix = (tone * (64 - breath) + noise * breath) >> 6
            out.append(((mix * loud >> 9) * min(i, length - 1 - i, 1024)) >> 10)
    return out[:n_samples]


@cache
def pcm(name):
    """The samples of a named clip as a tuple of i16 values."""
    return tuple(synthesise(*CLIPS[name]))


def little_endian(samples):
    """The samples as i16 little-endian bytes."""
    return b"".join(s.to_bytes(2, "little", signed=True) for s in samples)


def fnv1a64(data):
    """FNV-1a over bytes, as 16 hex digits: a checksum that needs no library."""
    value = 0xCBF2_9CE4_8422_2325
    for byte in data:
        value = ((value ^ byte) * 0x100_0000_01B3) & 0xFFFF_FFFF_FFFF_FFFF
    return f"{value:016x}"


@cache
def describe(name):
    """What a case file says about its clip."""
    seed, n_samples = CLIPS[name]
    samples = pcm(name)
    data = little_endian(samples)
    return {
        "name": name,
        "seed": seed,
        "samples": n_samples,
        "sum": sum(samples),
        "fnv1a64": fnv1a64(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }

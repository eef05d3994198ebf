"""Speech with word times: libespeak-ng through ctypes, voices, pauses, and a recording channel.

Times are in seconds from the start of the clip. espeak-ng reports a word event for most words; where it joins two
words ("of the") the second has no event of its own, and its start and the end of the first are None.
"""

import ctypes
import random

import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, resample_poly

from features import HOP, RATE

# ---- voices: a base accent and a voice variant of espeak-ng 1.51

ENGLISH_BASES = ["en-us"] * 5 + ["en", "en", "en-gb-x-rp", "en-us-nyc", "en-gb-scotland", "en-gb-x-gbclan", "en-029"]
CHINESE_BASE = "cmn-latn-pinyin"  # the plain "cmn" of 1.51 spells pinyin as English
TRAINING_VARIANTS = (
    [""] * 6
    + "m1 m2 m3 m4 m6 m7 m8 f1 f2 f3 f5 m1 m2 m3 m4 m6 m7 f1 f2 f3 f5 klatt klatt2 klatt3 Alex Alicia Andy Annie Michael "
    "Mike belinda benjamin boris caleb david ed edward iven linda max norbert paul quincy rob robert steph victor adam "
    "anika Gene Hugo Lee Marco Mario antonio marcelo miguel pablo sandro aunty grandma".split()
)
UNSEEN_VARIANTS = "m5 f4 Andrea john klatt4 Denis travis zac steph2 iven2".split()

_RATE, _VOLUME, _PITCH, _RANGE, _GAP = 1, 2, 3, 4, 7  # espeak_PARAMETER
_WORD, _PHONEME = 1, 7  # espeak_EVENT_TYPE


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", _Id),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One synthesiser per process (the library keeps global state)."""

    def __init__(self, library="libespeak-ng.so.1"):
        self._lib = ctypes.CDLL(library)
        self._lib.espeak_Synth.argtypes = [
            ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.POINTER(ctypes.c_uint), ctypes.c_void_p,
        ]
        self.rate = self._lib.espeak_Initialize(2, 0, None, 1)  # synchronous output; phoneme events
        if self.rate <= 0:
            raise RuntimeError("espeak-ng does not start")
        self._callback = _CALLBACK(self._collect)  # kept alive as long as the library may call it
        self._lib.espeak_SetSynthCallback(self._callback)
        self._voice = None

    def _collect(self, wave, count, events):
        if wave and count:
            self._pcm.append(ctypes.string_at(wave, count * 2))
        i = 0
        while events[i].type != 0:
            event = events[i]
            if event.type == _WORD and event.length > 0:
                self._words.append((event.text_position - 1, event.sample))
            elif event.type == _PHONEME:
                self._phones.append((event.sample, event.id.string.decode("utf8", "replace")))
            i += 1
        return 0

    def say(self, text, voice, rate=170, pitch=50, pitch_range=50, gap=0):
        """Samples (int16, self.rate), words [(character index, sample)], phonemes [(sample, name)]."""
        if voice != self._voice:
            if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
                raise ValueError(f"espeak-ng has no voice {voice}")
            self._voice = voice
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, pitch_range), (_GAP, gap), (_VOLUME, 100)):
            self._lib.espeak_SetParameter(parameter, int(value), 0)
        self._pcm, self._words, self._phones = [], [], []
        data = text.encode("utf8") + b"\0"
        self._lib.espeak_Synth(data, len(data), 0, 1, 0, 1, None, None)  # POS_CHARACTER, UTF-8
        self._lib.espeak_Synchronize()
        return np.frombuffer(b"".join(self._pcm), dtype=np.int16), self._words, self._phones


# Resampling ratios from 22,050 Hz; all but the first also change speed and pitch a little (0.90 ... 1.09), which makes
# many voices out of one.
TRUE_RATIO = (320, 441)
OTHER_RATIOS = [(2, 3), (3, 4), (7, 10), (5, 7), (4, 5), (9, 13), (7, 9), (11, 16), (8, 11)]


def random_voice(r: random.Random, lang, unseen=False, vary=True):
    """Voice settings for one speaker, a dictionary for `speak`."""
    variant = r.choice(UNSEEN_VARIANTS if unseen else TRAINING_VARIANTS)
    base = CHINESE_BASE if lang == "zh" else r.choice(ENGLISH_BASES)
    return dict(
        voice=base + ("+" + variant if variant else ""),
        rate=r.randint(130, 210) if lang == "en" else r.randint(130, 220),
        pitch=r.randint(25, 75), pitch_range=r.randint(25, 75), gap=r.choice([0, 0, 0, 1, 2, 4]),
        ratio=r.choice(OTHER_RATIOS) if vary and r.random() < 0.45 else TRUE_RATIO,
    )


def speak(espeak, lang, units, voice, rate=170, pitch=50, pitch_range=50, gap=0, ratio=TRUE_RATIO):
    """One sentence: (samples float32 at 16 kHz, words [[written, start, end]], phonemes [(time, name)])."""
    glue = " " if lang == "en" else ""
    spans, at = [], 0
    for unit in units:
        spans.append((at, at + len(unit.spoken)))
        at += len(unit.spoken) + len(glue)
    pcm, word_events, phones = espeak.say(glue.join(u.spoken for u in units), voice, rate, pitch, pitch_range, gap)
    if len(pcm) == 0 or not phones:
        raise ValueError("no sound")
    scale = ratio[0] / ratio[1] / RATE
    phones = [(sample * scale, name) for sample, name in phones if not name.startswith("(")]
    spoken = [t for t, name in phones if not name.startswith("_")]
    if not spoken:
        raise ValueError("no phoneme")
    end = min((t for t, name in phones if t > spoken[-1]), default=len(pcm) * scale)
    samples = resample_poly(pcm.astype(np.float32) / 32768, *ratio).astype(np.float32)
    samples = samples[: int((end + 0.05) * RATE)]

    starts = [None] * len(units)
    for position, sample in word_events:
        for i, (a, b) in enumerate(spans):
            if a <= position < b:
                if position - a <= 1 and starts[i] is None:  # the event of the unit's first spoken word
                    starts[i] = sample * scale
                break
    words = []
    for i, unit in enumerate(units):
        stop = None
        if starts[i] is not None and not (i + 1 < len(units) and starts[i + 1] is None):
            following = next((t for t in starts[i + 1 :] if t is not None), end)
            last = max((t for t in spoken if starts[i] <= t < following - 1e-6), default=None)
            stop = following
            if last is not None:  # a pause between the last phoneme and the next word ends the word
                stop = min((t for t, name in phones if name.startswith("_") and last < t < following), default=following)
        words.append([unit.written, starts[i], stop])
    return samples, words, [(0.0, "_")] + phones + [(end, "_")]


def join(pieces, pauses, lead, trail):
    """Pieces after one another: `lead` seconds before the first, pauses[i] after piece i, `trail` at the end.

    Returns samples (a whole number of 10 ms frames), words, phonemes.
    """
    out, words, phones, at = [np.zeros(int(lead * RATE), np.float32)], [], [(0.0, "_")], int(lead * RATE)
    for (samples, piece_words, piece_phones), pause in zip(pieces, list(pauses) + [trail]):
        shift = at / RATE
        words += [[w, None if a is None else a + shift, None if b is None else b + shift] for w, a, b in piece_words]
        phones += [(t + shift, name) for t, name in piece_phones]
        gap = np.zeros(max(0, int((pause - 0.05) * RATE)), np.float32)
        out += [samples, gap]
        at += len(samples) + len(gap)
    samples = np.concatenate(out)
    return samples[: len(samples) // HOP * HOP], words, phones


def noise(r: random.Random, rng, n):
    """n samples of steady noise: white, low-pass coloured, or slowly swelling."""
    white = rng.standard_normal(n).astype(np.float32)
    k = r.random()
    if k < 0.35:
        return white
    if k < 0.8:
        return lfilter([1], [1, -r.uniform(0.5, 0.97)], white).astype(np.float32)
    return white * (0.6 + 0.4 * np.sin(np.arange(n, dtype=np.float32) / RATE * r.uniform(3, 30)))


def speech_level(samples):
    """Root mean square of the 20 ms frames within 40 dB of the loudest: the level of the speech without its pauses."""
    n = len(samples) // 320 * 320
    power = (samples[:n].reshape(-1, 320) ** 2).mean(1)
    return float(np.sqrt(power[power > power.max() * 1e-4].mean())) if n and power.max() > 0 else 1e-6


def add_noise(r, rng, samples, snr_db):
    """Speech plus noise `snr_db` below the speech level."""
    n = noise(r, rng, len(samples))
    return samples + n * (speech_level(samples) / (np.sqrt((n**2).mean()) + 1e-9) * 10 ** (-snr_db / 20))


def channel(r: random.Random, rng, samples):
    """A random recording channel for training: reverberation, tilt, band limit, noise of 6 ... 40 dB."""
    n = len(samples)
    if r.random() < 0.25:
        length = int(r.uniform(0.05, 0.25) * RATE)
        tail = rng.standard_normal(length).astype(np.float32) * np.exp(-np.arange(length) / (length / r.uniform(3, 6)))
        tail *= r.uniform(0.05, 0.35) / np.sqrt((tail**2).sum())
        tail[0] = 1
        samples = fftconvolve(samples, tail)[:n].astype(np.float32)
    if r.random() < 0.3:
        samples = lfilter([1, -r.uniform(-0.5, 0.7)], [1], samples).astype(np.float32)
    if r.random() < 0.1:
        samples = lfilter(*butter(4, r.uniform(3400, 7000) / (RATE / 2)), samples).astype(np.float32)
    if r.random() < 0.7:
        samples = add_noise(r, rng, samples, r.uniform(6, 15) if r.random() < 0.6 else r.uniform(15, 40))
    return samples


def set_level(samples, peak):
    """Scale to the given peak."""
    return (samples * (peak / (np.abs(samples).max() + 1e-9))).astype(np.float32)

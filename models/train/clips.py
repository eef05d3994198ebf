"""Clips: sentences, voices and channel put together. Used by the training data, the held-out sets and the samples."""

import functools
import hashlib
import random

import numpy as np

import dialogues
import dictated
import grammar_en
import grammar_zh
import names
import synth
import talk
from features import HOP, RATE

TALK = 0.15  # share of the training sentences that are a turn of a conversation
DICTATED = 0.05  # share of them with spoken marks


def reserved(text):
    """True for the sentences that no training clip contains, the held-out ones: one in twelve, and the sample dialogues."""
    return text in dialogues.SENTENCES or hashlib.sha256(text.encode()).digest()[0] < 21


def plain(units, lang):
    """Reference text of a sentence."""
    return (" " if lang == "en" else "").join(u.written for u in units)


@functools.lru_cache(maxsize=None)
def _pronunciations(lang):
    """Words to use in free combination: of words that sound alike only the first (of a fixed order) is kept."""
    espeak, taken, keep = _espeak(), set(), []
    if lang == "en":
        words, voice = grammar_en.vocabulary(), "en-us"
        words = sorted(words, key=lambda w: (w not in grammar_en.OTHER + grammar_en.SUBJECTS + grammar_en.PREPOSITIONS, len(w), w))
    else:
        words, voice = grammar_zh.vocabulary()[0], synth.CHINESE_BASE
    for word in words:
        _, _, phones = espeak.say("a " + word if lang == "en" else word, voice)
        sound = " ".join(n for _, n in phones if not n.startswith("_"))
        if lang == "zh":  # espeak reports no tones with its phonemes; keep one word for each toneless sound of one character
            sound = sound if len(word) > 1 else sound + "?"
        if sound not in taken:
            taken.add(sound)
            keep.append(word)
    return tuple(keep)


@functools.lru_cache(maxsize=None)
def _espeak():
    return synth.Espeak()


class Source:
    """Draws clips. `split`: "train" (never a reserved sentence) or "heldout" (only reserved ones)."""

    def __init__(self, seed, split, dictated=None):
        """`dictated`: share of the sentences with spoken marks; by default 5 % in training, none of the held-out ones."""
        self.r, self.rng, self.split = random.Random(seed), np.random.default_rng(seed), split
        self.dictated = (DICTATED if split == "train" else 0.0) if dictated is None else dictated
        self.espeak = _espeak()
        self.grammars = {
            "en": grammar_en.English(random.Random(seed + 1), _pronunciations("en")),
            "zh": grammar_zh.Chinese(random.Random(seed + 2), set(_pronunciations("zh"))),
        }

    def sentence(self, lang, name=None):
        while True:
            if name is None and self.dictated and self.r.random() < self.dictated:
                units = dictated.sentence(self.grammars[lang], lang)
            elif name is None and self.split == "train" and self.r.random() < TALK:
                units = talk.sentence(self.grammars[lang], lang)
            else:
                units = self.grammars[lang].sentence(name)
            if name is not None and lang == "zh":
                units = names.by_character(units)
            if self.split == "train" and any(s in plain(units, lang) for s in dialogues.SENTENCES):
                continue  # a turn of two sentences, one of them a reserved one
            if name is not None or reserved(plain(units, lang)) == (self.split == "heldout"):
                return units

    def spoken(self, lang, voice, name=None, longest=13.0):
        """(units, piece): a sentence that the synthesiser can say in at most `longest` seconds."""
        while True:
            units = self.sentence(lang, name)
            try:
                piece = synth.speak(self.espeak, lang, units, **voice)
            except ValueError:
                continue
            if len(piece[0]) <= longest * RATE:
                return units, piece

    def silence(self):
        """A clip without speech: noise or digital silence."""
        n = int(self.r.uniform(0.5, 8) * RATE) // HOP * HOP
        samples = np.zeros(n, np.float32)
        if self.r.random() < 0.85:
            samples = synth.noise(self.r, self.rng, n) * np.float32(10 ** self.r.uniform(-5, -1.3))
        return dict(lang="none", text="", context="", words=[], voice=""), np.clip(samples, -1, 1), [(0.0, "_")]

    def clip(self, lang, seconds=0.0, unseen=False, condition="train", with_name=False):
        """(description, samples, phonemes). `seconds` > 0: sentences are added until about that long.

        condition: "train" (random channel), "clean", or a signal-to-noise ratio in dB. with_name: put a rare name in, for
        held-out clips with the context that it needs; "invented": one that is not in names.txt.
        """
        r = self.r
        train = condition == "train"
        voice = synth.random_voice(r, lang, unseen, vary=train)
        context, pieces, texts, pauses, named, total = "", [], [], [], [], 0.0
        while True:
            name = None
            if with_name and self.split == "train":
                if not pieces or r.random() < 0.3:
                    name = names.undressed(r, lang)  # spelling and context are chosen in training
            elif with_name and not pieces:
                name, context = (names.invented if with_name == "invented" else names.draw)(r, lang)
            units, piece = self.spoken(lang, voice, name)
            length = len(piece[0]) / RATE
            if pieces and total + length > 28.5:
                break
            if name is not None and self.split == "train":
                own = [i for i, u in enumerate(units) if u.name is not None]
                named.append([sum(len(p[1]) for p in pieces) + own[0], len(own)])
            pieces.append(piece)
            texts.append(plain(units, lang))
            pauses.append(r.uniform(0.15, 1.0) if r.random() < 0.85 else r.uniform(1.0, 2.5))
            total += length + pauses[-1]
            if total >= seconds:
                break
            if seconds and r.random() < 0.15:  # another speaker
                voice = synth.random_voice(r, lang, unseen, vary=train)
        lead, trail = r.uniform(0.02, 0.7), r.uniform(0.06, 0.7)
        samples, words, phones = synth.join(pieces, pauses[:-1], lead, trail)
        if train:
            samples = synth.set_level(synth.channel(r, self.rng, samples), 10 ** r.uniform(-1.3, -0.03))
        else:
            if condition != "clean":
                samples = synth.add_noise(r, self.rng, samples, float(condition))
            samples = synth.set_level(samples, 10 ** r.uniform(-0.6, -0.05))
        text = (" " if lang == "en" else "").join(texts)
        clip = dict(lang=lang, text=text, context=context, words=words, voice=voice["voice"])
        if named:
            clip["names"] = named
        return clip, samples, phones

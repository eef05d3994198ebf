"""Draw held-out test clips: sentences that no training clip contains.

    python heldout.py --seed 7 --count 200 --out DIR [--voices training|unseen] [--noise clean|10db] [--language en|zh|both]
                      [--seconds 25] [--names [invented]] [--dictated]

Writes NAME.wav (16 kHz, 16 bit), NAME.txt (reference) and NAME.words.json (true word times) for each clip. --seconds joins
sentences up to about that length. --names gives every clip a rare name of names.txt and, for most, a NAME.context.txt to pass
as context; --names invented one that nobody has listed, always with a context that spells it. --dictated draws sentences with spoken marks
("comma", "new line").
"""

import argparse
import json
import os
import wave

import numpy as np

from clips import Source
from data import LANGUAGE
from features import RATE

PUNCTUATION = ".,!?。，？！"


def write_wav(path, samples):
    with wave.open(path, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def word_list(words):
    """[[written, start, end]] in seconds -> the words of words.json, without sentence punctuation, in milliseconds."""
    ms = lambda t: None if t is None else int(round(t * 1000))
    return [dict(text=w.strip(PUNCTUATION), start_ms=ms(a), end_ms=ms(b)) for w, a, b in words]


def write_texts(base, text, language, words):
    """NAME.txt and NAME.words.json beside a recording."""
    with open(base + ".txt", "w", encoding="utf8") as f:
        f.write(text + "\n")
    with open(base + ".words.json", "w", encoding="utf8") as f:
        lines = ",\n  ".join(json.dumps(w, ensure_ascii=False) for w in word_list(words))
        f.write('{"language": "%s", "words": [\n  %s\n]}\n' % (language, lines))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--count", type=int, default=200)
    p.add_argument("--out", required=True)
    p.add_argument("--voices", choices=["training", "unseen"], default="training")
    p.add_argument("--noise", default="clean", help="clean, or a ratio such as 10db")
    p.add_argument("--language", choices=["en", "zh", "both"], default="en")
    p.add_argument("--seconds", type=float, default=0.0)
    p.add_argument("--dictated", action="store_true", help="sentences with spoken marks")
    p.add_argument("--names", nargs="?", const="listed", choices=["listed", "invented"])
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    source = Source(1_000_000 + a.seed, "heldout", float(a.dictated))
    condition = "clean" if a.noise == "clean" else float(a.noise.lower().removesuffix("db"))
    for i in range(a.count):
        lang = a.language if a.language != "both" else ("en", "zh")[i % 2]
        clip, samples, _ = source.clip(lang, a.seconds, a.voices == "unseen", condition, a.names)
        base = f"{a.out}/{lang}-{i + 1:04d}"
        write_wav(base + ".wav", samples)
        write_texts(base, clip["text"], LANGUAGE[lang], clip["words"])
        if clip["context"]:
            with open(base + ".context.txt", "w", encoding="utf8") as f:
                f.write(clip["context"] + "\n")


if __name__ == "__main__":
    main()

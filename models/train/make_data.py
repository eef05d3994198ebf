"""Synthesise one shard of training data.

    python make_data.py OUT --clips N --seed S [--split train|heldout] [--only en|zh] [--long SHARE]

Writes OUT/mel.u8 (frames x 128, one byte a value) and OUT/meta.jsonl (a clip a line: language, text, context,
words with times, phonemes with times, first frame, frames, maximum). A value q stands for the normalised log-mel
q / 127.5 + maximum - 2, which covers exactly the range that the clip-wide clamp leaves.
"""

import argparse
import json
import os

import numpy as np

from clips import Source
from features import RATE, log_mel


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("out")
    p.add_argument("--clips", type=int, default=6000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--split", choices=["train", "heldout"], default="train")
    p.add_argument("--only", choices=["en", "zh"])
    p.add_argument("--long", type=float, default=0.25, help="share of clips made of several sentences")
    p.add_argument("--names", default="0.2", help="share of clips with a rare name; listed or invented: all held-out clips have one of those")
    p.add_argument("--dictated", type=float, help="share of sentences with spoken marks")
    p.add_argument("--unseen", action="store_true", help="with the voices that training never hears")
    p.add_argument("--condition", default="train", help="train, clean, or a signal-to-noise ratio in dB")
    a = p.parse_args()
    if os.path.exists(f"{a.out}/done"):
        return
    os.makedirs(a.out, exist_ok=True)
    source, position, seconds = Source(a.seed, a.split, a.dictated), 0, 0.0
    r, share = source.r, 0.0 if a.names in ("listed", "invented") or a.split == "heldout" else float(a.names)
    with open(f"{a.out}/mel.u8", "wb") as mels, open(f"{a.out}/meta.jsonl", "w") as meta:
        for i in range(a.clips):
            if a.condition == "train" and r.random() < 0.015:
                clip, samples, phones = source.silence()
            else:
                lang = a.only or ("zh" if r.random() < 0.24 else "en")
                target = r.triangular(4, 29, 14) if r.random() < a.long else 0.0
                named = a.names if a.names in ("listed", "invented") else r.random() < share
                clip, samples, phones = source.clip(lang, target, a.unseen, a.condition, named)
            mel = log_mel(samples)
            top = float(mel.max())
            np.clip(np.round((mel - (top - 2)) * 127.5), 0, 255).astype(np.uint8).tofile(mels)
            rounded = lambda t: None if t is None else round(t, 3)
            clip["words"] = [[w, rounded(s), rounded(e)] for w, s, e in clip["words"]]
            clip.update(frames=len(mel), first=position, top=round(top, 5), phones=[[round(t, 3), n] for t, n in phones])
            meta.write(json.dumps(clip, ensure_ascii=False) + "\n")
            position += len(mel)
            seconds += len(samples) / RATE
            if (i + 1) % 1000 == 0:
                print(f"{i + 1} clips, {seconds / 3600:.1f} h", flush=True)
    open(f"{a.out}/done", "w").close()


if __name__ == "__main__":
    main()

"""Shards on disk -> padded batches for training: prompt, text, auxiliary targets.

Conventions: times in seconds; a chunk is 1 s = 100 mel frames = 13 encoder rows; B clips, T tokens, N rows.
"""

import bisect
import json
import os
import random

import numpy as np
import torch
from tokenizers import Tokenizer

import names
from features import CHUNK_FRAMES, ROWS_PER_CHUNK, encoder_rows, row_times

LANGUAGE = dict(en="English", zh="Chinese", none="None")
BEFORE_CONTEXT, AFTER_CONTEXT = "<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n<|audio_start|>"
AFTER_AUDIO = "<|audio_end|><|im_end|>\n<|im_start|>assistant\n"
MARKS = ".,?!，。？！"
PHONE_OFFSETS = np.array([-0.03, -0.01, 0.01, 0.03])  # four phoneme labels for each 80 ms row


class Tokens:
    """The tokenizer with the ids that matter."""

    def __init__(self, source):
        """`source`: a tokenizer, or the file of one."""
        self.t = Tokenizer.from_file(source) if isinstance(source, str) else source
        self.audio, self.end, self.pad = (self.t.token_to_id(s) for s in ("<|audio_pad|>", "<|im_end|>", "<|endoftext|>"))
        self.audio_start, self.audio_end, self.timestamp = (
            self.t.token_to_id(s) for s in ("<|audio_start|>", "<|audio_end|>", "<timestamp>"))
        self.size = self.t.get_vocab_size()

    def __call__(self, text):
        return self.t.encode(text).ids

    def prompt(self, context, rows):
        """Ids of the whole prompt for a clip of `rows` encoder rows."""
        return self(BEFORE_CONTEXT + context + AFTER_CONTEXT) + [self.audio] * rows + self(AFTER_AUDIO)


class Clips:
    """The clips of some shards, in memory but for the mel frames, which stay mapped."""

    def __init__(self, folders, tokens, phones, contexts=None):
        """`contexts`: share of the clips without a rare name that are shown with a list of words; None: texts as they are."""
        self.tokens, self.mels, self.clips, self.contexts = tokens, [], [], contexts
        for folder in folders:
            with open(f"{folder}/meta.jsonl", encoding="utf8") as f:
                for line in f:
                    clip = json.loads(line)
                    clip["shard"] = len(self.mels)
                    clip["chunks"] = -(-clip["frames"] // CHUNK_FRAMES)
                    clip["rows"] = encoder_rows(clip["frames"])
                    self.clips.append(clip)
            self.mels.append(np.memmap(f"{folder}/mel.u8", dtype=np.uint8, mode="r").reshape(-1, 128))
        self.phones = phones
        number = {n: i for i, n in enumerate(phones)}
        heads = {k: tokens(f"language {v}<asr_text>") for k, v in LANGUAGE.items()}
        for clip, encoding in zip(self.clips, tokens.t.encode_batch([c["text"] for c in self.clips])):
            starts = np.array([t for t, _ in clip["phones"]])
            labels = np.array([number.get(n, 0) for _, n in clip["phones"]], dtype=np.uint8)
            at = np.searchsorted(starts, (row_times(clip["rows"])[:, None] + PHONE_OFFSETS).ravel(), side="right") - 1
            clip["phones"] = labels[np.maximum(at, 0)].reshape(-1, 4)
            clip["head"], clip["ids"] = heads[clip["lang"]], encoding.ids
            self._place(clip, encoding.offsets)
        if contexts is not None:
            self.dresser = names.Dresser({lang: [c["text"] for c in self.clips if c["lang"] == lang] for lang in ("en", "zh")})

    def dressed(self, clip, r: random.Random):
        """The clip as it is shown this time: a context, the spellings that it asks for, and `copies`: for each listed word its
        tokens in the text, which tokens of its entry each of them copies, and where in the context the entry stands."""
        if clip["context"] or self.contexts is None:
            return clip
        context, forms, spots = self.dresser.dress(r, clip, self.contexts)
        if not context:
            return dict(clip, context=r.choice(self.clips)["text"][:120]) if r.random() < 0.03 and clip["lang"] != "none" else clip
        clip = dict(clip, context=context, copies=[])
        if not spots:
            return clip
        glue = " " if clip["lang"] == "en" else ""
        clip["words"] = [[forms.get(i, w), start, stop] for i, (w, start, stop) in enumerate(clip["words"])]
        clip["text"] = glue.join(w for w, _, _ in clip["words"])
        encoding = self.tokens.t.encode(clip["text"])
        clip["ids"] = encoding.ids
        self._place(clip, encoding.offsets)
        listed = self.tokens.t.encode(context)
        for first, count, place in spots:
            start = sum(len(w) + len(glue) for w, _, _ in clip["words"][:first])
            length = sum(len(w.rstrip(MARKS)) for w, _, _ in clip["words"][first : first + count])
            said = [i for i, (a, b) in enumerate(encoding.offsets) if max(a, start) < min(b, start + length)]
            there = [(a, b) for a, b in listed.offsets if max(a, place) < min(b, place + length)]
            if len(said) == len(there):  # the same tokens, but for a space
                order = [[i] for i in range(len(there))]
            else:
                at = [max(0, encoding.offsets[i][0] - start) for i in said]
                order = [[j for j, (a, b) in enumerate(there) if a - place <= k < b - place] for k in at]
            clip["copies"].append((said, order, (place, place + length)))
        return clip

    @staticmethod
    def _place(clip, offsets):
        """For every text token the time at which it has been said (`said`) and the window of its word (`window`).

        Words whose time the synthesiser did not report share the time of the word before them.
        """
        words, ends, at = clip["words"], [], 0
        for word, _, _ in words:
            at = clip["text"].index(word, at) + len(word)
            ends.append(at)
        group, first = [], 0
        for i, (_, start, _) in enumerate(words):
            first = i if start is not None else first
            group.append(first)
        members = {}
        for token, (_, end) in enumerate(offsets):
            if words:
                members.setdefault(group[min(bisect.bisect_left(ends, end), len(words) - 1)], []).append(token)
        clip["said"], clip["window"] = [None] * len(offsets), [None] * len(offsets)
        for g, tokens in members.items():
            start, stop = words[g][1], words[g][2]
            if start is None:
                continue
            if stop is None:
                stop = next((w[1] for w in words[g + 1 :] if w[1] is not None), start + 0.15 * len(tokens))
            for i, token in enumerate(tokens):
                clip["said"][token] = start + (i + 1) / len(tokens) * (stop - start)
                clip["window"][token] = (start - 0.08, stop + 0.16)

    def mel(self, clips, chunks):
        """Normalised log-mel [B, chunks * 100, 128]; zero behind the end of each clip."""
        x = np.zeros((len(clips), chunks * CHUNK_FRAMES, 128), np.float32)
        for b, c in enumerate(clips):
            np.multiply(self.mels[c["shard"]][c["first"] : c["first"] + c["frames"]], 1 / 127.5, out=x[b, : c["frames"]])
            x[b, : c["frames"]] += c["top"] - 2
        return x

    def audio(self, clips, rng=None):
        """(mel [B, chunks, 128, 100], real [B, N]); `rng`: mask random bands and stretches."""
        chunks = max(c["chunks"] for c in clips)
        x = self.mel(clips, chunks)
        if rng is not None:
            for b, c in enumerate(clips):
                frames, mean = c["frames"], x[b, : c["frames"]].mean()
                if rng.random() < 0.5:
                    width = int(rng.integers(0, 16))
                    low = int(rng.integers(0, 128 - width))
                    x[b, :frames, low : low + width] = mean
                for _ in range(int(rng.random() < 0.3) * (1 + frames // 600)):
                    width = int(rng.integers(0, 10))
                    low = int(rng.integers(0, max(1, frames - width)))
                    x[b, low : low + width] = mean
        mel = torch.from_numpy(np.ascontiguousarray(x.reshape(len(clips), chunks, CHUNK_FRAMES, 128).transpose(0, 1, 3, 2)))
        rows = torch.tensor([c["rows"] for c in clips])
        return mel, torch.arange(chunks * ROWS_PER_CHUNK)[None] < rows[:, None]

    def batch(self, clips, r: random.Random, rng=None):
        """Everything a training step needs, a dictionary of tensors."""
        t = self.tokens
        clips = [self.dressed(c, r) for c in clips]
        mel, real = self.audio(clips, rng)
        sequences, labels, sounds, guides, places = [], [], [], [], []
        for c in clips:
            encoding = t.t.encode(BEFORE_CONTEXT + c["context"] + AFTER_CONTEXT)
            before = encoding.ids
            places.append([(a - len(BEFORE_CONTEXT), b - len(BEFORE_CONTEXT)) for a, b in encoding.offsets])
            prompt = before + [t.audio] * c["rows"] + t(AFTER_AUDIO)
            target = c["head"] + c["ids"] + [t.end]
            sequences.append(prompt + target)
            labels.append((len(prompt) - 1, target))
            sounds.append(len(before))
            first = len(prompt) - 1 + len(c["head"])
            guides.append([(first + k, w) for k, w in enumerate(c["window"]) if w is not None])
        B, T, Q = len(clips), max(map(len, sequences)), max(1, max(map(len, guides)))
        ids = np.full((B, T), t.pad)
        text, said = np.full((B, T), -100), np.full((B, T), -100)
        phones = np.zeros((B, real.shape[1], 4), np.int64)
        queries, weight, window = np.zeros((B, Q), np.int64), np.zeros((B, Q), np.float32), np.zeros((B, Q, T), bool)
        times = row_times(real.shape[1])
        for b, c in enumerate(clips):
            ids[b, : len(sequences[b])] = sequences[b]
            first, target = labels[b]
            text[b, first : first + len(target)] = target
            at, n = sounds[b], c["rows"]
            said[b, at : at + n] = t.pad  # "no token has just ended here"
            for token, time in zip(c["ids"], c["said"]):
                if time is not None:
                    chunk = int(time)
                    row = chunk * ROWS_PER_CHUNK + min(12, int(np.ceil((time - chunk) / 0.08)))
                    said[b, at + min(n - 1, row)] = token
            phones[b, :n] = c["phones"]
            for k, (query, (start, stop)) in enumerate(guides[b]):
                low, high = np.searchsorted(times[:n], (start, stop))
                if high > low:
                    queries[b, k], weight[b, k] = query, 1
                    window[b, k, at + low : at + high] = True
        f = torch.from_numpy
        return dict(
            mel=mel, real=real, ids=f(ids), text=f(text), said=f(said), phones=f(phones), guide=(f(queries), f(window), f(weight)),
            **self._copying(clips, places, sounds, labels, times, T))

    @staticmethod
    def _copying(clips, places, sounds, labels, times, T):
        """What a context asks for. `copy`: a guide for the text: to the token of the list that is to be written next, or,
        for words that are not listed, away from the list; `spot`: a guide for the rows of sound of a listed word, to its
        entry; `listed` [B, T]: the labels that are copied."""
        copy, spot, listed = [], [], torch.zeros(len(clips), T, dtype=torch.bool)
        for b, c in enumerate(clips):
            copy.append([])
            spot.append([])
            if not c["context"]:
                continue
            first, inside = labels[b][0] + len(c["head"]), [i for i, (x, y) in enumerate(places[b]) if 0 <= x and y <= len(c["context"]) and x < y]
            targets = {}
            for said, order, (low, high) in c.get("copies", ()):
                entry = [i for i in inside if max(places[b][i][0], low) < min(places[b][i][1], high)]
                for token, some in zip(said, order):
                    targets[token] = [entry[j] for j in some if j < len(entry)]
                stretches = [c["window"][token] for token in said if c["window"][token] is not None]
                if stretches and entry:
                    rows = np.searchsorted(times[: c["rows"]], (stretches[0][0] + 0.08, stretches[-1][1]))
                    spot[b] += [(sounds[b] + row, entry, 1.0) for row in range(*rows)]
            outside = sorted(set(range(sounds[b] + c["rows"])) - set(inside))
            for token in range(len(c["ids"])):
                keys = targets.get(token)
                listed[b, first + token] = bool(keys)
                copy[b].append((first + token, keys or outside, 1.0 if keys else 0.1))
        return dict(copy=_guide(copy, T), spot=_guide(spot, T), listed=listed)


def _guide(rows, T):
    """[[(query, keys, weight)]] for each clip -> queries [B, Q], window [B, Q, T], weight [B, Q]; None if there is nothing."""
    Q = max(map(len, rows))
    if Q == 0:
        return None
    queries, window, weight = np.zeros((len(rows), Q), np.int64), np.zeros((len(rows), Q, T), bool), np.zeros((len(rows), Q), np.float32)
    for b, row in enumerate(rows):
        for k, (query, keys, w) in enumerate(row):
            queries[b, k], weight[b, k] = query, w
            window[b, k, keys] = True
    return tuple(map(torch.from_numpy, (queries, window, weight)))


def moved(batch, device):
    """A tensor, None, or a tuple or dictionary of such, on `device`."""
    if isinstance(batch, dict):
        return {k: moved(v, device) for k, v in batch.items()}
    if isinstance(batch, tuple):
        return tuple(moved(v, device) for v in batch)
    return None if batch is None else batch.to(device)


class Batches:
    """Endless stream of batches of clips of one length. `budget` bounds the chunks (seconds) of a batch."""

    def __init__(self, clips, seed, rank=0):
        """Ranks with one seed go through the lengths together, so that none waits long for another."""
        self.shared, self.r = random.Random(seed), random.Random(seed * 2 + rank)
        self.by_length, self.queues, self.limits = {}, {}, None
        for c in clips:
            self.by_length.setdefault(c["chunks"], []).append(c)

    def next(self, longest, budget):
        """A list of clips of one length, none longer than `longest` seconds."""
        if (longest, budget) != self.limits:
            self.limits, self.queues = (longest, budget), {}
        lengths = sorted(n for n in self.by_length if n <= longest)
        chunks = self.shared.choices(lengths, [len(self.by_length[n]) / max(2, budget // n) for n in lengths])[0]
        if not self.queues.get(chunks):
            self.queues[chunks] = self._shuffled(self.by_length[chunks], max(2, budget // chunks))
        return self.queues[chunks].pop()

    def _shuffled(self, clips, size):
        """All the clips once, in batches; texts of like length together: less padding."""
        self.r.shuffle(clips)
        batches = []
        for i in range(0, len(clips), size * 8):
            pool = sorted(clips[i : i + size * 8], key=lambda c: len(c["ids"]))
            batches += [pool[j : j + size] for j in range(0, len(pool), size) if len(pool) - j > size // 2 or len(pool) < size]
        self.r.shuffle(batches)
        return batches


def phone_names(folder):
    """The phonemes of a shard, silence first."""
    with open(f"{folder}/meta.jsonl", encoding="utf8") as f:
        found = {n for line in f for _, n in json.loads(line)["phones"]}
    return ["_"] + sorted(n for n in found if not n.startswith("_"))


def shards(folder, prefix="train"):
    """Finished shards of a data folder, in order."""
    found = [d for d in os.listdir(folder) if d.startswith(prefix) and os.path.exists(f"{folder}/{d}/done")]
    return [f"{folder}/{d}" for d in sorted(found, key=lambda d: int(d[len(prefix) :] or 0))]

"""Greedy decoding of batches, error counts, a quick score of development sets."""

import re
import unicodedata

import torch

from data import LANGUAGE, moved
from model import Cache


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def normal(text, lang):
    """Units to compare: lower case without punctuation (marks inside numbers stay); Chinese by character."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"(?<=\d)[,](?=\d)", "", text)
    text = re.sub(r"(?<!\d)[.:](?=\d)|(?<=\d)[.:](?!\d)|(?<!\d)[.:](?!\d)|[,!?。，？！、\"]", " " if lang == "zh" else "", text)
    return list(text.replace(" ", "")) if lang == "zh" else text.split()


@torch.no_grad()
def greedy(model, clips, batch, limit=260, windows=True):
    """Decode `batch` (clips of a data.Clips); returns the raw strings, language tag included."""
    t, c = clips.tokens, model.config
    weight = next(model.parameters())
    dtype, device = weight.dtype, weight.device
    out = [None] * len(batch)
    order = sorted(range(len(batch)), key=lambda i: batch[i]["rows"])
    for begin in range(0, len(order), 16):
        chosen = order[begin : begin + 16]
        part = [batch[i] for i in chosen]
        mel, real = moved(clips.audio(part), device)
        prompts = [t.prompt(p["context"], p["rows"]) for p in part]
        lengths = torch.tensor([len(p) for p in prompts], device=device)
        B, T = len(part), int(lengths.max())
        most = min(limit, 24 + int(max(p["frames"] for p in part) * 0.09))
        ids = torch.full((B, T), t.pad)
        for b, p in enumerate(prompts):
            ids[b, : len(p)] = torch.tensor(p)
        x, _ = model.embed(ids.to(device), mel.to(dtype), real, t.audio, windows)
        caches = [Cache(B, T + most, c["kv_heads"], c["head_dim"], dtype, device) for _ in range(c["layers"])]
        keys = torch.arange(T + most, device=device)
        positions = keys[None, :T].expand(B, T)
        for cache in caches:
            cache.positions, cache.mask = positions, (keys[None, None] <= positions[..., None])[:, None]
        last = model.thinker.model(x, caches, positions)[keys[:B], lengths - 1]
        results, done, position = [[] for _ in part], torch.zeros(B, dtype=torch.bool, device=device), lengths.clone()
        for _ in range(most):
            token = model.thinker.lm_head(last).float().argmax(-1)
            done |= (token == t.end) | (token == t.pad)
            over = done.tolist()
            for b, one in enumerate(token.tolist()):
                if not over[b]:
                    results[b].append(one)
            if all(over):
                break
            here = position[:, None]
            for cache in caches:  # positions behind a clip's own prompt are overwritten before they are seen
                cache.positions, cache.mask = here, (keys[None] <= here)[:, None, None]
            last = model.thinker.model(model.thinker.model.embed_tokens(token[:, None]), caches, here)[:, 0]
            position = position + 1
        for b, i in enumerate(chosen):
            out[i] = t.t.decode(results[b], skip_special_tokens=True)
    return out


def score(clip, raw):
    """(errors, units, language right, text exact) of one clip."""
    tag, _, text = raw.partition("<asr_text>")
    a, b = normal(clip["text"], clip["lang"]), normal(text, clip["lang"])
    return edit_distance(a, b), len(a), tag.strip() == "language " + LANGUAGE[clip["lang"]], text == clip["text"]


def quick(model, sets, show=0):
    """{name: (error rate, share of right languages)} over development sets."""
    result = {}
    for name, clips in sets.items():
        raws = greedy(model, clips, clips.clips)
        scores = [score(c, r) for c, r in zip(clips.clips, raws)]
        result[name] = (sum(s[0] for s in scores) / max(1, sum(s[1] for s in scores)), sum(s[2] for s in scores) / len(scores))
        for c, r in list(zip(clips.clips, raws))[:show]:
            print("    ", c["text"], "\n  -> ", r, flush=True)
    return result

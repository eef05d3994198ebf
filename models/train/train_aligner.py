"""Train the forced aligner from a speech-to-text run.

    python train_aligner.py RUN --init ASR_RUN/state.pt --data DATA --tokenizer TOK --minutes 25

Input: <|audio_start|> rows <|audio_end|> word <timestamp><timestamp> word ...; at each <timestamp> a head of its own picks
one of 400 classes of 80 ms. The target is spread over the two classes around the true time.
"""

import argparse
import math
import os
import random
import time
import unicodedata

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

from data import Batches, Clips, Tokens, moved, shards
from features import row_times
from model import Model
from optim import Optimizer
from train_asr import agree, averaged

CLASSES, SEGMENT = 400, 0.08  # 32 s in steps of 80 ms


def kept(word):
    """The characters of a word that the aligner reads: letters, digits, apostrophes."""
    return "".join(c for c in word if c == "'" or unicodedata.category(c)[0] in "LN")


def prepare(clips):
    """Tokenise the words (without leading space, as the aligner gets them); keep clips whose words all survive."""
    words = sorted({kept(w) for c in clips.clips for w, _, _ in c["words"]})
    ids = {w: e.ids for w, e in zip(words, clips.tokens.t.encode_batch(words))}
    clips.clips = [c for c in clips.clips if c["words"] and all(kept(w) for w, _, _ in c["words"])]
    for c in clips.clips:
        c["align"] = [(ids[kept(w)], start, stop) for w, start, stop in c["words"]]


def batch_of(clips, batch, rng=None):
    """(mel, real, ids [B, T], slots [B, S], times [B, S] in seconds, nan where unknown)."""
    t = clips.tokens
    mel, real = clips.audio(batch, rng)
    sequences, slots = [], []
    for c in batch:
        ids, mine = [t.audio_start] + [t.audio] * c["rows"] + [t.audio_end], []
        for word, start, stop in c["align"]:
            ids = ids + word + [t.timestamp] * 2
            mine += [(len(ids) - 2, start), (len(ids) - 1, stop)]
        sequences.append(ids)
        slots.append(mine)
    B, T, S = len(batch), max(map(len, sequences)), max(map(len, slots))
    ids, at, times = np.full((B, T), t.pad), np.zeros((B, S), np.int64), np.full((B, S), np.nan, np.float32)
    for b in range(B):
        ids[b, : len(sequences[b])] = sequences[b]
        for k, (position, time_) in enumerate(slots[b]):
            at[b, k], times[b, k] = position, np.nan if time_ is None else time_
    return mel, real, torch.from_numpy(ids), torch.from_numpy(at), torch.from_numpy(times)


def guide_of(batch):
    """Where the attention of the guided head belongs: from each marker to the rows within 0.1 s of its time.

    Returns (queries [B, S], window [B, S, T], weight [B, S]) for model.Attention.guides.
    """
    _, real, ids, at, times = batch
    rows = torch.from_numpy(row_times(real.shape[1])).float()
    near = (rows[None, None] - times[..., None]).abs() <= 0.1
    near &= real[:, None]
    window = torch.zeros(*at.shape, ids.shape[1], dtype=torch.bool)
    width = min(ids.shape[1] - 1, near.shape[-1])
    window[:, :, 1 : 1 + width] = near[:, :, :width]  # the sound begins behind <|audio_start|>
    return at, window, window.any(-1).float()


def logits(model, clips, batch, windows=True):
    """[B, S, CLASSES]"""
    weight = next(model.parameters())
    mel, real, ids, at, _ = moved(batch, weight.device)
    x, _ = model.embed(ids, mel.to(weight.dtype), real, clips.tokens.audio, windows)
    y = model.thinker.model(x)
    return model.thinker.lm_head(y.gather(1, at[..., None].expand(-1, -1, y.shape[-1]))).float()


@torch.no_grad()
def errors(model, clips):
    """Absolute errors in ms of all known word starts and ends."""
    found, order = [], sorted(clips.clips, key=lambda c: c["rows"])
    for i in range(0, len(order), 16):
        batch = batch_of(clips, order[i : i + 16])
        miss = (logits(model, clips, batch).argmax(-1).cpu() * SEGMENT - batch[4]).abs()
        found.append(miss[~torch.isnan(miss)])
    return torch.cat(found).numpy() * 1000


def main():
    p = argparse.ArgumentParser()
    p.add_argument("run")
    p.add_argument("--init", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--tokenizer", required=True)
    p.add_argument("--minutes", type=float, default=25)
    p.add_argument("--steps", type=int, default=0)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--muon", type=float, default=0.0)
    p.add_argument("--budget", type=int, default=56)
    p.add_argument("--long-from", type=float, default=0.1, help="progress at which clips of more than 10 s join")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--device", default="cpu", help="cpu, or cuda: one rank, with the budget of two")
    p.add_argument("--rank", type=int, default=0)
    p.add_argument("--world", type=int, default=1)
    p.add_argument("--meet")
    p.add_argument("--eval-minutes", type=float, default=5)
    a = p.parse_args()
    torch.set_num_threads(1)
    if a.world > 1:
        dist.init_process_group("gloo", init_method="file://" + os.path.abspath(a.meet), rank=a.rank, world_size=a.world)
    os.makedirs(a.run, exist_ok=True)
    tokens, state_file = Tokens(a.tokenizer), f"{a.run}/state.pt"
    resumed = os.path.exists(state_file)
    old = torch.load(state_file if resumed else a.init, map_location="cpu", weights_only=False)
    train = Clips(shards(a.data)[a.rank :: a.world], tokens, old["phones"])
    prepare(train)
    dev = {d: Clips([f"{a.data}/dev_{d}"], tokens, old["phones"]) for d in ("en", "clean", "unseen", "zh", "long")}
    for clips in dev.values():
        prepare(clips)
    torch.manual_seed(a.seed)
    model = Model(**{**old["config"], "classes": CLASSES, "phones": 0})
    if not resumed:  # everything but the head comes from the speech-to-text run's averaged weights
        weights = {n: w for n, w in old["optimizer"]["mean"].items() if n in model.state_dict() and "lm_head" not in n}
        model.load_state_dict(weights, strict=False)
    model.to(a.device)
    optimizer = Optimizer(model, a.muon, a.lr, a.rank, a.world)
    step, spent, sound = 0, 0.0, 0.0
    if resumed:
        optimizer.load(old["optimizer"])
        step, spent, sound = old["step"], old["spent"], old["sound"]
    batches = Batches(train.clips, a.seed * 1000003 + step, a.rank)
    r, rng = random.Random(a.seed + 7 * step + a.rank), np.random.default_rng(a.seed + 13 * step + a.rank)
    centres = torch.arange(CLASSES, device=a.device).float()

    def save():
        if a.rank == 0:
            torch.save(dict(config=model.config, phones=train.phones, step=step, spent=spent, sound=sound, optimizer=optimizer.state()), state_file + ".part")
            os.replace(state_file + ".part", state_file)

    def evaluate():
        mine, twin = [k for i, k in enumerate(dev) if i % a.world == a.rank], averaged(optimizer, model)
        for k in mine:
            e = errors(twin, dev[k])
            print(f"   dev {k}: median {np.median(e):.0f} ms, mean {e.mean():.0f}, 95 % {np.percentile(e, 95):.0f}", flush=True)
        agree(0, a)

    begin, last_eval, total, first = time.time() - spent, time.time(), 0.0, step
    guide_total = 0.0
    while True:
        spent = agree(time.time() - begin, a)
        progress = step / a.steps if a.steps else spent / (60 * a.minutes)
        if progress >= 1:
            break
        clips = batches.next(10 if progress < a.long_from else 30, a.budget)
        batch = batch_of(train, clips, rng)
        guided, guide_weight = model.thinker.model.layers[2].self_attn, 0.4 * min(1.0, max(0.0, (0.9 - progress) / 0.3))
        guided.guides = {0: moved(guide_of(batch), a.device)} if guide_weight > 0 else {}
        times = batch[4].to(a.device)
        out, known = logits(model, train, batch, r.random() > 0.15), ~torch.isnan(times)
        away = (centres[None] - times[known][:, None] / SEGMENT).abs()
        target = (1 - away).clamp(min=0) + 0.02 * torch.exp(-(away**2) / 8)
        loss = -(target / target.sum(-1, keepdim=True) * F.log_softmax(out[known], -1)).sum(-1).mean()
        total += float(loss.detach())
        if guide_weight > 0:
            guide_total += float(guided.guide_losses[0].detach())
            loss = loss + guide_weight * guided.guide_losses[0]
            guided.guides = {}
        loss.backward()
        optimizer.step(min(1.0, (step - first + 1) / 60) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))))
        step += 1
        sound += sum(c["frames"] for c in clips) / 100 * a.world
        if step % 50 == 0:
            if a.rank == 0:
                print(f"{spent / 60:5.1f} min, step {step}, {sound / 3600:.1f} h seen, {sound / spent:.0f} s/s, loss {total / 50:.3f}, guide {guide_total / 50:.3f}, load {os.getloadavg()[0]:.1f}", flush=True)
            total = guide_total = 0.0
        if step % 20 == 0 and agree(time.time() - last_eval > 60 * a.eval_minutes, a):
            save()
            evaluate()
            last_eval = time.time()
    save()
    evaluate()
    if a.rank == 0:
        print(f"end: {step} steps, {sound / 3600:.1f} h seen, {spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()

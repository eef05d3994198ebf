"""Train the speech-to-text checkpoint.

    python train_asr.py RUN --data DATA --tokenizer TOK --minutes 60      (run_two.sh starts the two ranks)

Joint loss: the text; four phoneme labels for each encoder row (a linear head that is never exported); at each audio
position of the decoder, the token that has just been said; an attention guide that leads one head of decoder layer 2
to the word being written. The synthesiser knows all of this, so no alignment has to be discovered.

The schedule is a cosine over --steps, or over --minutes of training time when no steps are given. RUN/state.pt is written every few
minutes and at the end; a run that finds one goes on from there.
"""

import argparse
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

from data import Batches, Clips, Tokens, phone_names, shards
from decode import quick
from model import Model
from optim import Optimizer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("run")
    p.add_argument("--data", required=True)
    p.add_argument("--tokenizer", required=True)
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--steps", type=int, default=0)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--muon", type=float, default=0.0)
    p.add_argument("--budget", type=int, default=56, help="seconds of sound in a batch of one rank")
    p.add_argument("--late-budget", type=int, default=0, help="the same for the last half")
    p.add_argument("--long-from", type=float, default=0.3, help="progress at which clips of more than 10 s join")
    p.add_argument("--init", help="a state to start a new schedule from (weights only)")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rank", type=int, default=0)
    p.add_argument("--world", type=int, default=1)
    p.add_argument("--meet", help="file for the ranks to find each other")
    p.add_argument("--eval-minutes", type=float, default=6)
    return p.parse_args()


def losses(model, batch, clips, progress, windows):
    """The weighted loss of a batch and its parts, unweighted."""
    t = clips.tokens
    guide_weight = max(0.0, 0.3 * (1 - progress / 0.6))
    said_weight, phone_weight = (0.4 if progress < 0.5 else 0.15), (0.6 if progress < 0.3 else 0.3)
    guided = model.thinker.model.layers[2].self_attn
    guided.guide = (batch["queries"], batch["window"], batch["weight"]) if guide_weight > 0 else None
    x, states = model.embed(batch["ids"], batch["mel"].bfloat16(), batch["real"], t.audio, windows)
    y = model.thinker.model(x)
    guided.guide = None
    head = model.thinker.lm_head
    at = batch["text"] >= 0
    text = F.cross_entropy(head(y[at]).float(), batch["text"][at], label_smoothing=0.03)
    at = (batch["said"] >= 0) & ((batch["said"] != t.pad) | (torch.rand(batch["said"].shape) < 0.2))
    said = F.cross_entropy(head(y[at]).float(), batch["said"][at])
    phones = F.cross_entropy(model.phone_head(states[batch["real"]]).float().view(-1, len(clips.phones)), batch["phones"][batch["real"]].view(-1))
    guide = guided.guide_loss if guide_weight > 0 else torch.zeros(())
    total = text + said_weight * said + phone_weight * phones + guide_weight * guide
    return total, dict(text=float(text), said=float(said), phone=float(phones), guide=float(guide))


def agree(value, a):
    """Rank 0's number, on every rank."""
    if a.world == 1:
        return value
    box = torch.tensor([float(value)], dtype=torch.float64)
    dist.broadcast(box, 0)
    return float(box)


def averaged(optimizer, model):
    """A float32 copy of the model with the running mean of the weights."""
    twin = Model(**model.config)
    twin.load_state_dict(optimizer.mean, strict=False)  # the tied head has no entry of its own
    return twin.eval()


def main():
    a = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    if a.world > 1:
        dist.init_process_group("gloo", init_method="file://" + os.path.abspath(a.meet), rank=a.rank, world_size=a.world)
    os.makedirs(a.run, exist_ok=True)
    tokens = Tokens(a.tokenizer)
    begin = time.time()
    state_file, old = f"{a.run}/state.pt", None
    source = state_file if os.path.exists(state_file) else a.init
    if source:
        old = torch.load(source, map_location="cpu", weights_only=False)
    found = shards(a.data)
    phones = old["phones"] if old else phone_names(found[0])
    train = Clips(found[a.rank :: a.world] or found, tokens, phones)  # each rank has its own shards
    dev = {d: Clips([f"{a.data}/dev_{d}"], tokens, phones) for d in ("en", "clean", "unseen", "zh", "long")}
    model = Model(vocab=tokens.size, phones=len(train.phones))
    if a.rank == 0:
        hours = sum(c["frames"] for c in train.clips) / 360000
        print(f"{len(train.clips)} clips, {hours:.1f} h for each rank, {sum(p.numel() for p in model.thinker.parameters()) / 1e6:.2f} M parameters, loaded in {time.time() - begin:.0f} s", flush=True)
    optimizer = Optimizer(model, a.muon, a.lr, a.rank, a.world)
    step, spent, sound = 0, 0.0, 0.0
    if old:
        optimizer.load(old["optimizer"])
        if source == state_file:
            step, spent, sound = old["step"], old["spent"], old["sound"]
    batches = Batches(train.clips, a.budget, a.seed * 1000003 + step * 2 + a.rank)
    r, rng = random.Random(a.seed + 7 * step + a.rank), np.random.default_rng(a.seed + 13 * step + a.rank)
    torch.manual_seed(a.seed + step * 2 + a.rank)

    def save():
        if a.rank == 0:
            torch.save(dict(config=model.config, phones=train.phones, step=step, spent=spent, sound=sound, optimizer=optimizer.state()), state_file + ".part")
            os.replace(state_file + ".part", state_file)

    def evaluate(with_long, show):
        """Error rate / language accuracy of the averaged weights; the ranks share the sets, each writes to its own log."""
        mine = [k for i, k in enumerate(d for d in dev if with_long or d != "long") if i % a.world == a.rank]
        figures = quick(averaged(optimizer, model), {k: dev[k] for k in mine}, show)
        print("   dev", {k: f"{e:.3f}/{l:.2f}" for k, (e, l) in figures.items()}, flush=True)
        agree(0, a)

    begin, last_eval, sums, summed, first = time.time() - spent, time.time(), {}, 0, step
    while True:
        spent = agree(time.time() - begin, a)
        progress = step / a.steps if a.steps else spent / (60 * a.minutes)
        if progress >= 1:
            break
        longest = 5 if progress < 0.05 else 10 if progress < a.long_from else 30
        clips = batches.next(longest, a.late_budget if a.late_budget and progress >= 0.5 else a.budget)
        batch = train.batch(clips, r, rng if progress > 0.25 else None)
        loss, parts = losses(model, batch, train, progress, windows=r.random() > 0.15)
        loss.backward()
        warm = min(1.0, (step - first + 1) / 100) if not old or source != state_file else min(1.0, (step - first + 1) / 10)
        norm = optimizer.step(warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))))
        step += 1
        sound += sum(c["frames"] for c in clips) / 100 * a.world
        for k, v in parts.items():
            sums[k] = sums.get(k, 0) + v
        summed += 1
        if step % 50 == 0 and a.rank == 0:
            figures = " ".join(f"{k} {v / summed:.3f}" for k, v in sums.items())
            print(f"{spent / 60:5.1f} min, step {step}, {sound / 3600:.1f} h seen, {sound / spent:.0f} s/s, {figures}, norm {norm:.2f}, load {os.getloadavg()[0]:.1f}", flush=True)
        if step % 50 == 0:
            sums, summed = {}, 0
        if step % 20 == 0 and agree(time.time() - last_eval > 60 * a.eval_minutes, a):
            save()
            evaluate(progress > a.long_from + 0.1, 1)
            last_eval = time.time()
    save()
    evaluate(True, 2)
    if a.rank == 0:
        print(f"end: {step} steps, {sound / 3600:.1f} h seen, {spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()

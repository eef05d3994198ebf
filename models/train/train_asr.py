"""Train the speech-to-text checkpoint.

    python train_asr.py RUN --data DATA --tokenizer TOK --minutes 60      (run_two.sh starts the two ranks)

Joint loss: the text; four phoneme labels for each encoder row (a linear head that is never exported); at each audio
position of the decoder, the token that has just been said; an attention guide that leads one head of decoder layer 2
to the word being written. The synthesiser knows all of this, so no alignment has to be discovered. Two more guides lead a
head to the entry of the context that is being heard or written: spellings are drawn anew each time (names.py).

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
from safetensors.torch import load_file

from data import Batches, Clips, Tokens, moved, phone_names, shards
from decode import quick
from model import Model
from optim import Optimizer

DEV = ("en", "names", "clean", "invented", "unseen", "zh", "names_zh", "long")


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
    p.add_argument("--init", help="start a new schedule from these weights: a state.pt, or an exported folder")
    p.add_argument("--freeze-encoder", action="store_true", help="train the decoder alone, on sounds that the encoder has heard once")
    p.add_argument("--longest", type=int, default=30, help="leave out most of the clips of more seconds than this")
    p.add_argument("--average", type=float, default=0.998, help="decay of the running mean of the weights")
    p.add_argument("--contexts", type=float, default=0.3, help="share of the clips without a rare name that are shown with a context")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--device", default="cpu", help="cpu, or cuda: one rank, with the budgets of two")
    p.add_argument("--rank", type=int, default=0)
    p.add_argument("--world", type=int, default=1)
    p.add_argument("--meet", help="file for the ranks to find each other")
    p.add_argument("--dev", nargs="+", default=DEV, help="development sets to decode now and then")
    p.add_argument("--eval-minutes", type=float, default=30)
    return p.parse_args()


WORD_HEAD, SPOT_HEAD, COPY_HEAD = (2, 0), (1, 3), (3, 3)  # (layer, head) of the decoder that a guide leads


@torch.no_grad()
def heard(model, train, clips):
    """The encoder's rows for the clips, one after the other; kept with each clip, for an encoder that does not change."""
    new = [c for c in clips if "heard" not in c]
    if new:
        weight = next(model.parameters())
        mel, real = moved(train.audio(new), weight.device)
        rows = model.thinker.audio_tower(mel.to(weight.dtype), real)[0]
        for c, own in zip(new, rows):
            c["heard"] = own[: c["rows"]].half()
    return torch.cat([c["heard"] for c in clips])


def losses(model, batch, clips, progress, windows, fresh_phones=False, rows=None):
    """The weighted loss of a batch and its parts, unweighted. fresh_phones: the phoneme head is new and must not teach yet;
    rows: what a frozen encoder heard."""
    t = clips.tokens
    guide_weight = max(0.0, 0.3 * (1 - progress / 0.6))
    copy_weight = 0.3 if progress < 0.7 else 0.1
    said_weight, phone_weight = (0.4 if progress < 0.5 else 0.15), (0.6 if progress < 0.3 else 0.3)
    layers, guides = model.thinker.model.layers, dict(copy=COPY_HEAD, spot=SPOT_HEAD)
    if guide_weight > 0:
        guides["guide"] = WORD_HEAD
    guides = {name: at for name, at in guides.items() if batch[name] is not None}
    for name, (layer, head) in guides.items():
        layers[layer].self_attn.guides[head] = batch[name]
    if rows is None:
        x, states = model.embed(batch["ids"], batch["mel"].to(next(model.parameters()).dtype), batch["real"], t.audio, windows)
    else:
        x = model.place(batch["ids"], rows, t.audio)
    y = model.thinker.model(x)
    led = dict.fromkeys(("guide", "copy", "spot"), torch.zeros(()))
    led.update({name: layers[layer].self_attn.guide_losses[head] for name, (layer, head) in guides.items()})
    for layer in layers:
        layer.self_attn.guides = {}
    head = model.thinker.lm_head
    at = batch["text"] >= 0
    each = F.cross_entropy(head(y[at]).float(), batch["text"][at], label_smoothing=0.03, reduction="none")
    text = (each * (1 + batch["listed"][at])).mean()  # what is copied counts twice
    copied = float(each.detach()[batch["listed"][at]].mean()) if batch["listed"].any() else 0.0
    at = (batch["said"] >= 0) & ((batch["said"] != t.pad) | (torch.rand(batch["said"].shape).to(y.device) < 0.2))
    said = F.cross_entropy(head(y[at]).float(), batch["said"][at])
    phones = torch.zeros(())
    if rows is None:
        states = states[batch["real"]]
        named = model.phone_head(states.detach() if fresh_phones else states).float().view(-1, len(clips.phones))
        phones = F.cross_entropy(named, batch["phones"][batch["real"]].view(-1))
    total = text + said_weight * said + phone_weight * phones + guide_weight * led["guide"] + copy_weight * (led["copy"] + 0.5 * led["spot"])
    return total, dict(text=float(text), copied=copied, said=float(said), phone=float(phones), **{k: float(v) for k, v in led.items()})


def agree(value, a):
    """Rank 0's number, on every rank."""
    if a.world == 1:
        return value
    box = torch.tensor([float(value)], dtype=torch.float64)
    dist.broadcast(box, 0)
    return float(box)


def averaged(optimizer, model):
    """A float32 copy of the model with the running mean of the weights."""
    twin = Model(**model.config).to(next(model.parameters()).device)
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
    exported = source is not None and os.path.isdir(source)
    if source and not exported:
        old = torch.load(source, map_location="cpu", weights_only=False)
    found = shards(a.data)
    phones = old["phones"] if old else phone_names(found[0])
    train = Clips(found[a.rank :: a.world] or found, tokens, phones, a.contexts)  # each rank has its own shards
    dev = {d: Clips([f"{a.data}/dev_{d}"], tokens, phones) for d in a.dev}
    model = Model(vocab=tokens.size, phones=len(train.phones))
    if exported:
        model.load_state_dict({n: w.float() for n, w in load_file(f"{source}/model.safetensors").items()}, strict=False)  # but for the phonemes
    model.to(a.device)
    if a.rank == 0:
        hours = sum(c["frames"] for c in train.clips) / 360000
        print(f"{len(train.clips)} clips, {hours:.1f} h for each rank, {sum(p.numel() for p in model.thinker.parameters()) / 1e6:.2f} M parameters, loaded in {time.time() - begin:.0f} s", flush=True)
    if a.freeze_encoder:
        for p in [*model.thinker.audio_tower.parameters(), *model.phone_head.parameters()]:
            p.requires_grad_(False)
    optimizer = Optimizer(model, a.muon, a.lr, a.rank, a.world, average=a.average)
    step, spent, sound = 0, 0.0, 0.0
    if old:
        optimizer.load(old["optimizer"])
        if source == state_file:
            step, spent, sound = old["step"], old["spent"], old["sound"]
    few = random.Random(a.seed)
    train.clips = [c for c in train.clips if c["chunks"] <= a.longest or few.random() < 0.1]
    batches = Batches(train.clips, a.seed * 1000003 + step, a.rank)
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

    begin, last_eval, last_save, sums, summed, first = time.time() - spent, time.time(), time.time(), {}, 0, step
    while True:
        spent = agree(time.time() - begin, a)
        progress = step / a.steps if a.steps else spent / (60 * a.minutes)
        if progress >= 1:
            break
        longest = 30 if progress >= a.long_from else 5 if progress < 0.05 else 10
        clips = batches.next(longest, a.late_budget if a.late_budget and progress >= 0.5 else a.budget)
        batch = moved(train.batch(clips, r, rng if progress > 0.25 or a.init else None), a.device)
        rows = heard(model, train, clips) if a.freeze_encoder else None
        loss, parts = losses(model, batch, train, progress, r.random() > 0.15, exported and progress < 0.1, rows)
        loss.backward()
        warm = min(1.0, (step - first + 1) / (40 if exported else 10 if source == state_file else 100))
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
        if time.time() - last_save > 300:
            save()
            last_save = time.time()
        if step % 20 == 0 and agree(time.time() - last_eval > 60 * a.eval_minutes, a):
            evaluate(progress > a.long_from + 0.1, 1)
            last_eval = time.time()
    save()
    evaluate(True, 2)
    if a.rank == 0:
        print(f"end: {step} steps, {sound / 3600:.1f} h seen, {spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()

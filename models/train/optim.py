"""Two-rank training step on parameters of the faster type (bf16 where the processor has it) with float32 master weights.

Matrices inside the layers are updated with Muon (momentum, then the nearest orthogonal matrix by a Newton-Schulz
iteration: Jordan et al. 2024, public description), everything else with AdamW.
"""

import math
import time

import torch
import torch.distributed as dist


def orthogonal(g):
    """[rows, cols] -> a matrix with the same singular vectors and singular values near 1. One matrix at a time is a quarter
    faster on a CPU than a stack of them."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (g.norm() + 1e-7)
    flip = x.shape[0] > x.shape[1]
    if flip:
        x = x.T.contiguous()
    for _ in range(5):
        s = x @ x.T
        x = torch.addmm(x, torch.addmm(s, s, s, beta=b, alpha=c), x, beta=a)
    return x.T if flip else x


def faster_type(device):
    """bfloat16 on a GPU that has it, and where the processor multiplies it faster than float32; where that has no such instructions
    bf16 is fifty times slower."""
    if device.type != "cpu":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    a, b, took = torch.randn(256, 256), torch.randn(256, 512), {}
    for kind in (torch.float32, torch.bfloat16):
        x, y = a.to(kind), b.to(kind)
        times = []
        for _ in range(5):
            begin = time.thread_time()
            x @ y
            times.append(time.thread_time() - begin)
        took[kind] = min(times)
    return min(took, key=took.get)


class Optimizer:
    def __init__(self, model, muon, lr, rank=0, world=1, decay=0.02, average=0.998):
        """Trains the model on the device where it is. `muon`: learning rate of Muon, 0 for AdamW everywhere; `lr`: AdamW's;
        `average`: decay of the running mean."""
        self.rank, self.world, self.average, self.decay, self.count = rank, world, average, decay, 0
        self.frozen = {n: p for n, p in model.named_parameters() if not p.requires_grad}
        self.master = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
        self.running = {n: p.clone() for n, p in self.master.items()}
        self.kind = faster_type(next(model.parameters()).device)
        model.to(self.kind)
        self.live = {n: p for n, p in model.named_parameters() if p.requires_grad}
        matrix = lambda n, p: muon > 0 and p.dim() == 2 and "embed" not in n and "lm_head" not in n and "phone_head" not in n
        self.muon_names = [n for n, p in self.master.items() if matrix(n, p)]
        rest = [n for n in self.master if n not in self.muon_names]
        for n in rest:
            self.master[n].grad = torch.zeros_like(self.master[n])
        groups = [
            dict(params=[self.master[n] for n in rest if self.master[n].dim() >= 2], weight_decay=decay),
            dict(params=[self.master[n] for n in rest if self.master[n].dim() < 2], weight_decay=0.0),
        ]
        self.adam = torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), eps=1e-8, fused=True)
        self.lr, self.muon = lr, muon
        self.momentum = {n: torch.zeros_like(self.master[n]) for n in self.muon_names}
        shapes = {}
        for n in self.muon_names:
            shapes.setdefault(tuple(self.master[n].shape), []).append(n)
        self.stacks = list(shapes.values())

    @torch.no_grad()
    def step(self, scale):
        """Average the gradients of the ranks, clip, update; `scale` in 0 ... 1 multiplies the learning rates."""
        flat = torch.cat([p.grad.reshape(-1).float() for p in self.live.values()])
        if self.world > 1:
            dist.all_reduce(flat)
            flat /= self.world
        norm = float(flat.norm())
        if not math.isfinite(norm):
            flat.zero_()
        flat *= min(1.0, 1.0 / (norm + 1e-6))
        grads, at = {}, 0
        for n, p in self.live.items():
            grads[n] = flat[at : at + p.numel()].view_as(p)
            at += p.numel()
            p.grad = None
        for group in self.adam.param_groups:
            group["lr"] = self.lr * scale
        for n, p in self.master.items():
            if p.grad is not None:
                p.grad.copy_(grads[n])
        self.adam.step()
        if self.muon_names:
            self._muon_step(grads, scale)
        self.count += 1
        keep = min(self.average, (1 + self.count) / (10 + self.count))  # a young mean forgets its start quickly
        for n, p in self.live.items():
            p.copy_(self.master[n])
            self.running[n].lerp_(self.master[n], 1 - keep)
        return norm

    def _muon_step(self, grads, scale):
        updates = {}
        for stack in self.stacks:  # the ranks share the matrices of each shape
            for i, n in enumerate(stack):
                self.momentum[n].lerp_(grads[n], 0.05)
                if i % self.world == self.rank:
                    nesterov = grads[n].lerp(self.momentum[n], 0.95)
                    updates[n] = orthogonal(nesterov.to(self.kind)).float()
        if self.world > 1:
            zero = torch.zeros(())
            flat = torch.cat([updates[n].reshape(-1) if n in updates else zero.expand(self.master[n].numel()) for n in self.muon_names])
            dist.all_reduce(flat)
            at = 0
            for n in self.muon_names:
                updates[n] = flat[at : at + self.master[n].numel()].view_as(self.master[n])
                at += self.master[n].numel()
        for n in self.muon_names:
            p = self.master[n]
            p.mul_(1 - self.muon * scale * self.decay)
            p.add_(updates[n], alpha=-self.muon * scale * 0.2 * math.sqrt(max(p.shape)))

    @property
    def mean(self):
        """The running mean of the weights, with those that do not change."""
        return {**{n: p.detach().float() for n, p in self.frozen.items()}, **self.running}

    def state(self):
        return dict(count=self.count, master=self.master, mean=self.mean, adam=self.adam.state_dict(), momentum=self.momentum)

    @torch.no_grad()
    def load(self, state):
        for mine, theirs in ((self.master, state["master"]), (self.running, state["mean"]), (self.momentum, state["momentum"])):
            for n, p in mine.items():
                p.copy_(theirs[n])
        for n, p in self.frozen.items():
            p.copy_(state["mean"][n])
        self.count = state.get("count", 0)
        self.adam.load_state_dict(state["adam"])
        for n, p in self.live.items():
            p.copy_(self.master[n])

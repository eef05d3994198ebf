"""Qwen3-ASR in PyTorch for training: the published tensor names and numerics, batched, small.

Written from the engineering specification of the published architecture. B clips, N encoder rows, T tokens.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from features import ROWS_PER_CHUNK

CONFIG = dict(
    d_model=256, encoder_ffn=768, encoder_heads=4, encoder_layers=4, channels=32,
    hidden=256, ffn=512, layers=4, heads=4, kv_heads=2, head_dim=64, vocab=2816, theta=10000.0,
    classes=0,  # > 0: the aligner, with a head of its own over time classes
    phones=0,  # > 0: an auxiliary head that names the phonemes of each encoder row; never exported
)
WINDOW_ROWS = 8 * ROWS_PER_CHUNK  # n_window_infer 800 frames: rows attend within 8 s
MAX_POSITIONS = 2048


def sinusoids(length, channels):
    """[length, channels]: the encoder's positions inside one chunk."""
    scale = torch.exp(-math.log(10000) / (channels // 2 - 1) * torch.arange(channels // 2).float())
    angle = torch.arange(length)[:, None] * scale[None]
    return torch.cat([angle.sin(), angle.cos()], 1)


def attend(q, k, v, mask):
    """Attention written out, [B, heads, T, head size]; `mask` is added to the scores, or None. On a CPU in bf16 this is more
    than twice as fast, forward and back, as the fused kernel at the lengths met here."""
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    return torch.softmax(scores if mask is None else scores + mask, -1) @ v


def additive(mask, dtype):
    """Boolean mask (true: visible) as a mask to add."""
    return torch.zeros((), dtype=dtype, device=mask.device).masked_fill(~mask, -1e4)


class EncoderAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.k_proj, self.v_proj, self.q_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, mask):
        B, N, D = x.shape
        q, k, v = (p(x).view(B, N, self.heads, -1).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        y = attend(q, k, v, mask)
        return self.out_proj(y.transpose(1, 2).reshape(B, N, D))


class EncoderLayer(nn.Module):
    def __init__(self, width, heads, ffn):
        super().__init__()
        self.self_attn = EncoderAttention(width, heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.fc1, self.fc2 = nn.Linear(width, ffn), nn.Linear(ffn, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, x, mask):
        x = x + self.self_attn(self.self_attn_layer_norm(x), mask)
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        channels, width = c["channels"], c["d_model"]
        self.layers = nn.ModuleList(EncoderLayer(width, c["encoder_heads"], c["encoder_ffn"]) for _ in range(c["encoder_layers"]))
        self.ln_post = nn.LayerNorm(width)
        self.conv2d1 = nn.Conv2d(1, channels, 3, 2, 1)
        self.conv2d2 = nn.Conv2d(channels, channels, 3, 2, 1)
        self.conv2d3 = nn.Conv2d(channels, channels, 3, 2, 1)
        self.conv_out = nn.Linear(channels * 16, width, bias=False)
        self.proj1, self.proj2 = nn.Linear(width, width), nn.Linear(width, c["hidden"])
        self.register_buffer("positions", sinusoids(ROWS_PER_CHUNK, width), persistent=False)

    def forward(self, mel, real, windows=True):
        """mel [B, chunks, 128, 100], real [B, N] true for rows of sound -> (rows [B, N, hidden], states [B, N, d])."""
        B, chunks = mel.shape[:2]
        x = mel.reshape(B * chunks, 1, 128, -1).contiguous(memory_format=torch.channels_last)
        for conv in (self.conv2d1, self.conv2d2, self.conv2d3):
            x = F.gelu(conv(x))
        n, c, f, t = x.shape
        x = self.conv_out(x.permute(0, 3, 1, 2).reshape(n, t, c * f)) + self.positions[:t].to(x.dtype)
        N = chunks * t
        x = x.view(B, N, -1)
        mask = real[:, None, None, :]
        if windows and N > WINDOW_ROWS:
            window = torch.arange(N, device=x.device) // WINDOW_ROWS
            same = window[:, None] == window[None]
            # a row of padding alone in its window would have nothing to attend to: it may see itself
            mask = (mask & same[None, None]) | torch.eye(N, dtype=torch.bool, device=x.device)[None, None]
        elif bool(real.all()):
            mask = None
        mask = None if mask is None else additive(mask, x.dtype)
        for layer in self.layers:
            x = layer(x, mask)
        states = self.ln_post(x)
        return self.proj2(F.gelu(self.proj1(states))), states


class _RMSNorm(torch.autograd.Function):
    """Root-mean-square norm with few passes over memory, which is what costs on a CPU."""

    @staticmethod
    def forward(ctx, x, weight):
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        inverse = torch.rsqrt(norm * norm / x.shape[-1] + 1e-6).to(x.dtype)
        unit = x * inverse
        ctx.save_for_backward(unit, inverse, weight)
        return unit * weight

    @staticmethod
    def backward(ctx, grad):
        unit, inverse, weight = ctx.saved_tensors
        grad_weight = (grad * unit).reshape(-1, unit.shape[-1]).sum(0)
        g = grad * weight
        mean = (g * unit).mean(-1, keepdim=True)
        return torch.addcmul(g, unit, mean, value=-1).mul_(inverse), grad_weight


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return _RMSNorm.apply(x, self.weight)


def rotate(x, cos, sin):
    """Rotary positions, half split; `sin` carries the sign of the first half."""
    a, b = x.chunk(2, -1)
    return torch.addcmul(x * cos, torch.cat([b, a], -1), sin)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = c["heads"], c["kv_heads"], c["head_dim"]
        width = c["hidden"]
        self.q_proj = nn.Linear(width, self.heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(width, self.kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(width, self.kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(self.heads * self.head_dim, width, bias=False)
        self.q_norm, self.k_norm = RMSNorm(self.head_dim), RMSNorm(self.head_dim)
        self.guides = {}  # set for a training step: {head: (queries [B, Q], window [B, Q, T], weight [B, Q])}
        self.guide_losses = {}

    def forward(self, x, cos, sin, mask, cache=None):
        """mask: added to the scores, [T, T] or broadcastable to [B, heads, T, keys]."""
        B, T, _ = x.shape
        q = rotate(self.q_norm(self.q_proj(x).view(B, T, self.heads, -1)), cos, sin).transpose(1, 2)
        k = rotate(self.k_norm(self.k_proj(x).view(B, T, self.kv_heads, -1)), cos, sin).transpose(1, 2)
        v = self.v_proj(x).view(B, T, self.kv_heads, -1).transpose(1, 2)
        q, k = q.to(v.dtype), k.to(v.dtype)
        if cache is not None:
            k, v = cache.extend(k, v)
        group = self.heads // self.kv_heads
        self.guide_losses = {head: self._guide(q[:, head], k[:, head // group], *guide) for head, guide in self.guides.items()}
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = attend(q, k, v, mask)
        return self.o_proj(y.transpose(1, 2).reshape(B, T, -1))

    def _guide(self, q, k, queries, window, weight):
        """How little of a head's attention falls into each query's window, as a negative log probability."""
        q = q.float().gather(1, queries[..., None].expand(-1, -1, self.head_dim))
        scores = (q @ k.float().transpose(1, 2)) / math.sqrt(self.head_dim)
        causal = torch.arange(k.shape[1], device=k.device)[None, None] <= queries[..., None]
        scores = scores.masked_fill(~causal, -1e4)
        inside = scores.masked_fill(~window, -1e4).logsumexp(-1)
        return ((scores.logsumexp(-1) - inside) * weight).sum() / weight.sum().clamp(min=1)


class MLP(nn.Module):
    def __init__(self, width, ffn):
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(width, ffn, bias=False), nn.Linear(width, ffn, bias=False)
        self.down_proj = nn.Linear(ffn, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class DecoderLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn, self.mlp = Attention(c), MLP(c["hidden"], c["ffn"])
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(c["hidden"]), RMSNorm(c["hidden"])

    def forward(self, x, cos, sin, mask, cache=None):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c["vocab"], c["hidden"])
        self.layers = nn.ModuleList(DecoderLayer(c) for _ in range(c["layers"]))
        self.norm = RMSNorm(c["hidden"])
        inverse = c["theta"] ** (-torch.arange(0, c["head_dim"], 2).float() / c["head_dim"])
        angle = torch.arange(MAX_POSITIONS)[:, None] * inverse[None]
        self.register_buffer("cos", torch.cat([angle.cos(), angle.cos()], -1), persistent=False)
        self.register_buffer("sin", torch.cat([-angle.sin(), angle.sin()], -1), persistent=False)

    def forward(self, x, caches=None, positions=None):
        """x [B, T, hidden]; positions [B, T] with caches, else 0 ... T-1."""
        if positions is None:
            T = x.shape[1]
            cos, sin = self.cos[:T, None], self.sin[:T, None]
            mask = additive(torch.ones(T, T, dtype=torch.bool, device=x.device).tril(), x.dtype)
        else:
            cos, sin = self.cos[positions][:, :, None], self.sin[positions][:, :, None]
            mask = additive(caches[0].mask, x.dtype)
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin, mask, caches[i] if caches else None)
        return self.norm(x)


class Thinker(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.audio_tower, self.model = Encoder(c), Decoder(c)
        self.lm_head = nn.Linear(c["hidden"], c["classes"] or c["vocab"], bias=False)
        if not c["classes"]:
            self.lm_head.weight = self.model.embed_tokens.weight


class Model(nn.Module):
    """The network. `config` holds the entries of CONFIG."""

    def __init__(self, **config):
        super().__init__()
        self.config = {**CONFIG, **config}
        c = self.config
        self.thinker = Thinker(c)
        self.phone_head = nn.Linear(c["d_model"], 4 * c["phones"]) if c["phones"] else None
        for name, p in self.named_parameters():
            if p.dim() >= 2:
                std = 0.05 if "embed" in name else 1 / math.sqrt(p[0].numel())
                if name.endswith(("o_proj.weight", "down_proj.weight", "out_proj.weight", "fc2.weight")):
                    std *= 0.5
                nn.init.normal_(p, 0, std)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def embed(self, ids, mel, real, audio_id, windows=True):
        """Decoder input [B, T, hidden]: token embeddings, encoder rows where ids == audio_id; and encoder states."""
        rows, states = self.thinker.audio_tower(mel, real, windows)
        return self.place(ids, rows[real], audio_id), states

    def place(self, ids, rows, audio_id):
        """Token embeddings with the rows of the sounds, one clip's after the other's, where ids == audio_id."""
        x = self.thinker.model.embed_tokens(ids)
        return x.masked_scatter((ids == audio_id)[..., None], rows.to(x.dtype))


class Cache:
    """Keys and values of a padded batch, each clip at its own length."""

    def __init__(self, batch, capacity, kv_heads, head_dim, dtype, device):
        self.k = torch.zeros(batch, kv_heads, capacity, head_dim, dtype=dtype, device=device)
        self.v = torch.zeros_like(self.k)
        self.positions = self.mask = None

    def extend(self, k, v):
        batch = torch.arange(k.shape[0], device=k.device)[:, None]
        self.k[batch, :, self.positions] = k.transpose(1, 2).to(self.k.dtype)
        self.v[batch, :, self.positions] = v.transpose(1, 2).to(self.v.dtype)
        return self.k, self.v

"""A Llama-architecture decoder: RMSNorm, RoPE on adjacent pairs, grouped-query attention, SwiGLU, tied head."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    vocab: int
    d: int = 192
    layers: int = 7
    heads: int = 6
    kv: int = 3
    ffn: int = 512
    theta: float = 10_000.0
    eps: float = 1e-5
    context: int = 4_096


def rotate(x, cos, sin):
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.head = config.d // config.heads
        self.shared = config.heads // config.kv
        self.n1, self.n2 = nn.RMSNorm(config.d, config.eps), nn.RMSNorm(config.d, config.eps)
        self.q = nn.Linear(config.d, config.d, bias=False)
        self.k = nn.Linear(config.d, config.kv * self.head, bias=False)
        self.v = nn.Linear(config.d, config.kv * self.head, bias=False)
        self.o = nn.Linear(config.d, config.d, bias=False)
        self.gate = nn.Linear(config.d, config.ffn, bias=False)
        self.up = nn.Linear(config.d, config.ffn, bias=False)
        self.down = nn.Linear(config.ffn, config.d, bias=False)

    def forward(self, x, cos, sin, past, mask):
        batch, length, _ = x.shape
        h = self.n1(x)
        q, k, v = (p(h).view(batch, length, -1, self.head).transpose(1, 2) for p in (self.q, self.k, self.v))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        new = (k, v)
        if past is not None:
            k = torch.cat((past[0].expand(batch, -1, -1, -1), k), 2)
            v = torch.cat((past[1].expand(batch, -1, -1, -1), v), 2)
        k, v = k.repeat_interleave(self.shared, 1), v.repeat_interleave(self.shared, 1)
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None and length > 1)
        x = x + self.o(attended.transpose(1, 2).reshape(batch, length, -1))
        h = self.n2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h)), new


class Llama(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.emb = nn.Embedding(config.vocab, config.d)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.d, config.eps)
        nn.init.normal_(self.emb.weight, std=0.02)
        for block in self.blocks:
            nn.init.zeros_(block.o.weight)
            nn.init.zeros_(block.down.weight)
        head = config.d // config.heads
        frequency = config.theta ** (-torch.arange(0, head, 2).float() / head)
        angle = torch.arange(config.context).float()[:, None] * frequency
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)

    def hidden(self, ids, past=None, offset=0, mask=None):
        """Final hidden states [batch, length, d] and each block's keys and values of these positions."""
        x = self.emb(ids)
        span = slice(offset, offset + ids.shape[1])
        cos, sin, cache = self.cos[span].to(x.dtype), self.sin[span].to(x.dtype), []
        for index, block in enumerate(self.blocks):
            x, new = block(x, cos, sin, past[index] if past else None, mask)
            cache.append(new)
        return self.norm(x), cache

    def logits(self, hidden):
        return hidden @ self.emb.weight.T


def prefix_mask(prefix, length):
    """Each of `length` positions sees the whole prefix and what precedes it."""
    return torch.ones(length, prefix + length, dtype=torch.bool).tril(prefix)

"""The decoder: RMS norms, rotary positions, one key and value head for all queries, gated layers.

The shapes and the order of the rotation are those of Llama, which is what CTranslate2 runs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """How large a network is."""

    vocabulary: int = 4096
    width: int = 192
    layers: int = 4
    heads: int = 3
    inner: int = 512
    dropout: float = 0.1

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Norm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), self.weight, 1e-6)


def rotary(length: int, size: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines of all places."""
    speed = 10_000.0 ** (-torch.arange(0, size, 2, device=device).float() / size)
    angle = torch.arange(length, device=device).float()[:, None] * speed[None]
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos(), angle.sin()


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        size = shape.width // shape.heads
        self.heads, self.size = shape.heads, size
        self.before, self.between = Norm(shape.width), Norm(shape.width)
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.key = nn.Linear(shape.width, size, bias=False)
        self.value = nn.Linear(shape.width, size, bias=False)
        self.out = nn.Linear(shape.width, shape.width, bias=False)
        self.gate = nn.Linear(shape.width, shape.inner, bias=False)
        self.up = nn.Linear(shape.width, shape.inner, bias=False)
        self.down = nn.Linear(shape.inner, shape.width, bias=False)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.drop(self._attend(self.before(x), cos, sin))
        h = self.between(x)
        return x + self.drop(self.down(functional.silu(self.gate(h)) * self.up(h)))

    def _attend(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        b, n, width = x.shape
        q = turned(self.query(x).view(b, n, self.heads, self.size).transpose(1, 2), cos, sin)
        k = turned(self.key(x).unsqueeze(1), cos, sin).expand(b, self.heads, n, self.size)
        v = self.value(x).unsqueeze(1).expand(b, self.heads, n, self.size)
        made = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(made.transpose(1, 2).reshape(b, n, width))


class Network(nn.Module):
    """Logits of the next token for each place; the embedding is the projection too."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.last = Norm(shape.width)
        self.drop = nn.Dropout(shape.dropout)
        for name, weight in self.named_parameters():
            if weight.dim() > 1:
                deep = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / ((2 * shape.layers) ** 0.5 if deep else 1))

    def forward(self, tokens: Tensor) -> Tensor:
        size = self.shape.width // self.shape.heads
        cos, sin = rotary(tokens.shape[1], size, tokens.device)
        x = self.drop(self.embed(tokens))
        for layer in self.layers:
            x = layer(x, cos, sin)
        return functional.linear(self.last(x), self.embed.weight)

"""A small transformer that foretells characters."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import cross_entropy
from benchmarks.detectors.programs.sentences import sentences
from benchmarks.detectors.programs.training import Pair, Shape, Training, adam

LETTERS = "abcdefghijklmnopqrstuvwxyz ."
CONTEXT = 24


class Transformer(nn.Module):
    """Characters and their places, layers of attention that look back only, and a linear layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = max(2, shape.width // 2 * 2)
        self.letters, self.places = nn.Embedding(len(LETTERS), width), nn.Embedding(CONTEXT, width)
        layers = (
            nn.TransformerEncoderLayer(width, 2, 2 * width, shape.dropout, batch_first=True, norm_first=True)
            for _ in range(shape.depth)
        )
        self.layers, self.last = nn.ModuleList(layers), nn.Linear(width, len(LETTERS))

    def forward(self, x: Tensor) -> Tensor:
        """(n, length) to logits of the next characters."""
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        seen = self.letters(x) + self.places(torch.arange(x.shape[1]))
        for layer in self.layers:
            seen = layer(seen, src_mask=mask, is_causal=True)
        found: Tensor = self.last(seen)
        return found


def windows(seed: int, characters: int) -> Pair:
    """All pieces of a text, and the same one character on."""
    codes = torch.tensor([LETTERS.index(letter) for letter in sentences(seed, characters)])
    pieces = codes.unfold(0, CONTEXT + 1, 3)
    return pieces[:, :-1], pieces[:, 1:]


def setup(seed: int) -> Training:
    """AdamW, on 6,000 characters."""
    train, held_out, test = windows(1, 6_000), windows(2, 900), windows(3, 900)
    training = Training(seed, Transformer, Shape(32, 1), train, held_out, test, cross_entropy, rate=3e-3, steps=300)
    training.optimiser, training.initial_loss, training.batch = adam, math.log(len(LETTERS)), 16
    return training


PROGRAM = Program("transformer", frozenset({"loss", "relu", "dropout"}), setup)

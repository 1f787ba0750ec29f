"""A GAN of digits."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Outcome, Program
from benchmarks.detectors.programs.classifier import stack
from benchmarks.detectors.programs.digits import digits
from benchmarks.detectors.programs.game import Game

NOISE = 16


def make_generator() -> nn.Module:
    """Noise to pixels."""
    return nn.Sequential(stack([NOISE, 96, 96, 64], nn.ReLU), nn.Sigmoid())


def make_discriminator() -> nn.Module:
    """Pixels to a logit."""
    return stack([64, 96, 96, 1], nn.ReLU)


def mode_of(samples: Tensor) -> Tensor:
    """The digit of the nearest test image."""
    test, labels = digits()[2]
    return labels[torch.cdist(samples, test).argmin(dim=1)]


def quality(samples: Tensor) -> Outcome:
    """Wrong shares of the digits, by the nearest test image; how far that is, and how far from each other, over real
    images' own; and copies of training images or of each other."""
    if not samples.isfinite().all():
        return dict.fromkeys(("shares", "distance", "spread", "copies"), math.nan)
    (train, _), (held_out, _), (test, labels) = digits()
    distance, nearest = torch.cdist(samples, test).min(dim=1)
    found = torch.bincount(labels[nearest], minlength=10) / len(samples)
    wanted = torch.bincount(labels, minlength=10) / len(labels)
    usual = torch.cdist(held_out, test).min(dim=1).values.median()
    spread = torch.pdist(samples).median() / torch.pdist(test).median()
    copied = torch.cdist(samples, train).min(dim=1).values < usual / 5
    repeated = torch.cdist(samples, samples).fill_diagonal_(math.inf).min(dim=1).values < usual / 50
    return {
        "shares": float((found - wanted).abs().sum()) / 2,
        "distance": float(distance.median() / usual),
        "spread": abs(math.log(max(float(spread), 1e-6))),
        "copies": float((copied | repeated).float().mean()),
    }


def setup(seed: int) -> Game:
    """Adam with R1."""
    (training, _), (reference, _), _ = digits()

    def drawn(count: int, stream: torch.Generator) -> Tensor:
        return training[torch.randint(len(training), (count,), generator=stream)]

    models = make_generator, make_discriminator
    game = Game(seed, *models, drawn, reference, training, quality, mode_of, NOISE, steps=600)
    game.penalty = 1.0
    return game


PROGRAM = Program("digits-gan", frozenset({"game", "samples", "digits"}), setup)

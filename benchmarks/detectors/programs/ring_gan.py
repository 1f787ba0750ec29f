"""A GAN of points on a ring of eight modes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Outcome, Program
from benchmarks.detectors.programs.classifier import stack
from benchmarks.detectors.programs.game import Game
from benchmarks.detectors.programs.mixture import draw, mode_of, quality

NOISE = 4


def make_generator() -> nn.Module:
    """Noise to a point."""
    return stack([NOISE, 64, 64, 2], nn.ReLU)


def make_discriminator() -> nn.Module:
    """A point to a logit."""
    return stack([2, 64, 64, 1], nn.ReLU)


def setup(seed: int) -> Game:
    """Adam with R1; 2,000 real points to train on."""
    reference, training = torch.split(draw(3_000, torch.Generator().manual_seed(1)), [1_000, 2_000])

    def drawn(count: int, stream: torch.Generator) -> Tensor:
        return training[torch.randint(len(training), (count,), generator=stream)]

    def measured(samples: Tensor) -> Outcome:
        return quality(samples, training)

    models = make_generator, make_discriminator
    game = Game(seed, *models, drawn, reference, training, measured, mode_of, NOISE, steps=600)
    game.generator_rate, game.discriminator_rate, game.betas, game.penalty = 2e-3, 2e-3, (0.0, 0.99), 0.03
    return game


PROGRAM = Program("ring-gan", frozenset({"game", "samples", "ring"}), setup)

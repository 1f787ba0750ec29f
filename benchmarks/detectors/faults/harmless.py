"""What looks like a fault and is none."""

from __future__ import annotations

import math

import torch

from benchmarks.detectors.faults.base import harmless
from benchmarks.detectors.faults.numbers import LargerUntil
from benchmarks.detectors.programs import mixture
from benchmarks.detectors.programs.game import Game, wasserstein
from benchmarks.detectors.programs.training import Training


@harmless("decay-steps", "loss")
def decay_steps(training: Training, size: float) -> None:
    """The learning rate falls to a tenth, twice."""
    training.schedule = lambda step: 0.1 ** (round(step / training.steps * 5) // 2)


@harmless("warm-up", "loss")
def warm_up(training: Training, size: float) -> None:
    """The learning rate rises over the first fifth."""
    training.schedule = lambda step: min(1.0, 5 * step / training.steps)


@harmless("restarts", "loss")
def restarts(training: Training, size: float) -> None:
    """Cosines that start again, three times."""
    third = training.steps / 3
    training.schedule = lambda step: 0.5 * (1 + math.cos(math.pi * (step % third) / third))


@harmless("dropout", "dropout", "design")
def dropout(training: Training, size: float) -> None:
    """Units are dropped in training, so that the held-out loss lies below the training loss."""
    training.shape.dropout = 0.3


@harmless("clipping", "loss")
def clipping(training: Training, size: float) -> None:
    """Gradients are clipped at every step."""
    training.clip = 0.3


@harmless("large-batch", "loss")
def large_batch(training: Training, size: float) -> None:
    """Four times the batch."""
    training.batch *= 4


@harmless("frozen-layers", "plain")
def frozen_layers(training: Training, size: float) -> None:
    """The first layer is not to be trained, and says so."""
    for parameter in list(training.model.parameters())[:2]:
        parameter.requires_grad_(False)


@harmless("one-bad-batch", "loss float", "onset")
def one_bad_batch(training: Training, size: float) -> None:
    """One batch is off, and the training recovers."""
    training.change_batch = LargerUntil(training.now + 1, 4)


@harmless("converged", "loss")
def converged(training: Training, size: float) -> None:
    """A model that is trained already is trained on, at a tenth of the rate."""
    chosen = list(training.model.parameters())
    optimiser, pick = training.optimiser(chosen, training.rate, 0.0), torch.Generator().manual_seed(training.seed + 1)
    for step in range(1, training.steps + 1):
        training.step(step, optimiser, pick)
    optimiser.zero_grad()
    training.rate /= 10


@harmless("wasserstein", "game")
def wasserstein_losses(game: Game, size: float) -> None:
    """Wasserstein's losses, which may be negative, with a penalty and two discriminator steps."""
    game.losses, game.discriminator_steps = wasserstein, 2
    game.penalty *= 3


@harmless("imbalanced-data", "ring", "design")
def imbalanced_data(game: Game, size: float) -> None:
    """The real data's modes are not alike, and the generator's are to be as unlike."""
    shares = torch.linspace(1, 3, mixture.MODES)
    made = mixture.draw(3_000, torch.Generator().manual_seed(1), shares)
    game.reference, game.training = torch.split(made, [1_000, 2_000])
    known = game.training
    game.draw = lambda count, stream: known[torch.randint(len(known), (count,), generator=stream)]
    game.quality = lambda samples: mixture.quality(samples, known, shares)


@harmless("decayed-rates", "game")
def decayed_rates(game: Game, size: float) -> None:
    """Both learning rates fall along a cosine."""
    game.schedule = lambda step: 0.55 + 0.45 * math.cos(math.pi * step / game.steps)


@harmless("more-discriminator-steps", "game")
def more_discriminator_steps(game: Game, size: float) -> None:
    """Two updates of the discriminator for one of the generator, with the penalty."""
    game.discriminator_steps = 2


@harmless("inward-spiral", "dirac")
def inward_spiral(game: Game, size: float) -> None:
    """A weaker penalty: the players turn around the optimum, but come nearer."""
    game.penalty = 0.3


@harmless("linear-spiral", "dirac")
def linear_spiral(game: Game, size: float) -> None:
    """The linear loss of `circling` with a penalty: as many turns, each 0.4 times as wide as the one before."""
    game.losses, game.penalty = wasserstein, 0.3

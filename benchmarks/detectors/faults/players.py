"""Two players that do not suit each other."""

from __future__ import annotations

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.game import Game, saturating


@fault("discriminator-wins", "discriminator wins", "game", (2, 4, 8))
def discriminator_wins(game: Game, size: float) -> None:
    """A faster discriminator without a penalty, against a generator with the saturating loss."""
    game.discriminator_rate *= size
    game.discriminator_steps, game.losses, game.penalty = round(1 + size / 2), saturating, 0.0


@fault("discriminator-weak", "discriminator too weak", "game", (0.03, 0.003, 0.0003))
def discriminator_weak(game: Game, size: float) -> None:
    """A discriminator that hardly learns."""
    game.discriminator_rate *= size


@fault("fast-generator", "collapse", "game", (3, 6, 12))
def fast_generator(game: Game, size: float) -> None:
    """A generator that is too fast, with heavy momentum and no penalty: it collapses, or runs from mode to mode."""
    game.generator_rate *= size
    game.betas, game.penalty = (0.9, 0.999), 0.0


@fault("late-fast-generator", "collapse", "game", (4, 10, 25), "onset")
def late_fast_generator(game: Game, size: float) -> None:
    """The same in the middle of the training, with the usual momentum."""
    game.generator_rate *= size
    game.penalty = 0.0


@fault("circling", "rotation", "dirac", (0.02, 0.005, 0.0))
def circling(game: Game, size: float) -> None:
    """Hardly any penalty: both players turn around the optimum, and come a third nearer in a turn at most."""
    game.penalty = size

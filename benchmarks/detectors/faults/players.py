"""Two players that do not suit each other."""

from __future__ import annotations

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.game import Game, saturating, wasserstein


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


@fault("circling", "rotation", "dirac", (0.5, 1, 2))
def circling(game: Game, size: float) -> None:
    """A linear loss without a penalty, at half to twice the usual rates: both players circle, no nearer, no farther."""
    # Two alternating steps at rates a and b are a matrix of determinant 1 and trace 2 - ab: below ab = 4 both its
    # eigenvalues lie on the unit circle, and every orbit is a closed ellipse (Gidel et al., AISTATS 2019). The usual
    # losses make no circles: without a penalty r^2 / 2 falls by xy tanh(xy / 2) in a unit of time, and players come in.
    game.losses, game.penalty = wasserstein, 0.0
    game.generator_rate *= size
    game.discriminator_rate *= size

"""The discriminator's slopes at samples, and points on segments: what gradient penalties are made of."""

from __future__ import annotations

from torch import Tensor

from gancheck.gans.game import Game


def squared_slopes(game: Game, seen: Tensor) -> Tensor:
    """(rows,) ||grad D||^2 at samples as critics see them."""
    return game.input_gradient(seen).square().flatten(1).sum(1)


def between(game: Game, name: str) -> Tensor:
    """A point on the segment between each real and each generated sample, uniform under the noise of this name."""
    mix = game.uniform(name, (len(game.real), *[1] * (game.real.dim() - 1)))
    return mix * game.real + (1 - mix) * game.fake

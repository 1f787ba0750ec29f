"""Several critics of one kind: adding them, asking them, and the loss that trains each as the only one is trained."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo


def names(count: int) -> tuple[str, ...]:
    """Of so many critics, the GAN's own first."""
    return ("discriminator", *(f"discriminator{i}" for i in range(2, count + 1)))


def refuse_count(count: int) -> None:
    """BadParameter where there would be no further critic."""
    if count < 2:
        raise BadParameter(f"critics = {count}: needs at least 2")


def add_critics(players: Players, info: BuildInfo, count: int) -> Players:
    """These players with the GAN's discriminator built anew until there are so many."""
    for name in names(count)[1:]:
        players = players.add(name, info.gan.build(info.seen).discriminator, role="discriminator")
    return players


def real_logits(game: Game, count: int) -> Tensor:
    """(rows, count) logits of real samples."""
    return torch.stack([game.facing(name).real_logits for name in names(count)], 1)


def fake_logits(game: Game, count: int) -> Tensor:
    """(rows, count) logits of generated samples."""
    return torch.stack([game.facing(name).fake_logits for name in names(count)], 1)


def train_each(game: Game, count: int) -> Tensor:
    """The sum of the critics' cross entropies, whose gradient gives each critic its own."""
    real, fake = softplus(-real_logits(game, count)), softplus(fake_logits(game, count))
    return game.average(real.sum(1), "real") + game.average(fake.sum(1), "fake")


def losses_against(game: Game, count: int) -> Tensor:
    """(count,) the generator's non-saturating loss against each critic."""
    rows = softplus(-fake_logits(game, count))
    return torch.stack([game.average(column, "fake") for column in rows.unbind(1)])

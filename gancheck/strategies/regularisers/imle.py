"""IMLE: every real sample pulls the nearest of many generated ones, so that none is left out.

Yu, Li, Zhou, Malik, Davis & Fritz, "Inclusive GAN: improving data and minority coverage in generative models", ECCV
2020, which adds the term of Li & Malik, "Implicit maximum likelihood estimation", 2018, to a GAN's. Both look for the
nearest among samples for the whole data set, and keep them for several epochs; here each batch has fresh candidates.
Distances are mean squared differences of what the generator makes, where Yu et al. have LPIPS on images; their term
between two nearest samples is left out. Where latents have codes, candidates have those of the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice, Log


@strategy(
    "imle",
    family="regulariser",
    paper="Yu et al., ECCV 2020",
    search={"weight": Log(0.01, 100.0), "factor": Choice(5, 10, 20)},
)
@dataclass(frozen=True)
class Imle(Strategy):
    """Add weight * E_x min_j mean (x - G(z_j))^2 to the generator's loss, over factor * batch fresh latents z_j."""

    weight: float = 1.0  #: of the term; a choice of ours, the authors' 2.5 is for LPIPS
    factor: int = 10  #: candidates over real samples; as in the authors' code

    def __post_init__(self) -> None:
        if self.weight < 0 or self.factor < 1:
            raise BadParameter(f"weight = {self.weight}, factor = {self.factor}: needs 0 or more, 1 or more")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        nearest = self.generate_nearest(game)
        return loss + self.weight * (nearest - game.batch.x).square().mean()

    def generate_nearest(self, game: Game) -> Tensor:
        """(n, *shape) for each real sample the candidate nearest to it; only these are made once more, to learn."""
        latents = draw_latents(game, self.factor * len(game.batch.x))
        own = real_classes(game)
        drawn = game.code if own is None else own
        codes = None if drawn is None else drawn.repeat(self.factor)
        candidates = game.without_side_effects().generate(latents, codes).detach().flatten(1)
        distances = square_distances(game.batch.x.flatten(1), candidates)
        if own is not None:
            distances = torch.where(own[:, None].eq(own.repeat(self.factor)), distances, torch.inf)
        chosen = distances.argmin(1)
        return game.generate(latents[chosen], None if codes is None else codes[chosen])


def real_classes(game: Game) -> Tensor | None:
    """(n,) codes of the real samples where codes are classes that critics see; candidates are then of these."""
    return game.real_sample(game.batch).code if game.players.discriminator_sees_code else None


def draw_latents(game: Game, count: int) -> Tensor:
    """(count, size) fresh latents of the generator's prior."""
    latent = game.players.latent
    if latent.prior == "uniform":
        return 2 * game.uniform("imle", (count, latent.size)) - 1
    return game.normal("imle", (count, latent.size))


def square_distances(x: Tensor, y: Tensor) -> Tensor:
    """(n, m) squared distances between rows, less those of x to the origin."""
    return y.square().sum(1) - 2 * x @ y.mT

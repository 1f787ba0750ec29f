"""BourGAN: latents are drawn around an embedding of the data, in which distances are nearly those of samples.

Xiao, Zhong & Zheng, "BourGAN: generative networks with metric embeddings", NeurIPS 2018. Bourgain's embedding of a
sample are its distances to random subsets of the data, of half of it, a quarter, and so on. The paper's latents have as
many dimensions as there are subsets; here a random projection, which nearly keeps distances, leads into those of the
GAN. The scale between latents and samples is the geometric mean of their distances' ratios, where the authors' code
takes the root of the largest ratio. Pairs are neighbours in the batch, the authors generate a second one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.latent import CODES_TAKEN
from gancheck.gans.look import Look
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator._mixture import mixture_around
from gancheck.strategies.generator.deligan import PRIOR
from gancheck.strategies.search_space import Log

EMBEDDED, SCALE = "bourgan/embedded", "bourgan/scale"
TINY = 1e-12  #: beside squared distances, so that equal samples have a logarithm


@strategy(
    "bourgan",
    family="generator",
    paper="Xiao et al., NeurIPS 2018",
    search={"alpha": Log(0.001, 10.0), "sigma": Log(0.001, 0.1)},
)
@dataclass(frozen=True)
class BourGan(Strategy):
    """Draw z around embedded data; add alpha * E (log |G(z1) - G(z2)| - log(scale * |z1 - z2|))^2 to G's loss."""

    alpha: float = 0.1  #: weight of the term; as in the authors' code
    points: int = 1000  #: samples that are embedded; the authors embed all 1,250 of their points, and 4,096 images
    subsets: int = 5  #: of each size; as in the authors' code
    sigma: float = 0.01  #: of the noise around an embedded sample; as in the authors' code

    def __post_init__(self) -> None:
        if self.alpha < 0 or not self.sigma > 0:
            raise BadParameter(f"alpha = {self.alpha}, sigma = {self.sigma}: not negative, and positive")
        if self.points < 10 or self.subsets < 1:
            raise BadParameter(f"points = {self.points}, subsets = {self.subsets}: needs 10 and 1, or more")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def study(self, look: Look) -> dict[str, Any]:
        x = look.data(self.points).x.flatten(1)
        distances = torch.cdist(x, x)
        embedded = embed(distances, self.subsets, look.source)
        return {EMBEDDED: embedded, SCALE: ratio_of(distances, torch.cdist(embedded, embedded))}

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        embedded = info.found[EMBEDDED].cpu()
        centres = embedded @ torch.randn(embedded.shape[1], players.latent.size)
        return mixture_around(players, centres, self.sigma)[0]

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        assert game.code is not None
        z = game.call(PRIOR, game.latent, game.code)
        scale = game.memory[SCALE] / math.sqrt(z.shape[1])
        return loss + self.alpha * mismatch(game.samples.flatten(1), z, scale)


def embed(distances: Tensor, subsets: int, source: torch.Generator) -> Tensor:
    """(n, k) Bourgain's embedding of points with these distances (n, n), centred, with rows of length 1 on average."""
    n = len(distances)
    columns = []
    for size in range(1, math.ceil(math.log2(n)) + 1):
        for _ in range(subsets):
            chosen = torch.rand(n, generator=source, device=source.device) < 0.5**size
            columns.append(distances[:, chosen].amin(1) if chosen.any() else torch.zeros_like(distances[0]))
    embedded = torch.stack(columns, 1)
    embedded = embedded - embedded.mean(0)
    return embedded / embedded.square().sum(1).mean().sqrt().clamp_min(TINY)


def ratio_of(distances: Tensor, others: Tensor) -> Tensor:
    """The geometric mean of the ratios of two kinds of distances, of pairs that differ in both."""
    used = (distances > 0) & (others > 0)
    return (distances[used].log() - others[used].log()).mean().exp()


def mismatch(x: Tensor, z: Tensor, scale: Tensor) -> Tensor:
    """The mean square of the logarithms' difference, over pairs of neighbours."""
    apart_x = (x - x.roll(1, 0)).square().sum(1) + TINY
    apart_z = (scale * (z - z.roll(1, 0))).square().sum(1) + TINY
    return ((apart_x.log() - apart_z.log()) / 2).square().mean()

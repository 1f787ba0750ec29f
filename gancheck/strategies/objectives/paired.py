"""A paired discriminator: it sees a real and a generated sample side by side and says which of the two is real.

Bryce Sandlund's public project paired-discriminator, 2026; there is no paper. There the order of each pair is drawn;
here every pair is seen in both orders, which is the mean over the draw. Unlike `rpgan`, whose logit is a difference, it
may compare the two samples in any way.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.gans.latent import Latent
from gancheck.strategies.base import Strategy, strategy


@strategy("paired", family="objective", paper="Sandlund, 2026")
@dataclass(frozen=True)
class Paired(Strategy):
    """D minimises sp(-D[x, G(z)]) + sp(D[G(z), x]), G minimises sp(D[x, G(z)]) + sp(-D[G(z), x])."""

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        sees_code = gan.build(data).discriminator_sees_code
        return "needs a discriminator that judges samples without codes: a pair has two" if sees_code else None

    def conflicts(self, other: Strategy) -> str | None:
        if other.judges_alone:
            return "it judges a real beside a generated sample, and the other asks for samples of one kind; keep one"
        return None

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        return data.packed(2)

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        if game.phase == "evaluation" or len(x) != len(game.batch.x):
            raise BadParameter("paired judges a real beside a generated sample, and is asked for samples of one kind")
        return torch.cat([x, game.samples if of.real else game.batch.x], 1)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits) + softplus(game.fake_logits), "real", "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(game.real_logits) + softplus(-game.fake_logits), "real", "fake")

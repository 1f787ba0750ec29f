"""MGAN: several generators, and a classifier that must be able to tell whose sample it sees.

Hoang, Nguyen, Le & Phung, "MGAN: training generative adversarial nets with multiple generators", ICLR 2018. As in the
paper, the generators share everything but their first layer; where layers cannot be told (the generator is no
nn.Sequential), they share nothing. The paper's classifier shares the discriminator's layers but the last; here it has
layers of its own and judges single samples, so that packs, joined codes and constraints on the discriminator leave it
alone. The paper draws as many samples from every generator, here the generator of each sample is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax, softplus

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.heads import replace_head
from gancheck.gans.latent import CODES_TAKEN, one_hot
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Choice, Log

CLASSIFIER = "classifier"


@strategy(
    "mgan",
    family="objective",
    paper="Hoang et al., ICLR 2018",
    search={"k": Choice(4, 10, 16), "beta": Log(0.0001, 1.0)},
)
@dataclass(frozen=True)
class Mgan(Strategy):
    """k generators play the non-saturating game and minimise -beta log C_u(G_u(z)), as the classifier C does."""

    k: int = 10  #: generators; as in the authors' code
    beta: float = 0.01  #: weight of the classifier's loss in the generators'; as in the authors' code

    def __post_init__(self) -> None:
        if self.k < 2 or self.beta < 0:
            raise BadParameter(f"k = {self.k}, beta = {self.beta}: needs at least 2 generators, and a weight from 0 on")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        generators = [players.generator, *(info.gan.build(info.data).generator for _ in range(self.k - 1))]
        classifier = replace_head(info.gan.build(info.data).discriminator, info.data, self.k)
        branched = players.with_codes(self.k).replace(generator=Branches(generators))
        return branched.add(CLASSIFIER, classifier, turn="discriminator")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits), "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.fake_logits), "fake") + self.beta * confusion(game)

    def helper_loss(self, loss: Tensor, player: str, game: Game) -> Tensor:
        return confusion(game) if player == CLASSIFIER else loss


def confusion(game: Game) -> Tensor:
    """Cross entropy of the classifier's answer for generated samples and who made them."""
    assert game.code is not None
    answers = game.call(CLASSIFIER, game.samples)  # (n, k)
    return -(one_hot(game.code, answers.shape[1]) * log_softmax(answers, 1)).sum(1).mean()


class Branches(nn.Module):
    """k first layers under one rest: (z (n, size), code (n,)) -> samples."""

    def __init__(self, generators: list[nn.Module]) -> None:
        super().__init__()
        parts = [split_first_layer(generator) for generator in generators]
        self.first = nn.ModuleList(first for first, _ in parts)
        self.shared = parts[0][1]

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        answers = torch.stack([first(z) for first in self.first], 1)  # (n, k, *hidden)
        samples: Tensor = self.shared(torch.einsum("nk,nk...->n...", one_hot(code, len(self.first)), answers))
        return samples


def split_first_layer(generator: nn.Module) -> tuple[nn.Module, nn.Module]:
    """Everything up to the first layer with weights, and the rest; of what is no sequence, all and nothing."""
    if not isinstance(generator, nn.Sequential):
        return generator, nn.Identity()
    end = next(i for i, layer in enumerate(generator, 1) if any(True for _ in layer.parameters()))
    return generator[:end], generator[end:]

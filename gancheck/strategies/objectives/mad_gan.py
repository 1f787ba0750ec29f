"""MAD-GAN: several generators, and a discriminator that must also tell which of them made a sample.

Ghosh, Kulharia, Namboodiri, Torr & Dokania, "Multi-agent diverse generative adversarial networks", CVPR 2018. The
paper's discriminator is a softmax of k + 1 outputs. Here the same family of distributions is written as
p(real) = sigmoid(o) and p(generator j | not real) = softmax(h)_j, where o is the discriminator's logit and h a further
linear layer on its features, so that everything that acts on a logit acts here too; of a pack, h answers with the
shares of its samples' generators. As in the authors' code, generators share all layers but the last and are paid for
log p(real). They give every generator's samples of each latent, here the generator of each sample is drawn.
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
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD, has_head, require_head
from gancheck.gans.latent import CODES_TAKEN, one_hot
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Choice

WHICH = "which"


@strategy("mad-gan", family="objective", paper="Ghosh et al., CVPR 2018", search={"k": Choice(2, 4, 8)})
@dataclass(frozen=True)
class MadGan(Strategy):
    """D minimises -log p(real|x) - log p(j|G_j(z)) over k generators and "real"; G_j minimises -log p(real|G_j(z))."""

    k: int = 4  #: generators; as in the authors' code

    def __post_init__(self) -> None:
        if self.k < 2:
            raise BadParameter(f"k = {self.k}: needs at least 2 generators")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        players = gan.build(data)
        if players.latent.codes:
            return CODES_TAKEN
        return None if has_head(players.discriminator, data) else REQUIRES_LINEAR_HEAD

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        others = [info.gan.build(info.data).generator for _ in range(self.k - 1)]
        parts = [split_last_layer(generator) for generator in (players.generator, *others)]
        which = nn.Linear(require_head(players.discriminator, info.seen).width, self.k)
        branched = players.with_codes(self.k).replace(generator=Tails(parts[0][0], [tail for _, tail in parts]))
        return branched.add(WHICH, which, shares="discriminator")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        fake = softplus(game.fake_logits) + surprise(game)
        return game.average(softplus(-game.real_logits), "real") + game.average(fake, "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.fake_logits), "fake")


def surprise(game: Game) -> Tensor:
    """(rows,) -log p(j | not real) of the generators j that made what is judged."""
    assert game.code is not None
    width = game.constrained_weights(WHICH)["weight"].shape[1]
    features = game.features(game.fake)[:, :width]  # strategies to the right may append some
    answers = log_softmax(game.call(WHICH, features), 1)  # (rows, k)
    rows = len(answers)
    pack = len(game.code) // rows
    makers = one_hot(game.code[: pack * rows], answers.shape[1]).reshape(rows, pack, -1).mean(1)
    return -(makers * answers).sum(1)


class Tails(nn.Module):
    """k last layers on one body: (z (n, size), code (n,)) -> samples."""

    def __init__(self, shared: nn.Module, tails: list[nn.Module]) -> None:
        super().__init__()
        self.shared, self.tails = shared, nn.ModuleList(tails)

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        hidden = self.shared(z)
        answers = torch.stack([tail(hidden) for tail in self.tails], 1)  # (n, k, *shape)
        samples: Tensor = torch.einsum("nk,nk...->n...", one_hot(code, len(self.tails)), answers)
        return samples


def split_last_layer(generator: nn.Module) -> tuple[nn.Module, nn.Module]:
    """Everything before the last layer with weights, and the rest; of what is no sequence, nothing and all."""
    if not isinstance(generator, nn.Sequential):
        return nn.Identity(), generator
    start = max(i for i, layer in enumerate(generator) if any(True for _ in layer.parameters()))
    return generator[:start], generator[start:]

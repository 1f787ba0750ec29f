"""MCL-GAN: discriminators that share all layers but the last, each an expert on the samples that it rates highest.

Choi & Han, "MCL-GAN: generative adversarial networks with multiple specialized discriminators", NeurIPS 2022; formulas
are those of the submitted manuscript. There losses are summed over a batch, here averaged. The generator maximises
log D where the manuscript has it minimise log(1 - D), so that one discriminator is the untreated GAN. Numbers for the
weights and the temperature stand in a supplement that was not at hand: all defaults but `experts` are choices of ours.
The penalty that lets some of too many discriminators idle is left out, as the manuscript does not say of what it is.
What regularises a discriminator does so for each of them, and so for the shared layers as often as there are heads. It
costs 3 times a plain step of these small networks: the players' work is a fifth more, the rest are the losses and
experts of every head.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import linear, softplus

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD, find_head
from gancheck.gans.players import Players
from gancheck.gans.state import Params
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.objectives._critics import add_critics, names
from gancheck.strategies.objectives._shares import row_shares
from gancheck.strategies.search_space import Choice, Log


@strategy(
    "mcl",
    family="objective",
    paper="Choi & Han, NeurIPS 2022",
    search={
        "critics": Choice(2, 5, 10),
        "alpha": Log(0.001, 10.0),
        "beta": Log(0.01, 100.0),
        "beta_g": Log(0.001, 10.0),
        "temperature": Log(0.01, 1.0),
    },
)
@dataclass(frozen=True)
class MultipleChoice(Strategy):
    """D_m minimises -log(1 - D_m(G(z))), and -log D_m(x) of the x it is an expert on; G -log D_m(G(z)) of experts.

    Experts on a sample are the `experts` heads with the highest D_m. All others are drawn to D_m = 1/2 there, by alpha
    times the cross entropy. q and o are the means over real and generated samples of softmax(D_1 ... D_M, temperature).
    The heads' loss has beta (1 - t) KL(uniform || q) too, t the share of the run that is done, G's beta_g KL(q || o).
    """

    critics: int = 5  #: heads, M in the paper; one of the numbers it uses on images
    experts: int = 1  #: of every sample, k in the paper; 1 in all of its experiments
    alpha: float = 0.1  #: weight of the cross entropy of those that are no experts; 0: they learn nothing of a sample
    beta: float = 1.0  #: weight at the start of the term that gives all heads their share of real samples
    beta_g: float = 0.1  #: weight of the term that gives generated samples the heads' shares of real ones
    temperature: float = 0.1  #: of the softmax of probabilities D_m, from 0 to 1

    def __post_init__(self) -> None:
        if not 1 <= self.experts <= self.critics:
            raise BadParameter(f"experts = {self.experts} must lie between 1 and critics = {self.critics}")
        if min(self.alpha, self.beta, self.beta_g) < 0 or not self.temperature > 0:
            raise BadParameter(
                f"alpha = {self.alpha}, beta = {self.beta}, beta_g = {self.beta_g} must not be negative, "
                f"temperature = {self.temperature} must be positive"
            )

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        players = gan.build(data)
        seen = data.joined(players.latent.codes) if players.discriminator_sees_code else data
        head = find_head(players.discriminator, seen)
        last = head_names(dict(players.discriminator.named_parameters()))
        return None if head and any(name == f"{head.name}.weight" for name in last) else REQUIRES_LINEAR_HEAD

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return add_critics(players, info, self.critics)

    def constrain(self, weights: Params, player: str, game: Game) -> Params:
        """Every discriminator plays with the layers of the first, but for its head."""
        if player not in names(self.critics)[1:]:
            return weights
        return {**game.weights["discriminator"], **{name: weights[name] for name in head_names(weights)}}

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real, fake = self.logits(game.real, game), self.logits(game.fake, game)
        told = game.average(self.specialise(real), "real") + game.average(softplus(fake).sum(1), "fake")
        even = torch.full((self.critics,), 1 / self.critics, device=real.device)
        return told + self.beta * (1 - game.progress) * divergence(even, self.shares(real, "real", game))

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real, fake = self.logits(game.real, game).detach(), self.logits(game.fake, game)
        skew = divergence(self.shares(real, "real", game), self.shares(fake, "fake", game))
        return game.average(self.specialise(fake), "fake") + self.beta_g * skew

    def logits(self, seen: Tensor, game: Game) -> Tensor:
        """(rows, critics) logits of all heads, from one pass through the layers that they share."""
        features = game.features(seen)
        heads = [game.constrained_weights(name) for name in names(self.critics)]
        return torch.cat([answer(features, {n: w[n] for n in head_names(w)}) for w in heads], 1)

    def specialise(self, logits: Tensor) -> Tensor:
        """(rows,) losses of heads' logits (rows, critics): experts should say 1, all others 1/2."""
        expert = (logits.argsort(1, descending=True).argsort(1) < self.experts).to(logits.dtype)
        unsure = (softplus(logits) + softplus(-logits)) / 2
        return (expert * softplus(-logits) + self.alpha * (1 - expert) * unsure).sum(1)

    def shares(self, logits: Tensor, side: str, game: Game) -> Tensor:
        """(critics,) about how often each head is the expert on samples of these logits (rows, critics)."""
        chance = (logits.sigmoid() / self.temperature).softmax(1)
        return row_shares(game, len(logits), side) @ chance


def head_names(weights: Params) -> list[str]:
    """The names of the last layer's weights."""
    last = [name for name, weight in weights.items() if weight.dim() > 1][-1].rpartition(".")[0]
    return [name for name in weights if name.rpartition(".")[0] == last]


def answer(features: Tensor, head: Params) -> Tensor:
    """(rows, 1) the last layer's answer to features (rows, width)."""
    by_kind = {name.rpartition(".")[2]: weight for name, weight in head.items()}
    return linear(features, by_kind["weight"].flatten(1), by_kind.get("bias"))


def divergence(p: Tensor, q: Tensor) -> Tensor:
    """The Kullback-Leibler divergence of shares (k,) from shares q (k,), in nats; a share of 0, which a sharp softmax
    gives, counts as the least number above it."""
    least = torch.finfo(p.dtype).tiny
    p, q = p.clamp_min(least), q.clamp_min(least)
    return (p * (p.log() - q.log())).sum()

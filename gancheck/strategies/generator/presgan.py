"""PresGAN: the generator adds noise of a learned width to its samples and is paid for the entropy of what results.

Dieng, Ruiz, Blei & Titsias, "Prescribed generative adversarial networks", 2019. As in the paper and its authors' code,
real samples get the same noise, the gradient of the entropy is estimated from latents that Hamiltonian Monte Carlo
draws given the sample, its step size follows the share of accepted moves, and samples are evaluated without noise. The
term in the loss has that gradient, but not the entropy's value. Where latents have codes, the chains keep them. What
picks real rows, such as `cleaning`, belongs before it: it measures them without the noise then.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import grad
from torch.nn.functional import softplus

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.noise import MeanNoise, noise
from gancheck.gans.players import Players
from gancheck.gans.state import State
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Log

STEP = "presgan/step"  #: size of a leapfrog step times the latent's size
ACCEPTED = 0.67  #: share of accepted moves that the step size aims at, as in the authors' code
PACE = 0.02  #: of the step size's changes, as there
NORMAL_ONLY = "its chains are those of a latent z ~ N(0, I)"


@strategy(
    "presgan",
    family="generator",
    paper="Dieng et al., 2019",
    search={"weight": Log(0.0001, 1.0), "sigma": Log(0.03, 1.0)},
)
@dataclass(frozen=True)
class PresGan(Strategy):
    """Train on x + sigma * eps and G(z) + sigma * eps, sigma learned, and subtract weight * entropy from G's loss."""

    weight: float = 0.01  #: of the entropy, lambda in the paper; as in the authors' code
    sigma: float = 0.313  #: of the noise at the start; as in the authors' code, softplus(-1)
    burn_in: int = 2  #: moves of a chain before the first that counts; as in the authors' code
    draws: int = 2  #: moves that count; as in the authors' code
    leapfrog: int = 5  #: steps of a move; as in the authors' code

    def __post_init__(self) -> None:
        if self.weight < 0 or not self.sigma > 0:
            raise BadParameter(f"weight = {self.weight} must not be negative, sigma = {self.sigma} must be positive")
        if self.burn_in < 0 or self.draws < 1 or self.leapfrog < 1:
            raise BadParameter(
                f"burn_in = {self.burn_in} must not be negative, draws = {self.draws} and leapfrog = {self.leapfrog} "
                "be at least 1"
            )

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return None if gan.build(data).latent.prior == "normal" else NORMAL_ONLY

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return players.replace(generator=Noisy(players.generator, info.data.shape, self.sigma))

    def memory(self, state: State) -> dict[str, Any]:
        return {STEP: torch.ones_like(state.progress)}

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        width = sigma_of(game).detach()
        return batch._replace(x=batch.x + width * game.normal("presgan", batch.x.shape))

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        if not self.weight:
            return loss
        x, width = game.samples, sigma_of(game)
        slope = (self.posterior_mean(x.detach(), width.detach(), game) - x) / width.square()  # of log p(x)
        return loss + self.weight * (slope.detach() * x).flatten(1).sum(1).mean()

    def posterior_mean(self, x: Tensor, width: Tensor, game: Game) -> Tensor:
        """(n, *shape) the mean of G(z) over latents z that chains draw given the samples x, from those that made x."""
        still = replace(game.without_side_effects(), noise=MeanNoise({}, device=x.device))

        def energy(z: Tensor) -> Tensor:
            gaps = ((x - still.generate(z)) / width).flatten(1)
            return (z.square().sum(1) + gaps.square().sum(1)) / 2

        chain, step, means = Chain.start(energy, game.latent), game.memory[STEP], list[Tensor]()
        for move in range(self.burn_in + self.draws):
            chain, accepted = chain.moved(step / game.latent.shape[1], self.leapfrog, game)
            if move < self.burn_in:
                step = step * (1 + PACE * (accepted - ACCEPTED))
            else:
                means.append(still.generate(chain.z))
        game.remember(STEP, step)
        return torch.stack(means).mean(0)


class Noisy(nn.Module):
    """A generator whose samples have noise, one width for each number of a sample; none where they are evaluated."""

    def __init__(self, generator: nn.Module, shape: tuple[int, ...], sigma: float) -> None:
        super().__init__()
        self.generator = generator
        self.raw_sigma = nn.Parameter(torch.full(shape, math.log(math.expm1(sigma))))

    def forward(self, *inputs: Tensor) -> Tensor:
        mean: Tensor = self.generator(*inputs)
        return mean + softplus(self.raw_sigma) * noise("normal", mean.shape, "presgan") if self.training else mean


def sigma_of(game: Game) -> Tensor:
    """(*shape) the width of the noise."""
    weights = game.constrained_weights("generator")
    return softplus(next(weight for name, weight in weights.items() if name.endswith("raw_sigma")))


class Chain(NamedTuple):
    """Where Hamiltonian Monte Carlo stands, n chains at once."""

    energy: Callable[[Tensor], Tensor]  #: (n, size) -> (n,) minus the logarithm of the density
    z: Tensor  #: (n, size)
    height: Tensor  #: (n,) the energy there
    slope: Tensor  #: (n, size) its gradient there

    @classmethod
    def start(cls, energy: Callable[[Tensor], Tensor], z: Tensor) -> Chain:
        """Chains at z, which is a constant."""

        def summed(at: Tensor) -> tuple[Tensor, Tensor]:
            heights = energy(at)
            return heights.sum(), heights

        z = z.detach()
        slope, height = grad(summed, has_aux=True)(z)
        return cls(energy, z, height.detach(), slope.detach())

    def moved(self, step: Tensor, leapfrog: int, game: Game) -> tuple[Chain, Tensor]:
        """The chains after one move each, and the share of moves that were accepted."""
        momentum = start = game.normal("presgan/momentum", self.z.shape)
        end = self
        for _ in range(leapfrog):
            momentum = momentum - step / 2 * end.slope
            end = Chain.start(self.energy, end.z + step * momentum)
            momentum = momentum - step / 2 * end.slope
        gain = self.height - end.height + (start.square().sum(1) - momentum.square().sum(1)) / 2
        accepted = game.uniform("presgan/accepted", gain.shape) < gain.exp()
        kept = [
            torch.where(accepted.reshape(-1, *[1] * (b.dim() - 1)), b, a)
            for a, b in zip(self[1:], end[1:], strict=True)
        ]
        return Chain(self.energy, *kept), accepted.float().mean()

"""DDLS: let the trained discriminator move latents by Langevin dynamics before samples are made of them.

Che, Zhang, Sohl-Dickstein, Larochelle, Paull, Cao & Bengio, "Your GAN is secretly an energy-based model and you should
use discriminator driven latent sampling", NeurIPS 2020. Where the discriminator's logit is the log odds of real against
generated, a long chain of short steps ends in a sample of the data. Logits are taken as they are, those of an objective
without log odds too. Codes that other strategies draw stay those of their chain, wherever these stand in the recipe. At
the ends of a uniform prior, steps are reflected. As in training, the discriminator judges one batch at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor
from torch.func import grad, vmap

from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice, Log

AT_ONCE = 1_024  #: chains that are walked side by side


@strategy(
    "ddls",
    family="sampling",
    paper="Che et al., NeurIPS 2020",
    kind="sampling",
    search={"steps": Choice(50, 100, 200), "step": Log(0.001, 0.1)},
)
@dataclass(frozen=True)
class Ddls(Strategy):
    """z <- z - step/2 grad E(z) + sqrt(step) n from latents of the prior, n normal, E(z) = -log p(z) - D(G(z))."""

    steps: int = 100  #: of every chain; a choice of ours, as far as the prior is wide with steps of this size
    step: float = 0.01  #: step size, epsilon in the paper; that of published code

    keeps: ClassVar[tuple[str, ...]] = ("discriminator",)
    judges_alone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.steps < 1 or not self.step > 0:
            raise BadParameter(f"steps = {self.steps} must be at least 1, step = {self.step} positive")

    def sampler(self, inner: Sampler) -> Sampler:
        return LangevinSampler(inner, self.steps, self.step)


class LangevinSampler(Sampler):
    """The ends of chains, one for every sample."""

    def __init__(self, inner: Sampler, steps: int, step: float) -> None:
        super().__init__(inner)
        self.steps, self.step = steps, step

    def latents(self, kept: Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        batch = self.game(kept, source).settings.batch
        rows = -(-count // batch) * batch  # whole batches, so that packs and comparisons are those of training
        z, code = self.inner.latents(kept, rows, source)
        run = batch * max(1, AT_ONCE // batch)
        parts = [slice(start, start + run) for start in range(0, rows, run)]
        ends = [self.walk(self.game(kept, source), z[p], None if code is None else code[p], source) for p in parts]
        for player in (*self.players.generating, "discriminator"):
            self.evaluations[player] += self.steps * rows
        return torch.cat(ends)[:count], None if code is None else code[:count]

    def walk(self, game: Game, z: Tensor, code: Tensor | None, source: torch.Generator) -> Tensor:
        """Where the chains from latents (n, size), n whole batches, end."""
        batches = (-1, game.settings.batch)
        codes = () if code is None else (code.reshape(batches),)
        slope = vmap(grad(partial(energy, game)), randomness="same")
        for _ in range(self.steps):
            downhill = slope(z.reshape(*batches, z.shape[1]), *codes).reshape(z.shape)
            push = torch.randn(z.shape, generator=source, device=z.device)
            z = z - self.step / 2 * downhill + self.step**0.5 * push
            z = reflect(z) if game.players.latent.prior == "uniform" else z
        return z


def energy(game: Game, z: Tensor, code: Tensor | None = None) -> Tensor:
    """The sum of E over latents (batch, size), but for a constant."""
    seen = game.see(Sample(game.generate(z, code), z, code, real=False))
    prior = z.square().sum() / 2 if game.players.latent.prior == "normal" else 0 * z.sum()
    return prior - game.discriminate(seen).sum()


def reflect(z: Tensor) -> Tensor:
    """Numbers folded back into [-1, 1] at its ends."""
    return ((z + 3) % 4 - 2).abs() - 1

"""A strategy's sampler whose errors say where: strategy, class, file and line."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadPlugin
from gancheck.gans.game import Sample
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.strategies.base import Strategy, name_of
from gancheck.strategies.hook_call import call_hook, errors_named


class NamedSampler(Sampler):
    """What a strategy's `sampler` gave around another."""

    def __init__(self, strategy: Strategy, inner: Sampler) -> None:
        made = call_hook(strategy, "sampler", inner)
        if not isinstance(made, Sampler):
            raise BadPlugin(
                f"strategy '{name_of(strategy)}', sampler: gave {type(made).__name__}, not a gancheck.Sampler"
            )
        super().__init__(made)
        self.strategy = strategy

    def __str__(self) -> str:
        return f"strategy '{name_of(self.strategy)}', {self.inner}"

    def latents(self, kept: Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        with errors_named(f"{self}.latents", self.inner, (kept,)):
            return self.inner.latents(kept, count, source)

    def generate(self, kept: Kept, latent: Tensor, code: Tensor | None = None) -> Tensor:
        with errors_named(f"{self}.generate", self.inner, (kept,)):
            return self.inner.generate(kept, latent, code)

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        with errors_named(f"{self}.draw", self.inner, (kept,)):
            return self.inner.draw(kept, count, source)

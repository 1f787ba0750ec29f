"""Drawing samples from a generator's kept weights."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from gancheck.errors import Diverged
from gancheck.gans.players import Latent
from gancheck.gans.state import Params

CHUNK = 4096


class GeneratorSampler:
    """A generator in evaluation mode, without weights of its own."""

    def __init__(self, generator: nn.Module, latent: Latent) -> None:
        self.module = copy.deepcopy(generator).eval()
        self.latent = latent

    @torch.no_grad()
    def __call__(self, weights: Params, latent: Tensor) -> Tensor:
        """Samples for given latents (n, size); `weights` holds parameters and buffers."""
        samples: Tensor = functional_call(self.module, weights, (latent,))
        return samples

    def draw(self, weights: Params, count: int, source: torch.Generator) -> Tensor:
        """`count` samples; raises Diverged when one of them is not finite."""
        samples = torch.cat(list(self.chunks(weights, count, source)))
        if not samples.isfinite().all():
            bad = int((~samples.flatten(1).isfinite().all(1)).sum())
            raise Diverged(f"{bad} of {count} samples are not finite")
        return samples

    def chunks(self, weights: Params, count: int, source: torch.Generator) -> Iterator[Tensor]:
        """The samples in pieces, so that wide generators fit."""
        for start in range(0, count, CHUNK):
            yield self(weights, self.latent.draw(min(CHUNK, count - start), source))

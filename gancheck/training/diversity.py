"""The probe: how varied the live generators' samples are, beside a real batch, a few dozen times per run."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.spatial.distance import pdist
from torch import Tensor
from torch.func import vmap

from gancheck.datasets.base import Dataset
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept, Params
from gancheck.numerics.seeding import generator
from gancheck.training.fallback import cannot_follow

#: Samples per probe; 256 put the median of 32,640 distances within a few per cent.
PROBE_SAMPLES = 256


class DiversityProbe:
    """Measures `diversity`: the median distance between two samples over that between two real training samples."""

    def __init__(self, sampler: Sampler, dataset: Dataset, device: torch.device, together: bool = True) -> None:
        self.sampler, self.device = sampler, device
        self.real = median_distance(dataset.draw(PROBE_SAMPLES, generator(device, "probe/real")).x)
        self.together = together  #: draw for all seeds at once, until it is seen that a sampler cannot

    def __call__(self, kept: Kept, seeds: int) -> list[float]:
        """The ratio of each seed of stacked tensors: near 1 when varied, near 0 when collapsed, NaN when samples are
        not finite, or real ones are all alike."""
        return [median_distance(x) / self.real if self.real else math.nan for x in self.samples(kept, seeds).cpu()]

    def samples(self, kept: Kept, seeds: int) -> Tensor:
        """(seeds, 256, *shape): at every look, and for every seed, of the same latents and `gancheck.noise`."""
        if self.together and seeds > 1:
            try:
                drawn: Tensor = vmap(self.draw, randomness="same")(kept.weights, kept.memory)
                return drawn
            except Exception as error:
                if not cannot_follow(error):
                    raise
                self.together = False
        return torch.stack([self.draw(one.weights, one.memory) for one in kept.unstack(seeds)])

    def draw(self, weights: dict[str, Params], memory: dict[str, object]) -> Tensor:
        """One seed's samples."""
        return self.sampler.draw(Kept(weights, memory), PROBE_SAMPLES, generator(self.device, "probe")).x


def median_distance(x: Tensor) -> float:
    """Median Euclidean distance over all pairs of rows, the lower one of two; computed in float64."""
    squares = pdist(x.flatten(1).double().cpu().numpy(), "sqeuclidean")
    middle = (len(squares) - 1) // 2
    return float(np.sqrt(np.partition(squares, middle)[middle])) if np.isfinite(squares).all() else float("nan")

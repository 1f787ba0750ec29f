"""The probe: how varied the live generator's samples are, beside a real batch, a few dozen times per run."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.datasets.base import Dataset
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.numerics.seeding import generator

#: Samples per probe; 256 put the median of 32,640 distances within a few per cent.
PROBE_SAMPLES = 256


class DiversityProbe:
    """Measures `diversity`: the median distance between two samples over that between two real training samples."""

    def __init__(self, sampler: Sampler, dataset: Dataset, device: torch.device) -> None:
        self.sampler, self.device = sampler, device
        self.real = median_distance(dataset.draw(PROBE_SAMPLES, generator(device, "probe/real")).x)

    def __call__(self, kept: Kept) -> Tensor:
        """The ratio, a scalar: near 1 when varied, near 0 when collapsed, NaN when samples are not finite."""
        source = generator(self.device, "probe")  # at every look the same latents, and noise of modules
        return median_distance(self.sampler.draw(kept, PROBE_SAMPLES, source).x) / self.real


def median_distance(x: Tensor) -> Tensor:
    """Median Euclidean distance over all pairs of rows."""
    return torch.pdist(x.flatten(1).double()).median().float()

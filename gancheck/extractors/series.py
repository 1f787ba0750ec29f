"""Time series by their course and their statistics."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool1d

from gancheck.errors import BadData
from gancheck.extractors.base import Extractor, extractor

SMALL = 32  #: numbers in a series up to which it is compared as it is
SEGMENTS = 8  #: of the time axis
BANDS = 4  #: of the spectrum, each reaching to a higher frequency by the same factor
PAIRED = 8  #: channels up to which every pair is compared


@extractor("series")
@dataclass
class SeriesFeatures(Extractor):
    """Time series: the mean in 8 parts of the time axis, deviation, extremes, step size and 4 bands of the spectrum.

    All of it channel by channel and in the units of the data, so that twice the series has twice the features. Up to 8
    channels the deviation of the difference of each two is added, which says how they move together. Series of at most
    32 numbers are compared as they are. What two series share in all of this looks the same: phases within a part of
    the time axis, for one.
    """

    batch = 1_024

    def features(self, x: Tensor) -> Tensor:
        """(n, d) of the series' own precision, from (n, t, c)."""
        if x.dim() != 3:
            raise BadData(f"series features take series (n, t, c), not {tuple(x.shape)}: use --features points")
        if x[0].numel() <= SMALL:
            return x.flatten(1)
        z = x.double().transpose(1, 2)  # (n, c, t)
        course = adaptive_avg_pool1d(z, min(SEGMENTS, z.shape[2]))
        return torch.cat([part.flatten(1) for part in (course, statistics(z), together(z))], 1).to(x.dtype)


def statistics(z: Tensor) -> Tensor:
    """(n, c, 3 + bands) deviation, smallest and largest value, step size and amplitude by band of (n, c, t) series."""
    parts = [z.std(2, correction=0), z.amin(2), z.amax(2)]
    if z.shape[2] > 1:
        parts += [z.diff(dim=2).square().mean(2).sqrt(), *amplitudes(z)]
    return torch.stack(parts, 2)


def amplitudes(z: Tensor) -> list[Tensor]:
    """(n, c) root-mean-square of (n, c, t) series in each band of frequencies that holds any."""
    power = torch.fft.rfft(z, dim=2).abs().square()[:, :, 1:]  # without the mean
    power[:, :, : (z.shape[2] - 1) // 2] *= 2  # frequencies that stand for a pair
    edges = torch.logspace(0, 1, BANDS + 1, base=max(power.shape[2], 1)).round().long().tolist()
    edges[0] = 0
    return [power[:, :, low:high].sum(2).sqrt() / z.shape[2] for low, high in pairwise(edges) if high > low]


def together(z: Tensor) -> Tensor:
    """(n, pairs) deviation of the difference of every two channels, while they are few."""
    if z.shape[1] > PAIRED:
        return z.new_empty(len(z), 0)
    first, second = torch.triu_indices(z.shape[1], z.shape[1], 1)
    return (z[:, first] - z[:, second]).std(2, correction=0)

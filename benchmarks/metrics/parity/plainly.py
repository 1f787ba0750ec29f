"""What the metrics of class probabilities, images and histograms are, by plain definitions with 64-bit mantissas."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.stats import chi2
from torch import Tensor

from benchmarks.metrics.parity.exactly import entropy, long
from benchmarks.metrics.parity.hard import Histogram, Pictures
from benchmarks.metrics.parity.solvers import Long
from gancheck.metrics.ms_ssim import scales


def inception_score(logits: Tensor) -> Any:
    """exp of the mean divergence from the mean."""
    raw = long(logits)
    p = np.exp(raw - raw.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return np.exp(entropy(p.mean(0)) - np.mean([entropy(row) for row in p]))


def score_of_splits(logits: Tensor) -> Any:
    """Mean of ten parts' scores, shuffled as torch-fidelity does."""
    order = np.random.RandomState(2020).permutation(len(logits))
    return np.mean([inception_score(logits[torch.from_numpy(rows)]) for rows in np.split(order, 10)])


def likeness(pictures: Pictures) -> Any:
    """Multi-scale structural similarity of each channel, where the window fits, on average."""
    a, b = (x.flatten(0, 1).unsqueeze(1) for x in pictures)
    return np.mean([of_image(*both, 0) for both in zip(a, b, strict=True)])


def mirrored_likeness(pictures: Pictures) -> Any:
    """The same of all channels together; the coarsest similarity on images whose edges are mirrored."""
    return np.mean([of_image(*both, 5) for both in zip(*pictures, strict=True)])


def of_image(a: Tensor, b: Tensor, edge: int) -> Any:
    """Images (c, h, w) in [-1, 1], the coarsest with so many mirrored pixels around."""
    x, y = ((long(z) + 1) / 2 for z in (a, b))
    exponents = scales(min(x.shape[-2:]))
    result = np.longdouble(1)
    for exponent in exponents[:-1]:
        result *= max(likenesses(x, y)[1].mean(), 0) ** exponent
        x, y = (coarser(z) for z in (x, y))
    x, y = (np.pad(z, [(0, 0), (edge, edge), (edge, edge)], mode="reflect") for z in (x, y))
    return result * max(np.prod(likenesses(x, y), axis=0).mean(), 0) ** exponents[-1]


def coarser(x: Long) -> Long:
    """Half as wide and half as high, an odd last line left out."""
    x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
    return np.asarray((x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2]) / 4)


def likenesses(x: Long, y: Long) -> Long:
    """Of luminance, and of contrast and structure, at every place of the window."""
    mean_x, mean_y, xx, yy, xy = (blurred(z) for z in (x, y, x * x, y * y, x * y))
    light = (2 * mean_x * mean_y + 0.01**2) / (mean_x**2 + mean_y**2 + 0.01**2)
    rest = (2 * (xy - mean_x * mean_y) + 0.03**2) / (xx - mean_x**2 + yy - mean_y**2 + 0.03**2)
    return np.stack([light, rest])


def blurred(x: Long) -> Long:
    """Under a Gaussian of 11 x 11 pixels, where it fits."""
    kernel = np.exp(-(np.arange(-5, 6, dtype=np.longdouble) ** 2) / np.longdouble(4.5))
    for axis in (1, 2):
        x = np.asarray(np.lib.stride_tricks.sliding_window_view(x, 11, axis=axis) @ (kernel / kernel.sum()))
    return x


def divergence(p: Any, q: Any) -> Any:
    """Kullback and Leibler's, in nats, of what both sum to 1."""
    p, q, held = p / p.sum(), q / q.sum(), p > 0
    return (p[held] * np.log(p[held] / q[held])).sum()


def shares(histogram: Histogram) -> tuple[Long, Long]:
    """Of samples and of real data."""
    counts, weights = (x.astype(np.longdouble) for x in histogram)
    return counts / counts.sum(), weights


def reverse_kl(histogram: Histogram) -> Any:
    """From samples to real data."""
    return divergence(*shares(histogram))


def forward_kl(histogram: Histogram) -> Any:
    """From real data to samples, half a sample added to every mode."""
    return divergence(shares(histogram)[1], histogram.counts.astype(np.longdouble) + 0.5)


def jsd(histogram: Histogram) -> Any:
    """Both to their middle."""
    p, q = shares(histogram)
    return (divergence(p, (p + q) / 2) + divergence(q, (p + q) / 2)) / 2


def tv(histogram: Histogram) -> Any:
    """Half the sum of gaps."""
    p, q = shares(histogram)
    return np.abs(p - q).sum() / 2


def effective_modes(histogram: Histogram) -> Any:
    """Exponential of the entropy."""
    return np.exp(entropy(shares(histogram)[0]))


def plain_g_test(histogram: Histogram) -> float:
    """P-value of twice the divergence times n."""
    return float(chi2.sf(float(2 * histogram.counts.sum() * reverse_kl(histogram)), len(histogram.counts) - 1))


def g_test(histogram: Histogram) -> float:
    """The same with Williams' correction."""
    n, k = histogram.counts.sum(), len(histogram.counts)
    factor = 1 + ((1 / histogram.weights).sum() - 1) / (6 * n * (k - 1))
    return float(chi2.sf(float(2 * n * reverse_kl(histogram) / factor), k - 1))

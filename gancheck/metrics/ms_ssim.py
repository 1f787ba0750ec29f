"""Diversity of images, by how alike two of them look."""

from __future__ import annotations

from math import exp, prod

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.seeding import disjoint_pairs
from gancheck.statistics.estimate import Estimate, of_mean

PAIRS = 500
MAPS = 10  #: images and blurred images at hand for each sample
WINDOW, SIGMA = 11, 1.5  #: of the Gaussian, in pixels
EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  #: of the scales, the finest first
FLOOR_L, FLOOR_C = 0.01**2, 0.03**2  #: keep quotients of small numbers tame; pixels are in [0, 1]


@metric("ms-ssim", better="lower", low=0, high=1, needs="images", on_request=True, slow=True)
def ms_ssim(view: View) -> Estimate:
    """Mean multi-scale structural similarity of two samples; lower is more diverse, real data's value is the aim.

    0 to 1, and 1 where all images are equal. A perfect generator gets what real data gets: far below it means noise,
    so read it beside the real row. Up to 500 disjoint random pairs, always the same ones, at full size and channel by
    channel. Five scales need 176 pixels a side; smaller images get as many as keep the 11-pixel window inside, their
    exponents scaled to sum 1, and below 11 pixels the window is the largest odd size that fits. The interval is of the
    mean over pairs. It sees a single repeated image, hardly the loss of some modes, and no fidelity at all. Fewer than
    2 samples, or images below 3 pixels: BadData.
    Wang, Simoncelli & Bovik, 2003; as a measure of GANs Odena, Olah & Shlens, ICML 2017.
    On digits it did not see: imbalance, shrink, copy, repeat.
    """
    images = view.images
    pairs = disjoint_pairs(len(images), PAIRS, "ms-ssim", images.device)
    rows = max(1, view.samples.chunk // (8 * MAPS * prod(images.shape[1:])))
    return of_mean(torch.cat([similarity(images[i], images[j]) for i, j in (p.T for p in torch.split(pairs, rows))]))


def similarity(a: Tensor, b: Tensor) -> Tensor:
    """(n,) float64 multi-scale structural similarity of (n, c, h, w) images in [-1, 1], mean over channels."""
    kernel = window(min(a.shape[-2:]))
    x, y = ((image.double().flatten(0, 1).unsqueeze(1) + 1) / 2 for image in (a, b))
    exponents = scales(min(a.shape[-2:]))
    result = x.new_ones(len(x))
    for scale, exponent in enumerate(exponents):
        light, structure = parts(x, y, kernel)
        last = scale == len(exponents) - 1
        result = result * (light * structure if last else structure).mean((1, 2, 3)).clamp(0, 1) ** exponent
        if not last:
            x, y = avg_pool2d(x, 2), avg_pool2d(y, 2)
    return result.reshape(len(a), -1).mean(1)


def parts(x: Tensor, y: Tensor, kernel: tuple[float, ...]) -> tuple[Tensor, Tensor]:
    """Luminance, and contrast with structure, at every place of the window inside (n, 1, h, w) images."""
    mean_x, mean_y = blur(x, kernel), blur(y, kernel)
    square_x, square_y, product = mean_x.square(), mean_y.square(), mean_x * mean_y
    variance = blur(x.square(), kernel) - square_x + blur(y.square(), kernel) - square_y
    covariance = blur(x * y, kernel) - product
    light = (2 * product + FLOOR_L) / (square_x + square_y + FLOOR_L)
    return light, (2 * covariance + FLOOR_C) / (variance + FLOOR_C)


def blur(x: Tensor, kernel: tuple[float, ...]) -> Tensor:
    """(n, 1, h, w) weighted by the window wherever it fits; sums of shifted images are ten times as fast as conv2d."""
    for axis in (-2, -1):
        length = x.shape[axis] - len(kernel) + 1
        total = x.narrow(axis, 0, length) * kernel[0]
        for shift, weight in enumerate(kernel[1:], 1):
            total.add_(x.narrow(axis, shift, length), alpha=weight)
        x = total
    return x


def window(side: int) -> tuple[float, ...]:
    """Gaussian weights that sum to 1: of 11 pixels, or of the largest odd number that fits."""
    if side < 3:
        raise BadData(f"structure needs images of at least 3 x 3 pixels, got {side} on one side")
    reach = min(WINDOW, side - 1 + side % 2) // 2
    weights = [exp(-((x / SIGMA) ** 2) / 2) for x in range(-reach, reach + 1)]
    return tuple(weight / sum(weights) for weight in weights)


def scales(side: int) -> tuple[float, ...]:
    """Exponents of the scales at which the window fits."""
    fitting = [e for scale, e in enumerate(EXPONENTS) if side // 2**scale >= WINDOW] or [1.0]
    return tuple(exponent / sum(fitting) for exponent in fitting)

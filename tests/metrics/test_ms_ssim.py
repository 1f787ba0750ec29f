"""How alike two images look."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.ms_ssim import EXPONENTS, ms_ssim, scales, similarity, window


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def measured(images: Tensor) -> float:
    return float(ms_ssim(View(images.flatten(1), images=images)))


def by_hand(a: np.ndarray, b: np.ndarray, side: int, exponents: tuple[float, ...]) -> float:
    """One channel in [0, 1], with two-dimensional windows from scipy."""
    axis = np.arange(side) - side // 2
    kernel = np.exp(-(axis[:, None] ** 2 + axis**2) / (2 * 1.5**2))
    kernel /= kernel.sum()
    result = 1.0
    for scale, exponent in enumerate(exponents):
        mean_a, mean_b, aa, bb, ab = (convolve2d(x, kernel, "valid") for x in (a, b, a * a, b * b, a * b))
        light = (2 * mean_a * mean_b + 1e-4) / (mean_a**2 + mean_b**2 + 1e-4)
        structure = (2 * (ab - mean_a * mean_b) + 9e-4) / (aa - mean_a**2 + bb - mean_b**2 + 9e-4)
        value = (light * structure if scale == len(exponents) - 1 else structure).mean()
        result *= max(value, 0) ** exponent
        if scale == len(exponents) - 1:
            return result
        a, b = ((x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4 for x in (a, b))
    return result


@pytest.mark.parametrize(("side", "width", "exponents"), [(8, 7, (1.0,)), (176, 11, EXPONENTS)])
def test_it_is_the_published_formula(side: int, width: int, exponents: tuple[float, ...]):
    smooth = torch.nn.functional.interpolate(noise(1, 1, side // 4, side // 4), size=(side, side), mode="bilinear")
    near = (smooth + 0.3 * noise(1, 1, side, side, seed=1)).clamp(-1, 1)
    a, b = (((x[0, 0] + 1) / 2).double().numpy() for x in (smooth, near))
    total = sum(exponents)
    expected = by_hand(a, b, width, tuple(e / total for e in exponents))
    assert 0.1 < expected < 0.99
    assert float(similarity(smooth, near)) == pytest.approx(expected, rel=1e-6)


def test_flat_images_differ_in_luminance_alone():
    a, b = (torch.full((1, 1, 8, 8), x) for x in (-0.6, 0.2))  # 0.2 and 0.6
    expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4)
    assert float(similarity(a, b)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 20), (3, 64, 64)])
def test_one_repeated_image_scores_one_and_unlike_images_near_zero(shape: tuple[int, ...]):
    assert measured(noise(1, *shape).repeat(10, 1, 1, 1)) == pytest.approx(1)
    assert measured(noise(40, *shape)) < 0.3


def test_channels_count_alike():
    a, b = noise(5, 3, 16, 16), noise(5, 3, 16, 16, seed=1)
    each = torch.stack([similarity(a[:, c : c + 1], b[:, c : c + 1]) for c in range(3)])
    torch.testing.assert_close(similarity(a, b), each.mean(0))


@pytest.mark.parametrize(("side", "number"), [(3, 1), (8, 1), (21, 1), (22, 2), (64, 3), (175, 4), (176, 5), (999, 5)])
def test_smaller_images_get_fewer_scales(side: int, number: int):
    assert len(scales(side)) == number
    assert sum(scales(side)) == pytest.approx(1)


@pytest.mark.parametrize(("side", "width"), [(3, 3), (4, 3), (8, 7), (10, 9), (11, 11), (64, 11)])
def test_the_window_is_the_largest_that_fits(side: int, width: int):
    assert len(window(side)) == width


def test_interval_narrows_with_more_pairs():
    few, many = (ms_ssim(View(torch.zeros(n, 1), images=noise(n, 1, 8, 8))) for n in (40, 1_000))
    assert float(many.high - many.low) < float(few.high - few.low) / 3


def test_too_few_or_too_small_images_are_refused():
    with pytest.raises(BadData, match="at least 2 samples"):
        measured(noise(1, 1, 8, 8))
    with pytest.raises(BadData, match="3 x 3 pixels"):
        measured(noise(4, 1, 2, 8))
    with pytest.raises(BadData, match="no images"):
        ms_ssim(View(torch.zeros(4, 2)))

from __future__ import annotations

import torch

from gancheck.classifiers.augmentation import grain, warp
from gancheck.classifiers.digit_classifier import digit_classifier
from gancheck.datasets.images.digit_pools import digits


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_warped_digits_change_but_stay_in_range_and_in_their_class() -> None:
    x, y = digits("train")
    warped = warp(x, generator())
    assert warped.shape == x.shape
    assert warped.abs().max() <= 1
    assert (warped - x).abs().mean() > 0.05
    classifier = digit_classifier(x.device)
    assert (classifier.label(classifier.features(warped)) == y).double().mean() > 0.98


def test_warp_of_no_strength_is_no_warp() -> None:
    x = digits("train").x
    torch.testing.assert_close(warp(x, generator(), strength=0), x, rtol=0, atol=1e-5)


def test_grain_is_at_most_as_strong_as_declared() -> None:
    flat = torch.zeros(500, 8, 8)
    strength = grain(flat, generator()).flatten(1).std(1)
    assert 0.05 < strength.mean() < 0.15
    assert strength.max() < 0.3

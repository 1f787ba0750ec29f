from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.frechet import fid
from gancheck.system.torchvision_compat import torchvision_operators


def points(n: int, d: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator) * torch.arange(1, d + 1) ** -0.5


@pytest.mark.parametrize(("n", "m", "d"), [(500, 700, 2), (500, 700, 64), (900, 800, 300)])
def test_agrees_with_torch_fidelity_to_six_digits(n: int, m: int, d: int):
    torchvision_operators()
    theirs = pytest.importorskip("torch_fidelity.metric_fid")
    fake, real = points(n, d, 0) * 1.2 + 0.3, points(m, d, 1)
    stats = [theirs.fid_features_to_statistics(x.double()) for x in (fake, real)]
    expected = theirs.fid_statistics_to_metric(*stats, False)["frechet_inception_distance"]
    assert fid(View(fake, real)).item() == pytest.approx(expected, rel=1e-6)


def test_a_perfect_generator_is_not_at_zero_but_falls_towards_it_with_n():
    values = [fid(View(points(n, 16, 0), points(n, 16, 1))).item() for n in (100, 1000, 10_000)]
    assert values[0] > 5 * values[1] > 25 * values[2] > 0


def test_one_repeated_sample_has_a_distance_and_a_single_one_has_not():
    real = points(200, 3, 1)
    assert fid(View(real[:1].repeat(50, 1), real)) > 0
    with pytest.raises(BadData, match="at least 2 samples"):
        fid(View(real[:1], real))


def test_without_a_reference_there_is_no_distance():
    with pytest.raises(BadData, match="give a reference"):
        fid(View(points(9, 2, 0)))

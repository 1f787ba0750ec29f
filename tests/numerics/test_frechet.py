from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from gancheck.errors import BadData
from gancheck.numerics.features import CHUNK, FeatureSet
from gancheck.numerics.frechet import congruence, covariance, cross_trace, frechet, nuclear_norm


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(d, d, dtype=torch.float64, generator=generator) / d**0.5
    return torch.randn(n, d, dtype=torch.float64, generator=generator) @ mix


def oracle(a: torch.Tensor, b: torch.Tensor) -> float:
    """The textbook formula with scipy's matrix root."""
    first, second = np.cov(a.numpy().T), np.cov(b.numpy().T)
    apart = ((a.mean(0) - b.mean(0)) ** 2).sum().item()
    return float(apart + np.trace(first + second - 2 * sqrtm(first @ second).real))


def moments(mean: list[float], deviation: list[float]) -> FeatureSet:
    """A sample whose mean and covariance are exactly these."""
    z = torch.randn(50, len(mean), dtype=torch.float64, generator=torch.Generator().manual_seed(len(mean)))
    z = z - z.mean(0)
    white = z @ torch.linalg.inv(torch.linalg.cholesky(z.T @ z / 49)).T
    return FeatureSet(white * torch.tensor(deviation) + torch.tensor(mean))


def test_two_gaussians_along_the_axes_have_the_distance_of_the_closed_form():
    a, b = moments([0, 0, 1], [1, 2, 3]), moments([3, 0, 1], [1, 4, 0.5])
    assert frechet(a, b).item() == pytest.approx(9 + 0 + 4 + 6.25, rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(400, 300), (400, 20), (20, 400), (25, 20)])
def test_agrees_with_scipys_matrix_root_with_many_and_few_samples(n: int, m: int):
    a, b = points(n, 40), points(m, 40, seed=1)
    assert frechet(FeatureSet(a), FeatureSet(b)).item() == pytest.approx(oracle(a, b), abs=1e-6)


def test_two_samples_on_each_side_have_the_distance_of_two_segments():
    a, b = points(2, 40), points(2, 40, seed=1)
    first, second = (a[0] - a[1]) / 2**0.5, (b[0] - b[1]) / 2**0.5
    apart = (a.mean(0) - b.mean(0)).square().sum()
    expected = apart + first @ first + second @ second - 2 * (first @ second).abs()
    assert frechet(FeatureSet(a), FeatureSet(b)).item() == pytest.approx(expected.item(), rel=1e-12)


def test_agrees_with_scipy_beyond_the_size_where_eigenvalues_take_over():
    a, b = points(700, 300), points(600, 300, seed=1)
    assert frechet(FeatureSet(a), FeatureSet(b)).item() == pytest.approx(oracle(a, b), abs=1e-6)


def test_features_that_never_vary_are_no_obstacle():
    a, b = points(200, 6), points(200, 6, seed=1)
    a[:, 2:] = 1
    b[:, 4:] = 2
    small = frechet(FeatureSet(a[:, :4]), FeatureSet(b[:, :4])).item()
    assert frechet(FeatureSet(a), FeatureSet(b)).item() == pytest.approx(small + 2, rel=1e-9)


def test_one_point_over_and_over_is_a_gaussian_without_width():
    a, b = torch.full((100, 3), 2.0), points(200, 3)
    expected = ((b.mean(0) - 2) ** 2).sum() + b.var(0).sum()
    assert frechet(FeatureSet(a), FeatureSet(b)).item() == pytest.approx(expected.item(), rel=1e-12)


@pytest.mark.parametrize(("n", "d"), [(50, 4), (10, 60), (400, 300)])
def test_distance_of_a_set_to_itself_is_zero(n: int, d: int):
    x = FeatureSet(points(n, d))
    assert frechet(x, x).item() == pytest.approx(0, abs=1e-9)


def test_a_single_sample_has_no_covariance():
    with pytest.raises(BadData, match="at least 2 samples"):
        frechet(FeatureSet(points(1, 3)), FeatureSet(points(9, 3)))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 30), m=st.integers(2, 30), d=st.integers(1, 12))
def test_distance_is_symmetric_and_not_negative(seed: int, n: int, m: int, d: int):
    a, b = FeatureSet(points(n, d, seed)), FeatureSet(points(m, d, seed + 1))
    assert frechet(a, b).item() == pytest.approx(frechet(b, a).item(), abs=1e-9)
    assert frechet(a, b) >= 0


@settings(max_examples=25, deadline=None, derandomize=True)
@given(offset=st.floats(-1e6, 1e6), n=st.integers(2, 40))
def test_moving_both_sets_together_changes_nothing(offset: float, n: int):
    a, b = points(n, 5), points(30, 5, seed=1)
    assert frechet(FeatureSet(a + offset), FeatureSet(b + offset)).item() == pytest.approx(
        frechet(FeatureSet(a), FeatureSet(b)).item(), abs=1e-7
    )


@pytest.mark.parametrize("chunk", [8, 2000, CHUNK])
def test_covariance_is_numpys_in_chunks_of_any_size(chunk: int):
    x = points(33, 7)
    np.testing.assert_allclose(covariance(FeatureSet(x, chunk)).numpy(), np.cov(x.numpy().T), atol=1e-13)


@pytest.mark.parametrize("alive", [300, 200])
def test_large_covariances_have_scipys_trace_even_where_features_never_vary(alive: int):
    a, b = points(700, 300), points(600, 300, seed=1)
    a[:, alive:] = 0
    first, second = (torch.from_numpy(np.cov(x.numpy().T)) for x in (a, b))
    expected = sqrtm(second[:alive, :alive].numpy() @ first[:alive, :alive].numpy()).real.trace()
    assert cross_trace(first, second).item() == pytest.approx(expected, rel=1e-6)
    assert cross_trace(second, first).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("d", [1, 255, 256, 257, 600])
def test_half_the_work_gives_the_same_congruence(d: int):
    generator = torch.Generator().manual_seed(0)
    upper = torch.randn(d, d, dtype=torch.float64, generator=generator).triu()
    middle = points(d + 5, d)[:d]
    middle = middle + middle.T
    assert torch.allclose(congruence(upper, middle).tril(), (upper @ middle @ upper.T).tril(), atol=1e-10)


@pytest.mark.parametrize("shape", [(260, 300), (300, 260)])
def test_both_ways_to_the_nuclear_norm_agree(shape: tuple[int, int]):
    matrix = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert nuclear_norm(matrix).item() == pytest.approx(torch.linalg.svdvals(matrix).sum().item(), rel=1e-10)

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import polynomial_kernel

from gancheck.errors import BadData, BadParameter
from gancheck.evaluation.view import View
from gancheck.metrics.kid import Cubic, ExpandedCubic, kid
from gancheck.numerics.features import FeatureSet
from gancheck.system.torchvision_compat import torchvision_operators


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def oracle(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased squared MMD from scikit-learn's kernel matrices."""
    xx, xy, yy = polynomial_kernel(x), polynomial_kernel(x, y), polynomial_kernel(y)
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in (xx, yy)]
    return float(sum(means) - 2 * xy.mean())


@pytest.mark.parametrize(("n", "m", "d"), [(20, 20, 2), (20, 15, 30), (8, 24, 200)])
@pytest.mark.parametrize("chunk", [8, 1000, 2**23])
def test_agrees_with_scikit_learn_in_chunks_of_any_size(n: int, m: int, d: int, chunk: int):
    x, y = points(n, d, 0), points(m, d, 1) + 0.5
    assert float(kid(View(x, y, chunk=chunk))) == pytest.approx(oracle(x.numpy(), y.numpy()), rel=1e-9)


def test_agrees_with_one_full_subset_of_torch_fidelity():
    torchvision_operators()
    theirs = pytest.importorskip("torch_fidelity.metric_kid")
    x, y = points(300, 20, 0), points(300, 20, 1) * 1.1
    one = {"kid_subsets": 1, "kid_subset_size": 300, "kid_kernel": "poly", "kid_kernel_poly_coef0": 1}
    settings = {**one, "kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None, "rng_seed": 0, "verbose": False}
    expected = theirs.kid_features_to_metric(x, y, **settings)["kernel_inception_distance_mean"]
    assert float(kid(View(x, y))) == pytest.approx(float(expected), rel=1e-9)


def test_a_perfect_generator_is_at_zero_on_average():
    values = torch.stack([kid(View(points(40, 3, 2 * i), points(60, 3, 2 * i + 1))).value for i in range(300)])
    assert abs(values.mean()) < 4 * values.std() / 300**0.5
    assert values.min() < 0


def test_a_single_sample_has_no_pair():
    with pytest.raises(BadData, match="at least 2 samples"):
        kid(View(points(1, 3, 0), points(9, 3, 1)))


def test_subsets_are_those_of_torch_fidelity_in_the_mean():
    x, y = points(400, 5, 0), points(300, 5, 1) + 0.3
    whole, parts = kid(View(x, y)), kid(View(x, y), subsets=60, size=100)
    assert float(parts) == pytest.approx(float(whole), rel=0.15)
    assert float(kid(View(x, y), subsets=60, size=100)) == float(parts)  # the same every time
    assert float(kid(View(x, y), subsets=3, size=1_000)) == pytest.approx(float(whole), rel=1e-9)


@pytest.mark.parametrize("how", [{"subsets": -1}, {"subsets": 3, "size": 1}])
def test_subsets_that_make_no_sense_are_refused(how: dict[str, int]):
    with pytest.raises(BadParameter, match="must not be negative"):
        kid(View(points(9, 2, 0), points(9, 2, 1)), **how)


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("offset", [0.0, 3.0, 1e6])
def test_a_kernel_of_few_features_is_the_same_without_pairs(d: int, offset: float) -> None:
    x, y = (torch.randn(60, d, dtype=torch.float64, generator=torch.Generator().manual_seed(i)) for i in (0, 1))
    reference = FeatureSet(y + offset)
    expanded, plain = (kernel(reference)(x + offset, y + offset) for kernel in (ExpandedCubic, Cubic))
    torch.testing.assert_close(expanded, plain, rtol=1e-9, atol=1e-9 * float(plain.abs().max()))

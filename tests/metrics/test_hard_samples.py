"""Every distance and diversity metric against a plain, slow definition, on samples that break careless arithmetic."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.kid import kid
from gancheck.metrics.mmd import cmmd, mmd
from gancheck.metrics.pairwise import pairwise_distance
from gancheck.metrics.rke import rke
from gancheck.metrics.swd import directions, swd
from gancheck.metrics.vendi import vendi, vendi_2
from gancheck.metrics.wasserstein import wasserstein

Array = NDArray[np.float64]
SOURCE = np.random.default_rng(0)


def plain(n: int, m: int, d: int) -> tuple[Array, Array]:
    return SOURCE.normal(size=(n, d)), SOURCE.normal(size=(m, d)) * 1.3 + 0.5


def changed(change: Callable[[Array], Any], n: int = 6, m: int = 5, d: int = 3) -> tuple[Array, Array]:
    x, y = plain(n, m, d)
    return np.asarray(change(x), float), np.asarray(change(y), float)


CASES = {
    "plain": plain(6, 5, 3),
    "fewer samples than features": plain(6, 4, 40),
    "two samples a side": plain(2, 2, 3),
    "one feature": plain(6, 6, 1),
    "rank one": changed(lambda x: x[:, :1] * np.arange(1, 5)),
    "rank one in many features": changed(lambda x: x[:, :1] * np.arange(1, 31)),
    "copies": changed(lambda x: x[[0, 0, 0, 1, 1, 2][: len(x)]]),
    "copies in many features": changed(lambda x: x[[0, 0, 0, 1, 1, 2][: len(x)]], d=30),
    "constant features": changed(lambda x: x * [1, 0, 0] + [0, 7, 0]),
    "large offset": changed(lambda x: x + 1e6),
    "large offset in many features": changed(lambda x: x + 1e6, d=30),
    "offset that is larger than float32 resolves": changed(lambda x: (x + 1e6).astype(np.float32)),
    "tiny": changed(lambda x: x * 1e-8),
    "tiny in many features": changed(lambda x: x * 1e-8, d=30),
    "huge": changed(lambda x: x * 1e8),
    "huge in many features": changed(lambda x: x * 1e8, d=30),
}


def kernel_means(k: Callable[[Array, Array], Any], x: Array, y: Array) -> Any:
    """Unbiased squared discrepancy from the three whole kernel matrices."""
    xx, yy, xy = k(x, x), k(y, y), k(x, y)
    own = [(m.sum() - np.trace(m)) / (len(m) * (len(m) - 1)) for m in (xx, yy)]
    return own[0] + own[1] - 2 * xy.sum() / xy.size


def exact_kid(x: Array, y: Array) -> float:
    """In fractions, without any rounding."""

    def kernel(a: Any, b: Any) -> Any:
        return (a @ b.T / Fraction(a.shape[1]) + 1) ** 3

    exact = np.vectorize(Fraction, otypes=[object])
    return float(kernel_means(kernel, exact(x), exact(y)))


def typical(y: Array, share: float) -> float:
    apart = pdist(y)
    return float(np.quantile(apart[apart > 0], share))


def slow_mmd(x: Array, y: Array) -> float:
    widths = typical(y, 0.5) * np.array([0.25, 0.5, 1, 2, 4])
    return float(kernel_means(lambda a, b: sum(np.exp(-(cdist(a, b) ** 2) / (2 * w * w)) for w in widths) / 5, x, y))


def unit(x: Array) -> Array:
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def slow_cmmd(x: Array, y: Array) -> float:
    def mean(a: Array, b: Array) -> float:
        return float(np.expm1(-(cdist(unit(a), unit(b)) ** 2) / 200).mean())

    return 1000 * (mean(x, x) + mean(y, y) - 2 * mean(x, y))


def slow_rke(x: Array, y: Array) -> float:
    width = typical(y, 0.05) / 2
    return float(1 / np.mean(np.exp(-(cdist(x, x) ** 2) / (2 * width * width)) ** 2))


def slow_vendi(x: Array, y: Array) -> float:
    values = np.linalg.eigvalsh(unit(x) @ unit(x).T / len(x)).clip(1e-300)
    return float(np.exp(-(values * np.log(values)).sum()))


def slow_vendi_2(x: Array, y: Array) -> float:
    return float(1 / np.mean((unit(x) @ unit(x).T) ** 2))


def slow_swd(x: Array, y: Array) -> float:
    lines, common = directions(x.shape[1], torch.device("cpu")).numpy(), math.lcm(len(x), len(y))
    a, b = (np.sort(np.repeat((z - y.mean(0)) @ lines, common // len(z), axis=0), axis=0) for z in (x, y))
    return float(np.sqrt(np.mean((a - b) ** 2)))


def slow_wasserstein(x: Array, y: Array) -> float:
    n = min(len(x), len(y))
    costs = ((x[:n, None] - y[None, :n]) ** 2).sum(2)
    return math.sqrt(min(costs[range(n), list(p)].mean() for p in itertools.permutations(range(n))))


SLOW: dict[str, tuple[Callable[[View], Any], Callable[[Array, Array], float]]] = {
    "kid": (kid, exact_kid),
    "mmd": (mmd, slow_mmd),
    "cmmd": (cmmd, slow_cmmd),
    "rke": (rke, slow_rke),
    "vendi": (vendi, slow_vendi),
    "vendi-2": (vendi_2, slow_vendi_2),
    "pairwise-distance": (pairwise_distance, lambda x, y: float(pdist(x).mean())),
    "swd": (swd, slow_swd),
    "wasserstein": (wasserstein, slow_wasserstein),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("chunk", [16, 2**23])
def test_agrees_with_the_plain_definition(name: str, case: str, chunk: int):
    (measure, slow), (x, y) = SLOW[name], CASES[case]
    got = float(measure(View(torch.from_numpy(x), torch.from_numpy(y), chunk=chunk)))
    assert got == pytest.approx(slow(x, y), rel=1e-6, abs=0 if name == "kid" else 1e-13)


@pytest.mark.parametrize("name", ["mmd", "rke"])
def test_a_reference_of_one_point_gives_no_scale(name: str):
    with pytest.raises(BadData, match="single point"):
        SLOW[name][0](View(torch.randn(9, 3), torch.ones(9, 3)))


@pytest.mark.parametrize("name", ["kid", "mmd", "cmmd", "rke", "pairwise-distance"])
def test_one_sample_has_no_pair(name: str):
    with pytest.raises(BadData, match="at least 2 samples"):
        SLOW[name][0](View(torch.randn(1, 3), torch.randn(9, 3)))

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gancheck.errors import BadData
from gancheck.numerics import neighbour_balls as module
from gancheck.numerics.features import CHUNK, FeatureSet
from gancheck.numerics.neighbour_balls import ball_membership
from gancheck.numerics.neighbours import TIE


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def brute(x: torch.Tensor, y: torch.Tensor, k: int) -> tuple[torch.Tensor, ...]:
    """Membership by every float64 difference."""

    def apart(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a.double()[:, None] - b.double()).square().sum(2).sqrt()

    fake, real = (apart(z, z).fill_diagonal_(torch.inf).sort(1).values[:, k - 1] for z in (x, y))
    across, cap = apart(x, y), real.minimum(real.quantile(0.5))
    hits = across <= real * TIE
    reached = (across <= (fake * TIE)[:, None]).any(0)
    return hits.sum(1), (across <= cap * TIE).sum(1), reached, hits.sum(0)


def lattice(n: int, d: int, seed: int) -> torch.Tensor:
    """Corners of a cube: equal distances everywhere."""
    return (points(n, d, seed) > 1.2).double()


MAKERS = {
    "random": points,
    "duplicates": lambda n, d, seed: points(n // 8, d, seed % 2).repeat(8, 1),
    "pairs": lambda n, d, seed: points(n // 2, d, seed).repeat(2, 1),
    "lattice": lattice,
    "constant offset": lambda n, d, seed: points(n, d, seed) + 1e4,
    "huge": lambda n, d, seed: points(n, d, seed) * 1e6,
    "tiny": lambda n, d, seed: points(n, d, seed) * 1e-30,
    "heavy tails": lambda n, d, seed: points(n, d, seed) / points(n, 1, seed + 7) ** 3,
    "one far outlier": lambda n, d, seed: torch.cat([points(n - 1, d, seed), torch.full((1, d), 1e6)]),
    "in the middle": lambda n, d, seed: points(n, d, seed) * (0.01 if seed else 1),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("d", [2, 17, 200])
@pytest.mark.parametrize("chunk", [20_000, CHUNK])
def test_membership_is_that_of_every_float64_difference(name: str, d: int, chunk: int):
    x, y = (MAKERS[name](n, d, seed).float() for n, seed in ((96, 1), (120, 0)))
    made = ball_membership(FeatureSet(x, chunk), FeatureSet(y, chunk), (3, 5))
    for k in (3, 5):
        found = made[k].inside, made[k].clipped, made[k].reached, made[k].held
        assert [torch.equal(a, b) for a, b in zip(found, brute(x, y, k), strict=True)] == [True] * 4


@settings(max_examples=40, deadline=None)
@given(
    d=st.sampled_from([3, 17, 50]),
    levels=st.integers(2, 6),
    width=st.floats(0.3, 3.0),
    offset=st.sampled_from([0.0, 1e4]),
    seed=st.integers(0, 999),
)
def test_membership_is_right_on_coarse_features_full_of_ties(
    d: int, levels: int, width: float, offset: float, seed: int
):
    x, y = ((points(n, d, s) * width * levels).round() / levels + offset for n, s in ((40, seed), (50, seed + 1000)))
    made = ball_membership(FeatureSet(x.float()), FeatureSet(y.float()), (4,))[4]
    found = made.inside, made.clipped, made.reached, made.held
    assert all(torch.equal(a, b) for a, b in zip(found, brute(x.float(), y.float(), 4), strict=True))


def test_few_pairs_are_measured_one_by_one(monkeypatch: pytest.MonkeyPatch):
    measured = []
    once = module.measure_pairs
    monkeypatch.setattr(module, "measure_pairs", lambda *args: measured.append(len(args[-1])) or once(*args))
    monkeypatch.setattr(module, "distances", None)
    ball_membership(FeatureSet(points(300, 60).float()), FeatureSet(points(300, 60, 1).float()), (5,))
    assert 0 <= sum(measured) < 100


def test_too_few_samples_for_k_neighbours_are_refused():
    with pytest.raises(BadData, match="5 neighbours need at least 6 samples on both sides, got 5"):
        ball_membership(FeatureSet(points(5, 2)), FeatureSet(points(9, 2)), (3, 5))
    with pytest.raises(BadData, match="need at least"):
        ball_membership(FeatureSet(points(5, 2)), FeatureSet(points(9, 2)), (0,))


def test_a_reference_of_one_repeated_point_is_refused():
    with pytest.raises(BadData, match="all reference samples are the same"):
        ball_membership(FeatureSet(points(9, 2)), FeatureSet(torch.ones(9, 2)), (3,))

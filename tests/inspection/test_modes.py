"""Modes of data without labels: the clusters that `score` would find in it, and no others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import gancheck as gc
from gancheck.inspection import inspect_data

Array = NDArray[np.float64]
N = 1_600


def ring(dice: np.random.Generator) -> Array:
    angle = 2 * np.pi * dice.integers(0, 8, N) / 8
    return np.c_[np.cos(angle), np.sin(angle)] + 0.02 * dice.normal(size=(N, 2))


DATA: dict[str, Callable[[np.random.Generator], Array]] = {
    "ring": ring,
    "whole numbers beside a narrow column": lambda r: np.c_[r.integers(0, 6, N), 0.05 * r.normal(size=N)],
    "counts": lambda r: r.poisson(3, (N, 1)).astype(float),
    "flag": lambda r: np.c_[r.normal(size=(N, 2)), r.integers(0, 2, N)],
    "correlated ratings": lambda r: r.integers(1, 6, N)[:, None] * [1, -1] + 0.3 * r.normal(size=(N, 2)),
    "cloud in six dimensions": lambda r: r.normal(size=(N, 6)),
}


@pytest.mark.parametrize("name", DATA)
def test_inspect_and_score_find_the_same_clusters(name: str) -> None:
    x = DATA[name](np.random.default_rng(0))
    found, scores = inspect_data(x), gc.score(x[:400], reference=x, metrics=["modes"])
    natural = any("clusters of array serve" in note for note in scores.notes)
    assert len(found.facts["modes"]) == (scores.facts["modes"] if natural else 0)


@pytest.mark.parametrize("name", ["whole numbers beside a narrow column", "counts"])
def test_whole_numbers_are_no_modes(name: str) -> None:
    found = inspect_data(DATA[name](np.random.default_rng(0)))
    assert found.facts["modes"] == []
    assert not {problem.kind for problem in found.problems} & {"imbalance", "small-modes"}


def test_too_few_samples_to_tell_clusters_are_said() -> None:
    facts = inspect_data(ring(np.random.default_rng(0))[:300]).facts
    assert facts["modes"] == []
    assert any("300 samples are too few to tell clusters" in note for note in facts["notes"])

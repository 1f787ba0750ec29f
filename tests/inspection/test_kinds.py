"""Series, point clouds and videos as training data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gancheck as gc
from gancheck.report.plots.inspection import draw

DICE = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (DICE.normal(size=(300, 40, 6)), "300 series of 40 steps in 6 channels"),
        (DICE.normal(size=(300, 64, 3)), "300 clouds of 64 points in 3 dimensions"),
        (DICE.random((300, 5, 8, 8, 1)), "300 videos of 5 frames of 1 x 8 x 8"),
    ],
)
def test_every_kind_is_looked_at_and_named(x: np.ndarray, words: str, tmp_path: Path) -> None:
    x[7], x[9] = x[8], 3 * x[9] if x.ndim == 3 else x[9]
    found = gc.inspect_data(x)
    assert words in found.outcome
    assert any(problem.kind == "duplicates" for problem in found.problems)
    draw(found, tmp_path)


def test_clouds_in_another_order_are_nearly_copies() -> None:
    x = DICE.normal(size=(300, 64, 3))
    x[:8] = x[20:28, ::-1]
    assert (0, 20) in [tuple(sorted(pair)) for pair in gc.inspect_data(x).pairs]

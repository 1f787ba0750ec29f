from __future__ import annotations

import pytest

from gancheck.monitor.cross_validation.fold import Curve, FoldResult
from gancheck.monitor.cross_validation.judgement import why_underfitting


def fold(values: list[float], beginning: tuple[float, ...]) -> FoldResult:
    steps = tuple(range(10, 10 * len(values) + 1, 10))
    begun = Curve(tuple(range(1, len(beginning) + 1)), beginning)
    return FoldResult(0, 1.0, {}, 10, 5, loss=Curve(steps, tuple(values)), beginning=begun)


@pytest.mark.parametrize("beginning", [(), (20.0, 9.0, 5.0)])
def test_a_large_first_loss_does_not_hide_that_the_end_still_falls(beginning: tuple[float, ...]) -> None:
    assert "still falling" in why_underfitting(fold([1 - 0.02 * i for i in range(30)], beginning))


def test_a_fall_before_the_first_check_counts() -> None:
    level = [0.08 + 1e-4 * (i % 3) for i in range(30)]
    assert "only" in why_underfitting(fold(level, ()))
    assert why_underfitting(fold(level, (9.9, 4.0, 1.0))) == ""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.score import score


def test_a_perfect_sampler_scores_one(ring: Any):
    assert score(ring.view(ring.draw(21))).item() == pytest.approx(1, abs=0.03)
    assert score(ring.real_row) == 1


def test_a_generator_stuck_on_one_sample_scores_zero(ring: Any):
    assert score(ring.view(ring.draw(21)[:1].repeat(ring.n, 1))) == 0


def test_samples_off_all_modes_score_zero(ring: Any):
    assert score(ring.view(ring.draw(21) * 2)) == 0


@pytest.mark.parametrize("kept", [7, 4, 1])
def test_dropped_modes_cost_their_share(ring: Any, kept: int):
    shares = (torch.arange(8) < kept).float()
    assert score(ring.view(ring.draw(22, shares))).item() == pytest.approx(kept / 8, abs=0.04)


def test_uneven_modes_cost_the_mass_that_is_misplaced(ring: Any):
    shares = torch.tensor([3.0, 1, 1, 1, 1, 1, 0, 0])
    assert score(ring.view(ring.draw(23, shares))).item() == pytest.approx(0.75, abs=0.04)


def test_shrunken_modes_lower_the_score_step_by_step(ring: Any):
    values = [score(ring.view(ring.draw(24, width=width))).item() for width in (1, 0.7, 0.4, 0.1, 0)]
    assert values == sorted(values, reverse=True)
    assert values[3] == pytest.approx(0.1, abs=0.02)
    assert values[4] == pytest.approx(0, abs=1e-9)


def test_blur_lowers_the_score_step_by_step(ring: Any):
    values = [score(ring.view(ring.draw(25, width=width))).item() for width in (1, 1.5, 2.5, 5)]
    assert values == sorted(values, reverse=True)
    assert values[3] < 0.35


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    width=st.floats(0, 5),
    shares=st.lists(st.floats(0.01, 1), min_size=8, max_size=8),
    shift=st.floats(-0.1, 0.1),
)
def test_score_stays_between_zero_and_one(ring: Any, width: float, shares: list[float], shift: float):
    x = ring.draw(26, torch.tensor(shares), width) + shift
    assert 0 <= score(ring.view(x)) <= 1


def test_without_a_real_draw_there_is_no_score(ring: Any):
    x = ring.draw(21)
    with pytest.raises(BadData, match="held-out real draw"):
        score(View(x, modes=ring.modes(x)))


def test_a_real_draw_too_small_to_show_spread_is_refused(ring: Any):
    with pytest.raises(BadData, match="too small to measure spread"):
        score(ring.view(ring.draw(21)).head(1))

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.gans.sampler import CHUNK
from gancheck.numerics.seeding import generator
from gancheck.strategies.sampling.drs import EPSILON, RejectionSampler, surplus

RECIPE = "drs(real=100, burn_in=200)"


def test_the_chance_to_be_kept_is_that_of_the_paper() -> None:
    odds = torch.tensor([-3.0, 0.0, 1.5, 2.0], dtype=torch.float64)
    f = surplus(odds, torch.tensor(2.0, dtype=torch.float64))
    for value, d in zip(f.tolist(), odds.tolist(), strict=True):
        assert value == pytest.approx(d - 2 - math.log(1 - math.exp(d - 2 - EPSILON)))
    kept = torch.sigmoid(f)  # with gamma = 0 it is plain rejection: exp(d - max d)
    torch.testing.assert_close(kept, torch.exp(odds - 2), rtol=1e-4, atol=1e-5)


def test_samples_are_those_of_a_rejection_written_out(trained: Callable[..., Any]) -> None:
    made = trained("drs(real=50, burn_in=100, percentile=60)")
    source = torch.Generator().manual_seed(5)
    drawn = made.sampler.draw(made.kept, 40, source)

    source = generator("cpu", "calibration", "drs")
    plain, kept = made.sampler.inner, made.kept
    found = super(RejectionSampler, made.sampler).calibrate(kept, source)

    def proposals(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        sample = plain.draw(kept, count, source)
        return sample.x, (found.slope * plain.judge(kept, sample, source)).double()

    def chance(d: torch.Tensor, top: torch.Tensor) -> torch.Tensor:
        return d - top - torch.log(1 - torch.exp(d - top - EPSILON))

    _, burn = proposals(100)
    top, source = burn.max(), torch.Generator().manual_seed(5)
    rows: list[torch.Tensor] = []
    while len(rows) < 40:
        x, d = proposals(40)
        top = max(top, d.max())
        gamma = torch.quantile(chance(burn, top), 0.6)
        accept = torch.rand(40, generator=source) <= torch.sigmoid(chance(d, top) - gamma)
        rows += list(x[accept])
    torch.testing.assert_close(drawn.x, torch.stack(rows[:40]))


def test_no_row_is_drawn_twice_over_chunks(trained: Callable[..., Any]) -> None:
    samples = trained(RECIPE, batch=128).samples(CHUNK + 100)
    assert len(samples.unique(dim=0)) == len(samples)


def test_packs_are_kept_or_thrown_away_whole(trained: Callable[..., Any]) -> None:
    made = trained(f"{RECIPE}+pacgan(m=3)")
    assert made.samples(20).shape == (20, 2)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_it_has_an_effect_beside_others(trained: Callable[..., Any], other: str) -> None:
    alone, beside, both = (trained(r) for r in (RECIPE, other, f"{RECIPE}+{other}"))
    assert (both.samples(50) - alone.samples(50)).abs().max() > 1e-4
    assert (both.samples(50) - beside.samples(50)).abs().max() > 1e-4


@pytest.mark.parametrize("bad", ["percentile=101.0", "burn_in=1", "real=0"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.partition("=")[0]):
        duel(f"drs({bad})")

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.data.cleaning import Cleaning


def fresh(x: torch.Tensor) -> gc.Batch:
    none = torch.full((len(x),), -1)
    return gc.Batch(x, none, none)


def scattered(count: int, source: torch.Generator) -> gc.Batch:
    """Points of two narrow modes, one of them rare, and a twentieth of noise far and wide."""
    x = torch.randn(count, 2, generator=source) * 0.1
    x = torch.where(torch.rand(count, 1, generator=source) < 0.15, x + 3, x)
    noise = torch.rand(count, 1, generator=source) < 0.05
    return fresh(torch.where(noise, 20 * torch.rand(count, 2, generator=source) - 10, x))


def test_noise_is_left_out_and_a_rare_mode_stays() -> None:
    source = torch.Generator().manual_seed(0)
    made = Cleaning(share=0.06)
    look: Any = SimpleNamespace(data=lambda count: scattered(count, source), source=source)
    game: Any = SimpleNamespace(memory=made.study(look))
    batch = scattered(2_000, source)
    kept = made.pick(batch, 1_000, game).x[:1_000]
    modes = torch.tensor([[0.0, 0.0], [3.0, 3.0]])
    far = torch.cdist(kept, modes).min(1).values > 1
    assert far.float().mean() < 0.01
    share = (torch.cdist(kept, modes).argmin(1) == 1).float().mean()
    assert share.item() == pytest.approx(0.15, abs=0.03)


def test_distances_are_those_to_the_k_th_other_row() -> None:
    source = torch.Generator().manual_seed(0)
    x, known = torch.randn(9, 3, generator=source), torch.randn(12, 3, generator=source)
    expected = torch.cdist(x, known).square().sort(1).values[:, 2]
    found = Cleaning(k=3).distances(fresh(x), known, torch.full((12,), -1))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    rows = torch.arange(12)
    itself = Cleaning(k=3).distances(gc.Batch(known, rows, rows), known, rows)  # of a finite set
    torch.testing.assert_close(itself, torch.cdist(known, known).square().sort(1).values[:, 3], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("other", ["r1+spectral-norm", "pacgan+ema(decay=0.5)"])
def test_it_has_an_effect_beside_others(train: Callable[..., Any], apart: Callable[..., float], other: str) -> None:
    how = {"steps": 2, "seeds": (0,), "default": gc.Optimiser(lr=0.02)}
    assert apart(train(f"{other}+cleaning(share=0.3)", **how), train(other, **how)) > 1e-6


@pytest.mark.parametrize("bad", ["share=0.0", "share=1.0", "share=-0.1", "k=0", "k=5, rows=5"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.partition(",")[0].replace("=", " = ")):
        duel(f"cleaning({bad})")

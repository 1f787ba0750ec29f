"""What holds for every built-in metric."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck.metrics
from gancheck.card import Card, card_of
from gancheck.view import View


def built_in() -> dict[str, tuple[Card, Callable[[View], Any]]]:
    """Every metric in the folder, by name."""
    found = {}
    for info in pkgutil.iter_modules(gancheck.metrics.__path__):
        for thing in vars(importlib.import_module(f"gancheck.metrics.{info.name}")).values():
            card = card_of(thing)
            if card:
                found[card.name] = (card, thing)
    return found


METRICS = built_in()
NAMES = {
    *("modes", "modes-any", "effective-modes", "diversity", "quality", "quality-ratio", "reverse-kl", "jsd", "tv"),
    *("overlap", "spread", "mode-spread", "score", "fid", "kid", "precision", "recall", "density", "coverage"),
    *("vendi", "vendi-ratio"),
}


def test_the_promised_metrics_are_there():
    assert set(METRICS) >= NAMES


@pytest.mark.parametrize("name", METRICS)
def test_values_lie_in_the_declared_range_for_good_and_bad_samples(name: str, ring: Any):
    card, measure = METRICS[name]
    low, high = card.facts["low"], card.facts["high"]
    good = ring.draw(31)
    one_mode = ring.draw(32, torch.tensor([1.0] + [0.0] * 7))
    for x in (good, one_mode, good * 1.05, good[:1].repeat(ring.n, 1), good + 30, good * 0):
        value = float(measure(ring.view(x).head(400)))
        assert (
            (low if low is not None else -math.inf) - 1e-12 <= value <= (high if high is not None else math.inf) + 1e-12
        )


@pytest.mark.parametrize("name", METRICS)
def test_chunks_of_any_size_give_the_same_value(name: str, ring: Any):
    _, measure = METRICS[name]
    x, reference = ring.draw(33)[:300], ring.reference[:250]
    real = ring.draw(34)[:300]

    def value(chunk: int) -> float:
        row = View(real, reference, modes=ring.modes(real), chunk=chunk)
        return float(measure(View(x, reference, modes=ring.modes(x), yardstick=row, chunk=chunk)))

    assert value(chunk=64 * 8) == pytest.approx(value(chunk=2**23), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_what_a_metric_declares_to_need_is_all_it_needs(name: str, ring: Any):
    card, measure = METRICS[name]
    x, real = ring.draw(35)[:50], ring.draw(36)[:50]
    needs = card.facts["needs"]
    reference = ring.reference[:50] if needs == "reference" else None
    modes = ring.modes if needs == "modes" else lambda _: None
    row = View(real, reference, modes=modes(real))
    assert math.isfinite(float(measure(View(x, reference, modes=modes(x), yardstick=row))))


@pytest.mark.parametrize("name", METRICS)
def test_docstring_says_what_it_measures_its_range_and_what_a_perfect_generator_gets(name: str):
    text = inspect.getdoc(METRICS[name][1]) or ""
    assert 0 < len(text.partition("\n")[0]) <= 120
    assert "perfect generator" in " ".join(text.lower().split())

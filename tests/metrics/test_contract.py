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
from torch import Tensor

import gancheck.metrics
from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.plugins.info import PluginInfo, plugin_info


def built_in() -> dict[str, tuple[PluginInfo, Callable[[View], Any]]]:
    """Every metric in the folder, by name."""
    found = {}
    for info in pkgutil.iter_modules(gancheck.metrics.__path__):
        for thing in vars(importlib.import_module(f"gancheck.metrics.{info.name}")).values():
            info = plugin_info(thing)
            if info:
                found[info.name] = (info, thing)
    return found


METRICS = built_in()
NAMES = {
    *("modes-quarter", "modes-half", "modes-argmax", "kl-argmax"),
    *("modes", "modes-any", "effective-modes", "diversity", "quality", "quality-ratio", "reverse-kl", "jsd", "tv"),
    *("overlap", "spread", "mode-spread", "score", "fid", "kid", "precision", "recall", "density", "coverage"),
    *("vendi", "vendi-ratio"),
    *("memorisation", "authenticity", "copies", "duplicates", "near-duplicates", "ndb", "c2st", "birthday", "fld"),
    *("forward-kl", "mode-spread-min", "mode-offset", "mode-balance", "fid-infinity", "mmd", "cmmd", "swd", "rke"),
    *("wasserstein", "vendi-2", "pairwise-distance", "clipped-density"),
    *("clipped-coverage", "inception-score", "ms-ssim", "lpips", "intra-fid", "class-adherence"),
}
WEIGHTS = {"lpips"}  #: undefined where their weights are not installed


def test_the_promised_metrics_are_there():
    assert set(METRICS) == NAMES


def value_of(measure: Callable[[View], Any], view: View) -> float | None:
    """The value, or None where it is not defined for these samples."""
    try:
        return float(measure(view))
    except BadData:
        return None


@pytest.mark.parametrize("name", METRICS)
def test_values_lie_in_the_declared_range_for_good_and_bad_samples(name: str, ring: Any):
    info, measure = METRICS[name]
    low, high = info.properties["low"], info.properties["high"]
    good = ring.draw(31)
    one_mode = ring.draw(32, torch.tensor([1.0] + [0.0] * 7))
    values = [
        value_of(measure, ring.view(x).head(400))
        for x in (good, one_mode, good * 1.05, good[:1].repeat(ring.n, 1), good + 30, good * 0)
    ]
    assert values[0] is not None or name in WEIGHTS
    for value in values:
        if value is not None:
            assert (low if low is not None else -math.inf) - 1e-12 <= value
            assert value <= (high if high is not None else math.inf) + 1e-12


@pytest.mark.parametrize("name", METRICS)
def test_intervals_hold_the_value(name: str, ring: Any):
    _, measure = METRICS[name]
    good = ring.draw(31)
    for x in (good, good[:1].repeat(ring.n, 1), ring.reference, ring.train):
        try:
            found = measure(ring.view(x).head(300))
        except BadData:
            continue
        if not isinstance(found, Tensor):
            assert found.low <= found.value <= found.high


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize(("features", "n"), [(2, 150), (20, 60)])
def test_chunks_of_any_size_give_the_same_value(name: str, features: int, n: int, ring: Any):
    _, measure = METRICS[name]
    draws = (ring.draw(33)[: n + 3], ring.draw(34)[: n + 3], ring.reference[:n], ring.train[: n - 5])
    x, real, reference, train = (noisy(draw, features) for draw in draws)

    def value(chunk: int) -> float | None:
        return value_of(measure, ring.view(x, ring.row(real, reference, train, chunk=chunk), chunk=chunk))

    whole = value(chunk=2**23)
    assert value(chunk=64 * 8) == (whole if whole is None else pytest.approx(whole, rel=1e-9, abs=1e-12))


@pytest.mark.parametrize("name", METRICS)
def test_the_same_samples_give_the_same_value_to_the_last_bit_and_are_left_as_they_were(name: str, ring: Any):
    _, measure = METRICS[name]
    x = ring.draw(37)[:200]
    before = x.clone()
    values = [
        value_of(measure, ring.view(x, ring.row(ring.draw(38)[:200], ring.reference[:90], ring.train[:80])))
        for _ in range(2)
    ]
    assert values[0] == values[1]
    assert torch.equal(x, before)


@pytest.mark.parametrize("name", METRICS)
def test_what_a_metric_declares_to_need_is_all_it_needs(name: str, ring: Any):
    info, measure = METRICS[name]
    needs = info.properties["needs"]
    n = 1_000 if needs == "labels" else 50
    reference = ring.reference[:n] if needs in ("reference", "train", "labels") else None
    classes = ring.modes(reference).assignment.label if needs == "labels" else None

    def view(x: Tensor, row: View | None) -> View:
        met = {needs, "modes"} if needs == "labels" else {needs}
        own = {need: thing for need, thing in ring.beside(x).items() if need in met}
        train = ring.train[:n] if needs == "train" else None
        return View(x, reference, yardstick=row, train=train, reference_labels=classes, **own)

    value = value_of(measure, view(ring.draw(35)[:n], view(ring.draw(36)[:n], None)))
    assert name in WEIGHTS if value is None else math.isfinite(value)


@pytest.mark.parametrize("name", METRICS)
def test_docstring_says_what_it_measures_its_range_and_what_a_perfect_generator_gets(name: str):
    text = inspect.getdoc(METRICS[name][1]) or ""
    assert 0 < len(text.partition("\n")[0]) <= 120
    assert "perfect generator" in " ".join(text.lower().split())


def mixed(features: int) -> Tensor:
    """(2, features) that spreads the plane over more features."""
    return torch.randn(2, features, dtype=torch.float64, generator=torch.Generator().manual_seed(5))


def noisy(x: Tensor, features: int) -> Tensor:
    """The plane and features of noise beside it."""
    noise = torch.randn(len(x), features - 2, dtype=torch.float64, generator=torch.Generator().manual_seed(len(x)))
    return torch.cat([x, noise], 1)


#: What happens to samples, real row, reference and training data alike.
ALIKE: dict[str, Callable[[Tensor], Tensor]] = {
    "one feature constant": lambda x: torch.cat([x[:, :1], torch.full_like(x, 3)], 1),
    "all features constant": lambda x: x * 0 + 3,
    "one sample each": lambda x: x[:1],
    "two samples each": lambda x: x[:2],
    "three samples each": lambda x: x[:3],
    "every sample three times": lambda x: x[:20].repeat(3, 1),
    "half of the samples equal": lambda x: torch.cat([x[:30], torch.ones(30, 2, dtype=x.dtype)]),
    "offset a million": lambda x: x + 1e6,
    "offset a million in float32": lambda x: (x + 1e6).float(),
    "scale 1e-8": lambda x: x * 1e-8,
    "scale 1e8": lambda x: x * 1e8,
    "features of unlike scale": lambda x: x * torch.tensor([1e-8, 1e8], dtype=x.dtype),
    "one far outlier": lambda x: torch.cat([x[1:], x[:1] * 1e9]),
    "rank two of twenty": lambda x: x @ mixed(20),
    "more features than samples": lambda x: noisy(x[:12], 30),
    "whole numbers": lambda x: (2 * x).round(),
}
#: What happens to the samples only.
ALONE: dict[str, Callable[[Tensor], Tensor]] = {
    "one sample": lambda x: x[:1],
    "two samples": lambda x: x[:2],
    "fewer samples than real ones": lambda x: x[:23],
    "one sample repeated": lambda x: x[:1].repeat(60, 1),
    "far off": lambda x: x + 1e9,
    "collapsed to zero": lambda x: x * 0,
}


@pytest.mark.parametrize("name", METRICS)
def test_awkward_data_gives_a_finite_value_or_is_refused(name: str, ring: Any):
    _, measure = METRICS[name]
    x, real, reference, train = ring.draw(41)[:60], ring.draw(42)[:60], ring.reference[:55], ring.train[:50]
    cases = {what: [change(each) for each in (x, real, reference, train)] for what, change in ALIKE.items()}
    cases |= {what: [change(x), real[: len(change(x))], reference, train] for what, change in ALONE.items()}
    cases |= {
        "the reference itself": [reference, real[:55], reference, train],
        "copies": [train, real[:50], reference, train],
    }
    wrong = {}
    for what, (samples, row, *others) in cases.items():
        try:
            value = value_of(measure, ring.view(samples, ring.row(row, *others)))
        except Exception as error:
            wrong[what] = repr(error)
        else:
            if value is not None and not math.isfinite(value):
                wrong[what] = str(value)
    assert not wrong

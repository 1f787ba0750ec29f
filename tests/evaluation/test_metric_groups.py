"""Groups of metrics: the usual ones, their core, all of them."""

from __future__ import annotations

import numpy as np
import pytest

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.evaluation.panel import list_other_metrics, select_metrics


def test_slow_metrics_are_left_out_unless_named_or_all_are_asked_for(registry: gc.Registry) -> None:
    slow = {n for n in registry.names("metric") if registry.entry("metric", n).info.properties["slow"]}
    assert {"fld", "c2st", "mmd"} <= slow
    assert set(select_metrics(registry)) == set(registry.names("metric")) - slow
    assert set(select_metrics(registry, ["all"])) == set(registry.names("metric"))
    assert set(select_metrics(registry, ["core", "fld"])) - set(select_metrics(registry, ["core"])) == {"fld"}


def test_the_core_is_what_a_suite_measures_unasked(registry: gc.Registry) -> None:
    unasked = {n for n in registry.names("metric") if not registry.entry("metric", n).info.properties["on_request"]}
    assert set(select_metrics(registry, ["core"])) == unasked


def test_only_a_metric_that_is_spelt_out_counts_as_named(registry: gc.Registry) -> None:
    chosen = select_metrics(registry, ["core", "fid"])
    assert chosen["fid"].named
    assert not chosen["modes"].named
    assert list_other_metrics(registry, select_metrics(registry, ["fid"])) == {}


SOURCE = np.random.default_rng(0)
X, Y = SOURCE.normal(size=(500, 2)), SOURCE.normal(size=(1000, 2))


def test_what_is_not_computed_is_said_with_how_to_ask_for_it() -> None:
    usual = gc.score(X, reference=Y)
    (line,) = (note for note in usual.notes if note.startswith("not computed"))
    assert "birthday, c2st" in line
    assert "--all" in line
    assert "fld" not in line  # there is no training data for it
    assert not any(note.startswith("not computed") for note in gc.score(X, reference=Y, metrics="fid").notes)


def test_quick_is_the_core_with_the_same_verdict_and_values() -> None:
    quick, usual = gc.score(X, reference=Y, quick=True), gc.score(X, reference=Y)
    assert (quick.verdict, quick.reason) == (usual.verdict, usual.reason)
    assert set(quick.values) < set(usual.values)
    assert {"fid", "kid", "precision", "recall", "coverage", "modes"} <= set(quick.values)
    assert all(usual.values[name] == value for name, value in quick.values.items())


def test_seconds_are_given_for_every_metric() -> None:
    scores = gc.score(X, reference=Y, quick=True)
    assert set(scores.seconds) == set(scores.values)
    assert all(seconds >= 0 for seconds in scores.seconds.values())


def test_quick_and_names_exclude_each_other() -> None:
    with pytest.raises(BadParameter, match="one of the three"):
        gc.score(X, reference=Y, quick=True, metrics="fid")

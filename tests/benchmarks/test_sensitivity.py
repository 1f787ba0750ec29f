"""What the docs of a metric say it misses is what was measured."""

from __future__ import annotations

import inspect
import json

import pytest

from benchmarks.metrics.sensitivity import HERE, blind, first_seen, page
from gancheck.plugins.registry import Registry

FOUND = json.loads((HERE / "sensitivity.json").read_text(encoding="utf-8"))
WEIGHTS = {"lpips"}  #: not at hand where it was measured


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


def test_every_metric_is_in_the_table(registry):
    names = registry.names("metric")
    # Damages know no labels; those that need them are tried in benchmarks/metrics/conditional.
    labelled = {name for name in names if registry.entry("metric", name).info.properties["needs"] == "labels"}
    assert set(FOUND["metrics"]) == set(names) - WEIGHTS - labelled


@pytest.mark.parametrize("name", sorted(FOUND["metrics"]))
def test_the_docstring_names_the_damage_that_was_not_seen(registry, name):
    by_data = FOUND["metrics"][name]
    where, data = ("On the ring", "ring8") if "ring8" in by_data else ("On digits", "digits")
    missed = blind(by_data[data])
    said = f"it did not see: {', '.join(missed)}." if missed else "it saw every damage tried."
    assert f"{where} {said}" in " ".join((inspect.getdoc(registry.entry("metric", name).thing) or "").split())


def test_the_page_is_made_from_the_numbers():
    assert (HERE / "sensitivity.md").read_text(encoding="utf-8") == page(FOUND)


@pytest.mark.parametrize(
    ("moved", "onset"),
    [({1: 0, 2: 6, 3: 9}, 2), ({1: 9, 2: 0, 3: 9}, 3), ({1: -9, 2: 9}, 2), ({1: 0, 2: 4.9}, None)],
)
def test_a_damage_is_seen_from_where_every_larger_one_is_seen_on_the_same_side(moved, onset):
    assert first_seen(tuple(moved), moved) == onset

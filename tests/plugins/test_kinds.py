"""The table of kinds, and what goes by a kind's name."""

from __future__ import annotations

import importlib

import pytest

import gancheck as gc
from gancheck.errors import UnknownName
from gancheck.plugins.kinds import KINDS, Kind, kind_named
from gancheck.testing.contract import contract_of

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_kinds_are_found_by_their_names() -> None:
    assert set(KINDS) >= {"gan", "strategy", "dataset", "metric", "detector", "extractor"}
    assert all(name == kind.name for name, kind in KINDS.items())
    assert len({kind.plural for kind in KINDS.values()}) == len(KINDS)


@every_kind
def test_a_kind_has_a_decorator_a_contract_and_plugins(registry: gc.Registry, kind: Kind) -> None:
    assert callable(getattr(gc, kind.name))
    assert contract_of(kind.name).__name__ == f"check_{kind.name}"
    assert registry.names(kind.name)
    assert not set(registry.names(kind.name)) & set(kind.reserved)


@every_kind
def test_builtin_plugins_lie_in_the_package_of_their_kind(registry: gc.Registry, kind: Kind) -> None:
    entries = [registry.entry(kind.name, name) for name in registry.names(kind.name)]
    if kind.package:
        importlib.import_module(kind.package)
        assert all(entry.thing.__module__.startswith(f"{kind.package}.") for entry in entries)
    else:
        assert {entry.file.parent.name for entry in entries} == {"models"}


def test_a_model_is_told_which_kind_it_is() -> None:
    with pytest.raises(UnknownName, match=r"unknown kind of plug-in 'model'\. A model .* is a gan that derives from"):
        kind_named("model")

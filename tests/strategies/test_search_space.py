"""Where parameters are looked for: every default is inside, and every value that is tried builds."""

from __future__ import annotations

import dataclasses

import pytest

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.plugins.registry import Registry
from gancheck.strategies.search_space import Choice, Linear, Log


def test_levels_are_even_in_the_spaces_own_measure_and_end_at_its_bounds() -> None:
    assert Linear(0.0, 1.0).levels(3) == [0.0, 0.5, 1.0]
    assert Log(0.1, 10.0).levels(3) == [0.1, 1.0, 10.0]
    assert Choice(2, 4, 8).levels(2) == [2, 4, 8]


def test_numbers_are_tried_with_three_digits_and_inside_the_bounds() -> None:
    assert Log(0.1, 10.0).nearest(3.14159) == 3.14
    assert Linear(0.0, 0.9996).nearest(0.9996) == 0.9996


@pytest.mark.parametrize(
    "made", [lambda: Linear(1.0, 0.0), lambda: Log(0.0, 1.0), lambda: Choice(1), lambda: Choice(1, 1)]
)
def test_a_space_of_nothing_is_refused(made: object) -> None:
    with pytest.raises(BadParameter, match="search space"):
        made()  # type: ignore[operator]


def test_a_space_of_no_parameter_is_refused_where_it_is_declared() -> None:
    with pytest.raises(BadParameter, match="'gama', which is no parameter"):

        @gc.strategy("typo", family="regulariser", search={"gama": Log(0.1, 10.0)})
        @dataclasses.dataclass(frozen=True)
        class Typo(gc.Strategy):
            gamma: float = 1.0


def test_every_builtin_default_is_in_its_space_and_every_level_builds(registry: Registry) -> None:
    for entry in (registry.entry("strategy", name) for name in registry.names("strategy")):
        for name, space in entry.info.properties["search"].items():
            assert space.contains(entry.parameters()[name]), (entry.info.name, name)
            for value in space.levels(3):
                assert entry.build(**{name: value}) is not None


def test_every_builtin_with_a_number_says_where_to_look(registry: Registry) -> None:
    for entry in (registry.entry("strategy", name) for name in registry.names("strategy")):
        numbers = [v for v in entry.parameters().values() if isinstance(v, float | int) and not isinstance(v, bool)]
        assert entry.info.properties["search"] or not numbers, entry.info.name

from __future__ import annotations

import itertools

import pytest

from gancheck.datasets.mixtures.grid import Grid
from gancheck.errors import BadParameter


def test_default_centres_are_those_of_the_papers() -> None:
    centres = {tuple(c) for c in Grid().centres.tolist()}
    assert centres == set(itertools.product((-4.0, -2.0, 0.0, 2.0, 4.0), repeat=2))


def test_even_grid_is_centred_on_the_origin() -> None:
    assert sorted(Grid(side=2, spacing=3.0).centres.tolist()) == [[-1.5, -1.5], [-1.5, 1.5], [1.5, -1.5], [1.5, 1.5]]


@pytest.mark.parametrize("values", [{"side": 0}, {"spacing": 0.0}, {"spacing": -2.0}])
def test_grid_without_modes_or_spacing_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(BadParameter, match=next(iter(values))):
        Grid(**values)  # type: ignore[arg-type]

"""Good data gets no warning."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gancheck.datasets.images.digit_pools import digits
from gancheck.datasets.mixtures.grid import Grid
from gancheck.datasets.mixtures.random_mixture import RandomMixture
from gancheck.datasets.mixtures.ring import Ring
from gancheck.inspection import inspect_data

Draw = Callable[[torch.Generator], Tensor]


def gaussian(n: int, d: int) -> Draw:
    return lambda source: torch.randn(n, d, generator=source)


CLEAN: dict[str, Draw] = {
    "ring": lambda source: Ring().draw(1_000, source).x,
    "wide ring": lambda source: Ring(sigma=0.1).draw(800, source).x,
    "grid": lambda source: Grid().draw(2_000, source).x,
    "ten dimensions": lambda source: RandomMixture().draw(1_000, source).x,
    "square": lambda source: 2 * torch.rand(500, 2, generator=source) - 1,
    "line": gaussian(300, 1),
    "200 Gaussians": gaussian(200, 2),
    "600 Gaussians": gaussian(600, 2),
    "three dimensions": gaussian(400, 3),
    "50 dimensions": gaussian(300, 50),
}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_draws_have_no_warnings(name: str) -> None:
    for seed in range(2):
        found = inspect_data(CLEAN[name](torch.Generator().manual_seed(seed)))
        assert not [p for p in found.problems if p.severity != "note"]


@pytest.mark.parametrize("labelled", [True, False])
def test_handwritten_digits_have_no_warnings(labelled: bool) -> None:
    pool = digits("train")
    found = inspect_data(pool.x[:, None], pool.y if labelled else None)
    assert not [p for p in found.problems if p.severity != "note"]
    assert found.outcome == f"no problems in {len(pool.x):,} images (8 x 8, grey)"
    assert found.facts["modes_by"] == ("class" if labelled else "cluster")


def test_separate_modes_are_counted_without_labels() -> None:
    source = torch.Generator().manual_seed(0)
    for data, modes in ((Ring(), 8), (Grid(), 25)):
        facts = inspect_data(data.draw(2_000, source).x).facts
        assert (facts["modes_by"], len(facts["modes"])) == ("cluster", modes)
        assert sum(row["samples"] for row in facts["modes"]) == 2_000


def test_the_same_data_is_judged_the_same_twice() -> None:
    x = Ring().draw(3_000, torch.Generator().manual_seed(3)).x
    x[:100] = x[200:300]
    assert inspect_data(x).to_json() == inspect_data(x).to_json()

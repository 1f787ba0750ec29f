"""What every dataset says of its samples, and what a dataset has unless it says otherwise."""

from __future__ import annotations

import pytest
import torch

import gancheck as gc
from gancheck.datasets.mixtures.ring import Ring


def test_a_spec_tells_points_from_images() -> None:
    points, images = gc.DataSpec((2,)), gc.DataSpec((3, 8, 8), low=-1, high=1)
    assert (points.size, points.is_image, points.bounded) == (2, False, False)
    assert (images.size, images.is_image, images.bounded) == (192, True, True)


@pytest.mark.parametrize(("shape", "packed"), [((2,), (6,)), ((3, 8, 8), (9, 8, 8))])
def test_packing_joins_samples_along_features_or_channels(shape: tuple[int, ...], packed: tuple[int, ...]) -> None:
    assert gc.DataSpec(shape, low=-1, high=1).packed(3) == gc.DataSpec(packed, low=-1, high=1)


def test_a_spec_knows_modes_and_is_no_other_for_it() -> None:
    weights = torch.tensor([0.25, 0.75], dtype=torch.float64)
    plain = gc.DataSpec((2,))
    known = plain.with_modes(weights)
    assert (known.modes, known.shares) == (2, (0.25, 0.75))
    assert (plain.modes, plain.shares) == (None, ())
    assert known == plain
    assert hash(known) == hash(plain)
    for seen in (known.packed(3), known.joined(5)):
        assert (seen.modes, seen.shares) == (2, (0.25, 0.75))


#: All that come with gancheck whole; tests/datasets/ writes small files for the others.
AT_HAND = [name for name, entry in gc.Registry.load().table("dataset").items() if not entry.thing.from_files]


@pytest.mark.parametrize("name", AT_HAND)
def test_every_dataset_says_how_many_modes_it_has(registry: gc.Registry, name: str) -> None:
    data = registry.build("dataset", name)
    alike = torch.full_like(data.weights, 1 / len(data.weights))
    assert data.spec.modes == len(data.weights)
    torch.testing.assert_close(torch.tensor(data.spec.shares or alike.tolist(), dtype=torch.float64), data.weights)


def test_high_quality_is_inside_the_radius() -> None:
    assignment = gc.Assignment(torch.zeros(3, dtype=torch.int64), torch.tensor([0.5, 1.0, 1.1]))
    assert assignment.good.tolist() == [True, True, False]


def test_modes_are_named_by_numbers_of_one_length() -> None:
    assert Ring(modes=3).names == ("0", "1", "2")
    assert Ring(modes=11).names[:2] == ("00", "01")


def test_a_dataset_of_fresh_draws_has_no_training_set_and_no_classifier() -> None:
    ring = Ring()
    assert ring.training() is None
    assert ring.classes(torch.zeros(2, 2)) is None
    assert ring.facts == {}

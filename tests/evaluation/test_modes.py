from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gancheck.datasets.base import Assignment, Facet
from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes, modes_of


def small() -> Modes:
    label = torch.tensor([0, 1, 1, 0])
    distance = torch.tensor([0.1, 0.2, 3.0, 1.0])
    facet = Facet(torch.zeros(4, 2), label)
    return Modes(Assignment(label, distance), (facet,), torch.tensor([0.25, 0.75]), torch.tensor([1.0, 1.0]))


def test_only_high_quality_samples_are_counted_and_the_rim_belongs_to_them():
    modes = small()
    assert modes.counts.tolist() == [2, 1]
    assert modes.shares.tolist() == pytest.approx([2 / 3, 1 / 3])


def test_shares_of_nothing_are_zero():
    label, distance = small().assignment
    assert replace(small(), assignment=Assignment(label, distance + 2)).shares.tolist() == [0, 0]


def test_head_keeps_the_first_samples_of_every_part():
    thin = small().head(2)
    assert len(thin) == 2
    assert thin.counts.tolist() == [1, 1]
    assert [len(part) for part in thin.facets[0]] == [2, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": torch.tensor([0.5, 0.4])}, "sum to 0.9"),
        ({"weights": torch.tensor([0.0, 1.0])}, "must be positive"),
        ({"deviations": torch.tensor([0.0, 1.0])}, "deviations must be positive"),
        ({"deviations": torch.tensor([1.0])}, "facet group lies outside 0 ... 0"),
        ({"ceiling": 0.0}, "share of high-quality"),
        ({"assignment": Assignment(torch.tensor([0, 1, 2, 0]), torch.zeros(4))}, "mode label lies outside 0 ... 1"),
        ({"assignment": Assignment(torch.tensor([0, 1, -1, 0]), torch.zeros(4))}, "mode label lies outside"),
        ({"assignment": Assignment(torch.zeros(4), torch.zeros(4))}, "must be integers"),
        ({"assignment": Assignment(torch.zeros(4).long(), torch.full((4,), torch.nan))}, "none of them NaN"),
        ({"assignment": Assignment(torch.zeros(4).long(), torch.zeros(3))}, "must be 4 numbers"),
        ({"facets": (Facet(torch.zeros(3, 2), torch.zeros(4).long()),)}, r"must be \(4, p\)"),
        ({"facets": (Facet(torch.zeros(4, 2), torch.zeros(3).long()),)}, "one a sample"),
    ],
)
def test_parts_that_contradict_each_other_are_refused(change: dict[str, object], message: str):
    with pytest.raises(BadData, match=message):
        replace(small(), **change)


def test_a_real_draw_fills_every_mode_of_its_dataset():
    data = Ring()
    x = data.features(data.pool("real", 4000, torch.Generator().manual_seed(0)))
    modes = modes_of(data, x)
    assert len(modes) == 4000
    assert modes.shares.tolist() == pytest.approx(data.weights.tolist(), abs=0.03)
    assert modes.captured.item() / 4000 == pytest.approx(modes.ceiling, abs=0.006)

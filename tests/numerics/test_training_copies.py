from __future__ import annotations

import pytest
import torch

from gancheck.numerics import training_copies
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.training_copies import find_copies


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [2, 30])
def test_planted_copies_are_found_with_their_originals_and_hardly_anything_else(d: int):
    train, held_out, fresh = points(500, d, 0), points(500, d, 1), points(500, d, 2)
    samples = torch.cat([train[100:150] + 1e-5 * points(50, d, 3), fresh])
    found = find_copies(FeatureSet(samples), FeatureSet(train), FeatureSet(held_out))
    assert found.copied[:50].all()
    assert torch.equal(found.index[:50], torch.arange(100, 150))
    assert found.copied[50:].double().mean() < 0.03
    assert torch.equal(found.copied, found.distance <= found.threshold)


def test_real_samples_look_copied_at_the_rate_of_one_in_a_hundred():
    rates = [
        find_copies(*(FeatureSet(points(200, 2, 3 * i + j)) for j in range(3))).copied.double().mean()
        for i in range(100)
    ]
    assert 0.007 < float(torch.stack(rates).mean()) < 0.013  # floor(0.01 * 201) / 201


def test_exact_copies_are_found_where_real_data_repeats_itself():
    train = points(200, 3, 0)
    held_out = torch.cat([train[:20], points(180, 3, 1)])
    found = find_copies(
        FeatureSet(torch.cat([train[50:60], points(10, 3, 2)])), FeatureSet(train), FeatureSet(held_out)
    )
    assert found.threshold == 0
    assert found.copied.tolist() == [True] * 10 + [False] * 10


def test_another_set_of_samples_does_not_look_at_held_out_data_again(monkeypatch: pytest.MonkeyPatch):
    looks = []
    once = training_copies.nearest_in
    monkeypatch.setattr(
        training_copies, "nearest_in", lambda *feature_sets: looks.append(feature_sets) or once(*feature_sets)
    )
    train, held_out = FeatureSet(points(50, 2, 0)), FeatureSet(points(40, 2, 1))
    find_copies(FeatureSet(points(30, 2, 2)), train, held_out)
    again = find_copies(held_out, train, held_out)
    assert len(looks) == 2
    assert torch.allclose(again.distance, torch.cdist(held_out.x.double(), train.x.double()).amin(1))

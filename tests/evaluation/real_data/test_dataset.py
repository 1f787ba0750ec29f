"""A dataset as real data."""

from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.loading.open import open_samples
from gancheck.plugins.registry import Registry


@pytest.fixture(scope="module")
def digits() -> DatasetRealData:
    return DatasetRealData("digits", Registry.load().build("dataset", "digits"))


def test_wrong_shapes_are_told_in_words(digits):
    with pytest.raises(BadData, match=r"points in 2 dimensions.*images of 1 x 8 x 8"):
        digits.sample_set(open_samples(torch.randn(50, 2).numpy()), 50)


def test_pools_are_the_same_at_every_call_and_share_nothing(digits):
    real, again, reference = digits.draw("real", 300), digits.draw("real", 300), digits.draw("reference", 300)
    assert real.features.equal(again.features)
    assert not set(map(bytes, real.first_samples.numpy())) & set(map(bytes, reference.first_samples.numpy()))


def test_finite_training_data_is_at_hand(digits):
    assert digits.train is not None
    assert len(digits.train) == 800
    assert DatasetRealData("ring8", Registry.load().build("dataset", "ring8")).train is None


def test_names_of_modes_are_their_labels():
    assert DatasetRealData("stacked-digits", Registry.load().build("dataset", "stacked-digits")).names[7] == "007"


def test_features_and_kept_samples_are_in_one_random_order(digits):
    x = digits.dataset.pool("reference", 500, torch.Generator().manual_seed(0))
    side = digits.sample_set(open_samples(x), 500)
    assert side.features.equal(digits.features(x[side.rows]))
    assert side.first_samples.equal(x[side.rows])
    assert not side.rows.equal(torch.arange(500))


def test_what_a_user_gives_is_left_as_it_was():
    x = torch.randn(1_000, 2, generator=torch.Generator().manual_seed(0))
    before = x.clone()
    DatasetRealData("ring8", Registry.load().build("dataset", "ring8")).sample_set(open_samples(x), 1_000)
    assert x.equal(before)

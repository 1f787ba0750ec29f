from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.features import FeatureSet


@pytest.mark.parametrize("x", [torch.zeros(3), torch.zeros(0, 2), torch.zeros(2, 0), torch.zeros(2, 3, 3)])
def test_features_must_be_a_table_with_something_in_it(x: Tensor):
    with pytest.raises(BadData, match="expected features of shape"):
        FeatureSet(x)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_a_single_value_that_is_not_finite_is_refused(bad: float):
    x = torch.zeros(5, 3)
    x[4, 1] = bad
    with pytest.raises(BadData, match="NaN or infinite"):
        FeatureSet(x)


def test_whole_numbers_and_half_precision_are_welcome():
    assert FeatureSet(torch.arange(6).reshape(3, 2)).mean.tolist() == [2, 3]
    assert FeatureSet(torch.ones(2, 2, dtype=torch.float16)).x.dtype == torch.float32


def test_mean_survives_an_offset_a_billion_times_the_spread():
    x = torch.randn(5000, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(FeatureSet(x + 1e9).mean - 1e9, x.mean(0), rtol=0, atol=5e-7)


def test_blocks_hold_every_row_once_and_keep_to_the_chunk():
    features = FeatureSet(torch.arange(30.0).reshape(15, 2), chunk=8 * 16)
    blocks = [block for _, block in features.blocks()]
    assert max(len(block) for block in blocks) == 4
    assert torch.equal(torch.cat(blocks), features.x.double())
    wide = FeatureSet(torch.zeros(6, 40), chunk=8 * 100)
    assert [len(block) for _, block in wide.blocks()] == [2, 2, 2]


def test_what_was_computed_is_not_computed_again():
    calls = []

    def expensive(features: FeatureSet, factor: int) -> int:
        calls.append(factor)
        return factor * len(features)

    features = FeatureSet(torch.zeros(4, 1))
    assert [features.cached(expensive, 2), features.cached(expensive, 2), features.cached(expensive, 3)] == [8, 8, 12]
    assert calls == [2, 3]


def test_head_is_made_once_and_is_the_cloud_itself_where_nothing_is_cut():
    features = FeatureSet(torch.arange(8.0).reshape(4, 2))
    assert features.head(2) is features.head(2)
    assert features.head(2).x.tolist() == [[0, 1], [2, 3]]
    assert features.head(4) is features

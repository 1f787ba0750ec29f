"""Pairs that share no sample."""

from __future__ import annotations

import pytest
import torch

from gancheck.couples import couples
from gancheck.errors import BadData

CPU = torch.device("cpu")


@pytest.mark.parametrize(("count", "most", "pairs"), [(2, 10, 1), (7, 10, 3), (100, 10, 10)])
def test_no_sample_is_in_two_pairs_and_the_pairs_stay_the_same(count: int, most: int, pairs: int):
    rows = couples(count, most, "some", CPU)
    assert rows.shape == (pairs, 2)
    assert len(rows.unique()) == 2 * pairs
    assert rows.max() < count
    assert torch.equal(rows, couples(count, most, "some", CPU))


def test_one_sample_makes_no_pair():
    with pytest.raises(BadData, match="some compares pairs and needs at least 2 samples, got 1"):
        couples(1, 10, "some", CPU)

"""Fingerprints of rows."""

from __future__ import annotations

import pytest
import torch

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.fingerprints import coincidence_between, pair_coincidence, row_fingerprints, share_in


def test_equal_rows_have_equal_prints_and_others_do_not():
    x = torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0], [0.0, -0.0], [-0.0, 0.0]])
    a, b, c, d, e = row_fingerprints(FeatureSet(x)).tolist()
    assert a == c
    assert d == e
    assert len({a, b, d}) == 3


def test_coincidence_counts_pairs():
    x = torch.tensor([[0.0], [0.0], [0.0], [1.0]])
    assert pair_coincidence(FeatureSet(x)) == pytest.approx(6 / 12)
    assert pair_coincidence(FeatureSet(x[:1])) == 0
    assert coincidence_between(FeatureSet(x), FeatureSet(torch.tensor([[0.0], [2.0]]))) == pytest.approx(3 / 8)


def test_found_in_is_the_share_of_rows_that_are_there():
    x = torch.arange(10.0)[:, None]
    assert share_in(FeatureSet(x), FeatureSet(x[:4])) == pytest.approx(0.4)

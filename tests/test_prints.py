"""Fingerprints of rows."""

from __future__ import annotations

import pytest
import torch

from gancheck.cloud import Cloud
from gancheck.prints import coincidence, coincidence_between, found_in, prints


def test_equal_rows_have_equal_prints_and_others_do_not():
    x = torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0], [0.0, -0.0], [-0.0, 0.0]])
    a, b, c, d, e = prints(Cloud(x)).tolist()
    assert a == c
    assert d == e
    assert len({a, b, d}) == 3


def test_coincidence_counts_pairs():
    x = torch.tensor([[0.0], [0.0], [0.0], [1.0]])
    assert coincidence(Cloud(x)) == pytest.approx(6 / 12)
    assert coincidence(Cloud(x[:1])) == 0
    assert coincidence_between(Cloud(x), Cloud(torch.tensor([[0.0], [2.0]]))) == pytest.approx(3 / 8)


def test_found_in_is_the_share_of_rows_that_are_there():
    x = torch.arange(10.0)[:, None]
    assert found_in(Cloud(x), Cloud(x[:4])) == pytest.approx(0.4)

"""Samples: taken, picked, and thinned without holding them all."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gancheck.loading.open import open_samples


@pytest.fixture
def opened():
    return open_samples(np.arange(30_000, dtype=np.float32).reshape(-1, 3))


def test_picked_samples_come_in_the_order_asked_for(opened):
    rows = torch.tensor([9_999, 0, 5_000])
    assert opened.pick(rows)[:, 0].tolist() == [29_997, 0, 15_000]


def test_some_are_drawn_from_everywhere_and_the_same_every_time(opened):
    parts = [opened.some(100, torch.Generator().manual_seed(0)) for _ in range(2)]
    first, second = (part.take(100) for part in parts)
    assert first.equal(second)
    assert len({*first[:, 0].tolist()}) == 100
    assert first[:, 0].max() > 25_000
    assert parts[0].count == 100


def test_labels_go_with_what_is_drawn():
    x = np.arange(200, dtype=np.float32).reshape(100, 2)
    opened = open_samples([(torch.from_numpy(x), torch.arange(100) % 4)])
    part = opened.some(10, torch.Generator().manual_seed(0))
    assert part.labels is not None
    assert ((part.take(10)[:, 0] / 2) % 4).long().equal(part.labels)


def test_asking_for_more_than_there_are_gives_all(opened):
    assert opened.some(10**6, torch.Generator()) is opened

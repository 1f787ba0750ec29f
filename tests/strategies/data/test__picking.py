from __future__ import annotations

import torch

from gancheck.strategies.data._picking import balanced_rows, rows_alike, rows_before, rows_in_use


def test_rows_are_counted_by_their_labels() -> None:
    label = torch.randint(0, 5, (40,), generator=torch.Generator().manual_seed(0))
    names = label.tolist()
    assert rows_before(label).tolist() == [names[:i].count(name) for i, name in enumerate(names)]
    assert rows_alike(label).tolist() == [names.count(name) for name in names]
    stacked = torch.stack([label, label.flip(0)])
    assert torch.vmap(rows_before)(stacked)[0].equal(rows_before(label))


def test_balanced_rows_are_different_and_as_even_as_can_be() -> None:
    label = torch.tensor([0, 0, 0, 1, 0, 0, 2, 1, 0, 0])
    assert balanced_rows(label, 3).tolist() == [0, 3, 6]
    assert balanced_rows(label, 5).tolist() == [0, 1, 3, 6, 7]
    assert balanced_rows(label, 7).tolist() == [0, 1, 2, 3, 4, 6, 7]  # the rare ones have run out
    assert balanced_rows(label, 10).tolist() == list(range(10))


def test_rows_in_use_come_again_where_they_are_too_few() -> None:
    assert rows_in_use(torch.tensor([False, True, False, True])).tolist() == [1, 3, 1, 3]
    assert rows_in_use(torch.tensor([True, True])).tolist() == [0, 1]
    assert rows_in_use(torch.tensor([False, False])).tolist() == [0, 1]  # never one row over and over

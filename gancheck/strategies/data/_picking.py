"""Which of the drawn rows are used: pure functions of tensors, for `pick` hooks."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.datasets.base import Batch, DataSpec
from gancheck.gans.base import Gan
from gancheck.gans.game import Game

#: Why rows are not balanced where the discriminator sees their modes.
REQUIRES_UNSEEN = "its generator is asked for modes as often as real data has them, and real rows would have others"


def take_rows(batch: Batch, rows: Tensor) -> Batch:
    """Some rows of a batch, in this order."""
    return Batch(*(column[rows] for column in batch))


def rows_in_use(used: Tensor) -> Tensor:
    """(n,) rows, those in use (n,) first and in their order, again and again where they are fewer than n.

    Where none is in use, all are as they came: a batch of one row over and over would teach collapse.
    """
    order, count = (~used).long().argsort(stable=True), used.sum()
    return order[torch.arange(len(used), device=used.device) % torch.where(count == 0, len(used), count)]


def rows_alike(label: Tensor) -> Tensor:
    """(n,) how many rows have a row's label (n,), itself included."""
    return rows_before(label) + rows_before(label.flip(0)).flip(0) + 1


def rows_before(label: Tensor) -> Tensor:
    """(n,) how many earlier rows have a row's label (n,)."""
    order = label.argsort(stable=True)
    ordered, place = label[order], torch.arange(len(label), device=label.device)
    first = torch.cat([torch.zeros_like(place[:1]), place[1:] * (ordered[1:] != ordered[:-1])]).cummax(0).values
    return (place - first)[order.argsort()]


def balanced_rows(label: Tensor, n: int) -> Tensor:
    """(n,) different rows, in their order, that hold the labels (rows,) as evenly as these rows allow.

    Every label gives its first row, then every label its second, and so on, until there are n. Where rows of a label
    run out, those of the others fill the batch.
    """
    return rows_before(label).argsort(stable=True)[:n].sort().values


def shuffle(rows: Tensor, game: Game, name: str) -> Tensor:
    """Rows in random order: who judges packs takes neighbours."""
    return rows[game.uniform(name, (len(rows),)).argsort()]


def refuse_seen_modes(gan: Gan, data: DataSpec) -> str | None:
    """Why balanced rows cannot go with a GAN, or None."""
    return REQUIRES_UNSEEN if gan.build(data).discriminator_sees_code else None

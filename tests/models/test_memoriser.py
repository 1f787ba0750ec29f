"""The memoriser makes no new sample, and finite data is kept once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

import gancheck as gc

Train = Callable[..., Any]


def test_its_samples_are_training_samples_each_row_once(registry: gc.Registry, train: Train) -> None:
    model, digits = registry.build("gan", "memoriser", count=400), registry.build("dataset", "digits")
    kept = train(gan=model, data=digits, steps=1, evaluations=1, seeds=(0,))[0].snapshots[1].generator
    used = int(kept["used"])
    rows = kept["rows"][:used].flatten(1)
    assert used < 400  # 400 draws from a pool meet some rows twice
    assert len(rows.unique(dim=0)) == used
    memory = model.build(digits.spec).generator
    memory.load_state_dict(kept)
    drawn = memory(torch.linspace(-1, 1, 50)[:, None]).flatten(1)
    assert torch.cdist(drawn, rows).amin(1).max() == 0


def test_every_kept_row_is_drawn_alike_often(registry: gc.Registry) -> None:
    memory = registry.build("gan", "memoriser", count=5).build(gc.DataSpec((2,))).generator
    drawn = memory((torch.arange(1000)[:, None] + 0.5) / 500 - 1)
    assert drawn.unique(dim=0, return_counts=True)[1].tolist() == [200] * 5

"""Digits of MNIST in channels."""

from __future__ import annotations

from collections.abc import Callable

import torch

from gancheck.datasets.images.torchvision_images import TorchvisionImages

Read = Callable[..., TorchvisionImages]


def test_stacks_spell_a_number_and_can_be_fixed(read: Read) -> None:
    data = read("stacked-mnist", files="mnist", fixed=50)
    batch = data.draw(400, torch.Generator().manual_seed(0))
    assert data.spec.shape == (3, 28, 28)
    assert data.spec.modes == 1_000
    assert len(batch.x.flatten(1).unique(dim=0)) <= 50
    assert len(batch.index.unique()) == 50
    same = batch.index == batch.index[0]
    assert (batch.x[same] == batch.x[0]).all()
    single = data.load_once().train
    hundreds = single.y[(single.x[:, 0] / 127.5 - 1 - batch.x[0, 0]).abs().amax((1, 2)).argmin()]
    assert batch.y[0] // 100 == hundreds


def test_four_channels_are_ten_thousand_modes(read: Read) -> None:
    assert read("stacked-mnist-4", files="mnist").spec.modes == 10_000

"""House numbers, from .mat files."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gancheck.datasets.images.torchvision_images import TorchvisionImages

Read = Callable[..., TorchvisionImages]


@pytest.mark.parametrize("name", ["svhn"])
def test_files_as_their_authors_publish_them_are_read(read: Read, name: str) -> None:
    data = read(name)
    batch = data.draw(64, torch.Generator().manual_seed(0))
    assert tuple(batch.x.shape[1:]) == data.spec.shape == (3, 32, 32)
    assert -1 <= batch.x.min() < batch.x.max() <= 1
    assert set(batch.y.tolist()) == set(range(len(data.names)))
    assert len(data.load_once().train.x) == 20
    assert sum(len(pool.x) for pool in data.load_once()[1:]) == 110


def test_an_image_and_its_class_stay_together(read: Read) -> None:
    data = read("svhn")
    x, y = data.load_once().train
    written = np.random.default_rng(0).integers(0, 256, (32, 32, 3, 130), dtype=np.uint8)  # as conftest.py writes them
    assert x[3].equal(torch.from_numpy(written[..., 3]).permute(2, 0, 1))
    assert y[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]  # the files call a zero 10

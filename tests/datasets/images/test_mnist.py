"""MNIST and its like, from files in their format."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from gancheck.datasets.images.image_pools import digests
from gancheck.datasets.images.torchvision_images import TorchvisionImages

Read = Callable[..., TorchvisionImages]


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "kmnist"])
def test_files_as_their_authors_publish_them_are_read(read: Read, name: str) -> None:
    data = read(name)
    batch = data.draw(64, torch.Generator().manual_seed(0))
    assert tuple(batch.x.shape[1:]) == data.spec.shape == (1, 28, 28)
    assert -1 <= batch.x.min() < batch.x.max() <= 1
    assert set(batch.y.tolist()) == set(range(len(data.names)))
    assert len(data.load_once().train.x) == 20
    assert sum(len(pool.x) for pool in data.load_once()[1:]) == 110


def test_a_margin_can_be_laid_around_digits(read: Read) -> None:
    x = read("mnist", side=32).draw(2, torch.Generator().manual_seed(0)).x
    assert x.shape == (2, 1, 32, 32)
    assert (x[:, :, :2] == -1).all()


def test_what_the_shipped_classifier_was_trained_on_is_not_held_out(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "gancheck.datasets.images.mnist.mnist_trained"
    monkeypatch.setattr(module, lambda: frozenset())
    data = read("mnist")
    known = {digest[:8] for digest in digests(data.load().real.x[::4])}
    monkeypatch.setattr(module, lambda: known)
    left = data.load()[1:]
    assert sum(len(pool.x) for pool in left) == 110 - len(known)
    assert not known & {digest[:8] for pool in left for digest in digests(pool.x)}

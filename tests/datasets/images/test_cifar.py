"""CIFAR, from an archive of pickles with its checksum."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.datasets.images.torchvision_images import TorchvisionImages
from gancheck.errors import MissingData
from gancheck.evaluation.real_data.dataset import held_out_samples

Read = Callable[..., TorchvisionImages]


@pytest.mark.parametrize("name", ["cifar10"])
def test_files_as_their_authors_publish_them_are_read(read: Read, name: str) -> None:
    data = read(name)
    batch = data.draw(64, torch.Generator().manual_seed(0))
    assert tuple(batch.x.shape[1:]) == data.spec.shape == (3, 32, 32)
    assert -1 <= batch.x.min() < batch.x.max() <= 1
    assert set(batch.y.tolist()) == set(range(len(data.names)))
    assert len(data.load_once().train.x) == 20
    assert sum(len(pool.x) for pool in data.load_once()[1:]) == 110


def test_cifar100_has_a_hundred_modes(registry: gc.Registry) -> None:
    assert len(registry.build("dataset", "cifar100").class_names) == 100


def test_a_file_that_was_tampered_with_is_not_unpickled(
    root: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Run:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (root / "ran",))

    data = read("cifar10")
    assert len(data.load_once().train.x) == 20
    (root / "cifar-10-batches-py" / "test_batch").write_bytes(pickle.dumps(Run()))
    (root / "cifar-10-python.tar.gz").unlink()
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    with pytest.raises(MissingData, match=r"cifar-10-python\.tar\.gz"):
        data.load()
    assert not (root / "ran").exists()


def test_held_out_images_are_scored_in_other_features_without_a_classifier(read: Read) -> None:
    data = read("cifar10")
    _, _, *held_out = data.load_once()
    samples = held_out_samples("cifar10", data)
    assert samples.count == sum(len(pool.y) for pool in held_out)
    assert torch.equal(samples.labels.bincount(), sum(pool.y.bincount() for pool in held_out))

"""CelebA, from its archive and its lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from gancheck.datasets.images.torchvision_images import TorchvisionImages
from gancheck.errors import BadParameter
from gancheck.system.kept_tensor import read_kept

Read = Callable[..., TorchvisionImages]


def test_celeba_has_a_mode_for_every_combination_of_attributes(read: Read) -> None:
    data = read("celeba", side=16)
    assert data.spec.shape == data.draw(2, torch.Generator()).x.shape[1:] == (3, 16, 16)
    assert data.names[0] == "no-Male no-Smiling no-Young"
    assert data.names[6] == "Male Smiling no-Young"
    assert data.load_once().train.y.tolist() == [i % 8 for i in range(16)]
    assert sum(len(pool.x) for pool in data.load_once()[1:]) == 104


def test_photographs_are_decoded_once_and_again_where_what_was_kept_is_damaged(read: Read) -> None:
    data = read("celeba", side=16)
    first, kept = data.load().train.x, data.root / "celeba" / "train-16.safetensors"
    for damage in (b"damaged", b"\x93NUMPY\x01\x00\x10\x00{'descr': (", kept.read_bytes()[:-1] + b"\x01"):
        kept.write_bytes(damage)
        assert torch.equal(data.load().train.x, first)
        assert read_kept(kept, "pixels") is not None


def test_an_attribute_that_celeba_lacks_gets_a_hint(read: Read) -> None:
    with pytest.raises(BadParameter, match=r"no attribute 'Smilin'\. Did you mean 'Smiling'"):
        read("celeba", side=8, attributes=("Smilin",)).load_once()

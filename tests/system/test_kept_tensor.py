"""A kept tensor comes back as it was, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gancheck.errors import StoreError
from gancheck.system.kept_tensor import read_kept, write_kept

X = torch.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize("tensor", [X, X.T, X.bfloat16(), torch.zeros(0, 3), torch.tensor(1)])
def test_it_comes_back(tmp_path: Path, tensor: torch.Tensor) -> None:
    write_kept(tmp_path / "x.safetensors", "x", tensor)
    assert torch.equal(read_kept(tmp_path / "x.safetensors", "x"), tensor)


def test_one_that_was_changed_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    write_kept(path, "x", X)
    assert read_kept(path, "y") is None
    assert read_kept(tmp_path / "none", "x") is None
    whole = path.read_bytes()
    for damaged in (
        whole[:-1] + b"\1",
        whole[:40],
        b"",
        whole.replace(b"[2,3]", b"[3,2]"),
        whole.replace(b"sha", b"sho"),
    ):
        path.write_bytes(damaged)
        assert read_kept(path, "x") is None


def test_where_nothing_can_be_written_the_option_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="--data-root"):
        write_kept(tmp_path / "file" / "x", "x", X, "--data-root")

"""A tensor kept in a file with its own hash, to be made anew where the file is not what was written."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gancheck.system.files import replacing


def write_kept(path: Path, name: str, tensor: Tensor, option: str = "--out") -> None:
    """Write it beside and renamed; StoreError, which names the option for another place, where that cannot be."""
    with replacing(path, option) as part:
        save_file({name: tensor.contiguous()}, part, {"sha256": digest_of(tensor)})


def read_kept(path: Path, name: str) -> Tensor | None:
    """What was kept, if it is whole; nothing in the file is run."""
    with suppress(OSError, SafetensorError, KeyError, TypeError):
        with safe_open(path, framework="pt") as file:
            tensor: Tensor = file.get_tensor(name)
            whole = file.metadata()["sha256"] == digest_of(tensor)
        return tensor if whole else None
    return None


def digest_of(tensor: Tensor) -> str:
    """SHA-256 of the numbers, their type and shape."""
    found = hashlib.sha256(f"{tensor.dtype} {tuple(tensor.shape)}\n".encode())
    found.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()

"""A checkpoint: everything that a block of seeds is in the middle of its training, as one safetensors file.

The file names the training that it belongs to and holds a SHA-256 of its own content; one of another training, and one
that was cut short or changed, is refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from gancheck.errors import StoreError
from gancheck.system.files import refuse_link, replacing

#: Numbers of memory for each number of a tensor, at most, of tensors for which it is more than so many in all: one
#: column of a wide table is none to refuse.
GAPS, LARGE = 64, 2**24
VERSION = 1  #: of the file's layout


@dataclass(frozen=True)
class Checkpoint:
    """Tensors by name, and the facts that are no tensors, as JSON values."""

    training: str  #: id of the training of the block's first seed, which hashes everything that decides it
    tensors: dict[str, Tensor]
    facts: dict[str, Any]

    @property
    def step(self) -> int:
        """Steps done."""
        return int(self.facts["step"])

    def save(self, path: Path) -> None:
        """Write it beside and renamed; StoreError where that cannot be."""
        tensors = {
            name: t.detach().cpu().clone(memory_format=torch.contiguous_format) for name, t in self.tensors.items()
        }
        strides = {name: list(t.stride()) for name, t in self.tensors.items() if not t.is_contiguous()}
        facts = json.dumps({**self.facts, "training": self.training, "strides": strides, "version": VERSION})
        with replacing(path) as part:
            part.write_bytes(safetensors.torch.save(tensors, {"facts": facts, "sha256": content_hash(tensors, facts)}))

    @classmethod
    def load(cls, path: Path, training: str) -> Self:
        """Read it back; StoreError, in one line, for one that is not whole or belongs to another training."""
        refuse_link(path)
        try:
            with safetensors.safe_open(path, "pt") as file:
                about = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
            facts = json.loads(about["facts"])
            whole = about["sha256"] == content_hash(tensors, about["facts"]) and facts["version"] == VERSION
            if not whole:
                raise StoreError(f"{path.name} was changed after it was written: its hash is another")
            if facts["training"] != training:
                raise StoreError(f"{path.name} is of another training ({facts['training']}, not {training})")
            strides = msgspec.convert(facts["strides"], dict[str, list[int]])
            laid_out = {name: lay_out(t, strides[name]) if name in strides else t for name, t in tensors.items()}
            return cls(training, laid_out, facts | {"step": msgspec.convert(facts["step"], int)})
        except (OSError, safetensors.SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise StoreError(f"{path.name} is not a whole checkpoint ({error})") from error


def content_hash(tensors: dict[str, Tensor], facts: str) -> str:
    """SHA-256 over the facts and every tensor with its name, type and shape."""
    found = hashlib.sha256(facts.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


def lay_out(tensor: Tensor, strides: list[int]) -> Tensor:
    """A copy with these strides: how a product rounds may depend on them. ValueError where they need far more memory
    than the numbers themselves."""
    once = tensor
    for axis, stride in enumerate(strides):
        once = once.narrow(axis, 0, 1) if stride == 0 and tensor.shape[axis] > 1 else once  # repeated, not stored
    size = 1 + sum((n - 1) * stride for n, stride in zip(once.shape, strides, strict=True)) if once.numel() else 0
    if min(strides, default=0) < 0 or size > max(GAPS * once.numel(), LARGE):
        raise ValueError(f"no tensor of shape {tuple(tensor.shape)} has the strides {strides}")
    return once.new_empty(size).as_strided(once.shape, strides).copy_(once).expand(tensor.shape)

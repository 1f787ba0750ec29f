"""Random streams keyed by (seed, purpose, block): any draw can be made without making those before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from gancheck.errors import BadData


def key(*parts: object) -> int:
    """A 63-bit seed from any parts; different parts give unrelated seeds."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def generator(device: torch.device | str, *parts: object) -> torch.Generator:
    """A torch generator seeded by its parts."""
    return torch.Generator(device=device).manual_seed(key(*parts))


@contextmanager
def global_seed(*parts: object) -> Iterator[None]:
    """PyTorch's global generator, and those of GPUs that are in use, are seeded by the parts inside; outside the CPU's
    goes on as if nothing was drawn.

    `torch.manual_seed` without its notes to devices that nobody has started: each keeps the text of the call stack
    for ever, and takes a millisecond.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(key(*parts))
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.manual_seed_all(key(*parts))
        yield


def permutation(count: int, device: torch.device, *parts: object) -> Tensor:
    """(count,) indices in a random order keyed by the parts; drawn on the CPU, so the same on every device."""
    return torch.randperm(count, generator=generator("cpu", *parts)).to(device)


def disjoint_pairs(count: int, most: int, metric: str, device: torch.device) -> Tensor:
    """(p, 2) rows below `count`, at most `most` pairs and the same every time; BadData below two samples."""
    if count < 2:
        raise BadData(f"{metric} compares pairs and needs at least 2 samples, got {count}: draw more")
    pairs = min(count // 2, most)
    return permutation(count, device, "metric", metric)[: 2 * pairs].reshape(pairs, 2)

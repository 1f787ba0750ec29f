"""How precisely a GPU multiplies: PyTorch rounds the factors of convolutions to TF32 unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.backends import cudnn


@contextmanager
def arithmetic(precision: str = "float32") -> Iterator[None]:
    """In here products and convolutions on a GPU are those of float32, or with "tf32" of factors with 10 bits.

    Both are settings of the whole process, and afterwards are as they were.
    """
    rounded, before = precision == "tf32", torch.get_float32_matmul_precision()
    kept = {"enabled": cudnn.enabled, "benchmark": cudnn.benchmark, "deterministic": cudnn.deterministic}
    torch.set_float32_matmul_precision("high" if rounded else "highest")
    try:
        with cudnn.flags(**kept, allow_tf32=rounded):
            yield
    finally:
        torch.set_float32_matmul_precision(before)

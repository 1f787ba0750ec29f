"""Which device a command runs on."""

from __future__ import annotations

import torch

from gancheck.errors import Unsupported


def device_named(name: str) -> str:
    """`cpu` or `cuda`; `auto` takes the GPU where there is one."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise Unsupported("--device cuda: this PyTorch sees no GPU; use --device cpu")
    if name not in ("cpu", "cuda"):
        raise Unsupported(f"--device {name}: choose auto, cpu or cuda")
    return name

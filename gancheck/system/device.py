"""Which device a command runs on."""

from __future__ import annotations

import re

import torch

from gancheck.errors import Unsupported


def device_named(name: str) -> str:
    """`cpu`, `cuda` or `cuda:1`; `auto` takes the GPU where there is one.

    Unsupported where there is no such device, with what is there.
    """
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        return "cuda" if there else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d+)?", name):
        raise Unsupported(f"--device {name}: choose auto, cpu, cuda or cuda:N")
    if name != "cpu" and not there:
        raise Unsupported(f"--device {name}: this PyTorch sees no GPU; use --device cpu")
    if name.startswith("cuda:") and int(name[5:]) >= there:
        raise Unsupported(f"--device {name}: this PyTorch sees {there} of them, {name_gpus(there)}")
    return name


def device_type(name: str) -> str:
    """`cuda` of `cuda:1`: which of several GPUs does the work decides no number."""
    return name.partition(":")[0]


def gpus_of(name: str) -> tuple[int, ...]:
    """Numbers of the GPUs that a named device stands for: all of them for `cuda`, none for `cpu`."""
    kind, _, number = name.partition(":")
    if kind != "cuda":
        return ()
    return (int(number),) if number else tuple(range(torch.cuda.device_count()))


def name_gpus(count: int) -> str:
    """`cuda:0` or `cuda:0 to cuda:3`."""
    return "cuda:0" if count == 1 else f"cuda:0 to cuda:{count - 1}"

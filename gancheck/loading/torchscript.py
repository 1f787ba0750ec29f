"""A generator saved as TorchScript."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import torch

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.generator import network
from gancheck.loading.raw import Raw


def archive(path: Path, latent: int | None) -> Raw:
    """Samples of the generator; the archive's checksums are tested first, since torch trusts what it reads."""
    with one_line_errors(path.name, "save the generator again with torch.jit.save"), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with zipfile.ZipFile(path) as members:
            if broken := members.testzip():
                raise BadData(f"{path.name} is damaged ({broken}); save the generator again with torch.jit.save")
        return network(torch.jit.load(path, map_location="cpu"), latent, path.name)  # type: ignore[no-untyped-call]


def refuse_code(path: Path, latent: int | None) -> Raw:
    """BadData: only samples that are scored may be a generator."""
    raise BadData(
        f"{path.name} is TorchScript, which is code and is run only as the samples that are scored; save numbers"
    )


def ask_for_consent(path: Path, latent: int | None) -> Raw:
    """BadData: a file that was taken for numbers must not run by itself."""
    raise BadData(
        f"{path.name} is a generator as TorchScript, which is code; where you trust it, run it with --torchscript "
        "(in Python torchscript=True)"
    )

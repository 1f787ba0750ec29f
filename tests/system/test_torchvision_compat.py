from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest
import torch

from gancheck.system import torchvision_compat

needs_torchvision = pytest.mark.skipif(importlib.util.find_spec("torchvision") is None, reason="needs torchvision")


@needs_torchvision
def test_torchvision_and_torch_fidelity_import_after_the_call_however_often_it_is_made():
    lines = [
        "from gancheck.system.torchvision_compat import torchvision_operators as declare",
        "declare(); declare()",
        "import torchvision, torch_fidelity",
        "declare()",
        "print(torchvision.transforms.Normalize((0.5,), (0.5,)).mean)",
    ]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert done.stdout == "(0.5,)\n", done.stderr


def test_nothing_is_declared_where_the_extension_loads(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.ops, "load_library", lambda path: None)
    monkeypatch.setattr(torchvision_compat, "OPERATORS", {"gancheck_probe_one": "(Tensor x) -> Tensor"})
    torchvision_compat.torchvision_operators()
    assert not hasattr(torch.ops.torchvision, "gancheck_probe_one")


def test_nothing_is_declared_where_torchvision_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(torchvision_compat, "OPERATORS", {"gancheck_probe_two": "(Tensor x) -> Tensor"})
    torchvision_compat.torchvision_operators()
    assert not hasattr(torch.ops.torchvision, "gancheck_probe_two")


@needs_torchvision
def test_an_extension_that_does_not_load_has_its_operators_declared(monkeypatch: pytest.MonkeyPatch):
    def refuse(path: str) -> None:
        raise OSError(path)

    monkeypatch.setattr(torch.ops, "load_library", refuse)
    monkeypatch.setattr(torchvision_compat, "OPERATORS", {"gancheck_probe_three": "(Tensor x) -> Tensor"})
    torchvision_compat.torchvision_operators()
    assert hasattr(torch.ops.torchvision, "gancheck_probe_three")

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from torch._inductor.runtime.cache_dir_utils import default_cache_dir

from gancheck.system.cache_folder import compiled_folder
from gancheck.training.compiling import CACHE, cache_on_disk, has_compiler


def test_no_compiler_on_the_path_means_none_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_compiler(torch.device("cpu"))
    (tmp_path / "g++").write_text("#!/bin/sh\n")
    (tmp_path / "g++").chmod(0o755)
    assert has_compiler(torch.device("cpu"))


@pytest.mark.parametrize("before", [None, default_cache_dir()])
def test_compiled_graphs_outlive_the_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str | None
) -> None:
    monkeypatch.setenv("GANCHECK_CACHE", str(tmp_path))
    monkeypatch.delenv(CACHE, raising=False)
    if before:
        monkeypatch.setenv(CACHE, before)  # as PyTorch itself does
    with cache_on_disk():
        assert os.environ[CACHE] == str(compiled_folder()) == str(tmp_path / "compiled")
    assert os.environ.get(CACHE) == before


def test_a_folder_that_the_user_names_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "mine"))
    with cache_on_disk():
        assert os.environ[CACHE] == str(tmp_path / "mine")

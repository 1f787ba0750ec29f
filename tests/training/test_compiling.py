from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import torch
from torch._inductor.runtime.cache_dir_utils import default_cache_dir
from torch.fx.experimental.proxy_tensor import make_fx

from gancheck.system.cache_folder import compiled_folder
from gancheck.training.compiling import CACHE, cache_on_disk, compile_graph, has_compiler


def test_no_compiler_on_the_path_means_none_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
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


def test_without_a_right_to_write_the_temporary_folder_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANCHECK_CACHE", str(tmp_path / "file"))
    monkeypatch.delenv(CACHE, raising=False)
    with cache_on_disk():
        assert CACHE not in os.environ


def test_whatever_the_compiler_raises_is_a_reason_to_go_another_way() -> None:
    graph = make_fx(lambda x: x + 1)(torch.ones(2))
    (node,) = [n for n in graph.graph.nodes if n.op == "call_function"]
    node.target = len  # no operation on tensors
    with pytest.raises(RuntimeError, match="cannot be compiled"):
        compile_graph(graph, [torch.ones(2)])


@pytest.mark.parametrize(("chosen", "there"), [("cxx", "cxx"), (None, "g++"), ("cxx", "g++"), (None, "clang++")])
@pytest.mark.skipif(sys.platform == "darwin", reason="there the usual compiler is clang++")
def test_the_compiler_is_the_one_that_pytorch_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chosen: str | None, there: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    if chosen:
        monkeypatch.setenv("CXX", chosen)
    (tmp_path / there).touch(mode=0o755)
    assert has_compiler(torch.device("cpu")) == (there == (chosen or "g++"))


def test_a_folder_that_the_user_names_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "mine"))
    with cache_on_disk():
        assert os.environ[CACHE] == str(tmp_path / "mine")


def test_asking_for_triton_needs_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.utils, "_triton", raising=False)  # as where nothing has imported it yet
    monkeypatch.delitem(sys.modules, "torch.utils._triton", raising=False)
    assert has_compiler(torch.device("cuda")) in (True, False)

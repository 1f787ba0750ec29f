"""Weights that are missing, wrong or hostile."""

from __future__ import annotations

import pickle
import socket
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import torch

from gancheck.errors import BadData, MissingWeights
from gancheck.extractors.loaded import load_extractor
from gancheck.extractors.weights import Source
from gancheck.plugins.registry import Registry


def refused(*_: Any, **__: Any) -> None:
    """No network."""
    raise URLError("Name or service not known")


@pytest.mark.parametrize("name", ["inception", "vgg16", "clip-vit-b-32"])
def test_missing_weights_say_what_to_fetch_and_where_to_put_it(
    name: str, registry: Registry, downloads: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(torch.hub, "urlopen", refused)
    with pytest.raises(MissingWeights) as error:
        load_extractor(name, registry)
    line = str(error.value)
    assert "\n" not in line
    for part in ("https://", str(downloads), "--weights PATH", "Name or service not known"):
        assert part in line
    assert list(downloads.iterdir()) == []


def test_missing_dinov2_says_how_to_get_its_code(registry: Registry, downloads: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.hub, "load", refused)
    with pytest.raises(MissingWeights, match=r"torch\.hub\.load.*dinov2_vits14"):
        load_extractor("dinov2-vit-s-14", registry)


def test_a_server_that_never_answers_is_given_up_and_nothing_is_left(downloads: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = Source(f"http://127.0.0.1:{server.getsockname()[1]}/some.pth", "some.pth")
        start = time.monotonic()
        with pytest.raises(MissingWeights, match="timed out"):
            source.find("some", patience=0.2)
    assert time.monotonic() - start < 5
    assert list(downloads.iterdir()) == []
    assert socket.getdefaulttimeout() is None


class Hostile:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path(self.path),))

    def __init__(self, path: Path) -> None:
        self.path = str(path)


def damage(path: Path, kind: str, good: Path) -> None:
    """Write a file that is no weights."""
    if kind == "truncated":
        path.write_bytes(good.read_bytes()[:100_000])
    elif kind == "random bytes":
        path.write_bytes(bytes(range(256)) * 50)
    elif kind == "empty":
        path.touch()
    elif kind == "another network":
        torch.save(OrderedDict(weight=torch.zeros(3, 3)), path)
    elif kind == "a list":
        torch.save([torch.zeros(3)], path)
    elif kind == "code":
        torch.save({"weight": Hostile(path.with_name("touched"))}, path)
    elif kind == "bare code":
        path.write_bytes(pickle.dumps(Hostile(path.with_name("touched")), protocol=2))


KINDS = ("truncated", "random bytes", "empty", "another network", "a list", "code", "bare code")


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_file_is_refused_in_one_line_and_nothing_in_it_runs(
    kind: str, registry: Registry, inception_weights: Path, tmp_path: Path
):
    path = tmp_path / "wrong.pth"
    damage(path, kind, inception_weights)
    with pytest.raises(BadData) as error:
        load_extractor("inception", registry, weights=path)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)
    assert "inception" in str(error.value)
    assert not (tmp_path / "touched").exists()


def test_the_hostile_file_would_run_where_it_is_unpickled(tmp_path: Path):
    damage(tmp_path / "wrong.pth", "code", tmp_path)
    torch.load(tmp_path / "wrong.pth", weights_only=False)
    assert (tmp_path / "touched").exists()


def test_a_path_without_a_file_is_said_so(registry: Registry, tmp_path: Path):
    with pytest.raises(BadData, match="is no file"):
        load_extractor("inception", registry, weights=tmp_path / "nowhere.pth")

"""What the data sets of torchvision share: a line about what is missing, and content that tells data apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.datasets.images.torchvision_files import torchvision_class
from gancheck.datasets.images.torchvision_images import TorchvisionImages
from gancheck.errors import MissingData


@pytest.mark.parametrize("name", ["mnist", "cifar10", "cifar100", "svhn", "celeba"])
def test_without_files_and_network_one_line_says_what_goes_where(
    root: Path, registry: gc.Registry, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def unreachable(*arguments: Any, **more: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    data = registry.build("dataset", name)
    with pytest.raises(MissingData) as caught:
        data.draw(1, torch.Generator())
    first = data.source.archives(torchvision_class(data.source.name), root)[0]
    assert f"put {first.path.name} (md5 {first.md5})" in str(caught.value)
    assert f"into {first.path.parent}" in str(caught.value)
    assert "--data-root" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_content_and_not_the_folder_tells_data_apart(
    read: Callable[..., TorchvisionImages], registry: gc.Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = read("kmnist")
    before = data.content
    (tmp_path / "KMNIST").rename(tmp_path / "elsewhere")
    (tmp_path / "other").mkdir()
    (tmp_path / "elsewhere").rename(tmp_path / "other" / "KMNIST")
    monkeypatch.setenv("GANCHECK_DATA", str(tmp_path / "other"))
    moved = registry.build("dataset", "kmnist")
    assert moved != data
    assert moved.content == before

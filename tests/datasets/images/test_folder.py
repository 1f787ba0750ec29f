"""Folders of images as data to train on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import gancheck as gc
from gancheck.classifiers.image_training import Plan
from gancheck.datasets.images.folder import FolderImages
from gancheck.datasets.images.train_classifier import write_classifier
from gancheck.errors import BadData, BadParameter, MissingWeights

Build = Callable[..., FolderImages]


def write_images(root: Path, sizes: tuple[tuple[int, int], ...] = ((8, 8),), **classes: int) -> Path:
    """Noise about a grey level, a folder a class."""
    source = np.random.default_rng(0)
    for name, level in classes.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        for i in range(24):
            x = source.normal(level, 10, (*sizes[i % len(sizes)], 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(x).save(root / name / f"{i}.png")
    return root


@pytest.fixture
def build(registry: gc.Registry) -> Build:
    def made(path: Path, **values: Any) -> FolderImages:
        data: FolderImages = registry.build("dataset", "folder", path=str(path), **values)
        return data

    return made


def test_folders_are_classes_and_those_are_modes(tmp_path: Path, build: Build) -> None:
    data = build(write_images(tmp_path / "photos", cat=60, dog=190))
    batch = data.draw(200, torch.Generator().manual_seed(0))
    assert data.names == ("cat", "dog")
    assert data.spec.shape == (3, 8, 8)
    assert ((batch.x.mean((1, 2, 3)) > 0) == (batch.y == 1)).all()
    assert len(data.load_once().train.x) == 28
    assert sum(len(pool.x) for pool in data.load_once()) == 48


def test_any_size_is_brought_to_the_side(tmp_path: Path, build: Build) -> None:
    photos = write_images(tmp_path / "photos", sizes=((8, 8), (12, 9)), cat=60, dog=190)
    assert build(photos, side=4).spec.shape == (3, 4, 4)
    with pytest.raises(BadData, match=r"differ in size.*folder:.*photos\(side=64\)"):
        build(photos).load_once()


def test_a_changed_folder_is_other_data(tmp_path: Path, build: Build) -> None:
    photos = write_images(tmp_path / "photos", cat=60, dog=190)
    before = build(photos)
    content, again = before.content, build(photos)
    assert again == before
    photos.rename(tmp_path / "moved")
    assert build(tmp_path / "moved").content == content
    (tmp_path / "moved" / "cat" / "3.png").unlink()
    assert build(tmp_path / "moved").content != content


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        (("only",), "no classes.*folder of its own, two at least"),
        ((), "holds no .png"),
    ],
)
def test_one_class_or_no_images_is_one_line(tmp_path: Path, build: Build, folders: tuple[str, ...], said: str) -> None:
    (tmp_path / "photos").mkdir()
    write_images(tmp_path / "photos", **dict.fromkeys(folders, 100))
    with pytest.raises(BadData, match=said):
        build(tmp_path / "photos").load_once()


def test_broken_images_are_named(tmp_path: Path, build: Build) -> None:
    photos = write_images(tmp_path / "photos", cat=60, dog=190)
    for i in range(3):
        (photos / "cat" / f"{i}.png").write_bytes(b"no image")
    with pytest.raises(BadData, match=r"0\.png"):
        build(photos).load_once()


def test_too_few_images_of_a_class_are_refused(tmp_path: Path, build: Build) -> None:
    photos = write_images(tmp_path / "photos", cat=60, dog=190)
    for i in range(18):
        (photos / "cat" / f"{i}.png").unlink()
    with pytest.raises(BadData, match="6 different images"):
        build(photos).load_once()


def test_a_side_that_no_image_has_is_refused(tmp_path: Path, build: Build) -> None:
    for side in (-1, 1, 3, 5_000):
        with pytest.raises(BadParameter, match=rf"side = {side}: give 4 to 4,096 pixels"):
            build(tmp_path, side=side)


def test_a_file_is_no_folder(tmp_path: Path, build: Build) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(BadData, match="give the folder"):
        build(tmp_path / "a.png")


def test_real_images_are_told_apart_by_the_classifier_that_one_command_trains(tmp_path: Path, build: Build) -> None:
    photos = write_images(tmp_path / "photos", cat=60, dog=190)
    with pytest.raises(MissingWeights, match="train_classifier"):
        _ = build(photos).facts
    write_classifier(build(photos), tmp_path / "own.safetensors", Plan(widths=(4, 8, 8), steps=5), torch.device("cpu"))
    data = build(photos, classifier=str(tmp_path / "own.safetensors"))
    real = data.pool("real", 50, torch.Generator().manual_seed(0))
    assert data.assign(data.features(real)).label.shape == (50,)
    assert data.facts["images"] == 48
    assert not [note for note in data.facts["notes"] if "repeated" in note]
    shutil.copy(photos / "cat" / "2.png", photos / "dog" / "same.png")
    assert "1 repeated image left out" in build(photos, classifier=str(tmp_path / "own.safetensors")).facts["notes"]

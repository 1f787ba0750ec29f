"""The one door: paths that are wrong, and the words that errors use."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gancheck.errors import BadData
from gancheck.loading.open import open_samples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.save(tmp_path / "samples.npy", np.zeros((4, 2)))
    return tmp_path


def test_a_missing_file_names_the_nearest(folder: Path) -> None:
    with pytest.raises(BadData, match=r"^reference: there is no .*sample.npy. Did you mean 'samples.npy'"):
        open_samples(folder / "sample.npy", what="reference")


def test_home_is_expanded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert open_samples("~/samples.npy").count == 4


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.npy", b"", "is empty"),
        ("a.npy", b"hello", "does not hold what its name says"),
        ("a.xlsx", b"PK\x03\x04broken", "cannot be read"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "cannot be read .*synchronously"),
        ("a.csv", b"\0\1\2\3", "does not hold what its name says"),
        ("a.pkl", b"\x80\x04K\x01.", "unpickled"),
        ("a.gif", b"GIF89a....", "give the folder"),
        ("a.npz", b"PK\x05\x06" + b"\0" * 18, "holds no array"),
    ],
)
def test_files_that_hold_no_samples_are_refused(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadData, match=said) as caught:
        open_samples(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_single_image_asks_for_its_folder(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(BadData, match="single image; give the folder"):
        open_samples(tmp_path / "a.png")


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npy")
    with pytest.raises(BadData, match="neither a file nor a folder"):
        open_samples(tmp_path / "a.npy")


@pytest.mark.parametrize("source", ["", "a\0b", "x" * 5000, "~nobody-at-all/a.npy"])
def test_strange_paths_are_refused(source: str) -> None:
    with pytest.raises(BadData):
        open_samples(source)


def test_a_file_that_may_not_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(BadData, match=r"Permission denied\); check that you may read it"):
        open_samples(folder / "samples.npy")

"""What one sample is, by its shape, the reference, or a word of the user's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import TensorDataset

import gancheck as gc
from gancheck.errors import BadData, BadParameter
from gancheck.loading.open import open_samples
from gancheck.loading.options import KindOfSamples, ReadOptions

DICE = np.random.default_rng(0)
WALK = DICE.normal(size=(20, 100, 3)).cumsum(1)


@pytest.mark.parametrize(
    ("x", "kind", "shape", "note"),
    [
        (DICE.random((9, 28, 28)), "images", (1, 28, 28), "grey images of 28 x 28"),
        (DICE.integers(0, 256, (9, 20, 28), dtype=np.uint8), "images", (1, 20, 28), "grey images of 20 x 28"),
        (DICE.normal(size=(9, 24, 6)), "series", (24, 6), "time series of 24 steps in 6 channels"),
        (DICE.random((9, 24, 6)), "series", (24, 6), "time series of 24 steps"),
        (DICE.normal(size=(9, 500, 1)), "series", (500, 1), "time series of 500 steps in 1 channel"),
        (DICE.normal(size=(9, 2, 500)), "series", (500, 2), "channels first"),
        (DICE.normal(size=(9, 64, 3)), "cloud", (64, 3), "clouds of 64 points in 3 dimensions"),
        (DICE.normal(size=(9, 3, 64)), "cloud", (64, 3), "clouds of 64 points"),
        (WALK, "series", (100, 3), "time series of 100 steps in 3 channels"),
        (DICE.random((9, 5, 8, 8, 3)), "video", (5, 3, 8, 8), "videos of 5 frames, 8 x 8, colour"),
        (DICE.random((9, 5, 1, 8, 8)) * 2 - 1, "video", (5, 1, 8, 8), "videos of 5 frames, 8 x 8, grey"),
    ],
)
def test_kinds_are_recognised_and_said(x: np.ndarray, kind: str, shape: tuple[int, ...], note: str) -> None:
    opened = open_samples(x)
    assert (opened.kind, opened.shape, opened.is_image) == (kind, shape, kind == "images")
    assert opened.take(100).shape == (len(x), *shape)
    assert any(note in said for said in opened.notes)


@pytest.mark.parametrize("x", [DICE.random((9, 24, 28)), DICE.normal(size=(9, 28, 28))])
def test_what_may_be_grey_images_or_series_is_refused(x: np.ndarray) -> None:
    with pytest.raises(BadData, match=r"may be grey images .* or series .*--kind images or --kind series"):
        open_samples(x)


@pytest.mark.parametrize(
    ("kind", "shape", "read"),
    [
        ("series", (24, 28), (24, 28)),
        ("series", (24,), (24, 1)),
        ("images", (24, 28), (1, 24, 28)),
        ("cloud", (24, 28), (24, 28)),
        ("points", (24, 28), (672,)),
        ("video", (5, 24, 28), (5, 1, 24, 28)),
    ],
)
def test_the_user_says_what_they_are(kind: KindOfSamples, shape: tuple[int, ...], read: tuple[int, ...]) -> None:
    x = DICE.random((9, *shape))
    opened = open_samples(x, options=ReadOptions(kind))
    assert (opened.kind, opened.shape) == (kind, read)
    expected = x.reshape(9, *read) if kind not in ("images", "video") else x.reshape(9, *read) * 2 - 1
    np.testing.assert_allclose(opened.take(9).numpy(), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "shape", "said"),
    [
        ("video", (24,), "for videos"),
        ("series", (4, 24, 28), "for series"),
        ("cloud", (4, 24, 28), "for clouds"),
        ("images", (24,), "is none of"),
        ("auto", (16, 32, 32), "--kind points"),
    ],
)
def test_a_kind_that_cannot_be_is_refused(kind: KindOfSamples, shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(BadData, match=said):
        open_samples(DICE.random((9, *shape)), options=ReadOptions(kind))


def test_a_folder_of_pictures_is_nothing_else(tmp_path: Path) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "1.png")
    with pytest.raises(BadData, match="holds pictures, not series"):
        open_samples(tmp_path, options=ReadOptions("series"))


def test_samples_take_the_kind_of_the_reference() -> None:
    series = open_samples(DICE.random((9, 28, 28)), options=ReadOptions("series"))
    assert open_samples(DICE.random((9, 28, 28)), like=series).kind == "series"
    clouds = open_samples(DICE.normal(size=(9, 64, 3)))
    turned = open_samples(WALK[:, :64].transpose(0, 2, 1), like=clouds)
    assert (turned.kind, turned.shape) == ("cloud", (64, 3))
    images = open_samples(DICE.random((9, 8, 10, 3)))
    assert open_samples(DICE.random((9, 8, 10)), like=images).kind == "images"


def test_lists_of_series_and_data_sets_of_them_are_samples_each() -> None:
    walks = [*WALK]
    assert open_samples(walks, options=ReadOptions("series")).shape == (100, 3)
    opened = open_samples(TensorDataset(torch.from_numpy(WALK)), options=ReadOptions("series"))
    assert (opened.count, opened.shape) == (20, (100, 3))
    assert open_samples(TensorDataset(torch.from_numpy(WALK))).kind == "series"


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(BadParameter, match=r"kind = 'imgs': take auto, points, .*\. Did you mean 'images'\?"):
        gc.score(WALK, reference=WALK, kind="imgs")  # type: ignore[arg-type]

"""The image grid shows every pixel as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gancheck.errors import BadData
from gancheck.report.plots.image_strips import Strip, images


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def test_pixels_become_squares_of_exact_size_and_colour(tmp_path: Path) -> None:
    """Three 8 x 8 images, one red pixel each, on black: 8 * 11 = 88 pixels an image."""
    x = -np.ones((3, 3, 8, 8))
    x[:, 0, 2, 5] = 1
    images(tmp_path / "a.png", np.zeros((3, 3, 8, 8)), [Strip("none", x)])
    shown = pixels(tmp_path / "a.png")
    red, black = ((shown == colour).all(axis=2).sum() for colour in ([255, 0, 0], [0, 0, 0]))
    assert red == 3 * 11 * 11
    assert black == 3 * (88 * 88 - 11 * 11)


def test_one_channel_is_grey_and_values_out_of_range_are_cut(tmp_path: Path) -> None:
    x = np.full((1, 1, 44, 44), 7.0)
    x[..., :22] = np.nan
    images(tmp_path / "a.png", np.zeros((1, 1, 44, 44)), [Strip("none", x)])
    strip = pixels(tmp_path / "a.png")[120:208, 316:404]
    assert (strip[:, :44] == 0).all()
    assert (strip[:, 44:] == 255).all()


def test_real_images_stand_on_top(tmp_path: Path) -> None:
    images(tmp_path / "a.png", np.zeros((1, 1, 8, 8)), [Strip("none", -np.ones((1, 1, 8, 8)))])
    column = pixels(tmp_path / "a.png")[:, 350, 0]
    assert np.flatnonzero(column == 127).max() < np.flatnonzero(column == 0).min()


@pytest.mark.parametrize("shape", [(4, 2, 8, 8), (0, 1, 8, 8), (4, 64)])
def test_what_is_not_an_image_is_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    with pytest.raises(BadData, match="none: pictures need images"):
        images(tmp_path / "a.png", np.zeros((4, 1, 8, 8)), [Strip("none", np.zeros(shape))])


def test_note_stands_below_the_name_and_captions_below_the_images(tmp_path: Path) -> None:
    strip = Strip("none", np.zeros((3, 1, 8, 8)), "3 of 10 modes, quality 0.93", ["4", "(7)", "0"])
    images(tmp_path / "a.svg", np.zeros((3, 1, 8, 8)), [strip])
    text = (tmp_path / "a.svg").read_text()
    assert text.index(">none<") < text.index(">3 of 10 modes, quality 0.93<")
    assert text.index(">4<") < text.index(">(7)<") < text.index(">0<")


def test_captions_cover_no_pixel_of_an_image(tmp_path: Path) -> None:
    x = -np.ones((2, 3, 8, 8))
    x[:, 0] = 1
    images(tmp_path / "a.png", np.zeros((2, 3, 8, 8)), [Strip("a", x, captions=["00000"] * 2), Strip("b", x)])
    assert (pixels(tmp_path / "a.png") == [255, 0, 0]).all(axis=2).sum() == 4 * 88 * 88

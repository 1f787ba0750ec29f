"""Images of any size brought to one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gancheck.errors import BadParameter
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions

DICE = np.random.default_rng(0)
SIXTEEN = ReadOptions(resize=16)


def by_pillow(x: np.ndarray, side: int) -> np.ndarray:
    """(side, side) of (h, w) in [-1, 1], by Pillow in floats."""
    made = Image.fromarray(x.astype(np.float32)).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(made).clip(0, 255) / 127.5 - 1


def test_arrays_are_resized_as_pillow_does_in_floats() -> None:
    x = DICE.integers(0, 256, (3, 40, 30), dtype=np.uint8)
    opened = open_samples(x, options=SIXTEEN)
    assert opened.shape == (1, 16, 16)
    np.testing.assert_allclose(opened.take(3)[1, 0].numpy(), by_pillow(x[1], 16), atol=1e-3)
    assert any("30 x 40 pixels resized to 16 x 16 (bicubic, antialiased)" in note for note in opened.notes)


def test_a_folder_of_many_sizes_becomes_one(tmp_path: Path) -> None:
    made = [DICE.integers(0, 256, shape, dtype=np.uint8) for shape in ((40, 30), (16, 16), (9, 50, 3))]
    for number, x in enumerate(made):
        Image.fromarray(x).save(tmp_path / f"{number}.png")
    opened = open_samples(tmp_path, options=SIXTEEN)
    assert opened.shape == (3, 16, 16)
    np.testing.assert_allclose(opened.take(3)[0, 2].numpy(), by_pillow(made[0], 16), atol=1e-3)
    np.testing.assert_allclose(opened.take(3)[1, 0].numpy(), made[1] / 127.5 - 1, atol=1e-6)
    assert any("resized to 16 x 16" in note and "30 x 40" in note for note in opened.notes)


def test_deep_pictures_keep_their_levels(tmp_path: Path) -> None:
    deep = DICE.integers(0, 65536, (32, 32), dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "1.png")
    taken = open_samples(tmp_path, options=SIXTEEN).take(1)[0, 0].numpy()
    np.testing.assert_allclose(taken, by_pillow(deep / 257, 16), atol=1e-3)


def test_frames_of_videos_are_resized_too() -> None:
    assert open_samples(DICE.random((2, 3, 8, 8, 1)), options=SIXTEEN).shape == (3, 1, 16, 16)


@pytest.mark.parametrize(("shape", "side"), [((4, 2), 8), ((4, 8, 8), 0), ((4, 8, 8), 100_000)])
def test_a_side_that_cannot_be_or_has_no_effect_is_refused(shape: tuple[int, ...], side: int) -> None:
    with pytest.raises(BadParameter, match="resize"):
        open_samples(DICE.random(shape), options=ReadOptions(resize=side))

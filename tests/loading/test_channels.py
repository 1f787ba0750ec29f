"""Grey and colour."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gancheck.loading.open import open_samples

DICE = np.random.default_rng(0)
GREY = DICE.integers(0, 256, (6, 1, 8, 8), dtype=np.uint8)
COLOUR = DICE.integers(0, 256, (6, 3, 8, 8), dtype=np.uint8)


@pytest.mark.parametrize("off", [0, 1])
def test_grey_saved_as_rgb_is_grey_again_beside_a_grey_reference(off: int) -> None:
    saved = np.repeat(GREY.clip(1, 254), 3, axis=1)
    saved[:, 1] += np.uint8(off)  # as lossy formats leave it
    opened = open_samples(saved, like=open_samples(GREY))
    assert opened.shape == (1, 8, 8)
    assert any("three equal channels read as grey" in note for note in opened.notes)
    expected = open_samples(GREY.clip(1, 254)).take(6)
    torch.testing.assert_close(opened.take(6), expected, atol=off * 2 / 255, rtol=0)


def test_grey_becomes_three_channels_beside_a_coloured_reference() -> None:
    opened = open_samples(GREY, like=open_samples(COLOUR))
    assert opened.shape == (3, 8, 8)
    assert torch.equal(opened.take(6), open_samples(GREY).take(6).expand(-1, 3, -1, -1))
    assert any("as three equal channels" in note for note in opened.notes)


def test_colour_is_never_made_grey() -> None:
    assert open_samples(COLOUR, like=open_samples(GREY)).shape == (3, 8, 8)

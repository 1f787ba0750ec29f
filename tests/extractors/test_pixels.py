"""Images as bytes."""

from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.extractors.pixels import photographs


def test_bytes_survive_the_way_to_floats_and_back():
    every = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    back = photographs(every.float() / 127.5 - 1)
    assert back.dtype == torch.uint8
    assert torch.equal(back, every.repeat(1, 3, 1, 1))


def test_colour_stays_and_values_outside_are_clipped():
    x = torch.tensor([-3.0, 0.0, 3.0]).reshape(1, 3, 1, 1)
    assert photographs(x).flatten().tolist() == [0, 128, 255]


@pytest.mark.parametrize("shape", [(4, 2), (4, 2, 8, 8)])
def test_other_samples_are_refused(shape: tuple[int, ...]):
    with pytest.raises(BadData, match="1 or 3 channels"):
        photographs(torch.zeros(shape))

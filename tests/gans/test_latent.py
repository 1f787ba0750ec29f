"""The prior of the generator's input."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter


def test_latents_follow_their_prior_and_their_generator() -> None:
    latents = gc.Latent(3), gc.Latent(3, "uniform")
    normal, uniform = (latent.draw(5_000, torch.Generator().manual_seed(0)) for latent in latents)
    assert normal.shape == uniform.shape == (5_000, 3)
    assert normal.std().item() == pytest.approx(1, abs=0.02)
    assert uniform.abs().max() <= 1
    assert uniform.std().item() == pytest.approx(3**-0.5, abs=0.01)
    assert normal.equal(gc.Latent(3).draw(5_000, torch.Generator().manual_seed(0)))


def test_a_latent_without_dimensions_is_refused() -> None:
    with pytest.raises(BadParameter, match="latent size = 0: needs at least 1 dimension"):
        gc.Latent(0)


def test_codes_follow_their_shares() -> None:
    alike, skewed = (gc.Latent(2, codes=4, shares=s) for s in ((), (6.0, 3.0, 1.0, 0.0)))
    counts = [
        latent.draw_codes(20_000, torch.Generator().manual_seed(1)).bincount(minlength=4) / 20_000
        for latent in (alike, skewed)
    ]
    assert counts[0].tolist() == pytest.approx([0.25] * 4, abs=0.02)
    assert counts[1].tolist() == pytest.approx([0.6, 0.3, 0.1, 0.0], abs=0.02)


def test_latents_with_codes_begin_like_latents_without() -> None:
    z, code = gc.Latent(3, codes=5).sample(7, torch.Generator().manual_seed(2))
    plain, nothing = gc.Latent(3).sample(7, torch.Generator().manual_seed(2))
    assert z.equal(plain)
    assert nothing is None
    assert code is not None
    assert (code.dtype, code.shape) == (torch.int64, (7,))


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ({"codes": -1}, "latent codes = -1"),
        ({"codes": 2, "shares": (1.0,)}, "latent codes = 2 with 1 shares; give one for each"),
        ({"codes": 2, "shares": (1.0, -1.0)}, "they are not negative"),
        ({"codes": 2, "shares": (0.0, 0.0)}, "some are positive"),
    ],
)
def test_codes_that_cannot_be_drawn_are_refused(how: dict[str, Any], line: str) -> None:
    with pytest.raises(BadParameter, match=line):
        gc.Latent(2, **how)


def test_one_hot_is_torchs_and_can_be_mapped() -> None:
    codes = torch.tensor([[0, 2, 1], [1, 1, 0]])
    expected = torch.nn.functional.one_hot(codes, 3).float()
    assert gc.one_hot(codes[0], 3).equal(expected[0])
    assert torch.func.vmap(lambda c: gc.one_hot(c, 3))(codes).equal(expected)


def test_numbers_join_points_as_features_and_images_as_channels() -> None:
    columns = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert gc.join(torch.zeros(2, 1), columns).tolist() == [[0, 1, 2], [0, 3, 4]]
    images = gc.join(torch.zeros(2, 3, 4, 5), columns)
    assert images.shape == (2, *gc.DataSpec((3, 4, 5)).joined(2).shape)
    assert (images[1, 4] == 4).all()

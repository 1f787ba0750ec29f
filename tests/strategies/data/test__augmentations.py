from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.data._augmentations import augment
from gancheck.strategies.data.diffaugment import DiffAugment

IMAGES = torch.rand(40, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1


class Given:
    """A game that answers with the numbers it was given, and draws what it was not."""

    def __init__(self, **given: Any) -> None:
        self.given = {name.replace("_", "/"): value for name, value in given.items()}
        self.source = torch.Generator().manual_seed(1)
        self.memory = {"a/mean": torch.tensor([1.0, 2.0, 3.0]), "a/deviation": torch.tensor([1.0, 4.0, 2.0])}

    def uniform(self, name: str, shape: tuple[int, ...]) -> Tensor:
        value = self.given.get(name.removeprefix("a/"))
        return torch.rand(shape, generator=self.source) if value is None else torch.full(shape, float(value))


def changed(x: Tensor, *policy: str, share: float | None = None, **given: Any) -> Tensor:
    game: Any = Given(**given)
    return augment(x, game, "a", policy, None if share is None else torch.tensor(share))


def test_images_move_by_whole_pixels_and_zeros_come_in() -> None:
    for number, move in ((0.0, -1), (0.5, 0), (0.99, 1)):
        found = changed(IMAGES, "translation", translation_rows=number, translation_columns=0.5)
        expected = torch.zeros_like(IMAGES)
        for row in range(8):
            if 0 <= row - move < 8:
                expected[:, :, row] = IMAGES[:, :, row - move]
        assert found.equal(expected)
    both = changed(IMAGES, "translation", translation_rows=0.99, translation_columns=0.0)
    assert both[:, :, 1:, :-1].equal(IMAGES[:, :, :-1, 1:])


def test_a_square_of_half_the_side_is_covered_anywhere() -> None:
    found = changed(torch.ones(4, 1, 8, 8), "cutout", cutout_row=0.5, cutout_column=0.0)
    expected = torch.ones(8, 8)
    expected[2:6, 0:2] = 0  # rows from floor(0.5 * 9) - 2, columns from -2
    assert found[0, 0].equal(expected)
    assert not changed(IMAGES, "cutout").isnan().any()


def test_colours_change_as_in_the_paper() -> None:
    found = changed(IMAGES, "colour", colour_brightness=0.7, colour_saturation=0.25, colour_contrast=0.9)
    x = IMAGES + 0.2
    x = (x - x.mean(1, keepdim=True)) * 0.5 + x.mean(1, keepdim=True)
    x = (x - x.mean((1, 2, 3), keepdim=True)) * 1.4 + x.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(found, x)


def test_points_shift_and_turn_about_the_mean() -> None:
    x = torch.tensor([[2.0, 2.0, 5.0]])
    torch.testing.assert_close(
        changed(x, "translation", translation_moves=1.0), x + torch.tensor([[1.0, 4.0, 2.0]]) / 8
    )
    angle = math.pi / 32
    expected = torch.tensor([[1 + math.cos(angle), 2 + math.sin(angle), 5.0]])
    torch.testing.assert_close(changed(x, "rotation", rotation_angles=1.0), expected)
    torch.testing.assert_close(changed(x, "rotation", rotation_angles=0.5), x)


def test_a_share_is_changed_and_the_rest_is_not() -> None:
    assert changed(IMAGES, share=0.0).equal(IMAGES)
    fixed = {"cutout_row": 0.5, "cutout_column": 0.5}
    assert changed(IMAGES, "cutout", share=1.0, **fixed).equal(changed(IMAGES, "cutout", **fixed))
    some = (changed(IMAGES, "cutout", share=0.5, **fixed) == IMAGES).flatten(1).all(1)
    assert 8 < some.sum() < 32


def test_gradients_pass_and_pass_again() -> None:
    x = IMAGES.clone().requires_grad_()
    slope = torch.autograd.grad(changed(x).square().sum(), x, create_graph=True)[0]
    again = torch.autograd.grad(slope.square().sum(), x)[0]
    assert slope.abs().sum() > 0
    assert again.abs().sum() > 0


def test_what_fits_no_data_is_refused() -> None:
    nobody: Any = SimpleNamespace()
    with pytest.raises(BadParameter, match="policy has 'flip'"):
        DiffAugment(policy=("flip",))
    assert "fits this data" in str(DiffAugment(policy=("rotation",)).supports(nobody, gc.DataSpec((1, 8, 8))))
    assert "none of samples" in str(DiffAugment().supports(nobody, gc.DataSpec((5, 2))))
    assert DiffAugment(policy=("rotation", "cutout")).supports(nobody, gc.DataSpec((2,))) is None

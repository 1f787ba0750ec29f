from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from gancheck.strategies.regularisers._augmentations import augment, mirror, move


def image(count: int, side: int) -> Tensor:
    """Images whose pixels are all different."""
    return torch.arange(count * 2 * side * side, dtype=torch.float32).reshape(count, 2, side, side)


def test_points_are_shifted_by_a_share_of_the_datas_deviation(duel: Callable[..., Any]) -> None:
    d = duel("none", batch=400)
    wide = replace(d.game, batch=d.game.batch._replace(x=d.x * torch.tensor([1.0, 50.0])))
    shift = augment(torch.zeros(400, 2), wide, "shift", shift=0.1)
    bound = 0.1 * wide.batch.x.std(0)
    assert (shift.abs() <= bound).all()
    assert (shift.abs().amax(0) > 0.9 * bound).all()
    assert len(shift.unique()) == shift.numel()


def test_images_are_moved_by_whole_pixels_and_repeat_their_edge(duel: Callable[..., Any]) -> None:
    x, seen = image(60, 8), set()
    for before, after in zip(x, move(x, duel("none").game, "move", 0.25, 3), strict=True):
        columns = torch.arange(8)
        by = [b for b in range(-2, 3) if after.equal(before[:, :, (columns - b).clamp(0, 7)])]
        assert len(by) == 1
        seen.add(by[0])
    assert seen == {-2, -1, 0, 1, 2}


def test_half_of_the_images_are_mirrored(duel: Callable[..., Any]) -> None:
    x = image(60, 4)
    turned = [after.equal(before.flip(2)) for before, after in zip(x, mirror(x, duel("none").game, "m"), strict=True)]
    assert 15 < sum(turned) < 45
    same = [after.equal(before) for before, after in zip(x, mirror(x, duel("none").game, "m"), strict=True)]
    assert all(a != b for a, b in zip(turned, same, strict=True))


def test_images_are_not_mirrored_where_told(duel: Callable[..., Any]) -> None:
    x = image(10, 8)
    assert augment(x, duel("none").game, "name", shift=0.01, flip=False).equal(x)


def test_gradients_go_back_to_the_pixels_they_come_from(duel: Callable[..., Any]) -> None:
    x = image(5, 8).requires_grad_()
    slope = torch.autograd.grad(augment(x, duel("none").game, "name").sum(), x)[0]
    torch.testing.assert_close(slope.sum(), torch.tensor(float(x.numel())))

"""Random changes of what the discriminator sees, differentiable and drawn anew for every sample.

Images are coloured, moved and covered in part, in the ranges of Zhao et al., "Differentiable augmentation for
data-efficient GAN training", NeurIPS 2020, and as there, what comes in from outside is 0. Points are shifted and turned
by little, in units of the data's spread: turned all the way round, a ring of modes could not be told from one mode.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.gans.look import Look
from gancheck.strategies.base import Strategy, name_of

ROWS = 10_000  #: training samples whose spread is measured
SHIFT = 1 / 8  #: largest, of the side of an image, or in standard deviations of a point's coordinate
ANGLE = math.pi / 32  #: largest, of points, about the data's mean
COVERED = 1 / 2  #: side of the square that is covered, of the side of an image
Uniform = Callable[[str, tuple[int, ...]], Tensor]  #: numbers uniform on [0, 1) by name and shape


@dataclass(frozen=True)
class AugmentingStrategy(Strategy):
    """Changes real and generated samples alike, in both players' losses; at evaluation nothing is changed."""

    #: of "colour", "translation", "cutout" (images), "translation", "rotation" (points); empty: all that fit the data
    policy: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = sorted({*IMAGES, *POINTS})
        if unknown := sorted(set(self.policy) - set(known)):
            raise BadParameter(f"policy has '{unknown[0]}'; it takes {', '.join(known)}")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        kinds = kinds_for(len(data.shape))
        if not kinds:
            return f"there are augmentations of points and of images, none of samples of shape {data.shape}"
        fits = not self.policy or set(self.policy) & set(kinds)
        return None if fits else f"nothing of policy = {', '.join(self.policy)} fits this data, {', '.join(kinds)} do"

    def study(self, look: Look) -> dict[str, Any]:
        if len(look.spec.shape) > 1:
            return {}
        x = look.data(ROWS).x
        return {f"{name_of(self)}/mean": x.mean(0), f"{name_of(self)}/deviation": x.std(0)}

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        if game.phase == "evaluation":
            return x
        pack, own = len(of.x) // len(x), of.x.shape[1]
        if pack > 1 and x.shape[1] != pack * own:
            raise BadParameter(
                f"{name_of(self)} cannot tell samples in packs from what was joined to them: put it first"
            )
        rows = x.reshape(pack * len(x), -1, *x.shape[2:])  # samples of a pack are changed each by itself
        changed = augment(rows[:, :own], game, name_of(self), self.policy, self.share(game))
        return torch.cat([changed, rows[:, own:]], 1).reshape(x.shape)  # what was joined to samples stays as it is

    def share(self, game: Game) -> Tensor | None:
        """Of the samples that are changed, a scalar; None: all."""
        return None


def augment(x: Tensor, game: Game, name: str, policy: tuple[str, ...] = (), share: Tensor | None = None) -> Tensor:
    """Samples (n, *shape) changed by every kind of a policy, all of them or by each kind a share of them.

    Random numbers are asked for under `name`, under which the mean and deviation of points are remembered.
    """
    about = () if x.dim() > 2 else (game.memory[f"{name}/mean"], game.memory[f"{name}/deviation"])
    for kind, change in kinds_for(x.dim() - 1).items():
        if not policy or kind in policy:
            changed = change(x, partial(draw, game, f"{name}/{kind}"), *about)
            chosen = None if share is None else game.uniform(f"{name}/{kind}", (len(x),)) < share
            x = changed if chosen is None else torch.where(per_sample(chosen, x), changed, x)
    return x


def draw(game: Game, name: str, what: str, shape: tuple[int, ...]) -> Tensor:
    """Numbers uniform on [0, 1) for one part of a change."""
    return game.uniform(f"{name}/{what}", shape)


def kinds_for(axes: int) -> dict[str, Callable[..., Tensor]]:
    """The kinds of changes of samples with so many axes, in the order in which they are made."""
    return {1: POINTS, 3: IMAGES}.get(axes, {})


def colour(x: Tensor, uniform: Uniform) -> Tensor:
    """Brightness up to 0.5 up or down, then the spread of channels times up to 2, then of pixels times 0.5 to 1.5."""
    n = len(x)
    x = x + per_sample(uniform("brightness", (n,)) - 0.5, x)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * per_sample(2 * uniform("saturation", (n,)), x)
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (x - middle) * per_sample(uniform("contrast", (n,)) + 0.5, x)


def translate(x: Tensor, uniform: Uniform) -> Tensor:
    """Whole pixels up or down, left or right; what comes in is 0."""
    for axis, what in ((2, "rows"), (3, "columns")):
        size = x.shape[axis]
        most = int(size * SHIFT + 0.5)
        move = (uniform(what, (len(x),)) * (2 * most + 1)).floor().long() - most
        place = torch.arange(size, device=x.device) - move[:, None]  # (n, size) where pixels come from
        inside = ((place >= 0) & (place < size)).to(x.dtype)
        shape = (len(x), 1, size, 1) if axis == 2 else (len(x), 1, 1, size)
        x = x.gather(axis, place.clamp(0, size - 1).view(shape).expand(x.shape)) * inside.view(shape)
    return x


def cut_out(x: Tensor, uniform: Uniform) -> Tensor:
    """A square of zeros, whose middle lies anywhere in the image."""
    covered = []
    for axis, what in ((2, "row"), (3, "column")):
        size = x.shape[axis]
        side = int(size * COVERED + 0.5)
        first = (uniform(what, (len(x),)) * (size + 1 - side % 2)).floor() - side // 2
        place = torch.arange(size, device=x.device) - first[:, None]
        covered.append(((place >= 0) & (place < side)).to(x.dtype))
    return x * (1 - covered[0][:, None, :, None] * covered[1][:, None, None, :])


def shift(x: Tensor, uniform: Uniform, mean: Tensor, deviation: Tensor) -> Tensor:
    """Every coordinate moved by up to SHIFT of its standard deviation."""
    return x + SHIFT * deviation * (2 * uniform("moves", tuple(x.shape)) - 1)


def turn(x: Tensor, uniform: Uniform, mean: Tensor, deviation: Tensor) -> Tensor:
    """The first and second coordinate turned about the mean by up to ANGLE, so the third and fourth, and so on."""
    pairs = x.shape[1] // 2
    if not pairs:
        return x
    angle = ANGLE * (2 * uniform("angles", (len(x), pairs)) - 1)
    rest = x - mean
    a, b = rest[:, 0 : 2 * pairs : 2], rest[:, 1 : 2 * pairs : 2]
    turned = torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], 2).flatten(1)
    return torch.cat([turned, rest[:, 2 * pairs :]], 1) + mean


def per_sample(numbers: Tensor, x: Tensor) -> Tensor:
    """Numbers (n,) in a shape that goes with samples (n, *shape)."""
    return numbers.view(-1, *(1 for _ in x.shape[1:]))


IMAGES: dict[str, Callable[..., Tensor]] = {"colour": colour, "translation": translate, "cutout": cut_out}
POINTS: dict[str, Callable[..., Tensor]] = {"translation": shift, "rotation": turn}

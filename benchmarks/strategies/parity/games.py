"""One game of ours, and what a peer needs to play it on the same tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.gans.state import Params
from gancheck.testing.open_game import OpenGame

TOGETHER = "discriminator+generator"


class Played(NamedTuple):
    """A loss, or other numbers that are compared, and the gradient of the player who moves."""

    value: Tensor | None
    gradient: Tensor | None = None


Pair = tuple[Played, Played]


def opened(recipe: str, phase: str = "discriminator", **how: Any) -> OpenGame:
    """A game in the type that is usual here: float64, so that a wrong factor cannot hide behind rounding.

    Weights are three times as large as they start, without which slopes are small beside losses.
    """
    made: OpenGame = gc.testing.game(recipe, phase, **how)
    with torch.no_grad():
        for weight in (weight for module in made.modules.values() for weight in module.parameters()):
            weight.mul_(3)
    return made


@contextmanager
def usual(dtype: torch.dtype) -> Iterator[None]:
    """What is made in here without a type has this one."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def played(d: OpenGame, loss: Tensor) -> Played:
    """A loss and its gradient for whoever moves."""
    found = torch.autograd.grad(loss, weights_of(d), allow_unused=True, retain_graph=True)
    return Played(loss.detach(), flat(zeroed(found, weights_of(d))))


def weights_of(d: OpenGame) -> list[Tensor]:
    """Those of the player in whose turn it is, and of all that share its loss."""
    names = d.game.players.team(d.game.owner)
    return [weight for name in names for weight in d.modules[name].parameters()]


def zeroed(found: Any, weights: list[Tensor]) -> list[Tensor]:
    """Gradients, zero where there is none."""
    return [torch.zeros_like(w) if slope is None else slope for slope, w in zip(found, weights, strict=True)]


def held(module: nn.Module) -> Params:
    """A module's weights by name."""
    return dict[str, Tensor](module.named_parameters())


def layers(d: OpenGame) -> list[nn.Module]:
    """Those of the discriminator."""
    return list(d.discriminator.children())


def without_head(d: OpenGame) -> nn.Sequential:
    """All of these but the last: what gives features."""
    return nn.Sequential(*layers(d)[:-1])


def flat(tensors: Any) -> Tensor:
    """All numbers in one row."""
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def ours(d: OpenGame) -> Played:
    """What the recipe says."""
    return played(d, d.loss())


def images(x: Tensor) -> Tensor:
    """Points as images of one pixel, for peers that know images only."""
    return x.detach()[:, :, None, None].clone()


def judge(d: OpenGame) -> Callable[..., Tensor]:
    """The discriminator for images of one pixel; labels and the like are passed over."""
    return lambda x, *_, **__: d.discriminator(x.flatten(1))


def answer(d: OpenGame) -> Callable[..., dict[str, Tensor]]:
    """The same, for peers whose discriminators answer with a dictionary."""
    return lambda x, *_, **__: {"adv_output": d.discriminator(x.flatten(1)).flatten()}


@contextmanager
def drawing(**drawn: list[Tensor]) -> Iterator[None]:
    """In here torch.rand and its like hand out these tensors, so that a peer draws what we drew."""
    patches = [mock.patch.object(torch, name, handing(tensors)) for name, tensors in drawn.items()]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def handing(tensors: list[Tensor]) -> Callable[..., Tensor]:
    """A function that gives one tensor after the other, whatever it is asked."""
    left = iter(tensors)
    return lambda *_, **__: next(left).clone()

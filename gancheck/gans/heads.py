"""Where a discriminator's features end: at its head, the last layer that is called, an nn.Linear or an nn.Conv2d.

In an nn.Sequential that ends in an nn.Linear this is seen at once; in any other module a dry call shows it, for which
the shape of what it judges must be known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadPlugin

WIDTH = 128  #: units in the hidden layers of a network that could not be taken from a discriminator
REQUIRES_LINEAR_HEAD = (
    "needs a discriminator with hidden layers whose last layer is an nn.Linear, or an nn.Conv2d that leaves 1x1 pixels"
)


@dataclass(frozen=True)
class Head:
    """The last layer of a discriminator."""

    name: str  #: as in `named_modules`
    layer: nn.Linear | nn.Conv2d
    width: int  #: numbers that it is given for a sample

    @property
    def outputs(self) -> int:
        """Numbers that it gives for a sample."""
        return self.layer.out_features if isinstance(self.layer, nn.Linear) else self.layer.out_channels


class Call(NamedTuple):
    """One call of a layer."""

    name: str
    layer: nn.Module
    given: Tensor
    answer: Tensor


def has_head(discriminator: nn.Module, data: DataSpec | None = None) -> bool:
    """Whether features can be told from the last layer; `data` is what the discriminator sees.

    Without `data` only an nn.Sequential that ends in an nn.Linear is known to have a head.
    """
    return find_head(discriminator, data) is not None


def find_head(discriminator: nn.Module, data: DataSpec | None = None) -> Head | None:
    """The head, or None where there is none, or where it takes a dry call to see it and `data` is not known."""
    if is_flat(discriminator):
        _, linear = split_head(discriminator)
        return Head(str(len(discriminator) - 1), linear, linear.in_features)  # type: ignore[arg-type]
    calls = [] if data is None else dry_calls(discriminator, data)
    if len({call.name for call in calls}) < 2 or not is_head(calls[-1]):  # a single layer has no features before it
        return None
    last = calls[-1]
    return Head(last.name, last.layer, last.given[0].numel())  # type: ignore[arg-type]


def split_head(discriminator: nn.Module) -> tuple[nn.Sequential, nn.Linear]:
    """The body (everything but the last layer) and the last layer of an nn.Sequential that ends in an nn.Linear."""
    if not is_flat(discriminator):
        raise BadPlugin("split_head takes an nn.Sequential that ends in an nn.Linear; game.features takes any")
    body, head = discriminator[:-1], discriminator[-1]  # type: ignore[index]
    return body, head


def insert_before_head(
    discriminator: nn.Module, layer: nn.Module, added: int, data: DataSpec | None = None
) -> nn.Module:
    """The discriminator with `layer`, (n, width) -> (n, width + added), put before a widened head.

    `data` is what the discriminator sees, as for `has_head`. Other modules than an nn.Sequential are changed in place.
    """
    head = require_head(discriminator, data)
    wide = nn.Linear(head.width + added, head.outputs, bias=head.layer.bias is not None)
    if is_flat(discriminator):
        return nn.Sequential(*split_head(discriminator)[0], nn.Flatten(), layer, wide)
    pixel = [nn.Unflatten(1, (head.outputs, 1, 1))] if isinstance(head.layer, nn.Conv2d) else []
    discriminator.set_submodule(head.name, nn.Sequential(nn.Flatten(), layer, wide, *pixel))
    return discriminator


def replace_head(discriminator: nn.Module, data: DataSpec, outputs: int) -> nn.Sequential:
    """A network from samples to (n, outputs) numbers, such as an encoder: the discriminator's body under a new layer.

    A discriminator without a head gives no body; then there are two hidden layers of WIDTH units.
    """
    if (head := find_head(discriminator, data)) is None:
        hidden = (nn.Linear(data.size, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2))
        return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(WIDTH, outputs))
    body = split_head(discriminator)[0] if is_flat(discriminator) else Body(discriminator)
    return nn.Sequential(body, nn.Flatten(), nn.Linear(head.width, outputs))


class Body(nn.Module):
    """What a discriminator gives to its head."""

    def __init__(self, discriminator: nn.Module) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, x: Tensor) -> Tensor:
        return features_of(self.discriminator, lambda: self.discriminator(x))


def require_head(discriminator: nn.Module, data: DataSpec | None = None) -> Head:
    """The head; BadPlugin where there is none."""
    if (head := find_head(discriminator, data)) is None:
        raise BadPlugin(f"{REQUIRES_LINEAR_HEAD}; this one is {type(discriminator).__name__}")
    return head


def features_of(discriminator: nn.Module, call: Callable[[], Any]) -> Tensor:
    """(n, width): what the head is given while `call` runs the discriminator."""
    with layers_watched(discriminator) as calls:
        call()
    if not calls or not is_head(calls[-1]):
        raise BadPlugin(f"{REQUIRES_LINEAR_HEAD}; this one is {type(discriminator).__name__}")
    return torch.flatten(calls[-1].given, 1)


def is_flat(discriminator: nn.Module) -> bool:
    """Whether the head is the end of a sequence."""
    return (
        isinstance(discriminator, nn.Sequential) and len(discriminator) > 1 and isinstance(discriminator[-1], nn.Linear)
    )


def is_head(call: Call) -> bool:
    """Whether a layer gives single numbers, and no map, for what it was given."""
    linear = isinstance(call.layer, nn.Linear) and call.answer.dim() == 2
    return linear or (isinstance(call.layer, nn.Conv2d) and call.answer.shape[2:] == (1, 1))


def dry_calls(discriminator: nn.Module, data: DataSpec) -> list[Call]:
    """The calls of layers for two samples of zeros; buffers and random numbers stay as they are."""
    state = {name: tensor.detach().clone() for name, tensor in discriminator.state_dict().items()}
    device = next(iter(state.values())).device if state else None
    with torch.random.fork_rng(devices=[]), torch.no_grad(), layers_watched(discriminator) as calls:
        functional_call(discriminator, state, (torch.zeros(2, *data.shape, device=device),))
    return calls


@contextmanager
def layers_watched(module: nn.Module) -> Iterator[list[Call]]:
    """The calls of layers, in their order, while the module runs in here."""
    calls: list[Call] = []

    def note(name: str) -> Callable[..., None]:
        return lambda layer, given, answer: calls.append(Call(name, layer, given[0], answer))

    hooks = [layer.register_forward_hook(note(name)) for name, layer in layers_of(module)]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()


def layers_of(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The modules with parameters of their own, by name; what parametrises a layer is part of it."""
    for name, layer in module.named_modules():
        if ".parametrizations." not in f".{name}." and (
            isinstance(layer, nn.Linear | nn.Conv2d) or any(True for _ in layer.parameters(recurse=False))
        ):
            yield name, layer

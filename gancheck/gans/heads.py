"""Where a discriminator's features end: `nn.Sequential(..., nn.Linear)` is body and head."""

from __future__ import annotations

from torch import nn

from gancheck.datasets.base import DataSpec

WIDTH = 128  #: units in each hidden layer of a network that could not be taken from the discriminator
REQUIRES_LINEAR_HEAD = "needs a discriminator that is an nn.Sequential whose last module is an nn.Linear"


def has_head(discriminator: nn.Module) -> bool:
    """Whether features can be told from the last layer."""
    return (
        isinstance(discriminator, nn.Sequential) and len(discriminator) > 1 and isinstance(discriminator[-1], nn.Linear)
    )


def split_head(discriminator: nn.Module) -> tuple[nn.Sequential, nn.Linear]:
    """The body (everything but the last layer) and the last layer."""
    assert isinstance(discriminator, nn.Sequential)
    body, head = discriminator[:-1], discriminator[-1]
    assert isinstance(body, nn.Sequential)
    assert isinstance(head, nn.Linear)
    return body, head


def insert_before_head(discriminator: nn.Module, layer: nn.Module, added: int) -> nn.Sequential:
    """The discriminator with `layer`, which appends `added` features, put before a widened head."""
    body, head = split_head(discriminator)
    wide = nn.Linear(head.in_features + added, head.out_features, bias=head.bias is not None)
    return nn.Sequential(*body, nn.Flatten(), layer, wide)


def replace_head(discriminator: nn.Module, data: DataSpec, outputs: int) -> nn.Sequential:
    """A network from samples to (n, outputs) numbers, such as an encoder or a classifier: the discriminator's body
    under a new last layer. Where no head can be told, two hidden layers of WIDTH units instead."""
    if not has_head(discriminator):
        hidden = (nn.Linear(data.size, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2))
        return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(WIDTH, outputs))
    body, head = split_head(discriminator)
    return nn.Sequential(body, nn.Flatten(), nn.Linear(head.in_features, outputs))

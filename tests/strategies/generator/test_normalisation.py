from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)


def norms(module: nn.Module) -> list[type]:
    return [type(part) for part in module.modules() if isinstance(part, NORMS)]


def scaled(x: Tensor, dim: int) -> Tensor:
    """Mean 0 and deviation 1."""
    return (x - x.mean(dim, keepdim=True)) / (x.var(dim, keepdim=True, unbiased=False) + 1e-5).sqrt()


@pytest.mark.parametrize(("kind", "dim"), [("batch", 0), ("layer", 1)])
def test_hidden_layers_are_normalised_before_their_activations(duel: Callable[..., Any], kind: str, dim: int) -> None:
    d = duel(f"normalisation(kind='{kind}')")
    first, second, last = (part for part in d.generator.modules() if isinstance(part, nn.Linear))
    hidden = leaky_relu(scaled(first(d.z), dim), 0.2)
    hidden = leaky_relu(scaled(second(hidden), dim), 0.2)
    torch.testing.assert_close(d.game.samples, last(hidden))
    assert (first.bias is None) == (kind == "batch")


def test_the_discriminators_first_layer_is_left_out_unless_it_is_the_only_one(
    duel: Callable[..., Any], registry: gc.Registry
) -> None:
    d = duel("normalisation(player='discriminator')")
    assert (norms(d.generator), norms(d.discriminator)) == ([], [nn.BatchNorm1d])
    assert isinstance(d.discriminator[4], nn.Sequential)
    flat = registry.build("gan", "mlp", width=4, depth=1)
    made = Recipe.parse("normalisation(player='both')", registry).players(flat, gc.DataSpec((2,)))
    assert norms(made.discriminator) == [nn.BatchNorm1d]


@pytest.mark.parametrize(("kind", "norm"), [("batch", nn.BatchNorm2d), ("layer", nn.GroupNorm)])
def test_maps_are_normalised(registry: gc.Registry, kind: str, norm: type) -> None:
    gan, data = registry.build("gan", "dcgan", width=4, latent=3), gc.DataSpec((1, 8, 8), low=-1, high=1)
    players = Recipe.parse(f"normalisation(kind='{kind}', player='both')", registry).players(gan, data)
    assert (norms(players.generator), norms(players.discriminator)) == ([norm] * 2, [norm])
    assert players.discriminator(players.generator(torch.randn(2, 3))).shape == (2, 1)


def test_means_over_batches_are_remembered_for_evaluation(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("d2gan+normalisation(player='both')+r1+pacgan", steps=2))
    (record, _) = trainer.train()
    kept = record.snapshots[2].weights["generator"]
    assert kept["1.0.running_mean"].abs().min() > 0
    assert kept["1.0.num_batches_tracked"] == 4
    assert trainer.replicas.buffers["discriminator2"]["4.0.running_mean"].abs().max() > 0


def test_generators_of_other_strategies_are_normalised(duel: Callable[..., Any]) -> None:
    d = duel("mgan(k=2)+normalisation")
    assert norms(d.generator) == [nn.BatchNorm1d] * 2
    assert all(first[0].bias is not None for first in d.generator.first)


def test_what_it_cannot_treat_is_refused(registry: gc.Registry) -> None:
    class Bare(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(2, 2), nn.Linear(2, 1), gc.Latent(2))

    reason = Recipe.parse("normalisation", registry).supports(Bare(), gc.DataSpec((2,)))
    assert "normalisation: needs a generator whose hidden activations are modules" in str(reason)
    with pytest.raises(BadParameter, match="group"):
        Recipe.parse("normalisation(kind='group')", registry)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, softplus, tanh

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath


def logits(d: Any, x: Tensor, call: int) -> Tensor:
    """Of the n-th call of the discriminator: two hidden layers, each with a mask of its own."""
    layers = [m for m in d.discriminator.modules() if isinstance(m, nn.Linear)]
    masks = [(d.game.noise.tensors[f"dropout#{2 * call + i}"] >= 0.25) / 0.75 for i in (1, 2)]
    for layer, mask in zip(layers, masks, strict=False):
        x = leaky_relu(layer(x), 0.2) * mask
    return layers[-1](x).flatten()


def test_loss_and_gradient_are_those_of_masked_activations(duel: Callable[..., Any]) -> None:
    d = duel("dropout(p=0.25)")
    loss = d.loss()
    expected = softplus(-logits(d, d.x, 0)).mean() + softplus(logits(d, d.generator(d.z), 1)).mean()
    torch.testing.assert_close(loss, expected)
    weights = list(d.discriminator.parameters())
    for mine, theirs in zip(torch.autograd.grad(loss, weights), torch.autograd.grad(expected, weights), strict=True):
        torch.testing.assert_close(mine, theirs)
    assert [len(t) for t in d.game.noise.tensors.values()] == [6] * 4
    assert len({t[0, 0].item() for t in d.game.noise.tensors.values()}) == 4  # every call has masks of its own


def test_none_are_dropped_at_evaluation_and_in_the_generator(duel: Callable[..., Any]) -> None:
    d = duel("dropout")
    d.discriminator.eval()
    torch.testing.assert_close(d.discriminator(d.x), duel("none").discriminator(d.x))
    assert not any(isinstance(m, gc.Dropout) for m in d.generator.modules())


def test_starting_weights_are_the_untreated_gans(duel: Callable[..., Any]) -> None:
    plain, treated = (duel(recipe).game.weights["discriminator"] for recipe in ("none", "dropout"))
    assert plain.keys() == treated.keys()


@gc.strategy("second", family="discriminator")
class Second(gc.Strategy):
    """Another critic, with activations of another kind."""

    def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        other = nn.Sequential(nn.Linear(info.seen.size, 4), nn.PReLU(), nn.Linear(4, 1))
        return players.add("discriminator2", other, role="discriminator")

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + game.real_logits.square().mean()


def test_every_critic_drops(setup: Callable[..., Any], registry: gc.Registry) -> None:
    treatment = registry.build("strategy", "dropout")
    hooks = setup(extra=(Second(), treatment)).recipe
    players = hooks.players(registry.build("gan", "mlp", width=8), gc.DataSpec((2,)))
    for critic, count in (("discriminator", 2), ("discriminator2", 1)):
        dropping = [m for m in players.modules[critic].modules() if isinstance(m, gc.Dropout)]
        assert len(dropping) == count


def test_seeds_trained_together_are_what_they_are_one_by_one(
    train: Callable[..., Any], apart: Any, registry: gc.Registry
) -> None:
    gan = registry.build("gan", "mlp", width=8, depth=1, latent=3)
    together = train("dropout", gan=gan, steps=3, path=ExecutionPath())
    assert together[0].path == "stacked-traced"
    assert apart(together, train("dropout", gan=gan, steps=3, path=ExecutionPath("looped", "eager"))) < 1e-6


def test_nothing_to_drop_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("dropout(p=0.0)", steps=3), train("none", steps=3)) == 0
    assert apart(train("dropout(p=0.1)", steps=3), train("none", steps=3)) > 1e-6


def test_masks_are_fresh_at_every_update(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("dropout"))
    trainer.prepare()
    update = trainer.updates["discriminator"]
    one, other = update.arguments().noise, update.arguments().noise
    assert one.keys() == {f"dropout#{i}" for i in range(1, 5)}
    assert all(not torch.isclose(one[name], other[name]).all() for name in one)
    assert all(not torch.equal(mask[0], mask[1]) for mask in one.values())  # seeds have masks of their own


class Functional(gc.Gan):
    """A discriminator whose activation is a function, behind which no module can be put."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        return gc.Players(nn.Linear(3, data.size), Bent(), gc.Latent(3))


class Bent(nn.Linear):
    def __init__(self) -> None:
        super().__init__(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(tanh(x))


def test_a_discriminator_without_activations_is_not_supported(registry: gc.Registry) -> None:
    reason = registry.build("strategy", "dropout").supports(Functional(), gc.DataSpec((2,)))
    assert reason == "needs a discriminator whose hidden activations are modules, such as nn.ReLU"


@pytest.mark.parametrize("p", [-0.1, 1.0])
def test_a_share_that_is_none_is_refused(duel: Callable[..., Any], p: float) -> None:
    with pytest.raises(BadParameter, match="p = "):
        duel(f"dropout(p={p})")


def test_heavy_dropout_of_the_critic_leaves_others_their_gradients(train: Callable[..., Any]) -> None:
    """The dry run dropped every unit, so that an encoder that learns through the critic was refused."""
    assert train("ali+dropout(p=0.6)", steps=1)[0].status == "done"

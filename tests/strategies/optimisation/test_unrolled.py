from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer

LR, LOW, HIGH, DONE = 0.01, 0.5, 0.999, 7


@pytest.fixture
def ahead(duel: Callable[..., Any]) -> Callable[[int], Any]:
    """A generator's move against a discriminator that has made some Adam steps already."""

    def make(k: int, objective: str = "none") -> Any:
        d, source = duel(f"{objective}+unrolled(k={k})", "generator"), torch.Generator().manual_seed(1)
        held = d.game.moments["discriminator"]
        for name, weight in d.discriminator.named_parameters():
            held["first"][name] = 0.01 * torch.randn(weight.shape, generator=source)
            held["second"][name] = 1e-5 + 1e-4 * torch.rand(weight.shape, generator=source)
            held["count"][name] = torch.tensor(float(DONE))
        return d

    return make


def by_hand(d: Any, k: int, detached: bool = False, value: bool = False) -> Tensor:
    """The generator's loss after k Adam steps of the discriminator, by plain autograd; or the game's value."""
    weights = dict(d.discriminator.named_parameters())
    first, second = (dict(d.game.moments["discriminator"][kind]) for kind in ("first", "second"))
    fake = d.generator(d.z)

    def logits(x: Tensor) -> Tensor:
        return functional_call(d.discriminator, weights, (x,)).flatten()

    for t in range(DONE + 1, DONE + k + 1):
        loss = softplus(-logits(d.x)).mean() + softplus(logits(fake)).mean()
        found = torch.autograd.grad(loss, list(weights.values()), create_graph=not detached, retain_graph=True)
        for (name, weight), slope in zip(list(weights.items()), found, strict=True):
            first[name] = LOW * first[name] + (1 - LOW) * slope
            second[name] = HIGH * second[name] + (1 - HIGH) * slope**2
            step = first[name] / (1 - LOW**t) / ((second[name] / (1 - HIGH**t)).sqrt() + 1e-8)
            weights[name] = weight - LR * step
    return -softplus(-logits(d.x)).mean() - softplus(logits(fake)).mean() if value else softplus(-logits(fake)).mean()


def slopes(loss: Tensor, d: Any) -> Tensor:
    """All of the generator's gradients in one row."""
    weights = list(d.generator.parameters())
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, weights, retain_graph=True)])


@pytest.mark.parametrize("k", [1, 3])
def test_loss_and_gradient_are_those_of_a_hand_written_unroll(ahead: Callable[[int], Any], k: int) -> None:
    d = ahead(k)
    ours, theirs = d.loss(), by_hand(d, k)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(slopes(ours, d), slopes(theirs, d), rtol=1e-3, atol=1e-5)


def test_under_the_zero_sum_loss_the_generator_moves_the_term_of_real_samples_too(ahead: Callable[..., Any]) -> None:
    d = ahead(2, "saturating")
    ours, theirs = d.loss(), by_hand(d, 2, value=True)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(slopes(ours, d), slopes(theirs, d), rtol=1e-3, atol=1e-5)


def test_gradient_flows_through_the_inner_steps(ahead: Callable[[int], Any]) -> None:
    d = ahead(3)
    loss, cut = d.loss(), by_hand(d, 3, detached=True)
    torch.testing.assert_close(loss, cut)  # detaching changes no value ...
    assert (slopes(loss, d) - slopes(cut, d)).norm() > 0.05 * slopes(loss, d).norm()  # ... but the gradient


def test_no_inner_steps_is_the_untreated_gan(
    train: Callable[..., Any], apart: Callable[..., float], untreated: Any
) -> None:
    assert apart(train("unrolled(k=0)"), untreated) == 0
    assert apart(train("unrolled(k=1)", steps=5), train("none", steps=5)) > 1e-6


@gc.strategy("spy", family="memory")
class Spy(gc.Strategy):
    """Remembers the discriminator that the generator plays against."""

    def memory(self, state: gc.State) -> dict[str, Any]:
        return {"foe": state.weights["discriminator"]}

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        game.remember("foe", game.weights["discriminator"])
        return loss


def test_the_foreseen_discriminator_is_the_one_that_the_optimiser_then_makes(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("unrolled(k=1)", extra=(Spy(),)))
    trainer.prepare()
    for _ in range(4):
        trainer.step()
    foe, generator = trainer.updates["discriminator"], trainer.updates["generator"]
    arguments = generator.arguments()
    foreseen = generator.mapped(*arguments)[2]["foe"]
    foe.batches.next, foe.latents.next = (lambda: arguments[-3]), (lambda: arguments[-2])  # the same batch
    foe()
    for name, tensor in trainer.replicas.weights["discriminator"].items():
        torch.testing.assert_close(tensor, foreseen[name], rtol=1e-5, atol=1e-7)


def test_what_a_look_ahead_computes_on_the_way_is_not_remembered(train: Callable[..., Any]) -> None:
    counted = []

    @gc.strategy("counter", family="memory")
    class Counter(gc.Strategy):
        def memory(self, state: gc.State) -> dict[str, Any]:
            return {"moves": torch.zeros(())}

        def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
            game.remember("moves", game.memory["moves"] + 1)
            return loss

        def evaluation_weights(self, weights: dict[str, Any], state: gc.State) -> dict[str, Any]:
            return {p: {n: 0 * t + state.memory["moves"] for n, t in w.items()} for p, w in weights.items()}

    for recipe in ("none", "unrolled(k=2)"):
        counted.append(
            [r.snapshots[5].generator["0.bias"][0].item() for r in train(recipe, extra=(Counter(),), steps=5)]
        )
    assert counted == [[5, 5], [5, 5]]


def test_a_discriminator_without_adam_is_refused(train: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="foresees Adam"):
        train("unrolled", default=gc.Optimiser(name="sgd", lr=0.1))


def test_a_negative_look_ahead_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="k = -1"):
        duel("unrolled(k=-1)")


def test_another_optimiser_to_its_right_is_refused(train: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="unrolled foresees Adam's steps"):
        train("unrolled(k=1)+optimiser(name='rmsprop')", steps=1)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.vectorise import ExecutionPath

HALF = "top-k(nu=0.5, gamma=0.5)"  #: three of six rows from the first hundredth of the training on

LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "none": lambda real, fake: softplus(-fake),
    "saturating": lambda real, fake: -softplus(fake) - softplus(-real).mean(),  # the whole value of the game
    "hinge": lambda real, fake: -fake,
    "lsgan": lambda real, fake: (fake - 1).square() / 2,
    "rpgan": lambda real, fake: softplus(real - fake),
    "wgan-gp": lambda real, fake: -fake,
    "wgan-clip": lambda real, fake: -fake,
}


@pytest.mark.parametrize("objective", LOSSES)
def test_generator_learns_from_its_best_rows_alone(duel: Callable[..., Any], objective: str) -> None:
    d = duel(f"{objective}+{HALF}", "generator", progress=0.5)
    best = d.fake.topk(3).indices
    expected = LOSSES[objective](d.real, d.fake)[best].mean()
    torch.testing.assert_close(d.loss(), expected)
    weights = list(d.generator.parameters())
    for mine, theirs in zip(
        torch.autograd.grad(d.loss(), weights), torch.autograd.grad(expected, weights), strict=True
    ):
        torch.testing.assert_close(mine, theirs)


def test_discriminator_learns_from_all_rows(duel: Callable[..., Any]) -> None:
    d = duel(f"hinge+{HALF}", progress=0.5)
    torch.testing.assert_close(d.loss(), relu(1 - d.real).mean() + relu(1 + d.fake).mean())


def test_packs_are_rows(duel: Callable[..., Any]) -> None:
    d = duel(f"pacgan+{HALF}", "generator", progress=0.5, batch=8)  # 4 packs
    packs = d.discriminator(d.generator(d.z).reshape(4, 4)).flatten()
    torch.testing.assert_close(d.loss(), softplus(-packs).topk(2, largest=False).values.mean())


@pytest.mark.parametrize(("progress", "kept"), [(0.0, 10), (0.1, 9), (0.22, 8), (0.5, 6), (0.75, 5), (1.0, 5)])
def test_k_falls_from_the_batch_to_its_smallest_share(duel: Callable[..., Any], progress: float, kept: int) -> None:
    d = duel("top-k", "generator", batch=10, progress=progress)  # 10 * 0.99^(100 * progress), at least 5
    weights = d.game.hooks.weigh("fake", 10, d.game)
    assert weights.sum() == kept
    assert set(d.fake[weights == 1].tolist()) == set(d.fake.topk(kept).values.tolist())


def test_of_equal_rows_the_first_are_kept(duel: Callable[..., Any]) -> None:
    d = duel(HALF, "generator", progress=0.5)
    with torch.no_grad():
        d.discriminator[-1].weight.zero_()
    assert d.game.hooks.weigh("fake", 6, d.game).tolist() == [1, 1, 1, 0, 0, 0]


def test_a_foreseen_discriminator_learns_from_all_rows(duel: Callable[..., Any]) -> None:
    d = duel(f"{HALF}+unrolled(k=1)", "generator", progress=0.5)
    torch.testing.assert_close(d.game.discriminator_loss(), softplus(-d.real).mean() + softplus(d.fake).mean())


def test_all_rows_are_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("top-k(nu=1.0)", steps=3), train("none", steps=3)) < 1e-6
    assert apart(train(HALF, steps=3), train("none", steps=3)) > 1e-5


def test_seeds_trained_together_are_what_they_are_one_by_one(
    train: Callable[..., Any], apart: Any, registry: gc.Registry
) -> None:
    recipe, gan = f"rpgan+pacgan+{HALF}", registry.build("gan", "mlp", width=4, depth=1, latent=3)
    together = train(recipe, gan=gan, steps=3, path=ExecutionPath())
    assert together[0].path == "stacked-traced"
    assert apart(together, train(recipe, gan=gan, steps=3, path=ExecutionPath("looped", "eager"))) < 1e-6


@pytest.mark.parametrize("bad", ["nu=0.0", "nu=1.5", "gamma=0.0", "gamma=1.1"])
def test_shares_that_are_none_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.replace("=", " = ")):
        duel(f"top-k({bad})")

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def slots(d: Any) -> tuple[Tensor, Tensor]:
    """Logits of pairs with the real sample first, and of the same pairs turned round."""
    pairs = (d.x, d.samples), (d.samples, d.x)
    first, second = (d.discriminator(torch.cat(pair, 1)).flatten() for pair in pairs)
    return first, second


def test_discriminator_says_which_slot_is_real(duel: Callable[..., Any]) -> None:
    d = duel("paired")
    first, second = slots(d)
    torch.testing.assert_close(d.loss(), cross_entropy(first, torch.ones(6)) + cross_entropy(second, torch.zeros(6)))


def test_generator_wants_the_other_answer_and_learns_through_both_orders(duel: Callable[..., Any]) -> None:
    d = duel("paired", "generator")
    first, second = slots(d)
    expected = cross_entropy(first, torch.zeros(6)) + cross_entropy(second, torch.ones(6))
    torch.testing.assert_close(d.loss(), expected)
    weights = list(d.generator.parameters())
    for mine, theirs in zip(*(torch.autograd.grad(loss, weights) for loss in (d.loss(), expected)), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_packs_are_packs_of_pairs(duel: Callable[..., Any]) -> None:
    d = duel("paired+pacgan(m=2)")
    expected = torch.cat([d.x, d.samples], 1).reshape(3, 8)
    torch.testing.assert_close(d.game.real, expected)


def test_one_kind_alone_is_refused(duel: Callable[..., Any]) -> None:
    game = duel("paired").game
    for asked, count in ((game, 3), (replace(game, phase="evaluation"), 6)):
        with pytest.raises(BadParameter, match="asked for samples of one kind"):
            asked.see(gc.Sample(game.batch.x[:count], None, None, real=True))


@pytest.mark.parametrize("other", ["ddls", "drs", "mh-gan", "adagan", "self-conditioned", "dyngan"])
def test_what_asks_for_samples_of_one_kind_is_refused_when_the_recipe_is_read(
    registry: gc.Registry, other: str
) -> None:
    for recipe in (f"paired+{other}", f"{other}+paired"):
        with pytest.raises(BadParameter, match=f"'paired' beside '{other}': it judges a real beside a generated"):
            Recipe.parse(recipe, registry)
    Recipe.parse("paired+truncation+r1", registry)


def test_a_discriminator_that_sees_codes_is_refused(registry: gc.Registry) -> None:
    strategy, gan = registry.build("strategy", "paired"), registry.build("gan", "cgan")
    data = registry.build("dataset", "ring8").spec
    assert "without codes" in strategy.supports(gan, data)
    assert strategy.supports(registry.build("gan", "mlp"), data) is None


def test_rows_that_top_k_leaves_out_teach_the_generator_nothing(duel: Callable[..., Any]) -> None:
    d = duel("paired+top-k(nu=0.5, gamma=0.5)", "generator", progress=1.0)
    samples = d.game.samples
    slopes = torch.autograd.grad(d.loss(), samples)[0].flatten(1).norm(dim=1)
    assert (slopes == 0).sum() == len(samples) // 2

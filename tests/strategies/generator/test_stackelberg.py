from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def test_every_sample_is_made_by_one_of_k_generators_that_share_nothing(duel: Callable[..., Any]) -> None:
    d = duel("stackelberg(k=3)", batch=32)
    made = [d.generator.tails[k](z[None]) for z, k in zip(d.z, d.game.code.tolist(), strict=True)]
    torch.testing.assert_close(d.game.samples, torch.cat(made))
    assert set(d.game.code.tolist()) == {0, 1, 2}
    assert not list(d.generator.shared.parameters())
    firsts = [tail[0].weight for tail in d.generator.tails]
    assert all(not one.equal(other) for i, one in enumerate(firsts) for other in firsts[:i])


def test_the_loss_is_the_mean_of_every_generators_game(duel: Callable[..., Any]) -> None:
    d = duel("stackelberg(k=2)", "generator", batch=40)
    rows = [torch.log1p(torch.exp(-d.discriminator(d.generator.tails[k](d.z)))).flatten() for k in range(2)]
    chosen = [rows[k][i] for i, k in enumerate(d.game.code.tolist())]
    torch.testing.assert_close(d.loss(), torch.stack(chosen).mean())


def test_generators_may_be_of_another_width(duel: Callable[..., Any], registry: gc.Registry) -> None:
    tails = duel("stackelberg(k=2, factor=0.5)").generator.tails
    assert [tail[0].out_features for tail in tails] == [4, 4]

    class Bare(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1), gc.Latent(2))

    recipe = Recipe.parse("stackelberg(factor=0.5)", registry)
    assert "needs a GAN with a parameter" in str(recipe.supports(Bare(), gc.DataSpec((2,))))
    assert Recipe.parse("stackelberg", registry).supports(Bare(), gc.DataSpec((2,))) is None


def test_it_takes_any_objective(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("lsgan+stackelberg(k=2)", steps=2), train("stackelberg(k=2)", steps=2)) > 1e-7


@pytest.mark.parametrize("parameter", ["k=0", "factor=0.0"])
def test_no_generators_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match="needs a generator, and a positive factor"):
        duel(f"stackelberg({parameter})")


def test_other_codes_are_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="one meaning of codes"):
        duel("mgan+stackelberg")


@pytest.mark.parametrize("recipe", ["depth+stackelberg(k=2)", "stackelberg(k=2)+depth", "presgan+stackelberg(k=2)"])
def test_what_would_change_one_generator_of_several_is_refused(train: Callable[..., Any], recipe: str) -> None:
    with pytest.raises(BadParameter, match="generators"):
        train(recipe, steps=1)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def test_pack_of_one_is_the_untreated_gan(
    train: Callable[..., Any], apart: Callable[..., float], untreated: Any
) -> None:
    assert apart(train("pacgan(m=1)"), untreated) == 0
    assert apart(train("pacgan(m=2)"), untreated) > 1e-4


def test_discriminator_judges_neighbours_of_the_batch_together(duel: Callable[..., Any]) -> None:
    d = duel("pacgan(m=3)", batch=6)
    packs = torch.stack([torch.cat(list(d.x[:3])), torch.cat(list(d.x[3:]))])
    assert torch.equal(d.game.real, packs)
    logits = torch.cat([d.discriminator(pack[None]).flatten() for pack in packs])
    torch.testing.assert_close(d.game.real_logits, logits)


@pytest.mark.parametrize(("batch", "packs"), [(7, 2), (8, 2), (9, 3), (3, 1)])
def test_an_incomplete_pack_is_dropped(duel: Callable[..., Any], batch: int, packs: int) -> None:
    d = duel("pacgan(m=3)", batch=batch)
    assert d.game.real_logits.shape == (packs,)
    assert torch.equal(d.game.real, d.x[: 3 * packs].reshape(packs, 6))


def test_images_are_packed_along_channels(registry: gc.Registry) -> None:
    recipe = Recipe.parse("pacgan(m=2)", registry)
    spec = gc.DataSpec((3, 8, 8), low=-1, high=1)
    assert recipe.discriminator_data(spec, gc.Latent(3)) == gc.DataSpec((6, 8, 8), low=-1, high=1)
    x = torch.arange(4 * 3 * 8 * 8.0).reshape(4, 3, 8, 8)
    seen = recipe.inputs(x, None, None)  # type: ignore[arg-type]
    assert torch.equal(seen[1], torch.cat([x[2], x[3]]))
    players = recipe.players(registry.build("gan", "dcgan", width=4), spec)
    assert players.discriminator(seen).shape == (2, 1)


@pytest.mark.parametrize("m", [0, -2])
def test_a_pack_holds_at_least_one_sample(duel: Callable[..., Any], m: int) -> None:
    with pytest.raises(BadParameter, match="m = "):
        duel(f"pacgan(m={m})")


@pytest.mark.parametrize("m", [1, 2, 5])
def test_the_discriminator_judges_as_many_packs_as_the_batch_holds_samples(train: Callable[..., Any], m: int) -> None:
    shapes: list[tuple[int, ...]] = []

    @gc.strategy("watch", family="regulariser")
    @dataclass(frozen=True)
    class Watch(gc.Strategy):
        def discriminator_loss(self, loss: torch.Tensor, game: Any) -> torch.Tensor:
            shapes.append((*game.real_logits.shape, *game.batch.x.shape))
            return loss

    train(f"pacgan(m={m})", extra=(Watch(),), batch=16, steps=1, seeds=(0,))
    assert set(shapes) == {(16, 16 * m, 2)}


def test_a_pack_may_be_larger_than_the_batch(train: Callable[..., Any]) -> None:
    assert train("pacgan(m=17)", batch=16, steps=2)[0].status == "done"


def test_packs_multiply_the_samples_of_a_run(registry: gc.Registry) -> None:
    settings = gc.Settings(batch=64)
    spent = [
        Recipe.parse(recipe, registry).settings(settings).batch for recipe in ("none", "pacgan(m=1)", "pacgan(m=4)")
    ]
    assert spent == [64, 64, 256]

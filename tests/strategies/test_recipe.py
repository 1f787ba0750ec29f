from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter, UnknownName
from gancheck.strategies.base import name_of
from gancheck.strategies.objectives.none import NonSaturating
from gancheck.strategies.recipe import Recipe


@pytest.mark.parametrize(
    ("text", "label", "names"),
    [
        ("none", "none", ["none"]),
        ("r1", "r1", ["none", "r1"]),
        ("none+r1", "r1", ["none", "r1"]),
        ("rpgan+r1r2", "rpgan+r1r2", ["rpgan", "r1r2"]),
        ("r1 + hinge", "r1+hinge", ["hinge", "r1"]),
        ("r1(gamma=10)", "r1", ["none", "r1"]),
        ("r1(gamma=1)+ema(decay=9e-1)", "r1(gamma=1.0)+ema(decay=0.9)", ["none", "r1", "ema"]),
        ("minibatch-discrimination(width=3, kernels=100)", "minibatch-discrimination(width=3)", None),
    ],
)
def test_a_recipe_is_read_and_labelled_by_what_differs(
    registry: gc.Registry, text: str, label: str, names: list[str] | None
) -> None:
    recipe = Recipe.parse(text, registry)
    assert recipe.label == label
    assert names is None or recipe.names() == names
    assert Recipe.parse(label, registry) == recipe


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("hinge+lsgan", BadParameter, "recipe 'hinge+lsgan' has two objectives, hinge and lsgan; keep one"),
        ("none+hinge", BadParameter, "two objectives, none and hinge"),
        ("r1+r1", BadParameter, "recipe 'r1+r1' has 'r1' twice"),
        ("r1(gamma=1)+r1(gamma=2)", BadParameter, "has 'r1' twice"),
        ("r1r3", UnknownName, "unknown strategy 'r1r3'. Did you mean 'r1r2'?"),
        ("r1+", UnknownName, "unknown strategy ''"),
        ("", UnknownName, "unknown strategy ''"),
        ("r1(gamma=1", BadParameter, "cannot read 'r1(gamma=1'"),
        ("pacgan(m=0)", BadParameter, "strategy 'pacgan': m = 0: a pack holds at least 1 sample"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(
    registry: gc.Registry, text: str, error: type[Exception], line: str
) -> None:
    with pytest.raises(error) as caught:
        Recipe.parse(text, registry)
    assert line in str(caught.value)


def test_strategies_are_applied_from_left_to_right(registry: gc.Registry) -> None:
    assert Recipe.parse("ttur(ratio=2.0)", registry).settings(gc.Settings()).player("discriminator").lr == 4e-4
    packed = Recipe.parse("pacgan(m=2)+minibatch-std", registry)
    assert packed.discriminator_data(gc.DataSpec((2,)), gc.Latent(3)).shape == (4,)
    players = packed.players(registry.build("gan", "mlp", width=8), gc.DataSpec((2,)))
    assert players.discriminator(torch.zeros(6, 4)).shape == (6, 1)
    assert players.generator(torch.zeros(6, 16)).shape == (6, 2)


def test_the_untreated_losses_join_treatments_without_an_objective(registry: gc.Registry) -> None:
    assert [name_of(s) for s in Recipe.parse("ema+r1", registry).strategies] == ["none", "ema", "r1"]
    assert [name_of(s) for s in Recipe.parse("ema+hinge", registry).strategies] == ["hinge", "ema"]


def test_a_recipe_is_ranked_with_its_kind(registry: gc.Registry) -> None:
    assert Recipe.parse("r1+ema", registry).kind == "trained"
    for kind in ("oracle", "sampling"):
        made = gc.strategy("other", family="sampling", kind=kind)(type("Other", (gc.Strategy,), {}))()  # type: ignore[arg-type]
        assert Recipe("other", (NonSaturating(), made)).kind == kind


@dataclass(frozen=True)
class OwnLoop(gc.Gan):
    """A GAN with its own training loop."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        return gc.Players(torch.nn.Linear(2, data.size), torch.nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session: gc.Session) -> None:
        for _ in session.steps():
            pass


def test_strategies_are_refused_by_a_gan_with_its_own_loop(registry: gc.Registry) -> None:
    data = gc.DataSpec((2,))
    assert Recipe.parse("none", registry).supports(OwnLoop(), data) is None
    reason = Recipe.parse("ema+r1", registry).supports(OwnLoop(), data)
    assert reason == "ema needs gancheck's loop, and this model trains itself"
    reason = Recipe.parse("hinge", registry).supports(OwnLoop(), data)
    assert reason == "hinge needs gancheck's loop, and this model trains itself"


def test_looking_whether_a_gan_fits_leaves_the_random_state_alone(registry: gc.Registry) -> None:
    before = torch.get_rng_state()
    assert Recipe.parse("minibatch-std", registry).supports(registry.build("gan", "mlp"), gc.DataSpec((2,))) is None
    assert torch.equal(before, torch.get_rng_state())

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gancheck as gc
from gancheck.errors import BadParameter, UnknownName
from gancheck.recipe import Recipe, name_of, split
from gancheck.strategies.none import NonSaturating

PARTS = st.lists(
    st.text("abc=.,- ", max_size=6) | st.just("ema(x=1e+3)") | st.just("a(b=(1+2))"), min_size=1, max_size=4
)


@given(PARTS)
def test_plus_signs_inside_brackets_do_not_split(parts: list[str]) -> None:
    assert split("+".join(parts)) == parts


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
    catalogue: gc.Catalogue, text: str, label: str, names: list[str] | None
) -> None:
    recipe = Recipe.parse(text, catalogue)
    assert recipe.label == label
    assert names is None or recipe.names() == names
    assert Recipe.parse(label, catalogue) == recipe


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("hinge+lsgan", BadParameter, "recipe 'hinge+lsgan' has two objectives, hinge and lsgan; keep one"),
        ("none+hinge", BadParameter, "two objectives, none and hinge"),
        ("r1+r1", BadParameter, "recipe 'r1+r1' has 'r1' twice"),
        ("r1(gamma=1)+r1(gamma=2)", BadParameter, "has 'r1' twice"),
        ("r2", UnknownName, "unknown strategy 'r2'. Did you mean 'r1r2'?"),
        ("r1+", UnknownName, "unknown strategy ''"),
        ("", UnknownName, "unknown strategy ''"),
        ("r1(gamma=1", BadParameter, "cannot read 'r1(gamma=1'"),
        ("pacgan(m=0)", BadParameter, "strategy 'pacgan': m = 0: a pack holds at least 1 sample"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(
    catalogue: gc.Catalogue, text: str, error: type[Exception], line: str
) -> None:
    with pytest.raises(error) as caught:
        Recipe.parse(text, catalogue)
    assert line in str(caught.value)


def test_strategies_are_applied_from_left_to_right(catalogue: gc.Catalogue) -> None:
    assert Recipe.parse("ttur(ratio=2.0)", catalogue).settings(gc.Settings()).player("discriminator").lr == 4e-4
    packed = Recipe.parse("pacgan(m=2)+minibatch-std", catalogue)
    assert packed.sees(gc.DataSpec((2,))).shape == (4,)
    players = packed.players(catalogue.build("gan", "mlp", width=8), gc.DataSpec((2,)))
    assert players.discriminator(torch.zeros(6, 4)).shape == (6, 1)
    assert players.generator(torch.zeros(6, 16)).shape == (6, 2)


def test_the_untreated_losses_join_treatments_without_an_objective(catalogue: gc.Catalogue) -> None:
    assert [name_of(s) for s in Recipe.parse("ema+r1", catalogue).strategies] == ["none", "ema", "r1"]
    assert [name_of(s) for s in Recipe.parse("ema+hinge", catalogue).strategies] == ["hinge", "ema"]


def test_a_recipe_is_ranked_with_its_kind(catalogue: gc.Catalogue) -> None:
    assert Recipe.parse("r1+ema", catalogue).kind == "trained"
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


def test_strategies_are_refused_by_a_gan_with_its_own_loop(catalogue: gc.Catalogue) -> None:
    data = gc.DataSpec((2,))
    assert Recipe.parse("none", catalogue).supports(OwnLoop(), data) is None
    reason = Recipe.parse("ema+r1", catalogue).supports(OwnLoop(), data)
    assert reason == "ema needs the engine's loop, and this GAN has its own"
    reason = Recipe.parse("hinge", catalogue).supports(OwnLoop(), data)
    assert reason == "hinge needs the engine's loop, and this GAN has its own"


def test_looking_whether_a_gan_fits_leaves_the_random_state_alone(catalogue: gc.Catalogue) -> None:
    before = torch.get_rng_state()
    assert Recipe.parse("minibatch-std", catalogue).supports(catalogue.build("gan", "mlp"), gc.DataSpec((2,))) is None
    assert torch.equal(before, torch.get_rng_state())

"""The networks that a model builds."""

from __future__ import annotations

from typing import Any

import pytest
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter, BadPlugin
from gancheck.gans.players import generate_with


def players() -> gc.Players:
    return gc.Players(nn.Linear(3, 2), nn.Linear(2, 1), gc.Latent(3))


def test_a_player_joins_the_team_whose_loss_it_shares() -> None:
    made = (
        players().add("encoder", nn.Linear(2, 3), shares="generator").add("q", nn.Linear(2, 2), shares="discriminator")
    )
    assert list(made.modules) == ["generator", "discriminator", "encoder", "q"]
    assert made.team("generator") == ("generator", "encoder")
    assert made.team("discriminator") == ("discriminator", "q")
    assert (made.turn("encoder"), made.turn("q")) == ("generator", "discriminator")
    assert not players().others  # adding makes new players


def test_roles_say_who_judges_and_who_generates() -> None:
    made = players()
    for name, role in (("second", "discriminator"), ("branch", "generator"), ("prior", "prior")):
        made = made.add(name, nn.Linear(3, 3), role=role)  # type: ignore[arg-type]
    assert made.critics == ("discriminator", "second")
    assert made.generators == ("generator", "branch")
    assert made.generating == ("generator", "branch", "prior")
    assert made.team("discriminator") == ("discriminator", "second")
    assert made.team("generator") == ("generator", "branch", "prior")


def test_a_helper_with_a_turn_has_a_loss_of_its_own() -> None:
    made = players().add("q", nn.Linear(2, 2), turn="generator").add("reader", nn.Linear(2, 2), shares="q")
    assert made.owners == ("discriminator", "generator", "q")
    assert made.team("q") == ("q", "reader")
    assert made.turn("reader") == "generator"


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ({"name": "discriminator", "shares": "generator"}, "a player 'discriminator' is there already"),
        ({"shares": "critic"}, "there is no 'critic': whose loss player 'x' shares is one of discriminator, generator"),
        ({"shares": "generater"}, "Did you mean 'generator'"),
        ({}, "player 'x' is never trained; say whose loss it shares=, or in which turn= it moves"),
    ],
)
def test_a_player_that_nobody_could_train_is_refused(how: dict[str, Any], line: str) -> None:
    with pytest.raises(BadPlugin, match=line):
        players().add(**{"name": "x", "module": nn.Linear(2, 2), **how})


def test_a_discriminator_sees_codes_only_where_there_are_some() -> None:
    with pytest.raises(BadPlugin, match="needs a latent with codes"):
        gc.Players(nn.Linear(3, 2), nn.Linear(2, 1), gc.Latent(3), discriminator_sees_code=True)


def test_everybody_with_a_role_is_wrapped() -> None:
    made = players().add("second", nn.Linear(2, 1), role="discriminator").add("q", nn.Linear(2, 2), shares="generator")
    wrapped = made.wrap("discriminator", nn.Sequential)
    assert wrapped.generator is made.generator
    assert wrapped.modules["q"] is made.modules["q"]
    for critic in ("discriminator", "second"):
        assert list(wrapped.modules[critic].children()) == [made.modules[critic]]
    assert wrapped.critics == made.critics


def test_codes_have_one_meaning() -> None:
    coded = players().with_codes(4)
    assert (coded.latent.codes, coded.latent.size) == (4, 3)
    with pytest.raises(BadParameter, match="one meaning of codes, and 4 are here already"):
        coded.with_codes(2)


def test_latents_go_through_the_priors_before_the_generator() -> None:
    made = players().add("first", nn.Identity(), role="prior").add("second", nn.Identity(), role="prior")
    asked = []

    def call(player: str, *inputs: Any) -> Any:
        asked.append((player, *inputs))
        return {"first": (inputs[0] + 1, inputs[0]), "second": inputs[0] * 10}.get(player, inputs[0])

    assert generate_with(made, call, 1.0, 7) == 20.0  # type: ignore[arg-type]
    assert asked == [("first", 1.0, 7), ("second", 2.0, 1.0), ("generator", 20.0)]


def test_players_can_be_exchanged() -> None:
    other = nn.Linear(2, 1)
    assert players().replace(discriminator=other).modules["discriminator"] is other


def test_networks_without_a_discriminator_have_names_too() -> None:
    decoder, encoder = nn.Linear(3, 2), nn.Linear(2, 6)
    made = gc.Networks(decoder, gc.Latent(3), {"encoder": encoder})
    assert made.modules == {"generator": decoder, "encoder": encoder}

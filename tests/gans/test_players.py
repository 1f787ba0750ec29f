"""The networks that a model builds."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter


def players() -> gc.Players:
    return gc.Players(nn.Linear(3, 2), nn.Linear(2, 1), gc.Latent(3))


def test_latents_follow_their_prior_and_their_generator() -> None:
    latents = gc.Latent(3), gc.Latent(3, "uniform")
    normal, uniform = (latent.draw(5_000, torch.Generator().manual_seed(0)) for latent in latents)
    assert normal.shape == uniform.shape == (5_000, 3)
    assert normal.std().item() == pytest.approx(1, abs=0.02)
    assert uniform.abs().max() <= 1
    assert uniform.std().item() == pytest.approx(3**-0.5, abs=0.01)
    assert normal.equal(gc.Latent(3).draw(5_000, torch.Generator().manual_seed(0)))


def test_a_latent_without_dimensions_is_refused() -> None:
    with pytest.raises(BadParameter, match="latent size = 0: needs at least 1 dimension"):
        gc.Latent(0)


def test_a_helper_joins_the_team_that_it_follows() -> None:
    made = players().add("encoder", nn.Linear(2, 3), "generator").add("classifier", nn.Linear(2, 2), "discriminator")
    assert list(made.modules) == ["generator", "discriminator", "encoder", "classifier"]
    assert made.team("generator") == ["generator", "encoder"]
    assert made.team("discriminator") == ["discriminator", "classifier"]
    assert not players().helpers  # adding makes new players


def test_players_can_be_exchanged() -> None:
    other = nn.Linear(2, 1)
    assert players().replace(discriminator=other).modules["discriminator"] is other


def test_networks_without_a_discriminator_have_names_too() -> None:
    decoder, encoder = nn.Linear(3, 2), nn.Linear(2, 6)
    made = gc.Networks(decoder, gc.Latent(3), {"encoder": encoder})
    assert made.modules == {"generator": decoder, "encoder": encoder}

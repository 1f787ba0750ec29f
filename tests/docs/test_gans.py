"""docs/gans.md names every GAN, with the weights that it has."""

from __future__ import annotations

import re

import pytest
import torch

import gancheck as gc
from benchmarks.readme import ROOT
from gancheck.gans.base import Gan

PAGE = (ROOT / "docs" / "gans.md").read_text(encoding="utf-8")
SIZES = re.findall(r"^\| `([a-z0-9-]+)` \| ([\d,]+) \| ([\d,]+) \| (\d+), (N|U)\(", PAGE, re.MULTILINE)
IMAGES = gc.DataSpec((3, 28, 28), low=-1, high=1, modes=10)


def test_every_gan_is_described(registry: gc.Registry) -> None:
    gans = {name for name in registry.names("gan") if isinstance(registry.build("gan", name), Gan)}
    described = re.findall(r"^\| `([a-z0-9-]+)` \| (?![\d,]+ \|)", PAGE, re.MULTILINE)
    assert set(described) == gans
    assert {name for name, *_ in SIZES} == gans


@pytest.mark.parametrize("row", SIZES, ids=lambda row: row[0])
def test_sizes_are_those_of_the_networks(row: tuple[str, ...], registry: gc.Registry) -> None:
    name, *counts, latent, prior = row
    gan, data = registry.build("gan", name), gc.DataSpec((2,)) if name == "maxout-toy" else IMAGES
    with torch.device("meta"):
        players = gan.build(data)
        seen = data.joined(players.latent.codes) if players.discriminator_sees_code else data
        networks = players.generator, gan.build(seen).discriminator
    assert [f"{sum(weight.numel() for weight in network.parameters()):,}" for network in networks] == counts
    assert (players.latent.size, players.latent.prior[0].upper()) == (int(latent), prior)

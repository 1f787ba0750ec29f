from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc


@pytest.fixture(scope="module")
def cdcgan(registry: gc.Registry) -> Any:
    return registry.build("gan", "cdcgan", width=4, latent=3)


def test_data_that_does_not_say_how_many_modes_it_has_is_refused(cdcgan: gc.Gan) -> None:
    with pytest.raises(ValueError, match="cdcgan needs data that says how many modes it has"):
        cdcgan.build(gc.DataSpec((1, 8, 8)))


def test_both_players_are_told_the_class(cdcgan: gc.Gan) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1, modes=5)
    players, z = cdcgan.build(data), torch.randn(1, 3).expand(5, 3)
    images = players.generator(z, torch.arange(5))
    assert torch.cdist(images.flatten(1), images.flatten(1)).fill_diagonal_(1).min() > 0
    judge, image = cdcgan.build(data.joined(5)).discriminator, images[:1].expand(5, 1, 8, 8)
    assert len(judge(gc.join(image, gc.one_hot(torch.arange(5), 5))).unique()) == 5


def test_codes_are_drawn_as_often_as_modes_are_in_real_data(cdcgan: gc.Gan) -> None:
    shares = (0.7, 0.2, 0.1)
    latent = cdcgan.build(gc.DataSpec((1, 8, 8), modes=3, shares=shares)).latent
    drawn = latent.draw_codes(10_000, torch.Generator().manual_seed(0))
    torch.testing.assert_close(torch.bincount(drawn) / 10_000, torch.tensor(shares), rtol=0, atol=0.02)


@pytest.fixture(scope="module")
def untreated(train: Callable[..., Any], cdcgan: gc.Gan) -> Any:
    return train(gan=cdcgan, data="digits", steps=2)


@pytest.mark.parametrize("treatment", ["r1", "pacgan"])
def test_a_treatment_acts_on_it(
    train: Callable[..., Any], apart: Callable[..., float], cdcgan: gc.Gan, untreated: Any, treatment: str
) -> None:
    assert apart(train(treatment, gan=cdcgan, data="digits", steps=2), untreated) > 1e-7

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def test_real_and_generated_samples_are_drawn_to_their_neighbours(duel: Callable[..., Any]) -> None:
    d = duel("bcr(real=3.0, fake=5.0, shift=0.5)")
    loss, noise = d.loss(), d.game.noise.tensors
    spread = 0.5 * d.x.std(0)
    real = d.real - d.discriminator(d.x + spread * (2 * noise["bcr/shift#1"] - 1)).flatten()
    fake = d.fake - d.discriminator(d.samples + spread * (2 * noise["bcr/shift#2"] - 1)).flatten()
    torch.testing.assert_close(loss, duel("none").loss() + 3 * real.square().mean() + 5 * fake.square().mean())
    assert fake.abs().max() > 1e-3


def test_without_generated_samples_it_is_cr(train: Callable[..., Any], duel: Callable[..., Any]) -> None:
    d, other = duel("bcr(fake=0.0)"), duel("cr")
    torch.testing.assert_close(d.loss(), other.loss())


def test_generator_is_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("bcr", "generator").loss(), duel("none", "generator").loss(), rtol=0, atol=0)


@pytest.mark.parametrize("parameter", ["real=-1.0", "fake=-1.0", "shift=2.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"bcr({parameter})")

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def test_discriminator_sees_blurred_samples(duel: Callable[..., Any]) -> None:
    d = duel("instance-noise(sigma=0.5)", progress=0.25)
    real, fake = d.game.real, d.game.fake
    first, second = d.game.noise.tensors["instance-noise#1"], d.game.noise.tensors["instance-noise#2"]
    torch.testing.assert_close(real, d.x + 0.375 * first)
    torch.testing.assert_close(fake, d.generator(d.z) + 0.375 * second)


def test_real_and_generated_samples_are_blurred_differently(duel: Callable[..., Any]) -> None:
    d = duel("instance-noise")
    d.loss()
    first, second = d.game.noise.tensors.values()
    assert not torch.isclose(first, second).any()


def test_blur_is_gone_at_the_end(duel: Callable[..., Any]) -> None:
    d = duel("instance-noise(sigma=0.5)", progress=1.0)
    torch.testing.assert_close(d.game.real, d.x, rtol=0, atol=0)


def test_no_blur_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float], untreated: Any) -> None:
    assert apart(train("instance-noise(sigma=0.0)"), untreated) == 0
    assert apart(train("instance-noise(sigma=0.1)"), untreated) > 1e-4


def test_negative_blur_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="sigma"):
        duel("instance-noise(sigma=-0.1)")

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def test_discriminator_ranks_each_real_sample_above_its_generated_partner(duel: Callable[..., Any]) -> None:
    d = duel("rpgan")
    torch.testing.assert_close(d.loss(), -torch.sigmoid(d.real - d.fake).log().mean())


def test_generator_ranks_its_samples_above_the_real_ones(duel: Callable[..., Any]) -> None:
    d = duel("rpgan", "generator")
    torch.testing.assert_close(d.loss(), -torch.sigmoid(d.fake - d.real).log().mean())


def test_a_shift_of_all_logits_changes_nothing(duel: Callable[..., Any]) -> None:
    plain, shifted = duel("rpgan"), duel("rpgan")
    with torch.no_grad():
        shifted.discriminator[-1].bias += 3
    torch.testing.assert_close(shifted.loss(), plain.loss())

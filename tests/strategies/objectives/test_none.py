from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy


def test_discriminator_minimises_cross_entropy(duel: Callable[..., Any]) -> None:
    d = duel("none")
    ones, zeros = torch.ones(6), torch.zeros(6)
    torch.testing.assert_close(d.loss(), cross_entropy(d.real, ones) + cross_entropy(d.fake, zeros))


def test_generator_maximises_the_chance_of_passing_for_real(duel: Callable[..., Any]) -> None:
    d = duel("none", "generator")
    torch.testing.assert_close(d.loss(), -torch.sigmoid(d.fake).log().mean())

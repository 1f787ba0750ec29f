from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer


def test_discriminator_learns_faster_and_the_generator_as_before(setup: Callable[..., Any]) -> None:
    plain, treated = (Trainer(setup(recipe)).replicas.settings for recipe in ("none", "ttur(ratio=3.0)"))
    assert treated.player("discriminator").lr == 3 * plain.player("discriminator").lr
    assert treated.player("generator") == plain.player("generator")
    assert treated.player("discriminator").betas == plain.player("discriminator").betas


def test_ratio_of_one_is_the_untreated_gan(
    train: Callable[..., Any], apart: Callable[..., float], untreated: Any
) -> None:
    assert apart(train("ttur(ratio=1.0)"), untreated) == 0
    assert apart(train("ttur"), untreated) > 1e-6


@pytest.mark.parametrize("ratio", [0.0, -1.0])
def test_ratio_that_is_no_rate_is_refused(duel: Callable[..., Any], ratio: float) -> None:
    with pytest.raises(BadParameter, match="ratio"):
        duel(f"ttur(ratio={ratio})")

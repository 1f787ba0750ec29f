from __future__ import annotations

import math

import pytest

from gancheck.detectors.adversarial.discriminator_overfitting import DiscriminatorOverfitting
from gancheck.errors import BadParameter
from tests.detectors.series import Series, alarms, noise, survives


def series(real: float, fake: float, held_out: float, seed: int = 0, n: int = 500) -> Series:
    levels = {"real_logit": real, "fake_logit": fake, "held_out_logit": held_out}
    return {name: list(level + noise(seed + 50 * i, n, 0.3)) for i, (name, level) in enumerate(levels.items())}


@pytest.mark.parametrize("offset", [0.0, -40.0])
def test_held_out_samples_that_look_generated_raise(offset: float) -> None:
    for seed in range(5):
        found = alarms(DiscriminatorOverfitting(), series(2 + offset, -2 + offset, -1 + offset, seed))
        assert len(found) == 1
        assert found[0].step <= 80
        assert found[0].statistic == pytest.approx(0.75, abs=0.15)


@pytest.mark.parametrize(
    ("real", "fake", "held_out"), [(2, -2, 1.8), (2, -2, 1.0), (0.02, 0.0, 0.01), (0.0, 0.0, -0.05)]
)
def test_real_samples_that_look_real_are_silent_and_so_is_equilibrium(
    real: float, fake: float, held_out: float
) -> None:
    assert not any(alarms(DiscriminatorOverfitting(), series(real, fake, held_out, seed, 1_500)) for seed in range(5))


def test_steps_without_held_out_logits_are_passed_over() -> None:
    course = series(2, -2, -1)
    course["held_out_logit"] = [v if t % 7 == 0 else math.nan for t, v in enumerate(course["held_out_logit"])]
    assert [a.step for a in alarms(DiscriminatorOverfitting(), course)] == [484]
    assert not alarms(DiscriminatorOverfitting(), {"real_logit": [1.0] * 90, "fake_logit": [0.0] * 90})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(DiscriminatorOverfitting(), DiscriminatorOverfitting(), series(2, -2, -1), 72)


def test_one_block_is_refused() -> None:
    with pytest.raises(BadParameter, match="blocks at least 2"):
        DiscriminatorOverfitting(blocks=1)

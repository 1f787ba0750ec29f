from __future__ import annotations

import math

import pytest

from gancheck.detectors.adversarial.discriminator_too_weak import DiscriminatorTooWeak
from gancheck.errors import BadParameter
from tests.detectors.series import Series, alarms, noise, survives


def series(own: float, fresh: float, seed: int = 0, n: int = 400) -> Series:
    """The discriminator is looked at every step, samples every tenth."""
    checks = [fresh + e if t % 10 == 9 else math.nan for t, e in enumerate(noise(seed, n, 0.03))]
    return {"discriminator_accuracy": list(own + noise(seed + 100, n, 0.05)), "fresh_accuracy": checks}


def test_a_discriminator_that_guesses_while_samples_are_plainly_wrong_raises() -> None:
    for seed in range(5):
        found = alarms(DiscriminatorTooWeak(), series(0.5, 0.95, seed))
        assert len(found) == 1
        assert found[0].step <= 300


@pytest.mark.parametrize(("own", "fresh"), [(0.5, 0.5), (0.75, 0.98), (0.65, 0.6), (0.99, 1.0)])
def test_equilibrium_and_discriminators_that_are_held_back_are_silent(own: float, fresh: float) -> None:
    assert not any(alarms(DiscriminatorTooWeak(), series(own, fresh, seed, 3_000)) for seed in range(3))


def test_a_discriminator_that_learns_soon_is_silent() -> None:
    course = series(0.8, 0.95)
    course["discriminator_accuracy"] = [0.5] * 20 + list(course["discriminator_accuracy"])[20:]
    assert not alarms(DiscriminatorTooWeak(), course)


def test_a_healthy_game_in_which_the_discriminator_is_fooled_now_and_again_is_silent() -> None:
    for seed in range(5):
        course = series(0.5, 0.95, seed, 2_000)
        swing = [0.12 * math.sin(t / 15) for t in range(2_000)]
        course["discriminator_accuracy"] = [a + s for a, s in zip(course["discriminator_accuracy"], swing, strict=True)]
        assert not alarms(DiscriminatorTooWeak(), course)


def test_the_start_in_which_no_discriminator_knows_anything_is_silent() -> None:
    assert not alarms(DiscriminatorTooWeak(), series(0.5, 0.95, 0, 200))


def test_missing_signals_are_passed_over() -> None:
    assert not alarms(DiscriminatorTooWeak(), {"fresh_accuracy": [1.0] * 50})
    assert not alarms(DiscriminatorTooWeak(), {"fresh_accuracy": [1.0] * 50, "discriminator_accuracy": [math.nan] * 50})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(DiscriminatorTooWeak(), DiscriminatorTooWeak(), series(0.5, 0.9), 275)


def test_no_checks_are_refused() -> None:
    with pytest.raises(BadParameter, match="checks at least 2"):
        DiscriminatorTooWeak(checks=1)

"""Names of the training signals, and the steps at which a run pauses to be looked at."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

#: Probes per run, at which the loop also looks whether training is still finite; a look waits for the device.
PAUSES_PER_RUN = 100

SIGNALS = (
    "discriminator_loss",
    "discriminator_gradient",
    "generator_loss",
    "generator_gradient",
    "real_logit",
    "fake_logit",
)


class Signals(NamedTuple):
    """What was measured in one step."""

    names: tuple[str, ...]
    values: Tensor  #: (names, replicates)


def pause_steps(steps: int, points: tuple[int, ...]) -> list[int]:
    """Steps after which the loop stops to look: evenly spaced, and every evaluation point."""
    every = max(1, steps // PAUSES_PER_RUN)
    return sorted({*range(every, steps + 1, every), *points, steps})

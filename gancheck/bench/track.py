"""On which track a suite is: with parameters as they come, with tuned ones, or being tuned."""

from __future__ import annotations

from typing import Literal

Track = Literal["default", "tuned", "tuning"]
TUNING_SEEDS = 1_000_000  #: the first of the seeds that parameters are chosen on, and that are never ranked

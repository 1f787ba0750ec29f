"""A learning rate that changes over the run.

Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017: cosine and cyclic. A fall ends
at a share of the rate, not at 0 as in the paper; the suites' own schedules have the same floor. A rate that falls where
a loss no longer does ("plateau") is not offered: a GAN's losses are no measure of how far it has come, and do not fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from gancheck.errors import BadParameter
from gancheck.gans.settings import Optimiser, Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.optimisation._all_players import Who, change_optimisers
from gancheck.strategies.search_space import Log


@strategy(
    "lr-schedule", family="optimisation", paper="Loshchilov & Hutter, ICLR 2017", search={"floor": Log(0.001, 1.0)}
)
@dataclass(frozen=True)
class LrSchedule(Strategy):
    """Let the learning rate fall linearly, like a cosine or in cycles of a cosine, or rise at the start and stay."""

    kind: Literal["cosine", "linear", "cyclic", "warm-up"] = "cosine"  #: "warm-up" rises and then stays
    floor: float = 0.05  #: share of the rate at the end of a fall; the suites' default, of no effect on "warm-up"
    cycles: int = 4  #: falls of "cyclic", all of one length; the paper lets their length grow
    warm_up: float | None = None  #: share of the run in which the rate rises; None: 0.1 for "warm-up", else 0
    player: Who = "all"  #: whose learning rate changes

    def __post_init__(self) -> None:
        if not 0 <= self.floor <= 1 or self.cycles < 1:
            raise BadParameter(f"floor = {self.floor} must lie in [0, 1], cycles = {self.cycles} be at least 1")
        if self.warm_up is not None and not 0 <= self.warm_up < 1:
            raise BadParameter(f"warm_up = {self.warm_up} must lie in [0, 1)")
        if self.kind == "warm-up" and self.warm_up == 0:
            raise BadParameter("warm_up = 0.0: a warm-up needs some share of the run")

    def settings(self, settings: Settings) -> Settings:
        return change_optimisers(settings, self.player, self.schedule, "lr-schedule")

    def schedule(self, before: Optimiser) -> Optimiser:
        """These settings under the schedule."""
        rise = self.warm_up if self.warm_up is not None else 0.1 if self.kind == "warm-up" else 0.0
        falls: dict[str, Any] = {"schedule": self.kind, "floor": self.floor, "cycles": self.cycles}
        return replace(before, warm_up=rise, **({"schedule": "constant"} if self.kind == "warm-up" else falls))

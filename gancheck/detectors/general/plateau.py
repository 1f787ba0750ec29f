"""A loss that fell and has stopped: Kendall's trend (Mann 1945) and Theil-Sen's slope of the run's latter half."""

from __future__ import annotations

from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import LossRun
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import kendall, theil_slope

FELL = 0.05  #: share of its first value that the loss must have lost; otherwise it is stuck


@detector("plateau", family="general", needs=("loss",), explains=("underfitting",), paper="Mann 1945")
@dataclass
class Plateau(Detector):
    """The loss has stopped falling: it may have converged, and more epochs may not pay.

    Kendall's tau against time, of block means of the latter half of the run, above `tau`; the loss must have fallen by
    5 % before, or it is stuck. The evidence says how many steps a tenth of the loss would take at best, by the steep
    end of Theil and Sen's interval. A correlation from -1 to 1. It says nothing while the learning rate rises within
    that half, and cannot tell the end of what can be learnt from a rate that is too high to go further.
    """

    tau: float = -0.2  #: a weaker fall than this is none
    blocks: int = 40  #: of ten steps, before it is judged at all

    acts_on = ("loss_block", "learning_rate")
    severity = "notice"
    patience = 4
    cause = "the training has converged, or its learning rate is too high (or too low) to get further"
    advice = "stopping here, or a lower learning rate for the last part; more epochs at this rate hardly pay"

    run: LossRun = field(default_factory=LossRun, init=False)

    def __post_init__(self) -> None:
        if not -1 <= self.tau < 1 or self.blocks < 8:
            raise BadParameter(
                f"tau = {self.tau}, blocks = {self.blocks}: tau lies in [-1, 1), and blocks is at least 8"
            )

    def start(self) -> None:
        self.run = LossRun()

    def update(self, seen: Observation) -> Reading | None:
        if not self.run.add(seen) or self.run.steps < 10 * self.blocks or self.run.rate_rises:
            return None
        if not self.has_fallen:
            return None
        tau, p = kendall(self.run.loss.latter_half)
        return Reading(tau, self.tau, self.evidence(tau, p) if tau > self.tau else "")

    @property
    def has_fallen(self) -> bool:
        """Whether the loss is lower than at first, in relation to its size."""
        first, level = self.run.loss.first, self.run.loss.level
        return first - level > FELL * max(abs(first), abs(level))

    def evidence(self, tau: float, p: float) -> str:
        """What the loss did, and whether more steps pay."""
        loss, half = self.run.loss, len(self.run.loss.latter_half) * self.run.loss.blocks.size
        fell = f"converged: loss fell from {loss.first:.4g} to {loss.level:.4g}, but not in the last {half:,} steps"
        return f"{fell} (tau {tau:.2f}, p {p:.2g}); {self.prospect()}"

    def prospect(self) -> str:
        """How long a tenth of the loss would take by the steep end of the slope's interval."""
        loss = self.run.loss
        steepest = theil_slope(loss.latter_half)[1] / loss.blocks.size
        if steepest >= 0:
            return "more steps promise nothing"
        return f"a tenth of the loss takes {0.1 * abs(loss.level) / -steepest:,.0f} more steps at best"

"""A loss that jumps: robust z of a step against the hundred before, as KillLossSpike of llm-foundry, but scale-free."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.rhythm import Rhythm
from gancheck.detectors.series import RISE_OF_RATE
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import Window

BLOCK = 10  #: steps that one reading is about
LEAST = 0.1  #: smallest standard deviation assumed, of the log of the loss or relative to it
SHARE = 0.1  #: of what the loss has gained that a spike must give back
LEAST_SPIKE = 0.5  #: of `deviations`: from there on a step counts for a regular pace
LONE = 0.75  #: weight of a single step against two in a block: one odd batch needs to be odder


@detector("loss-spike", family="general", needs=("loss",), explains=("performance-drop",))
@dataclass
class LossSpike(Detector):
    """The loss jumps within a few steps, and perhaps comes back.

    z = (x - median) / (1.4826 * median absolute deviation), of the `window` steps before the block; x is the log of the
    loss where all of these are positive, else the loss. The statistic of ten steps is their second largest z, or 0.75
    of the largest; a jump by less than a tenth of what the loss has gained counts in proportion. In deviations. After
    the learning rate rises it waits for a new window. A jump at the distance of three before it, and not four times as
    high, is the loss's own, such as a penalty at every 16th step. It cannot see a slow rise, which is divergence.
    """

    window: int = 100  #: steps that say what is usual
    deviations: float = 5.0  #: robust standard deviations above the median

    acts_on = ("loss", "learning_rate")
    severity = "notice"
    patience = 1
    cause = "a batch of odd data, or a step that was too large"
    advice = "clipped gradients, a lower learning rate if spikes return, and a look at the data of that batch"

    past: Window = field(init=False)
    losses: list[float] = field(default_factory=list, init=False)  #: of the steps since the last reading
    spreads: list[float] = field(default_factory=list, init=False)
    centre: float = field(default=math.nan, init=False)
    spread: float = field(default=math.nan, init=False)
    is_log: bool = field(default=False, init=False)
    first: float = field(default=math.nan, init=False)  #: median of the first window
    rate: float = field(default=math.nan, init=False)
    rhythm: Rhythm = field(init=False)

    def __post_init__(self) -> None:
        if self.window < 2 * BLOCK or self.deviations <= 0:
            raise BadParameter(
                f"a window of {self.window} steps and {self.deviations} deviations: needs 20 and above 0"
            )
        self.start()

    def start(self) -> None:
        self.past, self.losses, self.spreads = Window(self.window), [], []
        self.centre = self.spread = self.first = self.rate = math.nan
        self.rhythm = Rhythm(LEAST_SPIKE * self.deviations)

    def update(self, seen: Observation) -> Reading | None:
        if "learning_rate" in seen.numbers:
            self.wait_after_a_rise(seen.numbers["learning_rate"])
        loss = seen.get("loss")
        if not math.isfinite(loss):
            return None
        self.losses.append(loss)
        return self.reading() if len(self.losses) >= BLOCK else None

    def wait_after_a_rise(self, rate: float) -> None:
        """Forget what was usual at a lower learning rate."""
        if rate > RISE_OF_RATE * self.rate:
            self.past, self.losses, self.centre = Window(self.window), [], math.nan
            self.rhythm = Rhythm(LEAST_SPIKE * self.deviations)
        self.rate = rate if math.isfinite(rate) else self.rate

    def z(self, loss: float) -> float:
        """Standard deviations of a loss above what is usual; 0 before that is known."""
        if math.isnan(self.centre) or (self.is_log and loss <= 0):
            return 0.0
        return ((math.log(loss) if self.is_log else loss) - self.centre) / self.spread

    @property
    def usual(self) -> float:
        """The loss that is usual; NaN before that is known."""
        return math.exp(self.centre) if self.is_log else self.centre

    def measure_surprise(self, loss: float) -> float:
        """Standard deviations above what is usual; 0 for a spike that comes at a regular pace."""
        z = self.z(loss)
        return 0.0 if not math.isnan(self.centre) and self.rhythm.expects(z, loss - self.usual) else z

    def reading(self) -> Reading | None:
        """Judge ten steps, and learn what is usual for the next ten."""
        known, usual = not math.isnan(self.centre), self.usual
        *_, (second, _), (largest, highest) = sorted((self.measure_surprise(loss), loss) for loss in self.losses)
        statistic = min(max(second, LONE * largest), self.share_of_gain(highest - usual)) if known else 0.0
        for loss in self.losses:
            self.past.add(loss)
        self.losses = []
        if self.past.is_full:
            self.learn()
        if not known and self.past.is_full:
            self.find_rhythm()
        seen = f"loss jumped to {highest:.4g} from about {usual:.4g}"
        return Reading(statistic, self.deviations, seen) if known else None

    def find_rhythm(self) -> None:
        """What came at a regular pace before anything could be judged."""
        for loss in self.past.values:
            self.rhythm.expects(self.z(loss), loss - self.usual)

    def share_of_gain(self, rise: float) -> float:
        """`deviations` where the rise is a tenth of what the loss has gained."""
        gained = self.first - self.usual
        return self.deviations * rise / (SHARE * gained) if gained > 0 else math.inf

    def learn(self) -> None:
        """Centre and spread of the window; the spread is the largest of the last ten, as noise is correlated."""
        values = sorted(self.past.values)
        self.is_log = values[0] > 0
        self.first = statistics.median(values) if math.isnan(self.first) else self.first
        scaled = list(map(math.log, values)) if self.is_log else values
        centre = self.centre = statistics.median(scaled)
        deviation = 1.4826 * statistics.median([abs(v - centre) for v in scaled])
        least = LEAST if self.is_log else max(LEAST * abs(self.centre), 1e-12)
        self.spreads = [*self.spreads, max(deviation, least)][-10:]
        self.spread = max(self.spreads)

"""A score that falls and does not come back."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.directions import is_better_higher
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import noise
from gancheck.errors import BadParameter

LAST = 3  #: values whose median is the level, and which must all be below the best
MOST = 40  #: values that say how noisy a score is


@dataclass
class Score:
    """One score: its last values, its best level and its first."""

    values: list[float] = field(default_factory=list)
    best: float = -math.inf  #: the highest median of three in a row
    first: float = math.nan  #: the first such median

    def add(self, value: float) -> None:
        """Take a value."""
        self.values = [*self.values, value][-MOST:]
        if len(self.values) < LAST:
            return
        level = statistics.median(self.values[-LAST:])
        self.first = level if math.isnan(self.first) else self.first
        self.best = max(self.best, level)

    @property
    def drop(self) -> float:
        """How far all of the last values lie below the best."""
        return self.best - max(self.values[-LAST:])


@detector("performance-drop", family="general", needs=(), reads=("accuracy", "metric_*"))
@dataclass
class PerformanceDrop(Detector):
    """A score that was good has become much worse, and stays so.

    For `accuracy` and every `metric_...` whose name says that higher is better (recall, f1, auc, psnr and the like), or
    that `scores` names: (best - highest of the last three) / max(margin * max(best - first, |best|), errors * noise),
    above 1. Best and first are medians of three values, noise comes from differences of neighbours. In margins. It
    cannot see a score that never was good, and does not read a metric of which it is not known which way is better.
    """

    margin: float = 0.2  #: share of what the score had gained, or of its best, that is lost
    errors: float = 5.0  #: drop in standard deviations of one value
    scores: str = ""  #: names of more metrics that are better higher, with spaces between

    acts_on = ("accuracy", "metric_*")
    cause = "a learning rate that is too high late in training, a change of the data, or overfitting"
    advice = "the checkpoint of the best score, and a lower learning rate from there"

    known: dict[str, Score] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if self.margin <= 0 or self.errors < 0:
            raise BadParameter(f"margin = {self.margin}, errors = {self.errors}: needs above 0, and at least 0")

    def start(self) -> None:
        self.known = {}

    def update(self, seen: Observation) -> Reading | None:
        readings = list(self.readings(seen))
        return max(readings, key=lambda reading: reading.statistic, default=None)

    def readings(self, seen: Observation) -> Iterator[Reading]:
        """One for each score that was measured."""
        for name, value in seen.numbers.items():
            if self.is_read(name) and math.isfinite(value):
                score = self.known.setdefault(name, Score())
                score.add(value)
                if len(score.values) >= 2 * LAST:
                    yield self.reading(name.removeprefix("metric_"), score)

    def is_read(self, name: str) -> bool:
        """Whether a signal is a score that is better higher."""
        own = name.removeprefix("metric_")
        return name == "accuracy" or (own != name and (own in self.scores.split() or is_better_higher(own)))

    def reading(self, name: str, score: Score) -> Reading:
        """How far a score fell, in margins."""
        usual = max(score.best - score.first, abs(score.best))
        margin = max(self.margin * usual, self.errors * noise(score.values), 1e-12)
        seen = f"{name} fell to {score.values[-1]:.4g} from its best, {score.best:.4g}"
        return Reading(score.drop / margin, 1.0, seen, where=name if len(self.known) > 1 else "")

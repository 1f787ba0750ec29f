"""Samples were much nearer to real data than they are now.

The distance is that of Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
equilibrium", NeurIPS 2017.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.directions import is_distance
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@dataclass
class Course:
    """One distance over time: its last values, and the best median of them."""

    recent: list[float] = field(default_factory=list)
    best: float = math.inf
    count: int = 0


@detector("score-drop", family="collapse", needs=("frechet",), paper="Heusel 2017")
@dataclass
class ScoreDrop(Detector):
    """The distance between samples and real data has risen far above the best it has been.

    Statistic: the median F of the last `checks` values over max(rise * best, best + margin); 1 is the threshold, best
    is the lowest median of twice as many. `frechet` is in units of the variance of real data, and judged once it was
    below `good`, since there is nothing to lose before.
    A user's own FID or KID (`metric_fid`) has no unit: no margin is added, and
    it is judged from the 20th value on. It cannot see a run that never was good.
    """

    acts_on = ("frechet", "metric_*")
    cause = "a collapse, or a step that was too large, late in the training"
    advice = "the checkpoint with the best value, and a smaller or decaying learning rate from there"

    rise: float = 3.0  #: of the best
    margin: float = 0.2  #: of the variance of real data, what `frechet` must rise by at least
    good: float = 0.5  #: of the variance of real data, below which samples were good once
    checks: int = 5  #: over which medians are taken

    courses: dict[str, Course] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.rise <= 1 or self.margin <= 0 or self.good <= 0 or self.checks < 1:
            raise BadParameter("rise must be above 1, margin and good above 0, and checks at least 1")

    def start(self) -> None:
        self.courses = {}

    def update(self, seen: Observation) -> Reading | None:
        found = [self.judge(name, value) for name, value in seen.numbers.items() if is_read(name)]
        return max((r for r in found if r is not None), key=lambda r: r.statistic, default=None)

    def judge(self, name: str, value: float) -> Reading | None:
        """One distance, held against its best."""
        if not math.isfinite(value):
            return None
        course = self.courses.setdefault(name, Course())
        course.recent, course.count = [*course.recent, value][-2 * self.checks :], course.count + 1
        if len(course.recent) < 2 * self.checks:
            return None
        now = statistics.median(course.recent[-self.checks :])
        course.best = min(course.best, statistics.median(course.recent))
        is_ours, best = name == "frechet", max(course.best, 0.0)
        if (course.best >= self.good) if is_ours else (course.count < 20 or best == 0):
            return None
        limit = max(self.rise * best, best + self.margin if is_ours else 0.0)
        return Reading(now / limit, 1.0, f"{name} rose from {best:.3g} at its best to {now:.3g}", name)


def is_read(name: str) -> bool:
    """Whether a signal is a distance to real data: ours, or a metric of the user's."""
    return name == "frechet" or (name.startswith("metric_") and is_distance(name))

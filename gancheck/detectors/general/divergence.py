"""A loss that rises for good: block means against their own best, with a trend test (Mann 1945)."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.loss_blocks import ENDING
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import climbs, falls, noise
from gancheck.errors import BadParameter

WINDOW = 20  #: blocks in which the trend is tested
SUSTAINED = 5  #: blocks that a rise must last
LASTING = 10  #: blocks after which a rise counts without a trend, where it does not fall again
EARLY = 30  #: blocks that tell the usual size of a loss without a floor


@dataclass
class Course:
    """One loss: its last blocks, its best, and where it began."""

    recent: list[float] = field(default_factory=list, init=False)
    early: list[float] = field(default_factory=list, init=False)
    count: int = field(default=0, init=False)
    best: float = field(default=math.inf, init=False)  #: the lowest median of five blocks in a row
    spread: float = field(default=0.0, init=False)  #: of the blocks around the best
    sized: int = field(default=0, init=False)  #: blocks that are not 0
    size: float = field(default=0.0, init=False)  #: largest absolute block of the early ones among these
    low: float = field(default=math.inf, init=False)  #: of all blocks before the last
    high: float = field(default=-math.inf, init=False)
    is_up: bool = field(default=False, init=False)  #: whether it rose and has not come down since

    def add(self, mean: float) -> None:
        """Take the mean of a block."""
        if len(self.recent) == WINDOW:
            self.low, self.high = min(self.low, self.recent[0]), max(self.high, self.recent[0])
        self.count, self.recent = self.count + 1, [*self.recent, mean][-WINDOW:]
        self.sized += mean != 0
        if self.count <= SUSTAINED:
            self.early = [*self.early, mean]
        if self.sized <= EARLY:
            self.size = max(self.size, abs(mean))
        level = statistics.median(self.recent[-SUSTAINED:])
        if self.count >= SUSTAINED and level < self.best:
            self.best, self.spread = level, max(noise(self.recent), noise(self.recent[::2]))

    def height(self, blocks: int) -> float:
        """How far above the best all of the last blocks are."""
        return min(self.recent[-blocks:]) - self.best

    @property
    def range(self) -> float:
        """What the loss has covered before its last blocks."""
        return max(self.high - self.low, 0.0)

    @property
    def gained(self) -> float:
        """What the loss had gained at its best."""
        return max(statistics.median(self.early) - self.best, 0.0)


@detector(
    "divergence",
    family="general",
    needs=(),
    reads=("loss", "*_loss"),
    explains=(
        "nonfinite",
        "loss-spike",
        "plateau",
        "stuck",
        "performance-drop",
        "overfitting",
    ),
    paper="Mann 1945",
)
@dataclass
class Divergence(Detector):
    """The loss rises for good: the training loses what it had gained.

    Over means of ten steps, (lowest of the last five - best) / (margin * max(gained, |best|)), above 1, with a rising
    Kendall trend over twenty, or for ten that do not fall again. Gained is from the first five to the best. A loss that
    was negative, and one of several (a player's, a term's), has no floor to rise from and may climb healthily; its rise
    is measured by `loose` times the largest size of its first 300 steps that are not 0 (of all losses', since players'
    are of one unit), and by `ranges` times all that it has covered up to 200 steps ago, since its zero may lie
    anywhere. In margins. It cannot see a rise of less than that, nor one within the first 100 steps, nor tell a shift
    of the data from a rate that is too high.
    """

    margin: float = 0.5  #: share of what `loss` had gained that must be lost
    loose: float = 30.0  #: times its usual size that any other loss, or a negative one, must rise
    ranges: float = 3.0  #: times what it has covered before that such a loss must rise
    spreads: float = 10.0  #: standard deviations of a block that it must rise at least

    acts_on = ("*loss_block",)
    severity = "fatal"
    cause = "a learning rate that is too high, or gradients that explode"
    advice = "a learning rate three to ten times lower from the last good checkpoint, a warm-up, or clipped gradients"

    courses: dict[str, Course] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if min(self.margin, self.loose, self.ranges, self.spreads) <= 0:
            raise BadParameter("margin, loose, ranges and spreads need to be above 0")

    def start(self) -> None:
        self.courses = {}

    def update(self, seen: Observation) -> Reading | None:
        fresh = {name.removesuffix(ENDING): mean for name, mean in seen.numbers.items() if name.endswith("loss_block")}
        for name, mean in fresh.items():
            self.course(name).add(mean)
        readings = [self.reading(name, self.courses[name]) for name in fresh if self.is_ready(name)]
        return max(readings, key=lambda reading: reading.statistic, default=None)

    def course(self, name: str) -> Course:
        """One loss's course; a new one where it is seen first."""
        if name not in self.courses:
            self.courses[name] = Course()
        return self.courses[name]

    def is_ready(self, name: str) -> bool:
        """Whether there is enough to judge a loss by."""
        course = self.courses[name]
        return course.count >= LASTING if self.has_floor(name) else course.sized >= EARLY

    def has_floor(self, name: str) -> bool:
        """Whether a loss is the only one and has stayed positive, so that its best is near the floor."""
        return name == "loss" and self.courses[name].best > 0

    def reading(self, name: str, course: Course) -> Reading:
        """How far a loss rose, in margins."""
        statistic = self.risen(course, self.has_floor(name))
        course.is_up = statistic > 1
        seen = f"{name} rose to {course.recent[-1]:.4g} from its best, {course.best:.4g}, and does not come back"
        return Reading(statistic, 1.0, seen, where=name if len(self.courses) > 1 else "")

    def risen(self, course: Course, has_floor: bool) -> float:
        """The rise in margins; at most 1 where it is no lasting one."""
        usual = max(course.gained, abs(course.best))
        margin = self.margin * usual if has_floor else self.margin_of_floating(course, usual)
        margin = max(margin, self.spreads * course.spread, 1e-300)
        short, long = course.height(SUSTAINED) / margin, course.height(LASTING) / margin
        if short <= 1 or course.is_up or climbs(course.recent, 0.01):
            return short
        return min(short, 1.0) if falls(course.recent[-LASTING:]) else min(short, max(long, 1.0))

    def margin_of_floating(self, course: Course, usual: float) -> float:
        """The margin of a loss that has no floor."""
        unit = max(usual, *(each.size for each in self.courses.values()))
        return max(self.loose * unit, self.ranges * course.range)

"""In which state a training ended, by its signals and alarms alone: no metric is asked.

The first that holds, of the second half of the training:

- **diverged**: the run left the finite numbers, or an alarm that says so was not over at the end.
- **collapsed**: an alarm of lost diversity or lost modes was not over at the end.
- **oscillating**: an alarm of a cycle was not over at the end; or diversity, or the gap between the logits of real and
  generated samples, swings widely and goes nowhere: from its 10th to its 90th percentile over a quarter (diversity,
  which is a ratio to real data's) or half of the largest gap of the whole training, while means of ten blocks have no
  trend.
- **moving**: means of ten blocks have a trend (Kendall's tau at 5 %) that makes up a tenth of the same units.
- **settled**: neither has.

Means of blocks are compared, because single steps are correlated and would find trends in everything.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

from gancheck.detectors.base import Alarm
from gancheck.statistics.sequential import BlockMeans, kendall

if TYPE_CHECKING:
    from gancheck.training.record import TrainingRecord  # torch, which boards do without

State = Literal["settled", "moving", "oscillating", "collapsed", "diverged"]
STATES: tuple[State, ...] = get_args(State)

ALARMS: dict[State, tuple[str, ...]] = {
    "diverged": ("divergence", "nonfinite"),
    "collapsed": ("diversity-drop", "partial-collapse"),
    "oscillating": ("cycling", "rotation"),
}
BLOCKS = 10  #: whose means are compared
STEPS = 10  #: of logits in one of the points that swing
LEAST = 2 * BLOCKS  #: points of the second half below which nothing is read from a signal
SWINGS = {"diversity": 0.25, "gap": 0.5}  #: from the 10th to the 90th percentile
DRIFT = 0.1  #: of a trend, from the first block to the last


def training_state(alarms: Sequence[Alarm], record: TrainingRecord) -> State | None:
    """The state at the end; None where there was no training, or too little of it to tell."""
    if record.status == "diverged":
        return "diverged"
    active = {alarm.detector for alarm in alarms if alarm.recovered is None}
    told = next((state for state, names in ALARMS.items() if active & set(names)), None)
    return told or state_of_signals(last_points(record))


def state_of_signals(signals: dict[str, list[float]]) -> State | None:
    """The state that signals alone tell of, in units of `SWINGS`."""
    known = {name: points for name, points in signals.items() if len(points) >= LEAST}
    if not known:
        return None
    moving = {name for name, points in known.items() if has_trend(points)}
    swings = {name for name, points in known.items() if swing(points) > SWINGS[name]}
    return "oscillating" if swings - moving else "moving" if moving else "settled"


def last_points(record: TrainingRecord) -> dict[str, list[float]]:
    """Of the second half: diversity as it was measured, and the gap between logits over its largest."""
    steps = max((len(signal) for signal in record.trace.values()), default=0)
    trace = {name: signal.tolist() for name, signal in record.trace.items()}
    diversity = finite(trace.get("diversity", ())[steps // 2 :])
    pairs = zip(trace.get("real_logit", ()), trace.get("fake_logit", ()), strict=False)
    blocks = BlockMeans(STEPS)
    gaps = [mean for real, fake in pairs if (mean := blocks.add(real - fake)) is not None]
    most = max(map(abs, gaps), default=0.0)
    return {"diversity": diversity, "gap": [gap / most for gap in gaps[len(gaps) // 2 :]] if most else []}


def finite(values: Sequence[float]) -> list[float]:
    """Those that were measured."""
    return [value for value in values if math.isfinite(value)]


def swing(points: Sequence[float]) -> float:
    """From the 10th to the 90th percentile."""
    tenths = statistics.quantiles(points, n=10)
    return tenths[-1] - tenths[0]


def has_trend(points: Sequence[float]) -> bool:
    """Whether means of blocks rise or fall all along, and by enough to matter."""
    edges = [round(i * len(points) / BLOCKS) for i in range(BLOCKS + 1)]
    means = [statistics.fmean(points[a:b]) for a, b in pairwise(edges)]
    third = BLOCKS // 3
    drift = statistics.fmean(means[-third:]) - statistics.fmean(means[:third])
    return kendall(means)[1] < 0.05 and abs(drift) > DRIFT

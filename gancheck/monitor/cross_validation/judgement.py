"""One word on a cross-validation: `unstable`, `overfitting`, `underfitting` or `fine`, and why.

The first that holds, in this order:

- **unstable**: in any fold the error is not finite; an alarm that is fatal, or says that the loss diverges or that
  the rate is too high, was not over at the end; or the error lies far beyond those of four or more other folds: more
  than three times the largest of them, and above it by more than three times their range.
- **overfitting**: in more than half of the folds an alarm says so; or the logged validation loss ended at least a
  tenth above its lowest point and rose all the way since (Kendall's tau, one-sided 5 %), while the training loss fell.
- **underfitting**: in more than half of the folds an alarm says so; or the training loss fell by less than 5 % of
  where it began, the mean of its first three steps; or it was still falling: the last third of training lies below
  the third before it by more than a fifth of the whole fall, and neither it (Kendall's tau, one-sided 1 %) nor the
  validation loss had turned.
- **fine**: none of these.

Curves with fewer than eight points are not read.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Literal

from gancheck.monitor.cross_validation.fold import Curve, FoldResult
from gancheck.monitor.history import BEGINNING
from gancheck.statistics.sequential import kendall

Word = Literal["underfitting", "overfitting", "unstable", "fine"]

DIVERGING = ("divergence", "nonfinite", "rate-too-high")  #: alarms of an unstable fold
TOO_MUCH = ("overfitting",)
TOO_LITTLE = ("underfitting", "rate-too-low", "stuck")
LEAST_POINTS = 8  #: of a curve that is read
LEAST_OTHERS = 4  #: folds beside which an error can be far beyond
FAR = 3.0  #: how many times the largest of them, and how many of their ranges above it
RISE = 0.1  #: of the lowest validation loss
LEAST_FALL = 0.05  #: of the mean of the first training losses
STILL_FALLING = 0.2  #: of the whole fall, between the last two thirds of training


def judge(folds: Sequence[FoldResult]) -> tuple[Word, str]:
    """The word, and one sentence with the folds that it stands on."""
    if reasons := {fold.number: why for fold in folds if (why := why_unstable(fold, folds))}:
        return "unstable", "; ".join(f"fold {number}: {why}" for number, why in reasons.items())
    for word, reason_of in RULES:
        found = {fold.number: why for fold in folds if (why := reason_of(fold))}
        if len(found) > len(folds) / 2:
            return word, f"{len(found)} of {len(folds)} folds: {next(iter(found.values()))}"
    sound = "no fold diverged, and the curves show neither too little nor too much training"
    return "fine", "; ".join(filter(None, (unread(folds) or sound, other_alarms(folds))))


def other_alarms(folds: Sequence[FoldResult]) -> str:
    """What else lasted to the end in more than half of the folds, which no word stands for."""
    lasting = [[a for a in fold.alarms if a.recovered is None and a.severity == "warning"] for fold in folds]
    found = [alarms[0].sentence for alarms in lasting if alarms]
    return f"but see {found[0]} ({len(found)} of {len(folds)} folds)" if len(found) > len(folds) / 2 else ""


def unread(folds: Sequence[FoldResult]) -> str:
    """What the word could not be read from."""
    if not any(fold.is_watched for fold in folds):
        return "only the errors were seen, as fold.watch was never called"
    if all(len(fold.loss.finite.values) < LEAST_POINTS for fold in folds):
        return f"curves are too short to be read: {LEAST_POINTS} checks are needed; watch with a smaller `every`"
    if all(len(fold.val_loss.finite.values) < LEAST_POINTS for fold in folds):
        return "overfitting cannot be seen in curves without monitor.log(val_loss=...), eight times or more"
    return ""


def why_unstable(fold: FoldResult, folds: Sequence[FoldResult]) -> str:
    """Why this fold did not train well, beside the others; empty where it did."""
    if not math.isfinite(fold.error):
        return f"its error is {fold.error}"
    for alarm in fold.alarms:
        if alarm.recovered is None and (alarm.severity == "fatal" or alarm.detector in DIVERGING):
            return alarm.sentence
    others = sorted(other.error for other in folds if other is not fold and math.isfinite(other.error))
    if len(others) < LEAST_OTHERS or others[-1] <= 0:  # a share of mistakes that is 0 has no scale
        return ""
    is_far = fold.error > max(FAR * others[-1], others[-1] + FAR * (others[-1] - others[0]))
    return f"its error of {fold.error:.3g} lies far beyond the others', of at most {others[-1]:.3g}" if is_far else ""


def why_overfitting(fold: FoldResult) -> str:
    """Why this fold was trained for too long, or with too large a model."""
    if said := alarm_of(fold, TOO_MUCH):
        return said
    held_out = fold.val_loss.finite
    if len(held_out.values) < LEAST_POINTS:
        return ""
    smooth = [statistics.fmean(held_out.values[i : i + 3]) for i in range(len(held_out.values) - 2)]
    place = min(range(len(smooth)), key=smooth.__getitem__)
    tau, p = kendall(held_out.values[place:])
    rose = smooth[-1] - smooth[place] > RISE * abs(smooth[place]) and tau > 0 and p / 2 < 0.05
    if not (rose and fell(fold.loss.finite, held_out.steps[place])):
        return ""
    return (
        f"validation loss rose from {smooth[place]:.3g} about step {held_out.steps[place]:,} to {smooth[-1]:.3g}, "
        "while the training loss fell"
    )


def fell(loss: Curve, since: int) -> bool:
    """Whether the second half of a curve since a step lies below the first."""
    values = [v for step, v in zip(loss.steps, loss.values, strict=True) if step >= since]
    half = len(values) // 2
    return half > 0 and statistics.fmean(values[half:]) < statistics.fmean(values[:half])


def why_underfitting(fold: FoldResult) -> str:
    """Why this fold was trained too little, or with too small a model."""
    if said := alarm_of(fold, TOO_LITTLE):
        return said
    values = fold.loss.finite.values
    if len(values) < LEAST_POINTS:
        return ""
    first, third = where_began(fold), len(values) // 3
    before, last = statistics.fmean(values[-2 * third : -third]), statistics.fmean(values[-third:])
    if first - last < LEAST_FALL * abs(first):
        return f"the training loss went from {first:.3g} to {last:.3g} only"
    fall = statistics.median(values[:3]) - last  # of the checks: one large first loss would hide how far there is to go
    tau, p = kendall(values[-2 * third :])
    goes_on = before - last > STILL_FALLING * fall and tau < 0 and p / 2 < 0.01
    if goes_on and not has_turned(fold.val_loss.finite.values):
        return f"the training loss was still falling at the end, from {before:.3g} to {last:.3g}"
    return ""


def where_began(fold: FoldResult) -> float:
    """Mean of the first training losses, which no check may have seen; of the first checks where none was kept."""
    return statistics.fmean((fold.beginning.finite.values or fold.loss.finite.values)[:BEGINNING])


def has_turned(values: Sequence[float]) -> bool:
    """Whether the end of a curve lies above its lowest part; never where it is short."""
    third = len(values) // 3
    return third > 0 and statistics.fmean(values[-third:]) > statistics.fmean(values[-2 * third : -third])


def alarm_of(fold: FoldResult, detectors: Sequence[str]) -> str:
    """The first alarm of these detectors that was not over at the end, as a sentence; empty where there is none."""
    return next((a.sentence for a in fold.alarms if a.detector in detectors and a.recovered is None), "")


RULES: tuple[tuple[Word, Callable[[FoldResult], str]], ...] = (
    ("overfitting", why_overfitting),
    ("underfitting", why_underfitting),
)

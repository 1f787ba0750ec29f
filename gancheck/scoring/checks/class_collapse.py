"""Classes whose samples are one point, or a few, over and over."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.datasets.base import Assignment
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.scoring.checks import collapsed
from gancheck.scoring.class_evidence import LEVEL, ClassEvidence
from gancheck.scoring.evidence import Evidence
from gancheck.scoring.scores import Finding

ALL_TOGETHER = 20_000  #: samples that are compared, over all classes
FEWEST, MOST = 100, 500  #: of each class, at least and at most
SHOWN = 3  #: classes that are named with what is left of them


class ClassDiversity(NamedTuple):
    """What the rule of `collapsed` finds in one class."""

    points: Finding  #: how many different samples explain how often two are the same
    repeats: Finding  #: how many repeat others
    real: float  #: effective number of different real samples, counted likewise

    def told(self, copied: bool) -> Finding:
        """The one that speaks for the class; copies of training data are no repeats."""
        return self.repeats if self.repeats.found and not self.points.found and not copied else self.points


def check_class_collapse(evidence: ClassEvidence, made: dict[int, ClassDiversity], copied: bool) -> Finding | None:
    """Samples are collapsed when those of a class are: the rule of `collapsed`, within each class of 20 samples.

    `made` is what the rule found, class by class; the least different class speaks for all. `copied` says that
    training data is copied: repeats are then copies. None where no class has enough samples.
    """
    if not made:
        return None
    told = {k: one.told(copied) for k, one in made.items()}
    found = sorted((k for k in made if told[k].found), key=lambda k: made[k].points.value)
    worst = told[found[0]] if found else min((one.points for one in made.values()), key=lambda one: one.value)
    text = describe_collapse(evidence, made, found)
    return replace(worst, text=text, effect=f"{worst.effect}, in one class", modes=tuple(found))


def check_each_class(evidence: ClassEvidence) -> dict[int, ClassDiversity]:
    """What the rule finds in each large class, at its part of the level."""
    most = max(FEWEST, min(MOST, ALL_TOGETHER // max(len(evidence.large), 1)))
    parts = (one_class(evidence, k, most) for k in evidence.large)
    return dict(zip(evidence.large, map(check_class, parts), strict=True))


def check_class(evidence: Evidence) -> ClassDiversity:
    """The rule for one class, and real data held against it."""
    real = collapsed.few_points(replace(evidence, view=evidence.real))
    return ClassDiversity(collapsed.few_points(evidence), collapsed.check_repeats(evidence), real.value)


def one_class(evidence: ClassEvidence, k: int, most: int) -> Evidence:
    """At most so many samples of a class and real ones, as if they were all of one mode."""
    parts = (
        (evidence.view.fake, evidence.label),
        (evidence.real.fake, evidence.real_label),
        (evidence.reference, evidence.reference_label),
    )
    fake, real, reference = (x[torch.nonzero(label == k).flatten()[:most]] for x, label in parts)
    reference = reference if len(reference) else real
    views = View(fake, modes=one_mode(fake)), View(real, reference, modes=one_mode(real))
    return Evidence(*views, (evidence.names[k],), level=LEVEL / len(evidence.large))


def one_mode(x: Tensor) -> Modes:
    """A mode that holds all samples."""
    nothing, one = torch.zeros(len(x), device=x.device), torch.ones(1, dtype=torch.float64)
    return Modes(Assignment(nothing.long(), nothing), (), one, one)


def describe_collapse(evidence: ClassEvidence, made: dict[int, ClassDiversity], found: list[int]) -> str:
    """`class 3 makes one sample over and over`, for the first few."""
    if not found:
        return f"no class of {len(made)} is a few points"
    more = f"; and {len(found) - SHOWN} more of {len(made)} classes" if len(found) > SHOWN else ""
    return "; ".join(describe_class(evidence.names[k], made[k]) for k in found[:SHOWN]) + more


def describe_class(name: str, made: ClassDiversity) -> str:
    """What is left of one class."""
    if not made.points.found:
        return f"in class {name} {made.repeats.text}"
    few = "one sample" if made.points.value < 1.5 else f"{made.points.value:.0f} different samples"
    return f"class {name} makes {few} over and over"

"""Classes whose samples vary less than real ones of the class."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.scoring.checks import shrunken_modes
from gancheck.scoring.class_evidence import LEVEL, TESTS, ClassEvidence
from gancheck.scoring.evidence import TESTS as ALL_TESTS
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding


def check_class_width(evidence: ClassEvidence) -> Finding:
    """Classes are shrunken when the standard deviation inside them is surely under 0.7 of real data's.

    The rule of `shrunken-modes`, with the classes that samples were made for in the place of the nearest modes: it also
    sees a class that keeps to a part of itself that other classes fill.
    """
    fake, real = by_class(evidence)
    found = shrunken_modes.check_shrunken_modes(Evidence(fake, real, evidence.names, level=LEVEL))
    which = f", as in {evidence.listed(list(found.modes))}" if found.modes else ""
    text = f"samples of a class vary only {percent(found.value)} as much as real ones of it{which}"
    quiet = "samples of a class vary about as much as real ones of it"
    p = None if found.p is None else min(1.0, found.p * TESTS / ALL_TESTS)
    effect = "standard deviation inside the classes over real data's"
    return replace(found, text=text if found.found else quiet, effect=effect, p=p)


def by_class(evidence: ClassEvidence) -> tuple[View, View]:
    """Samples and real data with their classes as groups, for checks that compare widths."""
    count = len(evidence.names)
    return regroup(evidence.view, evidence.label, count), regroup(evidence.real, evidence.real_label, count)


def regroup(view: View, label: Tensor, count: int) -> View:
    """The samples of known class, in groups by it."""
    rows, modes = torch.nonzero(label >= 0).flatten(), view.modes
    features = torch.cat([facet.features for facet in modes.facets], 1)[rows]
    assignment = Assignment(modes.assignment.label[rows], modes.assignment.distance[rows])
    width = torch.ones(count, dtype=torch.float64)
    return View(view.fake[rows], modes=Modes(assignment, (Facet(features, label[rows]),), modes.weights, width))

"""What the tests of labelled samples look at: samples and held-out real data, each with the class it was made for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.evaluation.modes import Modes
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.evaluation.view import View
from gancheck.scoring.evidence import Evidence

#: Chance of any false finding over the tests that labels allow, beside that of all others; each gets an equal part,
#: and within one the classes share that part again.
ALPHA = 0.005
TESTS = 3
LEVEL = ALPHA / TESTS
ENOUGH = 20  #: samples of a class, and real ones, below which nothing is said of it alone


@dataclass(frozen=True, eq=False)
class ClassEvidence:
    """Samples and held-out real data with the class of each: class k is mode k, and those beyond the K modes are none.

    Both as the verdict compares them.
    """

    names: tuple[str, ...]  #: of the C classes
    view: View
    label: Tensor  #: (n,) class that each sample was made for, -1 unknown
    real: View  #: without repeats
    real_label: Tensor  #: (m,) class of each real sample
    reference: Tensor  #: (r, d) more real samples
    reference_label: Tensor  #: (r,)

    @classmethod
    def of(cls, evidence: Evidence, samples: SampleSet, real_data: RealData) -> ClassEvidence | None:
        """None where samples or real data have no labels."""
        if samples.labels is None or not real_data.class_names:
            return None
        device, size = evidence.view.fake.device, len(evidence.real.samples)
        sides = real_data.distinct("real", size), real_data.distinct("reference", size)
        labels = [real_data.classes_of(side) for side in sides]
        real, more = real_data.verdict_view(sides[0], evidence.real), real_data.standardise(sides[1].features)
        if labels[0] is None or labels[1] is None:
            return None
        mine, theirs, others = (label.to(device) for label in (samples.labels, labels[0], labels[1]))
        return cls(real_data.class_names, evidence.view, mine, real, theirs, more, others)

    @cached_property
    def counts(self) -> Tensor:
        """(C,) float64 on the CPU, samples made for each class."""
        return count_classes(self.label, len(self.names))

    @cached_property
    def real_counts(self) -> Tensor:
        """(C,) the same of real samples."""
        return count_classes(self.real_label, len(self.names))

    @cached_property
    def all_real_counts(self) -> Tensor:
        """(C,) the same of all real samples, those that modes were found in too."""
        return self.real_counts + count_classes(self.reference_label, len(self.names))

    @cached_property
    def looks(self) -> Tensor:
        """(C, K) samples of each class by the mode that they are nearest to."""
        return count_pairs(self.label, self.view.modes, len(self.names))

    @cached_property
    def real_looks(self) -> Tensor:
        """(C, K) the same of real samples."""
        return count_pairs(self.real_label, self.real.modes, len(self.names))

    @cached_property
    def good_looks(self) -> Tensor:
        """(C, K) the same of high-quality samples alone."""
        modes = self.view.modes
        return count_pairs(torch.where(modes.good, self.label, -1), modes, len(self.names))

    @cached_property
    def good_real_looks(self) -> Tensor:
        """(C, K) the same of high-quality real samples alone."""
        modes = self.real.modes
        return count_pairs(torch.where(modes.good, self.real_label, -1), modes, len(self.names))

    @cached_property
    def large(self) -> list[int]:
        """Classes with enough samples on both sides to look at each alone."""
        return torch.nonzero((self.counts >= ENOUGH) & (self.real_counts >= ENOUGH)).flatten().tolist()

    def listed(self, classes: list[int], most: int = 6) -> str:
        """Names of classes, the first few of them."""
        more = f" and {len(classes) - most} more" if len(classes) > most else ""
        return ", ".join(self.names[k] for k in classes[:most]) + more


def count_classes(label: Tensor, count: int) -> Tensor:
    """(C,) float64 on the CPU, how many are of each class."""
    return torch.bincount(label[label >= 0], minlength=count).double().cpu()


def count_pairs(label: Tensor, modes: Modes, count: int) -> Tensor:
    """(C, K) float64 on the CPU, how many of each class are nearest to each mode."""
    k = len(modes.weights)
    known = label >= 0
    cell = label[known] * k + modes.assignment.label[known]
    return torch.bincount(cell, minlength=count * k).reshape(count, k).double().cpu()

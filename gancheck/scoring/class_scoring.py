"""Labelled samples class by class: the tests that labels allow, their table, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import polars
import torch
from torch import Tensor

from gancheck.evaluation.class_sizes import FEWEST
from gancheck.evaluation.comparison import Comparisons, against_reference
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.metrics.intra_fid import class_distances
from gancheck.scoring.asked_shares import describe_shares
from gancheck.scoring.checks.class_collapse import ClassDiversity, check_class_collapse, check_each_class
from gancheck.scoring.checks.class_width import check_class_width
from gancheck.scoring.checks.mislabelled import check_mislabelled
from gancheck.scoring.class_evidence import ENOUGH, ClassEvidence
from gancheck.scoring.evidence import Evidence
from gancheck.scoring.per_class import per_class
from gancheck.scoring.scores import Finding

RANK = 2  #: times as many samples of a class as there are features: below, its Frechet distance is mostly bias


@dataclass(frozen=True, eq=False)
class ClassScoring:
    """Samples with labels, held class by class against real data with labels."""

    evidence: ClassEvidence
    whole: Evidence  #: of all samples, whatever their class
    samples: SampleSet
    real_data: RealData

    @classmethod
    def of(cls, evidence: Evidence, samples: SampleSet, real_data: RealData) -> ClassScoring | None:
        """None where samples or real data have no labels."""
        found = ClassEvidence.of(evidence, samples, real_data)
        return None if found is None else cls(found, evidence, samples, real_data)

    @cached_property
    def diversity(self) -> dict[int, ClassDiversity]:
        """How different the samples of each class are."""
        return check_each_class(self.evidence)

    def checks(self, copied: bool) -> tuple[Finding | None, ...]:
        """The tests of labelled samples; repeats that are copies of training data are said to be these."""
        return (
            check_class_collapse(self.evidence, self.diversity, copied),
            check_mislabelled(self.evidence),
            check_class_width(self.evidence),
        )

    @property
    def absent(self) -> list[int]:
        """Classes of real data that no sample was made for."""
        counts, real = self.evidence.counts, self.evidence.all_real_counts
        return torch.nonzero((counts == 0) & (real > 0)).flatten().tolist()

    def explain(self, finding: Finding) -> Finding:
        """The same, saying which of the modes that are missing nobody asked for."""
        absent = [k for k in finding.modes if self.evidence.counts[k] == 0 and self.is_class(k)]
        if finding.kind != "dropped-modes" or not finding.found or not absent:
            return finding
        return replace(finding, text=f"{finding.text}; no sample is labelled {self.evidence.listed(absent)}")

    def is_class(self, k: int) -> bool:
        """Whether one of the class names is a label, rather than a cluster that serves as a mode."""
        return self.evidence.names[k] in self.real_data.label_names

    def table(self, findings: tuple[Finding, ...], measured: bool) -> polars.DataFrame:
        """One row a class; with Frechet distances where the metric of these is computed too.

        Clusters that serve as modes are no classes: they have no row, and no class looks like them.
        """
        nothing = torch.empty(0)
        distances = self.distances if measured else (nothing, nothing)
        rows = per_class(self.evidence, self.diversity, findings, distances)
        labels = list(self.real_data.label_names)
        like = polars.when(polars.col("looks_like").is_in(labels)).then("looks_like").alias("looks_like")
        return rows.filter(polars.col("name").is_in(labels)).with_columns(like)

    @cached_property
    def distances(self) -> tuple[Tensor, Tensor]:
        """(C,) Frechet distances within each class, to all real samples of it, and real data's own."""
        compared = Comparisons(self.real_data, self.samples).cached(against_reference, None)
        return class_distances(compared.view), class_distances(compared.real)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What labels leave open."""
        return (*describe_shares(self.whole, self.evidence), *self.describe_small())

    def describe_small(self) -> Iterator[str]:
        """Classes of which there are too few samples to say something."""
        evidence = self.evidence
        asked = int((evidence.counts > 0).sum())
        lacking = asked - len(evidence.large)
        if lacking:
            yield (
                f"{lacking:,} of {asked:,} classes {'has' if lacking == 1 else 'have'} fewer than {ENOUGH} samples or "
                "held-out real samples, too few to look at one by one"
            )
        measured = evidence.counts[evidence.counts >= FEWEST]
        features = self.samples.features.shape[1]
        if len(measured) and float(measured.min()) < RANK * features:
            yield (
                f"classes have as few as {measured.min():,.0f} samples for {features:,} features: intra-fid is mostly "
                "bias there, so read it beside real data's"
            )

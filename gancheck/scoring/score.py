"""Samples, or a generator, against real data: did it collapse, and how?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from polars import DataFrame

from gancheck.evaluation.feature_scale import Scale, describe_deciding_column
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import COMPARED
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.evaluation.values import (
    MetricValues,
    available,
    compute_metrics,
    say_left_out,
    say_unmet_needs,
    size_notes,
)
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.samples import Samples
from gancheck.numerics.features import FeatureSet
from gancheck.scoring.asked_shares import ask_shares
from gancheck.scoring.class_scoring import ClassScoring
from gancheck.scoring.evidence import Evidence
from gancheck.scoring.examples import PictureExamples, find_copy_pairs, shown
from gancheck.scoring.overlap import SHARED, describe_overlaps, overlap_with
from gancheck.scoring.per_class import no_classes
from gancheck.scoring.per_mode import per_mode
from gancheck.scoring.reading import MAX_SAMPLES, read_samples
from gancheck.scoring.sample_labels import labels_at
from gancheck.scoring.scores import Finding, Scores, Verdict
from gancheck.scoring.verdict import decide, run_checks
from gancheck.statistics.intervals import Bounded
from gancheck.system.progress import Step, no_progress
from gancheck.version import version

ITSELF = 0.5  #: of samples in the reference beyond real data's own repeats: they are the reference
REALS = 5_000  #: held-out real samples beside them, at least, where there are as many
NOTHING: Mapping[str, RegisteredMetric] = {}  #: no metric


@dataclass(frozen=True, eq=False)
class Scoring:
    """Samples held against real data: the verdict's evidence, and from it the scores and what pictures show."""

    samples: Samples
    real_data: RealData
    sample_set: SampleSet

    @classmethod
    def of(
        cls,
        source: Any,
        real_data: RealData,
        *,
        count: int | None = None,
        latent: int | None = None,
        options: ReadOptions = NO_OPTIONS,
        sample_labels: Any = None,
    ) -> Scoring:
        """Read samples from anywhere, in random order; a generator is asked once, so that all see the same samples."""
        opened = read_samples(source, real_data, count, latent, options, sample_labels)
        side = real_data.sample_set(opened, count or MAX_SAMPLES)
        return cls(opened, real_data, replace(side, labels=labels_at(opened, side.rows)))

    @property
    def real_size(self) -> int:
        """Held-out real samples that the verdict asks for."""
        size = min(max(len(self.sample_set), REALS), COMPARED)
        return min(size, self.real_data.held_out or size)

    @cached_property
    def real_set(self) -> SampleSet:
        """The held-out real samples that the verdict looks at, as they are given."""
        return self.real_data.distinct("real", self.real_size).head(len(self.evidence.real.samples))

    @cached_property
    def evidence(self) -> Evidence:
        """All samples, and held-out real ones, as the verdict compares them."""
        real_data = self.real_data
        real = real_data.verdict_row(self.real_size)
        names = real_data.direction_names()
        return Evidence(
            view=real_data.verdict_view(self.sample_set, real),
            real=real,
            names=real_data.names,
            counted=real_data.counts,
            train=real_data.verdict_train,
            covered=real_data.covered,
            modes_are_natural=real_data.modes_are_natural,
            limits=real_data.limits,
            directions=real_data.directions if names else None,
            off_axes=real_data.off_axes if names else None,
            direction_names=names,
            departed=real_data.departures(self.sample_set.features),
            real_departed=real_data.departures(real_data.distinct("real", len(real.samples)).features),
        )

    @cached_property
    def classes(self) -> ClassScoring | None:
        """Class by class; None where samples or real data have no labels."""
        return ClassScoring.of(self.evidence, self.sample_set, self.real_data)

    @cached_property
    def judged(self) -> Evidence:
        """The evidence with the shares of modes that the samples' labels ask for."""
        return self.evidence if self.classes is None else ask_shares(self.evidence, self.classes.evidence)

    @cached_property
    def checks(self) -> tuple[Finding, ...]:
        """Every test."""
        return run_checks(self.judged, self.classes)

    @cached_property
    def overlap(self) -> Bounded:
        """Share of the samples that are in the reference, beyond the share of real data that is."""
        return self.measure_overlap(self.evidence.view.samples)

    @cached_property
    def train_overlap(self) -> Bounded:
        """The same for the training data: what of it is in the reference, which should be held out."""
        return Bounded(0.0, 0.0, 0.0) if self.evidence.train is None else self.measure_overlap(self.evidence.train)

    def measure_overlap(self, features: FeatureSet) -> Bounded:
        """Of features as the verdict compares them; nothing where real data has no end."""
        if self.real_data.held_out is None:
            return Bounded(0.0, 0.0, 0.0)
        real = self.real_data.verdict_row(self.real_data.held_out)
        return overlap_with(features, (real.samples, real.real_samples), self.evidence.level)

    @cached_property
    def verdict(self) -> tuple[Verdict, str]:
        """The label, and why; finding nothing says nothing where what should be held out is not."""
        label, reason = decide(self.judged, self.checks)
        if label == "healthy" and self.classes is not None and (absent := self.classes.absent):
            reason = f"{reason}; no sample is labelled {self.classes.evidence.listed(absent)}"
        if label != "healthy" or max(self.overlap.low, self.train_overlap.low) <= SHARED:
            return label, reason
        if self.overlap.low > ITSELF:
            return "undecided", (
                "the samples are the reference itself: give held-out real data as the reference, and the training data "
                "as --train"
            )
        return "undecided", self.warnings()[0]

    def computable(self, chosen: Mapping[str, RegisteredMetric]) -> dict[str, RegisteredMetric]:
        """The metrics whose needs are met; BadParameter where that is none of those asked for by name."""
        return available(self.real_data, self.sample_set, chosen)

    def scores(
        self,
        chosen: Mapping[str, RegisteredMetric],
        step: Step = no_progress,
        scale: Scale | None = None,
        left: Mapping[str, RegisteredMetric] = NOTHING,
    ) -> Scores:
        """The answer, with the metrics that are chosen and a word on those that are left.

        BadParameter where no metric that was asked for by name can be computed.
        """
        computed = self.computable(chosen)
        judged = self.judgement
        numbers = compute_metrics(self.real_data, self.sample_set, computed, step, scale)
        return replace(
            judged,
            values=numbers.values,
            floor=numbers.floor,
            intervals=numbers.intervals,
            sizes=numbers.sizes,
            seconds=numbers.seconds,
            per_class=self.per_class("intra-fid" in computed),
            facts={**judged.facts, **numbers.facts},
            notes=(
                *self.warnings(),
                *numbers.failures,
                *say_unmet_needs(chosen, computed),
                *say_left_out(self.computable(left)),
                *numbers.undefined,
                *self.scale_notes(numbers),
                *size_notes(numbers.sizes, len(self.sample_set), self.real_data.all_samples()),
                *judged.notes,
            ),
        )

    @cached_property
    def judgement(self) -> Scores:
        """The verdict and what it goes by, before any metric is computed."""
        label, reason = self.verdict
        return Scores(
            verdict=label,
            reason=reason,
            checks=self.checks,
            values={},
            floor={},
            intervals={},
            per_mode=per_mode(self.judged, self.checks),
            facts=self.facts,
            notes=(
                *prefix_notes("samples", self.samples.notes),
                *prefix_notes("samples", () if self.classes is None else self.classes.notes),
                *self.real_data.notes,
            ),
        )

    def per_class(self, measured: bool) -> DataFrame:
        """One row a class, with Frechet distances where these are measured; none without labels."""
        return no_classes() if self.classes is None else self.classes.table(self.checks, measured)

    def scale_notes(self, numbers: MetricValues) -> tuple[str, ...]:
        """What the units of the columns do to the metrics."""
        whole = self.real_data.all_samples()
        like = self.real_data.like
        if numbers.scale is not None:
            return numbers.scale.notes
        if whole is None or like is None or like.is_image or self.real_data.extractor != "points":
            return ()
        return describe_deciding_column(whole.features, like.columns)

    def examples(self) -> PictureExamples:
        """What pictures show."""
        real, kept = self.evidence.real, self.real_set
        return PictureExamples(
            samples=shown(self.sample_set),
            real=shown(kept),
            real_modes=real.modes.assignment.label[: len(kept.first_samples)].cpu().numpy(),
            copies=find_copy_pairs(self.evidence, self.checks, self.sample_set, self.real_data),
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What was compared with what."""
        return {
            "samples": self.samples.name,
            "n": len(self.sample_set),
            "real": len(self.evidence.real.samples),
            "compared": min(len(self.sample_set), self.real_data.held_out or len(self.sample_set), COMPARED),
            "features": self.real_data.extractor,
            **self.real_data.facts,
            "gancheck": version(),
            "torch": torch.__version__,
        }

    def warnings(self) -> list[str]:
        """What readers should know before they believe the numbers."""
        return describe_overlaps(self.overlap, self.train_overlap)


def prefix_notes(what: str, notes: Iterable[str]) -> tuple[str, ...]:
    """Notes that say what they are about."""
    return tuple(f"{what}: {note}" for note in notes)

"""`score`: samples, or a generator, against real data: did it collapse, and how?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from polars import DataFrame

from gancheck.errors import BadParameter
from gancheck.evaluation.feature_scale import Scale, describe_deciding_column, read_scale
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import ALL, COMPARED, CORE, select_metrics, unselected
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.evaluation.values import MetricValues, available, compute_metrics, not_computed, size_notes, unmet
from gancheck.loading.open import open_samples
from gancheck.loading.options import NO_OPTIONS, KindOfSamples, ReadOptions
from gancheck.loading.samples import Samples
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.seeding import generator
from gancheck.numerics.training_copies import find_copies
from gancheck.plugins.parameters import split_names
from gancheck.plugins.registry import Registry
from gancheck.scoring.asked_shares import ask_shares
from gancheck.scoring.checks import memorised
from gancheck.scoring.class_scoring import ClassScoring
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.examples import CopyPairs, PictureExamples, shown, stills
from gancheck.scoring.overlap import overlap_with
from gancheck.scoring.per_class import no_classes
from gancheck.scoring.per_mode import per_mode
from gancheck.scoring.real_data import AUTO, RealDataRequest
from gancheck.scoring.sample_labels import label_samples, labels_at
from gancheck.scoring.scores import Finding, Scores, Verdict
from gancheck.scoring.verdict import decide, run_checks
from gancheck.statistics.intervals import Bounded
from gancheck.system.device import device_named
from gancheck.system.progress import Step, no_progress
from gancheck.version import version

DEFAULT_COUNT = 10_000  #: samples asked of a generator unless told
MAX_SAMPLES = 1_000_000  #: samples that the verdict looks at
SHARED = 0.05  #: of samples or training data, in the reference beyond real data's own repeats: worth a word
ITSELF = 0.5  #: the same, beyond which samples are the reference
REALS = 5_000  #: held-out real samples beside them, at least, where there are as many
NOTHING: Mapping[str, RegisteredMetric] = {}  #: no metric


def score(
    samples: Any,
    *,
    reference: Any = None,
    dataset: str | None = None,
    train: Any = None,
    labels: Any = None,
    sample_labels: Any = None,
    features: str = AUTO,
    weights: str | Path | None = None,
    metrics: str | Iterable[str] = (),
    quick: bool = False,
    scale: str | None = None,
    count: int | None = None,
    latent: int | None = None,
    device: str = "auto",
    plugins: Iterable[str | Path] = (),
    kind: KindOfSamples = "auto",
    array: str | None = None,
    resize: int | None = None,
    modes: str | None = None,
) -> Scores:
    """Did these samples collapse, and how?

    `samples`, `reference` and `train` are paths (.npy, .npz, .pt, .csv, .parquet, a folder of images, a TorchScript
    generator), arrays, tensors, iterables of batches, or callables `f(n)` and modules that make samples: points (n,
    d), images (n, c, h, w), series (n, t, c), point clouds (n, p, 3) or videos (n, f, c, h, w). `reference` is real
    data; or `dataset` names data that gancheck knows, such as "ring8". `labels` (n,) are the modes of the reference;
    without them its clusters serve. `sample_labels` (n,) are the classes that samples were made for, where they do
    not come with them; "none" leaves out those that do. `train`, what the generator was trained on, lets copies be
    found: the reference must then be held out. `features` is "points", "classifier", "inception" and others
    (`gancheck list extractors`), with their `weights`. `metrics` are names, "core" (what `quick` stands for) or
    "all"; unless told, those that do not take more than about a second for 10,000 samples. `scale` is "standard" or
    "robust": metrics of features are computed on columns brought to one scale by the reference, and named so, as in
    `fid@standard`. At most `count` samples are used. Nothing is unpickled. `kind`, `array`, `resize` and `modes` are
    `ReadOptions`, for all sources alike.

    Raises BadData for what cannot be read or does not fit, BadParameter and UnknownName for names, MissingWeights.
    """
    registry = Registry.load(plugins)
    chosen = select_metrics(registry, metrics_asked(metrics, quick=quick))
    paths = None if weights is None else Path(weights)
    options = ReadOptions(kind, array, resize, modes)
    real = RealDataRequest(dataset, reference, train, labels, features, paths, options=options)
    space = read_scale(scale)
    real_data = real.build(registry, torch.device(device_named(device)))
    scoring = Scoring.of(samples, real_data, count=count, latent=latent, options=options, sample_labels=sample_labels)
    return scoring.scores(chosen, scale=space, left=unselected(registry, chosen))


def metrics_asked(metrics: str | Iterable[str], *, quick: bool = False, every: bool = False) -> list[str]:
    """Names and groups of metrics to compute; BadParameter where they contradict each other."""
    named = split_names(metrics) if isinstance(metrics, str) else list(metrics)
    asked = [names for names in (named, [CORE] * quick, [ALL] * every) if names]
    if len(asked) > 1:
        raise BadParameter("which metrics? give names of metrics, quick or all: one of the three")
    return asked[0] if asked else []


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
        if count is not None and count < 1:
            raise BadParameter(f"count = {count}: score at least 1 sample")
        opened = open_samples(source, what="samples", latent=latent, options=options, like=real_data.like)
        if latent is not None and opened.count is not None:
            raise BadParameter(f"latent = {latent} is the size of a generator's latent; these are samples")
        opened = label_samples(opened, sample_labels, real_data)
        if opened.count is None:
            opened = draw_samples(opened, count or DEFAULT_COUNT)
        opened = opened.some(count or MAX_SAMPLES, generator("cpu", "score", "count"))
        side = real_data.sample_set(opened, count or MAX_SAMPLES)
        return cls(opened, real_data, replace(side, labels=labels_at(opened, side.rows)))

    @cached_property
    def evidence(self) -> Evidence:
        """All samples, and held-out real ones, as the verdict compares them."""
        real_data = self.real_data
        size = min(max(len(self.sample_set), REALS), COMPARED)
        real = real_data.verdict_row(min(size, real_data.held_out or size))
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
            real_departed=real_data.departures(real_data.draw("real", len(real.samples)).features),
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
                *unmet(chosen, computed),
                *not_computed(self.computable(left)),
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
        real = self.evidence.real
        kept = self.real_data.draw("real", len(real.samples))
        return PictureExamples(
            samples=shown(self.sample_set),
            real=shown(kept),
            real_modes=real.modes.assignment.label[: len(kept.first_samples)].cpu().numpy(),
            copies=self.copies(),
        )

    def copies(self) -> CopyPairs | None:
        """Copies among the kept samples, each with its training sample, where there are more than chance makes."""
        train, originals = self.evidence.train, self.real_data.kept_train
        found_any = any(check.found and check.kind == "memorised" for check in self.checks)
        if train is None or originals is None or not found_any:
            return None
        found = find_copies(self.evidence.view.samples.head(memorised.MOST), train, memorised.held_out(self.evidence))
        chosen = torch.nonzero(found.copied & (found.index < len(originals))).flatten()
        return CopyPairs(
            samples=stills(self.sample_set.first_samples[chosen.cpu()]),
            originals=stills(originals[found.index[chosen].cpu()]),
            distances=found.distance[chosen].cpu().numpy(),
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
        found = []
        if self.overlap.low > SHARED:
            found.append(
                f"{percent(min(self.overlap.mean, 1.0))} of the samples are in the reference, or as good as; if it is "
                "the training data, give held-out data as the reference and this as --train"
            )
        if self.train_overlap.low > SHARED:
            found.append(
                f"{percent(min(self.train_overlap.mean, 1.0))} of the training data is in the reference, or as good "
                "as, so copies cannot be told: give a reference that the generator was not trained on"
            )
        return found


def prefix_notes(what: str, notes: Iterable[str]) -> tuple[str, ...]:
    """Notes that say what they are about."""
    return tuple(f"{what}: {note}" for note in notes)


def draw_samples(samples: Samples, count: int) -> Samples:
    """So many samples of an endless source, kept."""
    x = samples.take(count)
    return replace(samples, count=len(x), stream=lambda: iter(torch.split(x, 10_000)))

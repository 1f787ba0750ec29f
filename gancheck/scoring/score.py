"""`score`: samples, or a generator, against real data: did it collapse, and how?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from gancheck.errors import BadParameter
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import COMPARED, compute_metrics, select_metrics
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.loading.open import open_samples
from gancheck.loading.options import NO_OPTIONS, KindOfSamples, ReadOptions
from gancheck.loading.samples import Samples
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.fingerprints import row_fingerprints, share_in
from gancheck.numerics.seeding import generator
from gancheck.numerics.training_copies import find_copies
from gancheck.plugins.parameters import split_names
from gancheck.plugins.registry import Registry
from gancheck.scoring.checks import memorised
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.examples import CopyPairs, PictureExamples
from gancheck.scoring.per_mode import per_mode
from gancheck.scoring.real_data import AUTO, RealDataRequest
from gancheck.scoring.scores import Finding, Scores, Verdict
from gancheck.scoring.verdict import decide, run_checks
from gancheck.system.device import device_named
from gancheck.system.progress import Step, no_progress
from gancheck.version import version

DEFAULT_COUNT = 10_000  #: samples asked of a generator unless told
MAX_SAMPLES = 1_000_000  #: samples that the verdict looks at
SHARED = 0.05  #: of samples or training data, in the reference beyond real data's own repeats: worth a word
ITSELF = 0.5  #: the same, beyond which samples are the reference
REALS = 5_000  #: held-out real samples beside them, at least, where there are as many


def score(
    samples: Any,
    *,
    reference: Any = None,
    dataset: str | None = None,
    train: Any = None,
    labels: Any = None,
    features: str = AUTO,
    weights: str | Path | None = None,
    metrics: str | Iterable[str] = (),
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
    generator), arrays, tensors, iterables of batches, or callables `f(n)` and modules that make samples: points (n, d),
    or images (n, c, h, w). `reference` is real data; or `dataset` names data that gancheck knows, such as "ring8".
    `labels` (n,) are the modes of the reference; without them its clusters serve. `train`, what the generator was
    trained on, lets copies be found: the reference must then be held out. `features` is "points", "classifier",
    "inception" and others (`gancheck list extractors`), with their `weights`. At most `count` samples are
    used. Nothing is unpickled. `kind`, `array`, `resize` and `modes` are `ReadOptions`, for all sources alike.

    Raises BadData for what cannot be read or does not fit, BadParameter and UnknownName for names, MissingWeights.
    """
    registry = Registry.load(plugins)
    chosen = select_metrics(registry, split_names(metrics) if isinstance(metrics, str) else metrics)
    paths = None if weights is None else Path(weights)
    options = ReadOptions(kind, array, resize, modes)
    real = RealDataRequest(dataset, reference, train, labels, features, paths, options=options)
    real_data = real.build(registry, torch.device(device_named(device)))
    return Scoring.of(samples, real_data, count=count, latent=latent, options=options).scores(chosen)


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
    ) -> Scoring:
        """Read samples from anywhere, in random order; a generator is asked once, so that all see the same samples."""
        if count is not None and count < 1:
            raise BadParameter(f"count = {count}: score at least 1 sample")
        opened = open_samples(source, what="samples", latent=latent, options=options, like=real_data.like)
        if latent is not None and opened.count is not None:
            raise BadParameter(f"latent = {latent} is the size of a generator's latent; these are samples")
        if opened.count is None:
            opened = draw_samples(opened, count or DEFAULT_COUNT)
        opened = opened.some(count or MAX_SAMPLES, generator("cpu", "score", "count"))
        return cls(opened, real_data, real_data.sample_set(opened, count or MAX_SAMPLES))

    @cached_property
    def evidence(self) -> Evidence:
        """All samples, and held-out real ones."""
        size = min(max(len(self.sample_set), REALS), COMPARED)
        real = self.real_data.real_row(min(size, self.real_data.held_out or size))
        view = self.real_data.view(self.sample_set, real)
        real_data = self.real_data
        return Evidence(
            view,
            real,
            real_data.names,
            real_data.counts,
            real_data.train,
            real_data.covered,
            real_data.modes_are_natural,
        )

    @cached_property
    def checks(self) -> tuple[Finding, ...]:
        """Every test."""
        return run_checks(self.evidence)

    @cached_property
    def share_in_reference(self) -> float:
        """Share of the samples that are in the reference bit for bit, beyond the share of real data that is."""
        return self.excess_overlap(self.evidence.view.samples)

    @cached_property
    def train_share_in_reference(self) -> float:
        """The same for the training data: what of it is in the reference, which should be held out."""
        return 0.0 if self.real_data.train is None else self.excess_overlap(self.real_data.train)

    def excess_overlap(self, set: FeatureSet) -> float:
        """Share found in either half of the reference, less the share of one half that the other holds."""
        if self.real_data.held_out is None:
            return 0.0
        real = self.real_data.real_row(self.real_data.held_out)
        halves, some = (real.samples, real.real_samples), set.head(COMPARED)
        known = torch.cat([half.cached(row_fingerprints) for half in halves])
        return float(torch.isin(some.cached(row_fingerprints), known).double().mean()) - share_in(*halves)

    @cached_property
    def verdict(self) -> tuple[Verdict, str]:
        """The label, and why; without one where what should be held out is not."""
        if self.share_in_reference > ITSELF:
            return "undecided", (
                "the samples are the reference itself, bit for bit: give held-out real data, and the training data as "
                "--train"
            )
        label, reason = decide(self.evidence, self.checks)
        if label == "healthy" and max(self.share_in_reference, self.train_share_in_reference) > SHARED:
            return "undecided", f"{self.warnings()[0]}"
        return label, reason

    def scores(self, chosen: Mapping[str, RegisteredMetric], step: Step = no_progress) -> Scores:
        """The answer."""
        label, reason = self.verdict
        numbers = compute_metrics(self.real_data, self.sample_set, chosen, step)
        return Scores(
            verdict=label,
            reason=reason,
            checks=self.checks,
            values=numbers.values,
            floor=numbers.floor,
            intervals=numbers.intervals,
            per_mode=per_mode(self.evidence, self.checks),
            facts=self.facts,
            notes=(
                *self.warnings(),
                *numbers.failures,
                *prefix_notes("samples", self.samples.notes),
                *self.real_data.notes,
            ),
        )

    def examples(self) -> PictureExamples:
        """What pictures show."""
        real = self.evidence.real
        kept = self.real_data.draw("real", len(real.samples)).first_samples
        return PictureExamples(
            samples=self.sample_set.first_samples.cpu().numpy(),
            real=kept.cpu().numpy(),
            real_modes=real.modes.assignment.label[: len(kept)].cpu().numpy(),
            copies=self.copies(),
        )

    def copies(self) -> CopyPairs | None:
        """Copies among the kept samples, each with its training sample, where there are more than chance makes."""
        train, originals = self.real_data.train, self.real_data.kept_train
        found_any = any(check.found and check.kind == "memorised" for check in self.checks)
        if train is None or originals is None or not found_any:
            return None
        found = find_copies(self.evidence.view.samples.head(memorised.MOST), train, memorised.held_out(self.evidence))
        chosen = torch.nonzero(found.copied & (found.index < len(originals))).flatten()
        return CopyPairs(
            samples=self.sample_set.first_samples[chosen.cpu()].numpy(),
            originals=originals[found.index[chosen].cpu()].numpy(),
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
        if SHARED < self.share_in_reference <= ITSELF:
            found.append(
                f"{percent(self.share_in_reference)} of the samples are in the reference bit for bit; if it is the "
                "training data, give held-out data as the reference and this as --train"
            )
        if self.train_share_in_reference > SHARED:
            found.append(
                f"{percent(self.train_share_in_reference)} of the training data is in the reference bit for bit, so "
                "copies cannot be told: give a reference that the generator was not trained on"
            )
        return found


def prefix_notes(what: str, notes: Iterable[str]) -> tuple[str, ...]:
    """Notes that say what they are about."""
    return tuple(f"{what}: {note}" for note in notes)


def draw_samples(samples: Samples, count: int) -> Samples:
    """So many samples of an endless source, kept."""
    x = samples.take(count)
    return replace(samples, count=len(x), stream=lambda: iter(torch.split(x, 10_000)))

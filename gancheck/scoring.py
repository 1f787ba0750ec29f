"""`score`: samples, or a generator, against real data: did it collapse, and how?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from gancheck.catalogue import Catalogue
from gancheck.cloud import Cloud
from gancheck.copies import copying
from gancheck.device import device_named
from gancheck.errors import BadParameter
from gancheck.evaluation import Measure
from gancheck.ground.base import Ground, Side
from gancheck.ground.choosing import AUTO, Real
from gancheck.loading.opening import open_samples
from gancheck.loading.samples import Samples
from gancheck.panel import COMPARED, measures, panel
from gancheck.prints import found_in, prints
from gancheck.report.material import Copies, Material
from gancheck.scores import Finding, Scores, Verdict
from gancheck.stage import Step, silent
from gancheck.streams import generator
from gancheck.verdict import labels as deciding
from gancheck.verdict import memorising
from gancheck.verdict.evidence import Evidence, percent
from gancheck.verdict.table import per_mode
from gancheck.version import version

ENDLESS = 10_000  #: samples asked of a generator unless told
MOST = 1_000_000  #: samples that the verdict looks at
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
) -> Scores:
    """Did these samples collapse, and how?

    `samples`, `reference` and `train` are paths (.npy, .npz, .pt, .csv, .parquet, a folder of images, a TorchScript
    generator), arrays, tensors, iterables of batches, or callables `f(n)` and modules that make samples: points (n, d),
    or images (n, c, h, w). `reference` is real data; or `dataset` names data that gancheck knows, such as "ring8".
    `labels` (n,) are the modes of the reference; without them its clusters serve. `train`, what the generator was
    trained on, lets copies be found: the reference must then be held out. `features` is "points", "judge", "inception"
    and others (`gancheck score --help`), with their `weights`. At most `count` samples are used. Nothing is unpickled.

    Raises BadData for what cannot be read or does not fit, BadParameter and UnknownName for names, MissingWeights.
    """
    catalogue = Catalogue.load(plugins)
    names = metrics.split(",") if isinstance(metrics, str) else metrics
    chosen = measures(catalogue, tuple(name.strip() for name in names if name.strip()))
    paths = None if weights is None else Path(weights)
    real = Real(dataset, reference, train, labels, features, paths)
    ground = real.ground(catalogue, torch.device(device_named(device)))
    return Scoring.of(samples, ground, count=count, latent=latent).scores(chosen)


@dataclass(frozen=True, eq=False)
class Scoring:
    """Samples held against a ground: the verdict's evidence, and from it the scores and what pictures show."""

    samples: Samples
    ground: Ground
    side: Side

    @classmethod
    def of(cls, source: Any, ground: Ground, *, count: int | None = None, latent: int | None = None) -> Scoring:
        """Read samples from anywhere, in random order; a generator is asked once, so that all see the same samples."""
        if count is not None and count < 1:
            raise BadParameter(f"count = {count}: score at least 1 sample")
        opened = open_samples(source, what="samples", latent=latent)
        if opened.count is None:
            opened = drawn(opened, count or ENDLESS)
        opened = opened.some(count or MOST, generator("cpu", "score", "count"))
        return cls(opened, ground, ground.side(opened, count or MOST))

    @cached_property
    def evidence(self) -> Evidence:
        """All samples, and held-out real ones."""
        size = min(max(len(self.side), REALS), COMPARED)
        real = self.ground.real_row(min(size, self.ground.held_out or size))
        view = self.ground.view(self.side, real)
        ground = self.ground
        return Evidence(view, real, ground.names, ground.counts, ground.train, ground.covered, ground.natural)

    @cached_property
    def checks(self) -> tuple[Finding, ...]:
        """Every test."""
        return deciding.checks(self.evidence)

    @cached_property
    def borrowed(self) -> float:
        """Share of the samples that are in the reference bit for bit, beyond the share of real data that is."""
        return self.beyond(self.evidence.view.samples)

    @cached_property
    def trained_on(self) -> float:
        """The same for the training data: what of it is in the reference, which should be held out."""
        return 0.0 if self.ground.train is None else self.beyond(self.ground.train)

    def beyond(self, cloud: Cloud) -> float:
        """Share found in either half of the reference, less the share of one half that the other holds."""
        if self.ground.held_out is None:
            return 0.0
        real = self.ground.real_row(self.ground.held_out)
        halves, some = (real.samples, real.real_samples), cloud.head(COMPARED)
        known = torch.cat([half.once(prints) for half in halves])
        return float(torch.isin(some.once(prints), known).double().mean()) - found_in(*halves)

    @cached_property
    def verdict(self) -> tuple[Verdict, str]:
        """The label, and why; without one where what should be held out is not."""
        if self.borrowed > ITSELF:
            return "undecided", (
                "the samples are the reference itself, bit for bit: give held-out real data, and the training data as "
                "--train"
            )
        label, reason = deciding.verdict(self.evidence, self.checks)
        if label == "healthy" and max(self.borrowed, self.trained_on) > SHARED:
            return "undecided", f"{self.warnings()[0]}"
        return label, reason

    def scores(self, chosen: Mapping[str, Measure], step: Step = silent) -> Scores:
        """The answer."""
        label, reason = self.verdict
        numbers = panel(self.ground, self.side, chosen, step)
        return Scores(
            verdict=label,
            reason=reason,
            checks=self.checks,
            values=numbers.values,
            floor=numbers.floor,
            intervals=numbers.intervals,
            per_mode=per_mode(self.evidence, self.checks),
            facts=self.facts,
            notes=(*self.warnings(), *numbers.failures, *told("samples", self.samples.notes), *self.ground.notes),
        )

    def material(self) -> Material:
        """What pictures show."""
        real = self.evidence.real
        kept = self.ground.draw("real", len(real.samples)).kept
        return Material(
            samples=self.side.kept.cpu().numpy(),
            real=kept.cpu().numpy(),
            real_modes=real.modes.assignment.label[: len(kept)].cpu().numpy(),
            copies=self.copies(),
        )

    def copies(self) -> Copies | None:
        """Copies among the kept samples, each with its training sample, where there are more than chance makes."""
        train, originals = self.ground.train, self.ground.kept_train
        found_any = any(check.found and check.kind == "memorised" for check in self.checks)
        if train is None or originals is None or not found_any:
            return None
        found = copying(self.evidence.view.samples.head(memorising.MOST), train, memorising.held_out(self.evidence))
        chosen = torch.nonzero(found.copied & (found.index < len(originals))).flatten()
        return Copies(
            samples=self.side.kept[chosen.cpu()].numpy(),
            originals=originals[found.index[chosen].cpu()].numpy(),
            distances=found.distance[chosen].cpu().numpy(),
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What was compared with what."""
        return {
            "samples": self.samples.name,
            "n": len(self.side),
            "real": len(self.evidence.real.samples),
            "compared": min(len(self.side), self.ground.held_out or len(self.side), COMPARED),
            "features": self.ground.extractor,
            **self.ground.facts,
            "gancheck": version(),
            "torch": torch.__version__,
        }

    def warnings(self) -> list[str]:
        """What readers should know before they believe the numbers."""
        found = []
        if SHARED < self.borrowed <= ITSELF:
            found.append(
                f"{percent(self.borrowed)} of the samples are in the reference bit for bit; if it is the training "
                "data, give held-out data as the reference and this as --train"
            )
        if self.trained_on > SHARED:
            found.append(
                f"{percent(self.trained_on)} of the training data is in the reference bit for bit, so copies cannot be "
                "told: give a reference that the generator was not trained on"
            )
        return found


def told(what: str, notes: Iterable[str]) -> tuple[str, ...]:
    """Notes that say what they are about."""
    return tuple(f"{what}: {note}" for note in notes)


def drawn(samples: Samples, count: int) -> Samples:
    """So many samples of an endless source, kept."""
    x = samples.take(count)
    return replace(samples, count=len(x), stream=lambda: iter(torch.split(x, 10_000)))

"""Measuring a generator: samples to rows, each value beside the held-out real draw's at the same n."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from gancheck.card import Card
from gancheck.catalogue import Catalogue
from gancheck.cloud import Cloud
from gancheck.datasets.base import Dataset, Pool
from gancheck.errors import BadData, GancheckError
from gancheck.estimate import Estimate
from gancheck.modes import modes_of
from gancheck.streams import generator
from gancheck.view import View
from gancheck.yardsticks import YARDSTICKS

Row = dict[str, Any]


@dataclass(frozen=True)
class Measure:
    """A registered metric, ready to be called."""

    card: Card
    function: Callable[[View], Tensor | Estimate]

    @property
    def at_most(self) -> int | None:
        """Most samples that it compares; None: all."""
        limit: int | None = self.card.facts["at_most"]
        return limit

    def __call__(self, view: View) -> float | None:
        """The value, or None where it is not defined for these samples; a metric that raises is named."""
        return self.estimate(view)[0]

    def estimate(self, view: View) -> tuple[float | None, tuple[float, float] | None]:
        """The value, and its interval where the metric gives one."""
        try:
            answer = self.function(view)
            value = float(answer)
        except BadData:
            return None, None
        except Exception as error:
            raise GancheckError(f"metric '{self.card.name}' raises {type(error).__name__}: {error}") from error
        if not math.isfinite(value):
            return None, None
        ends = (float(answer.low), float(answer.high)) if isinstance(answer, Estimate) else None
        return value, ends if ends and all(map(math.isfinite, ends)) else None


def value_or_none(measure: Measure, view: View) -> float | None:
    """A metric's value; None where it raises, as what nobody trained must not cost a run."""
    try:
        return measure(view)
    except GancheckError:
        return None


class Evaluator:
    """Measures samples of one dataset. The reference and the real row are drawn once, from pools of their own."""

    def __init__(self, dataset: Dataset, measures: dict[str, Measure], samples: int, device: torch.device) -> None:
        self.dataset, self.measures, self.samples, self.device = dataset, measures, samples, device

    @classmethod
    def of(
        cls, catalogue: Catalogue, dataset: Dataset, names: list[str], samples: int, device: torch.device
    ) -> Evaluator:
        """With metrics by name."""
        entries = {name: catalogue.entry("metric", name) for name in names}
        return cls(dataset, {n: Measure(e.card, e.thing) for n, e in entries.items()}, samples, device)

    def rows(self, samples: Tensor, step: int, last: bool) -> list[Row]:
        """One row per metric, neighbour metrics only at the last evaluation, and one that counts the modes."""
        whole = self.view(samples, self.real_row)
        views = self.views(samples, whole, last)
        values = [self.row(name, step, self.measures[name], *pair) for name, pair in views.items()]
        counts = whole.modes.counts.long().tolist()
        return [*values, {"kind": "modes", "step": step, "samples": len(samples), "counts": counts}]

    def views(self, samples: Tensor, whole: View, last: bool) -> dict[str, tuple[View, View]]:
        """Every metric's view of the samples and of the real row, of the size that it asks for; views are made once."""
        chosen = {n: m for n, m in self.measures.items() if last or m.at_most is None}
        near = {m.at_most for m in chosen.values()} - {None}
        thin = {limit: self.neighbours(samples, int(limit or 0)) for limit in near}
        views = {None: (whole, self.real_row), **thin}
        return {name: views[measure.at_most] for name, measure in chosen.items()}

    def row(self, name: str, step: int, measure: Measure, view: View, real: View) -> Row:
        """One value beside the real draw's, which is computed once."""
        if name not in self._beside:
            self._beside[name] = measure(real)
        return {"kind": "value", "step": step, "metric": name, "value": measure(view), "real": self._beside[name]}

    @cached_property
    def yardsticks(self) -> list[Row]:
        """Every metric of samples that nobody trained, once: they are the same beside every run."""
        rows = []
        for name, draw in YARDSTICKS.items():
            samples = draw(self.dataset, self.samples, generator(self.device, "evaluation", name))
            views = self.views(samples, self.view(samples, self.real_row), last=True)
            values = {metric: value_or_none(self.measures[metric], view) for metric, (view, _) in views.items()}
            rows += [{"kind": "yardstick", "name": name, "metric": m, "value": v} for m, v in values.items()]
        return rows

    @cached_property
    def _beside(self) -> dict[str, float | None]:
        return {}

    def view(self, samples: Tensor, yardstick: View) -> View:
        """Samples beside the reference."""
        features = self.dataset.features(samples)
        return View(features, yardstick=yardstick, **self.beside(samples, features))

    def beside(self, samples: Tensor, features: Tensor) -> dict[str, Any]:
        """What goes with samples beside their features."""
        return {
            "modes": modes_of(self.dataset, features),
            "train": self.train,
            "images": samples if self.dataset.spec.is_image else None,
            "classes": self.dataset.classes(features),
        }

    @cached_property
    def train(self) -> Cloud | None:
        """Features of the training data, where it is finite."""
        x = self.dataset.training()
        return Cloud(self.dataset.features(x.to(self.device))) if x is not None else None

    def neighbours(self, samples: Tensor, limit: int) -> tuple[View, View]:
        """A thinner view for metrics that compare neighbours, and its real row: real samples without repeats."""
        real = self.distinct_row(limit)
        return self.view(samples[: len(real.fake)], real), real

    @cached_property
    def real_row(self) -> View:
        """A held-out real draw of the same n."""
        return self.real(self.draw("real", self.samples), self.draw("reference", self.samples))

    def distinct_row(self, limit: int) -> View:
        """The same, thinner and without repeats; made once per limit."""
        if limit not in self._distinct:
            count = min(limit, self.samples)
            pools = [self.unrepeated(name, count) for name in ("real", "reference")]
            size = min(map(len, pools))
            self._distinct[limit] = self.real(*(pool[:size] for pool in pools))
        return self._distinct[limit]

    @cached_property
    def _distinct(self) -> dict[int, View]:
        return {}

    def real(self, row: Tensor, reference: Tensor) -> View:
        """A view of real samples that is its own yardstick."""
        features = self.dataset.features(row)
        view = View(features, self.dataset.features(reference), **self.beside(row, features))
        view.yardstick = view
        return view

    def draw(self, pool: Pool, count: int) -> Tensor:
        """Real samples of a pool, the same in every run."""
        return self.dataset.pool(pool, count, generator(self.device, "evaluation", pool))

    def unrepeated(self, pool: Pool, count: int) -> Tensor:
        """Real samples of a pool without repeats."""
        return self.dataset.distinct(pool, count, generator(self.device, "evaluation", pool, "distinct"))
